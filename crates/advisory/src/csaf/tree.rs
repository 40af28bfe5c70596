//! The product tree: which products and groups a document defines, and whether each that it speaks
//! of is one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{CsafVersion, branches, helpers, relationships, repeated, texts};
use crate::check::Report;
use crate::check::json::Json;

/// A product where it is defined.
pub(super) struct Defined<'j> {
    pub(super) id: &'j str,
    pub(super) product: &'j Json<'j>,
    pub(super) place: Place,
}

/// Where a product is defined.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the end of the branch with this number.
    Branch(usize),
    /// Among the full names.
    Name(usize),
    /// As made of others.
    Joint(usize),
}

/// A branch of the tree, which knows the one that it grows from.
pub(super) struct Branch<'j> {
    pub(super) category: &'j str,
    pub(super) name: &'j str,
    pub(super) json: &'j Json<'j>,
    pub(super) parent: Option<usize>,
    /// How many branches lead to it, itself included.
    pub(super) depth: usize,
    place: usize,
}

/// A product that is made of others.
pub(super) struct Joint<'j> {
    pub(super) makes: &'j str,
    /// The product that it begins with, and those that follow, each with how it is joined.
    pub(super) begins: &'j str,
    pub(super) then: Vec<(&'j str, &'j str)>,
    pub(super) place: usize,
}

/// What a document's product tree defines.
pub(super) struct Products<'j> {
    pub(super) defined: Vec<Defined<'j>>,
    pub(super) branches: Vec<Branch<'j>>,
    pub(super) joints: Vec<Joint<'j>>,
    groups: BTreeMap<&'j str, Vec<&'j str>>,
    version: CsafVersion,
}

/// The members of a vulnerability that name products and groups: the first three in 2.0, all in 2.1.
const NAMING: [&str; 7] = [
    "flags",
    "remediations",
    "threats",
    "first_known_exploitation_dates",
    "ids",
    "involvements",
    "notes",
];

/// The members of what joins products that name one of them.
const ENDS: [&str; 3] =
    ["beginning_product_reference", "product_reference", "relates_to_product_reference"];

/// The members of `product_status`.
const STATUSES: [&str; 9] = [
    "first_affected",
    "first_fixed",
    "fixed",
    "known_affected",
    "known_not_affected",
    "last_affected",
    "recommended",
    "under_investigation",
    "unknown",
];

impl<'j> Products<'j> {
    pub(super) fn of(document: &'j Json<'j>, version: CsafVersion) -> Self {
        let mut products = Self {
            defined: Vec::new(),
            branches: Vec::new(),
            joints: Vec::new(),
            groups: BTreeMap::new(),
            version,
        };
        let Some(tree) = document.get("product_tree") else { return products };
        products.grow(tree, None, 0);
        for (place, product) in tree.list("full_product_names") {
            products.define(product, Place::Name(place));
        }
        for (place, joint) in tree.list(version.joints()) {
            if let Some(product) = joint.get("full_product_name") {
                products.define(product, Place::Joint(place));
            }
            products.joints.extend(Joint::read(joint, place, version));
        }
        for (_, group) in tree.list("product_groups") {
            let Some(id) = group.text_of("group_id") else { continue };
            let members = texts(group, "product_ids").map(|(_, id)| id);
            products.groups.entry(id).or_default().extend(members);
        }
        products
    }

    /// The reader of JSON bounds how deep branches go.
    fn grow(&mut self, holder: &'j Json<'j>, parent: Option<usize>, depth: usize) {
        for (place, json) in holder.list("branches") {
            let number = self.branches.len();
            self.branches.push(Branch {
                category: json.text_of("category").unwrap_or_default(),
                name: json.text_of("name").unwrap_or_default(),
                json,
                parent,
                depth: depth + 1,
                place,
            });
            if let Some(product) = json.get("product") {
                self.define(product, Place::Branch(number));
            }
            self.grow(json, Some(number), depth + 1);
        }
    }

    fn define(&mut self, product: &'j Json<'j>, place: Place) {
        if let Some(id) = product.text_of("product_id") {
            self.defined.push(Defined { id, product, place });
        }
    }

    /// A branch and those that lead to it, from the end of the tree to its root.
    pub(super) fn upwards(&self, end: usize) -> impl Iterator<Item = &Branch<'j>> {
        std::iter::successors(self.branches.get(end), |branch| {
            branch.parent.and_then(|parent| self.branches.get(parent))
        })
    }

    /// The branches that lead to a product, from the root on; none where it stands elsewhere.
    pub(super) fn leading(&self, place: Place) -> Vec<&Branch<'j>> {
        let Place::Branch(end) = place else { return Vec::new() };
        let mut branches: Vec<_> = self.upwards(end).collect();
        branches.reverse();
        branches
    }

    /// The pointer to a branch.
    pub(super) fn branch_path(&self, number: usize) -> String {
        let mut places: Vec<usize> = self.upwards(number).map(|branch| branch.place).collect();
        places.reverse();
        let mut path = "/product_tree".to_owned();
        for place in places {
            // Writing to a string cannot fail.
            let _ = write!(path, "/branches/{place}");
        }
        path
    }

    /// The pointer to a product.
    pub(super) fn path(&self, place: Place) -> String {
        match place {
            Place::Branch(number) => format!("{}/product", self.branch_path(number)),
            Place::Name(place) => format!("/product_tree/full_product_names/{place}"),
            Place::Joint(place) => {
                format!("/product_tree/{}/{place}/full_product_name", self.version.joints())
            }
        }
    }

    /// The products that a group holds; none if it is not defined.
    pub(super) fn group(&self, id: &str) -> &[&'j str] {
        self.groups.get(id).map_or(&[], Vec::as_slice)
    }

    /// The products that flags, remediations or threats are about, those of their groups included.
    /// Each group is opened once, however many name it.
    pub(super) fn meant<'s>(
        &'s self,
        holders: impl Iterator<Item = &'s Json<'s>>,
    ) -> BTreeSet<&'s str> {
        let (mut meant, mut groups) = (BTreeSet::new(), BTreeSet::new());
        for holder in holders {
            meant.extend(texts(holder, "product_ids").map(|(_, id)| id));
            groups.extend(texts(holder, "group_ids").map(|(_, id)| id));
        }
        meant.extend(groups.into_iter().flat_map(|id| self.group(id)));
        meant
    }

    /// The rules about the tree.
    pub(super) fn look(&self, document: &Json<'_>, report: &mut Report) {
        let used = self.missing(document, report);
        for (product, _) in repeated(self.defined.iter().map(|product| (product, product.id))) {
            report.error(
                "csaf 6.1.2",
                format!("{}/product_id", self.path(product.place)),
                format!("the product `{}` is defined twice", product.id),
                "Each product has an id of its own.",
            );
        }
        let informational = document.get("document").and_then(|head| head.text_of("category"))
            == Some("csaf_informational_advisory");
        for product in &self.defined {
            if !informational && !used.contains(product.id) {
                report.warning(
                    "csaf 6.2.1",
                    format!("{}/product_id", self.path(product.place)),
                    format!("nothing speaks of the product `{}`", product.id),
                    "Say how the vulnerabilities stand to it, or leave it out.",
                );
            }
            helpers::look(product, self, self.version, report);
        }
        let Some(tree) = document.get("product_tree") else { return };
        let groups = tree.list("product_groups");
        let groups = groups.filter_map(|(place, group)| Some((place, group.text_of("group_id")?)));
        for (place, id) in repeated(groups) {
            report.error(
                "csaf 6.1.5",
                format!("/product_tree/product_groups/{place}/group_id"),
                format!("the group `{id}` is defined twice"),
                "Each group has an id of its own.",
            );
        }
        relationships::look(self, self.version, report);
        branches::look(self, self.version, report);
    }

    /// Every product and group that is spoken of must be defined. Returns the products.
    fn missing<'d>(&self, document: &'d Json<'_>, report: &mut Report) -> BTreeSet<&'d str> {
        let known: BTreeSet<&str> = self.defined.iter().map(|product| product.id).collect();
        let mut used = BTreeSet::new();
        each_mention(document, self.version, |Mention { id, group, path }| {
            let (rule, what, defined) = if group {
                ("csaf 6.1.4", "group", self.groups.contains_key(id))
            } else {
                used.insert(id);
                ("csaf 6.1.1", "product", known.contains(id))
            };
            if !defined {
                let hint = "Define it in the product tree, or correct the id.";
                report.error(rule, path(), format!("no {what} `{id}` is defined"), hint);
            }
        });
        used
    }
}

impl<'j> Joint<'j> {
    fn read(joint: &'j Json<'j>, place: usize, version: CsafVersion) -> Option<Self> {
        let makes = joint.get("full_product_name")?.text_of("product_id")?;
        let (begins, then) = match version {
            CsafVersion::V2_0 => {
                let other = joint.text_of("relates_to_product_reference")?;
                let category = joint.text_of("category").unwrap_or_default();
                (joint.text_of("product_reference")?, vec![(category, other)])
            }
            CsafVersion::V2_1 => {
                let step = |(_, step): (usize, &'j Json<'j>)| {
                    let category = step.text_of("category").unwrap_or_default();
                    Some((category, step.text_of("next_product_reference")?))
                };
                let then = joint.list("subpaths").filter_map(step).collect();
                (joint.text_of("beginning_product_reference")?, then)
            }
        };
        Some(Self { makes, begins, then, place })
    }

    /// Everything that it is made of.
    pub(super) fn parts(&self) -> impl Iterator<Item = &'j str> {
        std::iter::once(self.begins).chain(self.then.iter().map(|(_, part)| *part))
    }
}

/// A place that speaks of a product or group.
struct Mention<'d, 'p> {
    id: &'d str,
    group: bool,
    path: &'p dyn Fn() -> String,
}

fn each_mention<'d>(
    document: &'d Json<'_>,
    version: CsafVersion,
    mut tell: impl FnMut(Mention<'d, '_>),
) {
    let mut all = |holder: &'d Json<'_>, name: &str, group, at: &dyn Fn() -> String| {
        for (place, id) in texts(holder, name) {
            tell(Mention { id, group, path: &|| format!("{}/{name}/{place}", at()) });
        }
    };
    let tree = document.get("product_tree");
    for (place, group) in tree.into_iter().flat_map(|tree| tree.list("product_groups")) {
        all(group, "product_ids", false, &|| format!("/product_tree/product_groups/{place}"));
    }
    let later = version == CsafVersion::V2_1;
    let notes = document.get("document").filter(|_| later).into_iter();
    for (place, note) in notes.flat_map(|head| head.list("notes")) {
        let at = || format!("/document/notes/{place}");
        all(note, "product_ids", false, &at);
        all(note, "group_ids", true, &at);
    }
    for (number, vulnerability) in document.list("vulnerabilities") {
        if let Some(status) = vulnerability.get("product_status") {
            for name in STATUSES {
                let at = || format!("/vulnerabilities/{number}/product_status");
                all(status, name, false, &at);
            }
        }
        let scores = version.scores();
        for (place, score) in vulnerability.list(scores) {
            let at = || format!("/vulnerabilities/{number}/{scores}/{place}");
            all(score, "products", false, &at);
        }
        for list in NAMING.iter().take(if later { NAMING.len() } else { 3 }) {
            for (place, holder) in vulnerability.list(list) {
                let at = || format!("/vulnerabilities/{number}/{list}/{place}");
                all(holder, "product_ids", false, &at);
                all(holder, "group_ids", true, &at);
            }
        }
    }
    let joints = tree.into_iter().flat_map(|tree| tree.list(version.joints()));
    for (place, joint) in joints {
        let at = || format!("/product_tree/{}/{place}", version.joints());
        for name in ENDS {
            if let Some(id) = joint.text_of(name) {
                tell(Mention { id, group: false, path: &|| format!("{}/{name}", at()) });
            }
        }
        for (number, step) in joint.list("subpaths") {
            if let Some(id) = step.text_of("next_product_reference") {
                let path = || format!("{}/subpaths/{number}/next_product_reference", at());
                tell(Mention { id, group: false, path: &path });
            }
        }
    }
}
