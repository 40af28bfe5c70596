//! Packages, and which of their versions stand how.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::says::{EXTRA, MISSING, Says, listed};
use super::texts::plain;
use super::{Field, Side};
use crate::affected::Ecosystem;
use crate::check::Weight;
use crate::purl;
use crate::read::{Format, Said, Standing};
use crate::versions::{Lower, Scheme, Stretch, Upper};

/// What one side says of a package.
#[derive(Default)]
struct Package<'s> {
    name: String,
    ecosystem: Option<Ecosystem>,
    affected: Vec<&'s Said>,
    spared: Vec<&'s Said>,
    fixed: BTreeSet<String>,
}

pub(super) fn look(one: &Side, ours: usize, other: &Side, theirs: usize, says: &mut Says) {
    let formats = [one.format, other.format];
    let by_purl = formats.contains(&Some(Format::OpenVex));
    let (first, second) = (one.said_of(ours), other.said_of(theirs));
    let mut ours = packages(one, first, by_purl);
    let mut theirs = packages(other, second, by_purl);
    let mut pairs = Vec::new();
    let keys: Vec<String> = ours.keys().filter(|key| theirs.contains_key(*key)).cloned().collect();
    for key in keys {
        pairs.extend(ours.remove(&key).zip(theirs.remove(&key)));
    }
    products(&mut ours, &mut theirs, &mut pairs);
    let names = |rest: &BTreeMap<String, Package<'_>>| -> BTreeSet<String> {
        rest.values().map(|package| package.name.clone()).collect()
    };
    says.sets(Field::Packages, Weight::Error, &names(&ours), &names(&theirs));
    for (ours, theirs) in pairs {
        let mut about = Says::default();
        about.about(Some(ours.name.clone()).filter(|name| !name.is_empty()));
        known(one, other, &ours, &mut about);
        let scheme = ours.ecosystem.or(theirs.ecosystem).and_then(Scheme::of);
        let order = Order(scheme.unwrap_or(Scheme::Semver));
        let told = ranges(&ours.affected, &theirs.affected, order, &mut about);
        if !told {
            fixes(formats, &ours, &theirs, &mut about);
        }
        spared(formats, &ours.spared, &theirs.spared, order, &mut about);
        says.add(about);
    }
}

fn packages<'s>(side: &Side, said: &'s [Said], by_purl: bool) -> BTreeMap<String, Package<'s>> {
    let mut packages: BTreeMap<String, Package<'s>> = BTreeMap::new();
    for one in said {
        let known = side.packages.get(&(one.ecosystem, one.name.clone())).filter(|_| by_purl);
        let purl = known.and_then(|known| known.purl.clone());
        let purl = purl.or_else(|| purl::of(one.ecosystem, &one.name, &[]));
        let key = purl.unwrap_or_else(|| one.name.clone());
        let package = packages.entry(key).or_default();
        package.name.clone_from(&one.name);
        package.ecosystem = Some(one.ecosystem).filter(|known| *known != Ecosystem::Other);
        match one.standing {
            Standing::Affected => package.affected.push(one),
            Standing::NotAffected => package.spared.push(one),
            Standing::Fixed => {
                package.fixed.extend(one.stretch.single().map(ToOwned::to_owned));
            }
        }
    }
    packages
}

/// A product that is named without an ecosystem is the package whose name ends like it, or the only
/// one that is left.
fn products<'s>(
    ours: &mut BTreeMap<String, Package<'s>>,
    theirs: &mut BTreeMap<String, Package<'s>>,
    pairs: &mut Vec<(Package<'s>, Package<'s>)>,
) {
    let last = |package: &Package<'_>| {
        let last = package.name.rsplit(['/', ':']).next().unwrap_or_default();
        last.to_lowercase()
    };
    let mut ends: BTreeMap<String, String> = BTreeMap::new();
    for (key, package) in theirs.iter() {
        ends.insert(last(package), key.clone());
    }
    let alone = ours.len() == 1 && theirs.len() == 1;
    let only = theirs.keys().next().filter(|_| alone).cloned();
    let keys: Vec<String> = ours.keys().cloned().collect();
    for key in keys {
        let Some(package) = ours.get(&key) else { continue };
        let end = ends.get(&last(package)).or(only.as_ref());
        let Some(other) = end.filter(|end| {
            let other = theirs.get(*end);
            other.is_some_and(|other| other.ecosystem.is_none() || package.ecosystem.is_none())
        }) else {
            continue;
        };
        let other = other.clone();
        pairs.extend(ours.remove(&key).zip(theirs.remove(&other)));
    }
}

/// What is known of the package beside its versions.
fn known(one: &Side, other: &Side, package: &Package<'_>, says: &mut Says) {
    let of = |side: &Side| {
        let ecosystem = package.ecosystem.unwrap_or(Ecosystem::Other);
        let known = side.packages.get(&(ecosystem, package.name.clone()));
        known.map(|known| (known.repository.clone(), known.purl.clone())).unwrap_or_default()
    };
    let (ours, theirs) = (of(one), of(other));
    says.single(Field::Packages, Weight::Info, ours.0.as_deref(), theirs.0.as_deref());
    if !matches!(
        (one.format, other.format),
        (Some(Format::OpenVex), _) | (_, Some(Format::OpenVex))
    ) {
        says.single(Field::Packages, Weight::Info, ours.1.as_deref(), theirs.1.as_deref());
    }
}

/// An order of versions that says nothing where it does not know one.
#[derive(Clone, Copy)]
struct Order(Scheme);

impl Order {
    fn compare(self, one: &str, other: &str) -> Ordering {
        let bare = |text: &str| text.trim_start_matches('v').to_owned();
        let order = self.0.compare(one, other);
        order.unwrap_or_else(|_| bare(one).cmp(&bare(other)))
    }

    /// Whether the order is one: versions that are no versions of the scheme are only texts.
    fn knows(self, spans: &[Span]) -> bool {
        let known = |text: &str| self.0.compare(text, text).is_ok();
        spans.iter().all(|span| {
            let lower = match &span.lower {
                Lower::Start => true,
                Lower::From(version) | Lower::After(version) => known(version),
            };
            let upper = match &span.upper {
                Upper::Open => true,
                Upper::Before(version) | Upper::UpTo(version) => known(version),
            };
            lower && upper
        })
    }

    fn lowers(self, one: &Lower, other: &Lower) -> Ordering {
        let rank = |lower: &Lower| u8::from(matches!(lower, Lower::After(_)));
        match (one, other) {
            (Lower::Start, Lower::Start) => Ordering::Equal,
            (Lower::Start, _) => Ordering::Less,
            (_, Lower::Start) => Ordering::Greater,
            (
                Lower::From(first) | Lower::After(first),
                Lower::From(second) | Lower::After(second),
            ) => self.compare(first, second).then(rank(one).cmp(&rank(other))),
        }
    }

    fn uppers(self, one: &Upper, other: &Upper) -> Ordering {
        let rank = |upper: &Upper| u8::from(matches!(upper, Upper::UpTo(_)));
        match (one, other) {
            (Upper::Open, Upper::Open) => Ordering::Equal,
            (Upper::Open, _) => Ordering::Greater,
            (_, Upper::Open) => Ordering::Less,
            (
                Upper::Before(first) | Upper::UpTo(first),
                Upper::Before(second) | Upper::UpTo(second),
            ) => self.compare(first, second).then(rank(one).cmp(&rank(other))),
        }
    }

    fn same(self, one: &Span, other: &Span) -> bool {
        self.lowers(&one.lower, &other.lower).is_eq()
            && self.uppers(&one.upper, &other.upper).is_eq()
    }

    /// Sorted, with those that meet or overlap as one.
    fn merged(self, mut spans: Vec<Span>) -> Vec<Span> {
        spans.sort_by(|one, other| {
            let lowers = self.lowers(&one.lower, &other.lower);
            lowers.then_with(|| self.uppers(&one.upper, &other.upper))
        });
        if !self.knows(&spans) {
            spans.dedup_by(|one, other| self.same(one, other));
            return spans;
        }
        let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match merged.last_mut().filter(|last| self.meet(&last.upper, &span.lower)) {
                Some(last) => {
                    if self.uppers(&span.upper, &last.upper).is_gt() {
                        last.upper = span.upper;
                    }
                }
                None => merged.push(span),
            }
        }
        merged
    }

    fn meet(self, upper: &Upper, lower: &Lower) -> bool {
        match (upper, lower) {
            (Upper::Open, _) | (_, Lower::Start) => true,
            (Upper::Before(end), Lower::From(start))
            | (Upper::UpTo(end), Lower::From(start) | Lower::After(start)) => {
                self.compare(start, end).is_le()
            }
            (Upper::Before(end), Lower::After(start)) => self.compare(start, end).is_lt(),
        }
    }

    /// Whether every one lies within one of the others; both are merged.
    fn within(self, ones: &[Span], others: &[Span]) -> bool {
        let mut others = others.iter().peekable();
        ones.iter().all(|one| {
            while others.next_if(|other| self.uppers(&other.upper, &one.upper).is_lt()).is_some() {}
            others.peek().is_some_and(|other| self.lowers(&other.lower, &one.lower).is_le())
        })
    }
}

/// A stretch whose end is the fix where one is known: `<= 1.17.0` with the fix in `1.17.1` is
/// `< 1.17.1`.
#[derive(Clone)]
struct Span {
    lower: Lower,
    upper: Upper,
}

impl Span {
    fn of(said: &Said, with_fix: bool) -> Self {
        let upper = match (said.stretch.upper(), &said.fixed) {
            (Upper::UpTo(_), Some(fixed)) if with_fix => Upper::Before(fixed.clone()),
            (upper, _) => upper.clone(),
        };
        Self { lower: said.stretch.lower().clone(), upper }
    }

    fn in_symbols(&self) -> String {
        Stretch::new(self.lower.clone(), self.upper.clone()).to_github()
    }
}

/// Whether a difference was told.
fn ranges(ours: &[&Said], theirs: &[&Said], order: Order, says: &mut Says) -> bool {
    let merged = |said: &[&Said], with_fix| {
        order.merged(said.iter().map(|said| Span::of(said, with_fix)).collect())
    };
    let equal = |ours: &[Span], theirs: &[Span]| {
        ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| order.same(a, b))
    };
    let tries = [(true, true), (false, false), (true, false), (false, true)];
    if tries.iter().any(|(a, b)| equal(&merged(ours, *a), &merged(theirs, *b))) {
        return false;
    }
    let (ours, theirs) = (merged(ours, true), merged(theirs, true));
    let words = |spans: &[Span]| {
        let spans: Vec<String> = spans.iter().map(Span::in_symbols).collect();
        listed(spans.iter())
    };
    let (first, second) = (words(&ours), words(&theirs));
    let (first, second) = (first.as_deref(), second.as_deref());
    if ours.is_empty() || theirs.is_empty() {
        let message = if theirs.is_empty() { MISSING } else { EXTRA };
        says.push(Field::Ranges, Weight::Error, first, second, message);
        return true;
    }
    if order.knows(&ours) && order.knows(&theirs) && only_after(&ours, &theirs, order) {
        let message = "one begins after a version, the other at a later one: whether a release lies \
                       between cannot be seen from here";
        says.push(Field::Ranges, Weight::Info, first, second, message);
        return true;
    }
    let (field, message) = verdict(&ours, &theirs, order);
    says.push(field, Weight::Error, first, second, message);
    true
}

fn verdict(ours: &[Span], theirs: &[Span], order: Order) -> (Field, &'static str) {
    let pairs = || ours.iter().zip(theirs);
    let fixes = |(one, other): (&Span, &Span)| {
        order.same(one, other)
            || order.lowers(&one.lower, &other.lower).is_eq()
                && matches!((&one.upper, &other.upper), (Upper::Before(_), Upper::Before(_)))
    };
    if ours.len() == theirs.len() && pairs().all(fixes) {
        return (Field::Fixed, "the affected versions end at another fix");
    }
    if !order.knows(ours) || !order.knows(theirs) {
        return (Field::Ranges, "other versions are affected there");
    }
    let message = match (order.within(ours, theirs), order.within(theirs, ours)) {
        (true, _) => "the other range is wider: it counts versions as affected that are not here",
        (_, true) => "the other range is narrower: it leaves out versions that are affected here",
        _ => "other versions are affected there",
    };
    (Field::Ranges, message)
}

/// Whether all that differs is that one side begins after a version and the other at a later one.
fn only_after(ours: &[Span], theirs: &[Span], order: Order) -> bool {
    let later = |after: &str, from: &str| order.compare(after, from).is_lt();
    ours.len() == theirs.len()
        && ours.iter().zip(theirs).all(|(one, other)| {
            order.same(one, other)
                || order.uppers(&one.upper, &other.upper).is_eq()
                    && match (&one.lower, &other.lower) {
                        (Lower::After(after), Lower::From(from))
                        | (Lower::From(from), Lower::After(after)) => later(after, from),
                        _ => false,
                    }
        })
}

/// The versions with a fix, where both formats name them apart from the ranges.
fn fixes(formats: [Option<Format>; 2], ours: &Package<'_>, theirs: &Package<'_>, says: &mut Says) {
    let names = |known: &[Format]| formats.iter().flatten().all(|format| known.contains(format));
    let bare = |text: &str| text.trim_start_matches('v').to_owned();
    if names(&[Format::Ghsa, Format::Csaf, Format::OpenVex]) {
        let fixes = |package: &Package<'_>| -> BTreeSet<String> {
            package.affected.iter().filter_map(|said| said.fixed.as_deref().map(bare)).collect()
        };
        let (first, second) = (fixes(ours), fixes(theirs));
        if first != second {
            says.sets(Field::Fixed, Weight::Error, &first, &second);
            return;
        }
    }
    if names(&[Format::Csaf, Format::OpenVex, Format::CycloneDx]) {
        says.sets(Field::Fixed, Weight::Error, &ours.fixed, &theirs.fixed);
    }
}

/// Lines that are not affected, with the reason where both formats give one.
fn spared(
    formats: [Option<Format>; 2],
    ours: &[&Said],
    theirs: &[&Said],
    order: Order,
    says: &mut Says,
) {
    let all = |known: &[Format]| formats.iter().flatten().all(|format| known.contains(format));
    let reasons = all(&[Format::Csaf, Format::OpenVex, Format::CycloneDx]);
    let holds = reasons || all(&[Format::Cve, Format::Csaf, Format::OpenVex, Format::CycloneDx]);
    if !holds {
        return;
    }
    if !reasons {
        let words = |said: &[&Said]| -> BTreeSet<String> {
            let spans = said.iter().map(|said| Span::of(said, false)).collect();
            order.merged(spans).iter().map(Span::in_symbols).collect()
        };
        says.sets(Field::NotAffected, Weight::Warning, &words(ours), &words(theirs));
        return;
    }
    let words = |said: &[&Said]| -> BTreeSet<String> {
        said.iter()
            .map(|said| {
                let why = said.why.map_or("no reason", |why| why.as_str());
                let range = Span::of(said, false).in_symbols();
                plain(&format!("{range}: {why} {}", said.statement.as_deref().unwrap_or_default()))
            })
            .collect()
    };
    says.sets(Field::NotAffected, Weight::Warning, &words(ours), &words(theirs));
}
