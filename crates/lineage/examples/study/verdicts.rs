//! What came of looking at each disagreement between an advisory and this program.

/// By advisory and version: whether this program is right, and why.
const TABLE: &str = include_str!("verdicts.tsv");

/// What was found out about a fixed version that only this program claims.
pub(crate) fn of(advisory: &str, version: &str) -> Option<(bool, &'static str)> {
    rows(advisory, version).find_map(|(verdict, why)| match verdict {
        "right" => Some((true, why)),
        "wrong" => Some((false, why)),
        _ => None,
    })
}

/// Why a published version was not found.
pub(crate) fn of_missed(advisory: &str, version: &str) -> Option<&'static str> {
    rows(advisory, version).find_map(|(verdict, why)| (verdict == "missed").then_some(why))
}

fn rows(advisory: &str, version: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter_map(move |line| {
        let mut words = line.split('\t');
        let here = words.next() == Some(advisory) && words.next() == Some(version);
        here.then_some((words.next()?, words.next()?))
    })
}
