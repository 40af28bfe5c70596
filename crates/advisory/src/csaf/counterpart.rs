//! What a security advisory says about one product in several versions: where it is fixed, it was
//! affected, and the other way around.
//!
//! A product keeps its identity over its versions by the branches above them. One that is made of
//! others is the same if it is made of the same parts, of which only the first may differ in its
//! version.

use std::collections::{BTreeMap, BTreeSet};

use super::branches::RANGE;
use super::range::{Range, Sign};
use super::tree::{Place, Products};
use super::vulnerability::{AFFECTED, FIXED, having};
use crate::check::Report;
use crate::check::json::Json;

/// What a product is, apart from its version: the branch above it, and what follows in its path.
type Identity<'j> = (Option<usize>, Vec<(&'j str, &'j str)>);

/// Products by id, each with where it is defined and the numbers of what it is. That is more than
/// one thing if something was installed with it, since the product without it is the same one.
struct Family<'p, 'j> {
    products: &'p Products<'j>,
    places: BTreeMap<&'j str, Place>,
    identities: BTreeMap<&'j str, Vec<usize>>,
}

pub(super) fn look(document: &Json<'_>, products: &Products<'_>, report: &mut Report) {
    let family = Family::of(products);
    for (place, vulnerability) in document.list("vulnerabilities") {
        let path = format!("/vulnerabilities/{place}/product_status");
        family.look(vulnerability, &path, report);
    }
}

impl<'p, 'j> Family<'p, 'j> {
    fn of(products: &'p Products<'j>) -> Self {
        let places: BTreeMap<&str, Place> =
            products.defined.iter().map(|product| (product.id, product.place)).collect();
        let own = |id: &str| above_version(products, places.get(id).copied());
        let mut known: BTreeMap<Identity<'j>, usize> = BTreeMap::new();
        let mut number = |identity: Identity<'j>| {
            let next = known.len();
            *known.entry(identity).or_insert(next)
        };
        let mut identities: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for product in products.defined.iter().filter(|p| !matches!(p.place, Place::Joint(_))) {
            identities.insert(product.id, vec![number((own(product.id), Vec::new()))]);
        }
        for joint in &products.joints {
            let begins = own(joint.begins);
            let mut what = vec![number((begins, joint.then.clone()))];
            let with = joint.then.iter().position(|(how, _)| *how == "installed_with");
            if let Some((at, (_, part))) = with.and_then(|at| Some((at, joint.then.get(at)?))) {
                let without = number((begins, joint.then.iter().take(at).copied().collect()));
                what.push(without);
                // A hotfix stands for what it is installed with.
                if let Some(identities) = identities.get_mut(part).filter(|all| all.len() == 1) {
                    identities.push(without);
                }
            }
            identities.insert(joint.makes, what);
        }
        Self { products, places, identities }
    }

    fn look(&self, vulnerability: &Json<'_>, path: &str, report: &mut Report) {
        let all = |statuses: &'static [&'static str]| -> BTreeSet<usize> {
            let what =
                having(vulnerability, statuses).filter_map(|(id, ..)| self.identities.get(id));
            what.flatten().copied().collect()
        };
        let (affected, fixed) = (all(&AFFECTED), all(&FIXED));
        for (id, status, number) in having(vulnerability, &FIXED) {
            // Products that are not defined break a rule of their own.
            let Some(what) = self.identities.get(id) else { continue };
            if !what.iter().any(|identity| affected.contains(identity)) {
                report.error(
                    "csaf 6.1.27.13",
                    format!("{path}/{status}/{number}"),
                    format!("`{id}` is fixed, and no other version of it is affected"),
                    "Name the affected versions of the same product.",
                );
            }
        }
        let of_category = |wanted: &'static [&'static str]| {
            let remediations = vulnerability.list("remediations").map(|(_, one)| one);
            self.products.meant(remediations.filter(|one| {
                one.text_of("category").is_some_and(|category| wanted.contains(&category))
            }))
        };
        let unfixed = of_category(&["fix_planned", "no_fix_planned", "none_available"]);
        let mended = of_category(&["vendor_fix"]);
        for (id, status, number) in having(vulnerability, &AFFECTED) {
            // What has no fix needs none named, unless the document says that there is one.
            let there_is_none =
                unfixed.contains(id) && !mended.contains(id) && !self.ends_before(id);
            let Some(what) = self.identities.get(id) else { continue };
            if !what.iter().any(|identity| fixed.contains(identity)) && !there_is_none {
                report.warning(
                    "csaf 6.2.39.1",
                    format!("{path}/{status}/{number}"),
                    format!("`{id}` is affected, and no version of it is named as fixed"),
                    "Name the version that has the fix, or say in a remediation that there is none.",
                );
            }
        }
    }

    /// Whether the product's range ends before a version, which then is not affected.
    fn ends_before(&self, id: &str) -> bool {
        let Some(Place::Branch(end)) = self.places.get(id) else { return false };
        let range = self.products.upwards(*end).find(|branch| branch.category == RANGE);
        let range = range.and_then(|branch| Range::read(branch.name).ok());
        range.and_then(|range| range.constraints.last().map(|(sign, _)| *sign)) == Some(Sign::Below)
    }
}

/// The branch above the version of a product; the product's own where no version leads to it.
fn above_version(products: &Products<'_>, place: Option<Place>) -> Option<usize> {
    let Some(Place::Branch(mut number)) = place else { return None };
    let mut found = Some(number);
    while let Some(branch) = products.branches.get(number) {
        if matches!(branch.category, "product_version" | RANGE) {
            found = branch.parent;
        }
        let Some(parent) = branch.parent else { break };
        number = parent;
    }
    found
}
