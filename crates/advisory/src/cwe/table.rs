//! The table that `cargo xtask cwe` makes, and how it is laid out.
//!
//! Lines with `#` hold MITRE's terms. A line `@ VERSION DATE` stands for each catalogue, the oldest
//! first. Each other line is an entry, in the order of numbers, with tabs between its fields:
//!
//! - the number;
//! - the kind: `P`illar, `C`lass, `B`ase, `V`ariant, compound (`X`), `?` for a weakness whose
//!   abstraction is not known, `c`ategory, `v`iew;
//! - better choices, with commas between them;
//! - other names, with semicolons between them;
//! - of a category or view, what 4.14 says of it, as a run;
//! - its *runs* as a weakness, which some categories once were, the newest first: from which catalogue on (the number of its line) it has which
//!   status, usage and name. A name that is the next newer run's is left out, and `-` stands where
//!   it was not there.
//!
//! Lines are found once, at the first question; their fields are read when they are asked for.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::{Abstraction, Entry, Kind, Status, Usage};
use crate::id::CweId;

const TABLE: &str = include_str!("table.tsv");

/// One catalogue.
pub(super) struct Release {
    pub(super) version: &'static str,
    pub(super) date: Date,
}

/// One entry.
pub(super) struct Line {
    id: CweId,
    kind: Kind,
    instead: &'static str,
    also: &'static str,
    group: &'static str,
    runs: &'static str,
}

static RELEASES: LazyLock<Vec<Release>> = LazyLock::new(|| {
    let marked = TABLE.lines().filter_map(|line| line.strip_prefix("@\t"));
    marked
        .filter_map(|line| {
            let (version, date) = line.split_once('\t')?;
            Some(Release { version, date: date.parse().ok()? })
        })
        .collect()
});

static LINES: LazyLock<Vec<Line>> = LazyLock::new(|| TABLE.lines().filter_map(read).collect());

pub(super) fn releases() -> &'static [Release] {
    &RELEASES
}

pub(super) fn lines() -> &'static [Line] {
    &LINES
}

pub(super) fn line(id: CweId) -> Option<&'static Line> {
    let place = lines().binary_search_by_key(&id, |line| line.id).ok()?;
    lines().get(place)
}

fn read(line: &'static str) -> Option<Line> {
    let (number, rest) = line.split_once('\t')?;
    let id = CweId::from_number(number.parse().ok()?)?;
    let mut fields = rest.splitn(4, '\t');
    let kind = match fields.next()? {
        "P" => Kind::Weakness(Some(Abstraction::Pillar)),
        "C" => Kind::Weakness(Some(Abstraction::Class)),
        "B" => Kind::Weakness(Some(Abstraction::Base)),
        "V" => Kind::Weakness(Some(Abstraction::Variant)),
        "X" => Kind::Weakness(Some(Abstraction::Compound)),
        "?" => Kind::Weakness(None),
        "c" => Kind::Category,
        "v" => Kind::View,
        _ => return None,
    };
    let (instead, also, rest) = (fields.next()?, fields.next()?, fields.next()?);
    let (group, runs) = match kind {
        Kind::Weakness(_) => ("", rest),
        Kind::Category | Kind::View => rest.split_once('\t').unwrap_or((rest, "")),
    };
    Some(Line { id, kind, instead, also, group, runs })
}

impl Line {
    /// What a catalogue says about the weakness.
    pub(super) fn weakness(&self, catalogue: usize) -> Option<Entry> {
        let kind = match self.kind {
            Kind::Weakness(_) => self.kind,
            Kind::Category | Kind::View => Kind::Weakness(None),
        };
        self.entry(self.runs, kind, catalogue)
    }

    /// What is said about the category or view.
    pub(super) fn group(&self) -> Option<Entry> {
        self.entry(self.group, self.kind, usize::MAX)
    }

    pub(super) fn instead(&self) -> impl Iterator<Item = CweId> + use<> {
        self.instead.split(',').filter_map(|number| CweId::from_number(number.parse().ok()?))
    }

    pub(super) fn also(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.also.split(';').filter(|name| !name.is_empty())
    }

    fn entry(&self, runs: &'static str, kind: Kind, catalogue: usize) -> Option<Entry> {
        let mut newer = "";
        for run in runs.split('\t') {
            let end = run.find(|c: char| !c.is_ascii_digit())?;
            let (from, said) = run.split_at_checked(end)?;
            let mut letters = said.chars();
            let (status, usage) = (letters.next()?, letters.next());
            let name = Some(letters.as_str()).filter(|name| !name.is_empty()).unwrap_or(newer);
            if from.parse::<usize>().ok()? <= catalogue {
                let (status, usage) = (status_of(status)?, usage_of(usage?));
                return Some(Entry { id: self.id, name, kind, status, usage });
            }
            newer = name;
        }
        None
    }
}

fn status_of(letter: char) -> Option<Status> {
    Some(match letter {
        'X' => Status::Deprecated,
        'O' => Status::Obsolete,
        'I' => Status::Incomplete,
        'D' => Status::Draft,
        'U' => Status::Usable,
        'S' => Status::Stable,
        _ => return None,
    })
}

fn usage_of(letter: char) -> Option<Usage> {
    match letter {
        'A' => Some(Usage::Allowed),
        'R' => Some(Usage::AllowedWithReview),
        'D' => Some(Usage::Discouraged),
        'P' => Some(Usage::Prohibited),
        _ => None,
    }
}
