//! The product tree: which products and groups a document defines, and whether each that it speaks
//! of is one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{SCHEMA, helpers, relationships, repeated, texts};
use crate::check::Report;
use crate::check::json::Json;

/// A product where it is defined.
pub(super) struct Defined<'j> {
    pub(super) id: &'j str,
    pub(super) product: &'j Json<'j>,
    pub(super) path: String,
    /// The categories of the branches that lead to it; `None` outside of branches.
    pub(super) branches: Option<Vec<&'j str>>,
}

/// What a document's product tree defines.
pub(super) struct Products<'j> {
    pub(super) defined: Vec<Defined<'j>>,
    groups: BTreeMap<&'j str, Vec<&'j str>>,
}

/// The members of a vulnerability that name products and groups.
const NAMING: [&str; 3] = ["flags", "remediations", "threats"];

/// The members of `product_status`.
const STATUSES: [&str; 8] = [
    "first_affected",
    "first_fixed",
    "fixed",
    "known_affected",
    "known_not_affected",
    "last_affected",
    "recommended",
    "under_investigation",
];

impl<'j> Products<'j> {
    pub(super) fn of(document: &'j Json<'j>) -> Self {
        let mut products = Self { defined: Vec::new(), groups: BTreeMap::new() };
        let Some(tree) = document.get("product_tree") else { return products };
        let mut path = "/product_tree".to_owned();
        products.branches(tree, &mut path, &mut Vec::new());
        for (place, product) in tree.list("full_product_names") {
            products.define(product, format!("/product_tree/full_product_names/{place}"), None);
        }
        for (place, relation) in tree.list("relationships") {
            let path = format!("/product_tree/relationships/{place}/full_product_name");
            if let Some(product) = relation.get("full_product_name") {
                products.define(product, path, None);
            }
        }
        for (_, group) in tree.list("product_groups") {
            let Some(id) = group.text_of("group_id") else { continue };
            let members = texts(group, "product_ids").map(|(_, id)| id);
            products.groups.entry(id).or_default().extend(members);
        }
        products
    }

    /// The reader of JSON bounds how deep branches go.
    fn branches(&mut self, holder: &'j Json<'j>, path: &mut String, above: &mut Vec<&'j str>) {
        let length = path.len();
        for (place, branch) in holder.list("branches") {
            // Writing to a string cannot fail.
            let _ = write!(path, "/branches/{place}");
            above.push(branch.text_of("category").unwrap_or_default());
            if let Some(product) = branch.get("product") {
                self.define(product, format!("{path}/product"), Some(above.clone()));
            }
            self.branches(branch, path, above);
            above.pop();
            path.truncate(length);
        }
    }

    fn define(&mut self, product: &'j Json<'j>, path: String, branches: Option<Vec<&'j str>>) {
        if let Some(id) = product.text_of("product_id") {
            self.defined.push(Defined { id, product, path, branches });
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
                format!("{}/product_id", product.path),
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
                    format!("{}/product_id", product.path),
                    format!("nothing speaks of the product `{}`", product.id),
                    "Say how the vulnerabilities stand to it, or leave it out.",
                );
            }
            helpers::look(product, report);
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
        relationships::look(tree, report);
        branch_rules(tree, &mut "/product_tree".to_owned(), report);
    }

    /// Every product and group that is spoken of must be defined. Returns the products.
    fn missing<'d>(&self, document: &'d Json<'_>, report: &mut Report) -> BTreeSet<&'d str> {
        let known: BTreeSet<&str> = self.defined.iter().map(|product| product.id).collect();
        let mut used = BTreeSet::new();
        each_mention(document, |Mention { id, group, path }| {
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

/// A place that speaks of a product or group.
struct Mention<'d, 'p> {
    id: &'d str,
    group: bool,
    path: &'p dyn Fn() -> String,
}

fn each_mention<'d>(document: &'d Json<'_>, mut tell: impl FnMut(Mention<'d, '_>)) {
    let mut all = |holder: &'d Json<'_>, name: &str, group, at: &dyn Fn() -> String| {
        for (place, id) in texts(holder, name) {
            tell(Mention { id, group, path: &|| format!("{}/{name}/{place}", at()) });
        }
    };
    if let Some(tree) = document.get("product_tree") {
        for (place, group) in tree.list("product_groups") {
            let at = || format!("/product_tree/product_groups/{place}");
            all(group, "product_ids", false, &at);
        }
    }
    for (number, vulnerability) in document.list("vulnerabilities") {
        if let Some(status) = vulnerability.get("product_status") {
            for name in STATUSES {
                let at = || format!("/vulnerabilities/{number}/product_status");
                all(status, name, false, &at);
            }
        }
        for (place, score) in vulnerability.list("scores") {
            all(score, "products", false, &|| format!("/vulnerabilities/{number}/scores/{place}"));
        }
        for list in NAMING {
            for (place, holder) in vulnerability.list(list) {
                let at = || format!("/vulnerabilities/{number}/{list}/{place}");
                all(holder, "product_ids", false, &at);
                all(holder, "group_ids", true, &at);
            }
        }
    }
    let tree = document.get("product_tree");
    for (place, relation) in tree.into_iter().flat_map(|tree| tree.list("relationships")) {
        for name in ["product_reference", "relates_to_product_reference"] {
            if let Some(id) = relation.text_of(name) {
                let path = || format!("/product_tree/relationships/{place}/{name}");
                tell(Mention { id, group: false, path: &path });
            }
        }
    }
}

fn branch_rules(holder: &Json<'_>, path: &mut String, report: &mut Report) {
    let length = path.len();
    for (place, branch) in holder.list("branches") {
        // Writing to a string cannot fail.
        let _ = write!(path, "/branches/{place}");
        if matches!(branch, Json::Object(members) if members.len() > 3) {
            report.error(
                SCHEMA,
                path.as_str(),
                "a branch has three members and no more",
                "Beside category and name stands either branches or product.",
            );
        }
        if let Some(name) = branch.text_of("name") {
            named(branch.text_of("category"), name, &format!("{path}/name"), report);
        }
        branch_rules(branch, path, report);
        path.truncate(length);
    }
}

fn named(category: Option<&str>, name: &str, path: &str, report: &mut Report) {
    const RANGE: [&str; 7] = ["after", "all", "before", "earlier", "later", "prior", "versions"];
    match category {
        Some("product_version") => {
            let word = |word: &str| RANGE.iter().any(|known| word.eq_ignore_ascii_case(known));
            if name.contains(['<', '>']) || name.split_whitespace().any(word) {
                report.error(
                    "csaf 6.1.31",
                    path,
                    "one version is said, and a range is meant",
                    "Use the category product_version_range.",
                );
            }
            let mut letters = name.chars();
            let v = letters.next().is_some_and(|c| c.eq_ignore_ascii_case(&'v'));
            if v && letters.next().is_some_and(|c| c.is_ascii_digit()) {
                let message = "a version needs no v before it".to_owned();
                report.push_info("csaf 6.3.11", path, message);
            }
        }
        Some("product_version_range") => {
            if !is_vers(name) {
                report.warning(
                    "csaf 6.2.18",
                    path,
                    "the range is not in the notation vers",
                    "Write vers:npm/>=1.0.0|<1.2.3, which programs can read.",
                );
            }
            let message = "a range leaves open which versions there are".to_owned();
            report.push_info("csaf 6.3.10", path, message);
        }
        _ => {}
    }
}

fn is_vers(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-+".contains(c);
    name.strip_prefix("vers:").and_then(|rest| rest.split_once('/')).is_some_and(|(kind, range)| {
        kind.starts_with(|c: char| letter(c) && !c.is_ascii_digit())
            && kind.chars().all(letter)
            && !range.is_empty()
    })
}
