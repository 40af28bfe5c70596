//! The branches of the product tree: how they are stacked, and what their names say.

use super::tree::{Branch, Place, Products};
use super::{CsafVersion, SCHEMA, range};
use crate::check::Report;
use crate::check::json::Json;

const VERSION: &str = "product_version";
pub(super) const RANGE: &str = "product_version_range";

pub(super) fn look(products: &Products<'_>, version: CsafVersion, report: &mut Report) {
    for (number, branch) in products.branches.iter().enumerate() {
        let path = || products.branch_path(number);
        if matches!(branch.json, Json::Object(members) if members.len() > 3) {
            report.error(
                SCHEMA,
                path(),
                "a branch has three members and no more",
                "Beside category and name stands either branches or product.",
            );
        }
        let name_path = || format!("{}/name", path());
        match branch.category {
            VERSION => one_version(branch.name, &name_path, report),
            RANGE if branch.json.text_of("name").is_some() => {
                several_versions(branch.name, &name_path, report);
                if version == CsafVersion::V2_1 {
                    range::look(branch.name, &name_path, report);
                }
            }
            "vendor" if version == CsafVersion::V2_1 => vendor(branch.name, &name_path, report),
            _ => {}
        }
    }
    if version == CsafVersion::V2_1 {
        for product in &products.defined {
            if let Place::Branch(end) = product.place {
                stacked(products, end, report);
            }
        }
    }
}

fn one_version(name: &str, path: &dyn Fn() -> String, report: &mut Report) {
    const WORDS: [&str; 7] = ["after", "all", "before", "earlier", "later", "prior", "versions"];
    let word = |word: &str| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
    if name.contains(['<', '>']) || name.split_whitespace().any(word) {
        report.error(
            "csaf 6.1.31",
            path(),
            "one version is said, and a range is meant",
            "Use the category product_version_range.",
        );
    }
    let mut letters = name.chars();
    let v = letters.next().is_some_and(|c| c.eq_ignore_ascii_case(&'v'));
    if v && letters.next().is_some_and(|c| c.is_ascii_digit()) {
        report.push_info("csaf 6.3.11", &path(), "a version needs no v before it".to_owned());
    }
}

fn several_versions(name: &str, path: &dyn Fn() -> String, report: &mut Report) {
    if !is_vers(name) {
        report.warning(
            "csaf 6.2.18",
            path(),
            "the range is not in the notation vers",
            "Write vers:npm/>=1.0.0|<1.2.3, which programs can read, or name each version.",
        );
    }
    let message = "a range leaves open which versions there are".to_owned();
    report.push_info("csaf 6.3.10", &path(), message);
}

fn is_vers(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-+".contains(c);
    name.strip_prefix("vers:").and_then(|rest| rest.split_once('/')).is_some_and(|(kind, range)| {
        kind.starts_with(|c: char| letter(c) && !c.is_ascii_digit())
            && kind.chars().all(letter)
            && !range.is_empty()
    })
}

fn vendor(name: &str, path: &dyn Fn() -> String, report: &mut Report) {
    let bare: String = name.split_whitespace().collect();
    if bare.eq_ignore_ascii_case("opensource") {
        report.warning(
            "csaf 6.2.48",
            path(),
            "open source is no vendor",
            "Name the project or whoever publishes the product.",
        );
    }
}

/// What the way to a product may not have. The reader of JSON bounds how long it is.
fn stacked(products: &Products<'_>, end: usize, report: &mut Report) {
    const DEEPEST: usize = 30;
    let path = || format!("{}/product", products.branch_path(end));
    if products.branches.get(end).is_some_and(|branch| branch.depth > DEEPEST) {
        report.error(
            "csaf 6.1.34",
            path(),
            format!("more than {DEEPEST} branches lead to this product"),
            "Leave out branches that group nothing.",
        );
    }
    let mut categories: Vec<&str> = products.upwards(end).map(|branch| branch.category).collect();
    categories.sort_unstable();
    let twice = categories.windows(2).find_map(|pair| match pair {
        [one, other] if one == other && *one != "product_family" => Some(*one),
        _ => None,
    });
    if let Some(category) = twice {
        report.error(
            "csaf 6.1.57",
            path(),
            format!("the category {category} stands twice on the way to this product"),
            "Only product_family may be repeated.",
        );
    }
    let has =
        |wanted: &str| products.upwards(end).any(|Branch { category, .. }| *category == wanted);
    if has(VERSION) && has(RANGE) {
        report.error(
            "csaf 6.1.58",
            path(),
            "a version and a range of versions lead to this product",
            "Use one of the two: the version may belong to the product's name.",
        );
    }
}
