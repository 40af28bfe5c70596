//! Credits, links and the timeline.

use std::collections::{BTreeMap, BTreeSet};

use super::says::{EXTRA, MISSING, Says, listed};
use super::texts::plain;
use super::{Field, Side};
use crate::check::Weight;
use crate::credit::{CreditType, Naming};
use crate::document::Advisory;
use crate::read::Format;

/// More names and links than this are not sought in the other's words.
const SOUGHT: usize = 50;

type Thanked = BTreeMap<String, BTreeSet<CreditType>>;
type Links = BTreeMap<String, BTreeSet<String>>;

/// A missing credit is an error: somebody was promised to be named.
pub(super) fn credits(one: &Side, other: &Side, says: &mut Says) {
    let (ours, theirs) = (thanked(&one.advisory), thanked(&other.advisory));
    for (name, roles) in &ours {
        let Some(others) = theirs.get(name).filter(|others| *others != roles) else { continue };
        let words = |roles: &BTreeSet<CreditType>| {
            let words: BTreeSet<String> =
                roles.iter().map(|role| role.as_str().to_owned()).collect();
            format!("{name}: {}", listed(words.iter()).unwrap_or_default())
        };
        says.otherwise(Field::Credits, Weight::Warning, &words(roles), &words(others));
    }
    let in_words = |side: &Side, name: &str| {
        side.format == Some(Format::Ghsa)
            && side.advisory.details.as_deref().is_some_and(|text| text.contains(name))
    };
    let rest = |own: &Thanked, others: &Thanked, side: &Side| -> BTreeSet<String> {
        let names = own.keys().filter(|name| !others.contains_key(*name));
        let far = names.enumerate().filter(|(n, name)| *n >= SOUGHT || !in_words(side, name));
        far.map(|(_, name)| name.clone()).collect()
    };
    let (missing, extra) = (rest(&ours, &theirs, other), rest(&theirs, &ours, one));
    let github = |side: &Side| side.format == Some(Format::Ghsa);
    let logins = one.format.is_some() && github(one) != github(other);
    if logins && missing.len() == extra.len() && !missing.is_empty() {
        let (missing, extra) = (listed(missing.iter()), listed(extra.iter()));
        let message = "one has logins and the other has names: see that they are the same people";
        says.push(Field::Credits, Weight::Info, missing.as_deref(), extra.as_deref(), message);
        return;
    }
    says.sets(Field::Credits, Weight::Error, &missing, &extra);
}

fn thanked(advisory: &Advisory) -> Thanked {
    let mut thanked = Thanked::new();
    for credit in &advisory.credits {
        let name = match &credit.naming {
            Naming::Named { github: Some(login), .. } => format!("@{}", login.to_lowercase()),
            Naming::Named { .. } | Naming::Anonymous => plain(&credit.display_name()),
        };
        if !name.is_empty() {
            thanked.entry(name).or_default().insert(credit.role);
        }
    }
    thanked
}

/// Links by where they lead. What only the copy has may be left alone: catalogues add links.
pub(super) fn references(one: &Side, other: &Side, says: &mut Says) {
    let links = |side: &Side| {
        let mut links = Links::new();
        for reference in &side.advisory.references {
            let url = reference.url.trim().trim_end_matches('/').to_owned();
            let kind = format!("{:?}", reference.kind).to_lowercase();
            if !url.is_empty() {
                links.entry(url).or_default().insert(kind);
            }
        }
        links
    };
    let (ours, theirs) = (links(one), links(other));
    for (url, kinds) in &ours {
        let Some(others) = theirs.get(url).filter(|others| *others != kinds) else { continue };
        let words = |kinds: &BTreeSet<String>| {
            format!("{url}: {}", listed(kinds.iter()).unwrap_or_default())
        };
        says.otherwise(Field::References, Weight::Info, &words(kinds), &words(others));
    }
    let in_words = |side: &Side, url: &str| {
        side.format == Some(Format::Ghsa)
            && side.advisory.details.as_deref().is_some_and(|text| text.contains(url))
    };
    let rest = |own: &Links, others: &Links, side: &Side| {
        let urls = own.keys().filter(|url| !others.contains_key(*url)).enumerate();
        let far = urls.filter(|(n, url)| *n >= SOUGHT || !in_words(side, url));
        listed(far.map(|(_, url)| url))
    };
    if let Some(missing) = rest(&ours, &theirs, other) {
        says.push(Field::References, Weight::Warning, Some(&missing), None, MISSING);
    }
    if let Some(extra) = rest(&theirs, &ours, one) {
        says.push(Field::References, Weight::Info, None, Some(&extra), EXTRA);
    }
}

pub(super) fn timeline(ours: &Advisory, theirs: &Advisory, says: &mut Says) {
    let moments = |advisory: &Advisory| -> BTreeSet<String> {
        let moments = advisory.timeline.iter();
        moments.map(|moment| plain(&format!("{} {}", moment.at, moment.what))).collect()
    };
    says.sets(Field::Timeline, Weight::Warning, &moments(ours), &moments(theirs));
}
