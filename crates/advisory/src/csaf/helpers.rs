//! What helps to identify a product: package URL, hashes, and the branches that lead to it.

use super::repeated;
use super::tree::Defined;
use crate::check::Report;
use crate::check::json::Json;
use crate::purl::Purl;

pub(super) fn look(defined: &Defined<'_>, report: &mut Report) {
    let Defined { product, path, branches, .. } = defined;
    if let Some(branches) = branches {
        let mut wanted = ["vendor", "product_name", "product_version"].into_iter().peekable();
        for category in branches {
            wanted.next_if(|wanted| wanted == category);
        }
        if let Some(wanted) = wanted.next() {
            let message =
                format!("no {wanted} stands in the order vendor, product_name, product_version");
            report.push_info("csaf 6.3.9", path, message);
        }
    }
    let Some(helper) = product.get("product_identification_helper") else {
        report.warning(
            "csaf 6.2.16",
            path.as_str(),
            "nothing identifies the product to a program",
            "Give a package URL in product_identification_helper.",
        );
        return;
    };
    let path = format!("{path}/product_identification_helper");
    if let Some(Err(why)) = helper.text_of("purl").map(str::parse::<Purl>) {
        report.error(
            "csaf 6.1.13",
            format!("{path}/purl"),
            format!("this is no package URL: {why}"),
            "One looks like pkg:npm/%40scope/name@1.2.3.",
        );
    }
    for (place, file) in helper.list("hashes") {
        hashes(file, &format!("{path}/hashes/{place}"), report);
    }
}

fn hashes(file: &Json<'_>, path: &str, report: &mut Report) {
    let named = || {
        let hashes = file.list("file_hashes");
        hashes.filter_map(|(place, hash)| Some((place, hash.text_of("algorithm")?)))
    };
    for (place, algorithm) in repeated(named()) {
        report.error(
            "csaf 6.1.25",
            format!("{path}/file_hashes/{place}/algorithm"),
            format!("there are two hashes by {algorithm}"),
            "One file has one hash by each algorithm.",
        );
    }
    for (rule, weak) in [("csaf 6.2.8", "md5"), ("csaf 6.2.9", "sha1")] {
        let mut algorithms = named().map(|(_, algorithm)| algorithm).peekable();
        if algorithms.peek().is_some() && algorithms.all(|one| one.eq_ignore_ascii_case(weak)) {
            report.warning(
                rule,
                format!("{path}/file_hashes"),
                format!("{weak} alone identifies the file, and {weak} can be forged"),
                "Give a hash by sha256 or better.",
            );
        }
    }
    for (place, hash) in file.list("file_hashes") {
        if let Some(value) = hash.text_of("value").filter(|value| value.len() < 64) {
            let at = format!("{path}/file_hashes/{place}/value");
            let message = format!("the hash has {} digits, fewer than 64", value.len());
            report.push_info("csaf 6.3.5", &at, message);
        }
    }
}
