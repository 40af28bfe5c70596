//! The products of a document that is read: which package, and which versions of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::affected::{Ecosystem, Package};
use crate::purl;
use crate::read::{At, Notes};
use crate::versions::{Lower, Stretch, Upper, Vers};

/// A product, or a group of them, by its id.
#[derive(Default)]
pub(super) struct Catalogue<'j> {
    products: BTreeMap<&'j str, Product>,
    groups: BTreeMap<&'j str, Vec<&'j str>>,
}

/// What a product id stands for.
pub(super) struct Product {
    pub(super) ecosystem: Ecosystem,
    pub(super) name: String,
    pub(super) stretches: Vec<Stretch>,
    /// The version, where it is one alone and no range.
    pub(super) version: Option<String>,
    /// Where it stands in the tree, counted.
    pub(super) place: usize,
    /// The package URL without version, where it does not follow from the name.
    purl: Option<String>,
}

/// The branches that lead to a product.
#[derive(Clone, Copy, Default)]
struct Way<'j> {
    name: Option<&'j str>,
    version: Option<&'j str>,
    range: Option<&'j str>,
}

impl<'j> Catalogue<'j> {
    pub(super) fn of(top: &At<'j>, notes: &mut Notes) -> Self {
        let mut catalogue = Self::default();
        let Some(tree) = top.get("product_tree") else { return catalogue };
        let reason = "a product that is made of two others is not read";
        let read = ["branches", "full_product_names", "product_groups"];
        notes.others(&tree, &read, &[("relationships", reason)]);
        catalogue.branches(&tree, Way::default(), notes);
        for product in tree.list("full_product_names", notes) {
            catalogue.product(&product, Way::default(), notes);
        }
        for group in tree.list("product_groups", notes) {
            if let Some(id) = group.text("group_id", notes) {
                let members = group.texts("product_ids", notes);
                let members = members.into_iter().map(|(id, _)| id).collect();
                catalogue.groups.insert(id, members);
            }
        }
        catalogue
    }

    /// As deep as the parser lets a document be.
    fn branches(&mut self, holder: &At<'j>, way: Way<'j>, notes: &mut Notes) {
        for branch in holder.list("branches", notes) {
            let Some(name) = branch.text("name", notes) else { continue };
            let mut way = way;
            match branch.value.text_of("category") {
                Some("product_name") => way.name = Some(name),
                Some("product_version") => way.version = Some(name),
                Some("product_version_range") => way.range = Some(name),
                Some("vendor" | "product_family") => {}
                _ => notes
                    .left(branch.path.as_str(), "an advisory does not tell such products apart"),
            }
            if let Some(product) = branch.get("product") {
                self.product(&product, way, notes);
            }
            self.branches(&branch, way, notes);
        }
    }

    fn product(&mut self, product: &At<'j>, way: Way<'j>, notes: &mut Notes) {
        let Some(id) = product.text("product_id", notes) else { return };
        let helper = product.get("product_identification_helper");
        let purl = helper.as_ref().and_then(|helper| {
            let reason = "an advisory knows packages by name and package URL";
            let reasons = [
                "cpe",
                "hashes",
                "model_numbers",
                "sbom_urls",
                "serial_numbers",
                "skus",
                "x_generic_uris",
            ]
            .map(|name| (name, reason));
            notes.others(helper, &["purl", "purls"], &reasons);
            let several = || helper.texts("purls", notes).first().map(|(purl, _)| *purl);
            helper.value.text_of("purl").or_else(several)
        });
        let named = purl.and_then(purl::read);
        let vers = way.range.and_then(|range| Vers::read(range).ok());
        let ecosystem = match (&named, &vers) {
            (Some(named), _) => named.ecosystem,
            (None, Some(vers)) => purl::ecosystem(&vers.scheme).unwrap_or(Ecosystem::Other),
            (None, None) => Ecosystem::Other,
        };
        let title = product.text("name", notes);
        let own = named.as_ref().map(|named| named.name.as_str());
        let Some(name) = way.name.or(own).or(title) else { return };
        let by_purl = named.as_ref().and_then(|named| named.version.as_deref());
        let version = way.version.or(by_purl.filter(|_| way.range.is_none()));
        let version = version.map(|version| version.strip_prefix('v').unwrap_or(version));
        let stretches = match (vers, way.range, version) {
            (Some(vers), ..) => vers.stretches,
            (None, Some(range), _) => {
                let stretch = Stretch::from_github(range).ok();
                if stretch.is_none() {
                    let reason = "the range is in words, or in a notation that is not known";
                    notes.left(product.path.as_str(), reason);
                }
                stretch.into_iter().collect()
            }
            (None, None, Some(version)) => vec![Stretch::only(version)],
            (None, None, None) => vec![Stretch::new(Lower::Start, Upper::Open)],
        };
        let bare = named.as_ref().map(|named| named.bare.clone());
        let purl = bare.filter(|bare| purl::of(ecosystem, name, &[]).as_ref() != Some(bare));
        let version = version.map(ToOwned::to_owned);
        let name = name.to_owned();
        let place = self.products.len();
        self.products.insert(id, Product { ecosystem, name, stretches, version, place, purl });
    }

    pub(super) fn product_of(&self, id: &str) -> Option<&Product> {
        self.products.get(id)
    }

    pub(super) fn group(&self, id: &str) -> &[&'j str] {
        self.groups.get(id).map_or(&[], Vec::as_slice)
    }

    /// The packages whose URL does not follow from their name.
    pub(super) fn packages(&self) -> Vec<Package> {
        let mut seen = BTreeSet::new();
        let packages = self.products.values().filter_map(|product| {
            let Product { ecosystem, name, purl, .. } = product;
            let purl = Some(purl.clone()?);
            let first = seen.insert((*ecosystem, name.clone()));
            let (ecosystem, name) = (*ecosystem, name.clone());
            first.then_some(Package { ecosystem, name, repository: None, purl })
        });
        packages.collect()
    }
}
