//! Remediations of a 2.1 document: which may stand together for one product, and for products of
//! which standing.

use std::collections::BTreeMap;

use super::texts;
use super::tree::Products;
use super::vulnerability::{STANDINGS, having};
use crate::check::Report;
use crate::check::json::Json;

/// The categories, and what goes with what: the others for the same product, one letter for each in
/// this order (`+` allowed, `-` prohibited), and the standings of the product in the order of
/// [`STANDINGS`] (`~` discouraged).
const CATEGORIES: [(&str, &str, &str); 7] = [
    ("workaround", "+++--++", "+--~~"),
    ("mitigation", "+++--++", "+--~~"),
    ("vendor_fix", "+++----", "+--~~"),
    ("optional_patch", "---+---", "-+~++"),
    ("none_available", "----+--", "+--++"),
    ("fix_planned", "++---+-", "+~-~~"),
    ("no_fix_planned", "++----+", "+~-++"),
];

/// What is known of one product so far, a bit for each category.
type Given = u8;

pub(super) fn look(
    vulnerability: &Json<'_>,
    path: &str,
    products: &Products<'_>,
    report: &mut Report,
) {
    let mut standing: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, (_, statuses)) in STANDINGS.iter().enumerate() {
        for (id, ..) in having(vulnerability, statuses) {
            standing.entry(id).or_insert(number);
        }
    }
    let mut given: BTreeMap<&str, Given> = BTreeMap::new();
    // A group is opened once for each category, however many remediations name it.
    let mut opened: BTreeMap<&str, Given> = BTreeMap::new();
    for (place, remediation) in vulnerability.list("remediations") {
        let category = remediation.text_of("category").unwrap_or_default();
        let Some(number) = CATEGORIES.iter().position(|(name, ..)| *name == category) else {
            continue;
        };
        let Some((_, others, standings)) = CATEGORIES.get(number) else { continue };
        let bit: Given = 1 << number;
        let mut found = Found::default();
        let mut one = |id| {
            let before = given.entry(id).or_default();
            let clash = |(at, letter): (usize, char)| letter == '-' && *before & (1_u8 << at) != 0;
            if others.chars().enumerate().any(clash) {
                found.contradicting = Some(id);
            }
            *before |= bit;
            match standing.get(id).and_then(|at| standings.chars().nth(*at)) {
                Some('-') => found.prohibited = Some(id),
                Some('~') => found.discouraged = Some(id),
                _ => {}
            }
        };
        texts(remediation, "product_ids").for_each(|(_, id)| one(id));
        for (_, id) in texts(remediation, "group_ids") {
            let seen = opened.entry(id).or_default();
            if *seen & bit == 0 {
                *seen |= bit;
                products.group(id).iter().for_each(|id| one(id));
            }
        }
        found.tell(&format!("{path}/remediations/{place}"), category, report);
    }
}

/// A product of each kind that one remediation does not suit.
#[derive(Default)]
struct Found<'j> {
    contradicting: Option<&'j str>,
    prohibited: Option<&'j str>,
    discouraged: Option<&'j str>,
}

impl Found<'_> {
    fn tell(self, path: &str, category: &str, report: &mut Report) {
        if let Some(id) = self.contradicting {
            report.error(
                "csaf 6.1.35",
                path,
                format!("{category} contradicts another remediation of `{id}`"),
                "Keep the one that is true.",
            );
        }
        if let Some(id) = self.prohibited {
            report.error(
                "csaf 6.1.36",
                path,
                format!("{category} does not go with the status of `{id}`"),
                "Correct the status, or leave the product out.",
            );
        }
        if let Some(id) = self.discouraged {
            report.warning(
                "csaf 6.2.27",
                path,
                format!("{category} hardly goes with the status of `{id}`"),
                "Readers may misunderstand it: say it in a note.",
            );
        }
    }
}
