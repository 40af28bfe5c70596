//! When a vulnerability was discovered, disclosed and first exploited.

use std::collections::BTreeSet;

use super::says::Says;
use super::{Field, Side};
use crate::check::Weight;
use crate::document::Vulnerability;
use crate::read::Format;

pub(super) fn look(
    one: &Side,
    ours: &Vulnerability,
    other: &Side,
    theirs: &Vulnerability,
    says: &mut Says,
) {
    let weight = Weight::Warning;
    let both = ours.disclosure_date.is_some() && theirs.disclosure_date.is_some();
    let text = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
    let discovered = (text(ours.discovery_date), text(theirs.discovery_date));
    says.single(Field::DiscoveryDate, weight, discovered.0.as_deref(), discovered.1.as_deref());
    // A CNA dates its record whether or not the advisory has a date.
    let said = |side: &Side, own: &Vulnerability, missing: &Side| {
        let by_cna = side.format == Some(Format::Cve) && missing.format != Some(Format::Cve);
        text(own.disclosure_date).filter(|_| !by_cna || both)
    };
    let disclosed = (said(one, ours, other), said(other, theirs, one));
    says.single(Field::DisclosureDate, weight, disclosed.0.as_deref(), disclosed.1.as_deref());
    let exploited = |one: &Vulnerability| -> BTreeSet<String> {
        one.first_exploitations.iter().map(|one| one.in_words()).collect()
    };
    says.sets(Field::FirstExploitations, weight, &exploited(ours), &exploited(theirs));
}
