//! Ranges of versions as 2.1 takes them: `vers`, or its constraints alone (`vls`).
//!
//! Unlike `versions::Vers` this reads every range, with holes (`!=`) and in types without a known
//! order, and says what is wrong with it. What cannot be ordered is not called disordered.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::check::Report;
use crate::versions::Scheme;

/// A range, with its type where it is a `vers`.
pub(super) struct Range<'t> {
    pub(super) kind: Option<&'t str>,
    /// Empty is every version.
    pub(super) constraints: Vec<(Sign, &'t str)>,
}

/// How versions must stand to the one beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Is,
    Not,
    Below,
    UpTo,
    Above,
    From,
}

/// In which order versions stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    /// Whole numbers between dots.
    Dotted,
    /// A moment in time.
    Moment,
    /// Byte by byte.
    Text,
    /// As an ecosystem has it.
    Of(Scheme),
}

/// The types that `vers` registers, and the types of package URLs, which are types here too.
const REGISTERED: &str = "all alpm apk bazel bitbucket bitnami cargo chrome-extension cocoapods \
    composer conan conda cpan cran dart datetime deb docker gem generic github golang hackage hex \
    huggingface intdot julia lexicographic luarocks maven mlflow none npm nuget oci opam otp pub \
    pypi qpkg rpm semver swid swift vscode-extension yocto";

impl<'t> Range<'t> {
    /// Reads a range, or says in words what is wrong.
    pub(super) fn read(name: &'t str) -> Result<Self, &'static str> {
        if name.contains(char::is_whitespace) {
            return Err("a range has no blanks in it");
        }
        let (kind, rest) = match name.strip_prefix("vers:") {
            None => (None, name),
            Some(rest) => {
                let (kind, rest) = rest.split_once('/').ok_or("a / follows the type")?;
                let letter =
                    |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
                if !kind.starts_with(|c: char| c.is_ascii_lowercase()) || !kind.chars().all(letter)
                {
                    return Err("the type is missing, or not in lower case");
                }
                (Some(kind), rest)
            }
        };
        if rest == "*" {
            return match kind {
                Some("all" | "none") => Ok(Self { kind, constraints: Vec::new() }),
                _ => Err("every version is written vers:all/*"),
            };
        }
        if matches!(kind, Some("all" | "none")) {
            return Err("the types all and none have only * after them");
        }
        let constraints = rest.split('|').map(|part| constraint(part, kind.is_some()));
        let range = Self { kind, constraints: constraints.collect::<Result<_, _>>()? };
        range.alternating()?;
        range.sorted()?;
        Ok(range)
    }

    /// In which order its versions stand, where that is known.
    pub(super) fn order(&self) -> Option<Order> {
        Some(match self.kind? {
            "intdot" => Order::Dotted,
            "datetime" => Order::Moment,
            "lexicographic" => Order::Text,
            "cargo" | "dart" | "golang" | "hex" | "npm" | "pub" | "semver" | "swift" => {
                Order::Of(Scheme::Semver)
            }
            "pypi" => Order::Of(Scheme::Pep440),
            "deb" => Order::Of(Scheme::Debian),
            "maven" => Order::Of(Scheme::Maven),
            _ => return None,
        })
    }

    /// Beside what `!=` takes out, `=` is followed by a beginning or another `=`, and beginnings and
    /// ends take turns.
    fn alternating(&self) -> Result<(), &'static str> {
        const WRONG: &str = "beginnings (>, >=) and ends (<, <=) of ranges take turns";
        let begins = |sign: Sign| matches!(sign, Sign::Above | Sign::From);
        let signs = || self.constraints.iter().map(|(sign, _)| *sign).filter(|s| *s != Sign::Not);
        let after_one = signs()
            .zip(signs().skip(1))
            .all(|(one, other)| one != Sign::Is || other == Sign::Is || begins(other));
        let ends = || signs().filter(|sign| *sign != Sign::Is).map(begins);
        let in_turn = ends().zip(ends().skip(1)).all(|(one, other)| one != other);
        (after_one && in_turn).then_some(()).ok_or(WRONG)
    }

    /// `vers` names each version once, in its order.
    fn sorted(&self) -> Result<(), &'static str> {
        if self.kind.is_none() {
            return Ok(());
        }
        let mut seen = BTreeSet::new();
        if !self.constraints.iter().all(|(_, version)| seen.insert(*version)) {
            return Err("a version stands there twice");
        }
        let Some(order) = self.order() else { return Ok(()) };
        let versions = self.constraints.iter().map(|(_, version)| *version);
        let later = versions.clone().skip(1);
        let falls = |(one, other)| order.compare(one, other) == Some(Ordering::Greater);
        if versions.zip(later).any(falls) { Err("the versions are not in order") } else { Ok(()) }
    }

    /// The version, if it is one alone.
    fn single(&self) -> Option<&'t str> {
        match self.constraints.as_slice() {
            [(Sign::Is, version)] => Some(version),
            _ => None,
        }
    }

    /// Whether it goes on without end.
    pub(super) fn is_open(&self) -> bool {
        let last = self.constraints.iter().rfind(|(sign, _)| *sign != Sign::Not);
        matches!(last, Some((Sign::Above | Sign::From, _)))
    }
}

fn constraint(part: &str, encoded: bool) -> Result<(Sign, &str), &'static str> {
    let signs = [
        (">=", Sign::From),
        ("<=", Sign::UpTo),
        ("!=", Sign::Not),
        (">", Sign::Above),
        ("<", Sign::Below),
        ("=", Sign::Is),
    ];
    let known = signs.iter().find_map(|(text, sign)| Some((*sign, part.strip_prefix(text)?)));
    let (sign, version) = known.unwrap_or((Sign::Is, part));
    if version.is_empty() {
        return Err("a version is missing");
    }
    if version.contains(['<', '>', '=', '!', '*']) {
        return Err("a comparison is one of <, <=, =, !=, >= and >");
    }
    let escape = |rest: &str| {
        rest.get(..2).is_some_and(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if encoded && !version.split('%').skip(1).all(escape) {
        return Err("a % is not followed by two hexadecimal digits");
    }
    Ok((sign, version))
}

impl Order {
    /// Which version comes first, where both have a place in the order.
    pub(super) fn compare(self, one: &str, other: &str) -> Option<Ordering> {
        match self {
            Self::Dotted => Some(dotted(one)?.cmp(&dotted(other)?)),
            Self::Moment => {
                let (one, other): (Timestamp, Timestamp) = (one.parse().ok()?, other.parse().ok()?);
                Some(one.cmp(&other))
            }
            Self::Text => Some(one.cmp(other)),
            Self::Of(scheme) => scheme.compare(one, other).ok(),
        }
    }
}

/// The numbers of a version, without zeros at the end.
fn dotted(version: &str) -> Option<Vec<u64>> {
    const MOST_NUMBERS: usize = 32;
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let numbers = version.split('.').take(MOST_NUMBERS).map(|number| number.parse().ok());
    let mut numbers: Vec<u64> = numbers.collect::<Option<_>>()?;
    while numbers.pop_if(|last| *last == 0).is_some() {}
    Some(numbers)
}

/// The rules about the name of a branch that is a range.
pub(super) fn look(name: &str, path: &dyn Fn() -> String, report: &mut Report) {
    if let Some((kind, _)) = name.strip_prefix("vers:").and_then(|rest| rest.split_once('/')) {
        known(kind, path, report);
    }
    let range = match Range::read(name) {
        Ok(range) => range,
        Err(why) => {
            let hint = "A range looks like vers:npm/>=1.0.0|<1.2.3.";
            report.error("csaf 6.1.50", path(), format!("this is no range: {why}"), hint);
            return;
        }
    };
    if let Some(version) = range.single() {
        report.error(
            "csaf 6.1.59",
            path(),
            format!("the range is {version} alone"),
            "Use the category product_version.",
        );
    }
    if range.is_open() {
        report.warning(
            "csaf 6.2.49",
            path(),
            "the range has no end, so that it speaks of versions to come",
            "Name the last version that is known.",
        );
    }
}

fn known(kind: &str, path: &dyn Fn() -> String, report: &mut Report) {
    let range = Range { kind: Some(kind), constraints: Vec::new() };
    let message = if range.order().is_some() || matches!(kind, "all" | "none") {
        return;
    } else if REGISTERED.split(' ').any(|known| known == kind) {
        format!("vers registers the type `{kind}`, whose order is not known here")
    } else {
        format!("vers registers no type `{kind}`")
    };
    report.warning("csaf 6.2.51", path(), message, "Readers may not be able to match the range.");
}
