//! What helps to identify a product: package URLs, hashes, numbers, and the branches that lead to it.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{Defined, Place, Products};
use super::{CsafVersion, naming, repeated, texts};
use crate::check::Report;
use crate::check::json::Json;
use crate::check::shape::spelling;
use crate::purl::Purl;

pub(super) fn look(
    defined: &Defined<'_>,
    products: &Products<'_>,
    version: CsafVersion,
    report: &mut Report,
) {
    let path = || products.path(defined.place);
    if let Place::Branch(_) = defined.place {
        let mut wanted = ["vendor", "product_name", "product_version"].into_iter().peekable();
        for branch in products.leading(defined.place) {
            wanted.next_if(|wanted| *wanted == branch.category);
        }
        if let Some(wanted) = wanted.next() {
            let message =
                format!("no {wanted} stands in the order vendor, product_name, product_version");
            report.push_info("csaf 6.3.9", &path(), message);
        }
    }
    let Some(helper) = defined.product.get("product_identification_helper") else {
        report.warning(
            "csaf 6.2.16",
            path(),
            "nothing identifies the product to a program",
            "Give a package URL in product_identification_helper.",
        );
        return;
    };
    let path = format!("{}/product_identification_helper", path());
    let one = helper.text_of("purl").map(|purl| (purl, format!("{path}/purl")));
    let several =
        texts(helper, "purls").map(|(place, purl)| (purl, format!("{path}/purls/{place}")));
    let several = several.filter(|_| version == CsafVersion::V2_1);
    for (purl, at) in one.filter(|_| version == CsafVersion::V2_0).into_iter().chain(several) {
        if let Err(why) = purl.parse::<Purl>() {
            report.error(
                "csaf 6.1.13",
                at,
                format!("this is no package URL: {why}"),
                "One looks like pkg:npm/%40scope/name@1.2.3.",
            );
        }
    }
    for (place, file) in helper.list("hashes") {
        hashes(file, &format!("{path}/hashes/{place}"), version, report);
    }
    if version == CsafVersion::V2_1 {
        packages(helper, &path, report);
        wildcards(helper, &path, report);
        naming::look(helper, &products.leading(defined.place), &path, report);
    }
}

fn hashes(file: &Json<'_>, path: &str, version: CsafVersion, report: &mut Report) {
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
    for (place, algorithm) in named().filter(|_| version == CsafVersion::V2_1) {
        if !ALGORITHMS.split(' ').any(|known| known == algorithm) {
            report.warning(
                "csaf 6.2.52",
                format!("{path}/file_hashes/{place}/algorithm"),
                format!("{algorithm} is no hash algorithm that CSAF names"),
                "Readers may not be able to compute it: give sha256 too.",
            );
        }
    }
}

/// The digests that OpenSSL 3.4 has, which CSAF takes its names from.
const ALGORITHMS: &str = "blake2b512 blake2s256 md4 md5 md5-sha1 mdc2 ripemd ripemd160 rmd160 sha1 \
    sha224 sha256 sha3-224 sha3-256 sha3-384 sha3-512 sha384 sha512 sha512-224 sha512-256 shake128 \
    shake256 sm3 ssl3-md5 ssl3-sha1 whirlpool";

/// The package URLs of one product say where to find the same thing.
fn packages(helper: &Json<'_>, path: &str, report: &mut Report) {
    let bare = |purl: &str| {
        let (rest, subpath) = purl.split_once('#').unwrap_or((purl, ""));
        let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
        format!("{rest}#{subpath}")
    };
    let mut purls = texts(helper, "purls");
    let Some((_, first)) = purls.next() else { return };
    let first = bare(first);
    for (place, purl) in purls {
        if bare(purl) != first {
            report.error(
                "csaf 6.1.42",
                format!("{path}/purls/{place}"),
                "this names another package, or another version of it",
                "Only the qualifiers of one product's package URLs may differ.",
            );
        }
    }
}

fn wildcards(helper: &Json<'_>, path: &str, report: &mut Report) {
    for (rule, list) in [
        ("csaf 6.1.43", "model_numbers"),
        ("csaf 6.1.44", "serial_numbers"),
        ("csaf 6.1.61", "skus"),
    ] {
        for (place, number) in texts(helper, list) {
            let mut letters = number.chars();
            let mut stars = 0;
            while let Some(c) = letters.next() {
                match c {
                    '\\' => {
                        letters.next();
                    }
                    '*' => stars += 1,
                    _ => {}
                }
            }
            if stars > 1 {
                report.error(
                    rule,
                    format!("{path}/{list}/{place}"),
                    "there are several stars, so that it is not clear what they stand for",
                    "Keep one star; a star of the number itself is written \\*.",
                );
            }
        }
    }
}

/// The rules about the helpers of several products.
pub(super) fn between(products: &Products<'_>, report: &mut Report) {
    let parts: BTreeSet<&str> =
        products.joints.iter().flat_map(super::tree::Joint::parts).collect();
    let mut seen: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (number, defined) in products.defined.iter().enumerate() {
        let Some(helper) = defined.product.get("product_identification_helper") else { continue };
        let path = || products.path(defined.place);
        let hardware = helper.get("serial_numbers").or_else(|| helper.get("model_numbers"));
        if hardware.is_some() && !parts.contains(defined.id) {
            report.warning(
                "csaf 6.2.31",
                path(),
                "hardware stands alone, or is mixed with its software",
                "Make it a product of its own, and join the two by a product path.",
            );
        }
        let Json::Object(members) = helper else { continue };
        for (name, value) in members {
            let mut same =
                |value: &Json<'_>| *seen.entry((name, spelling(value))).or_insert(number) != number;
            let is_known = match value {
                // Every item is looked at, so that each is seen.
                Json::List(items) => items.iter().filter(|item| same(item)).count() > 0,
                value => same(value),
            };
            if is_known {
                report.warning(
                    "csaf 6.2.32",
                    format!("{}/product_identification_helper/{name}", path()),
                    "another product is identified by the same",
                    "Correct one of them, or make the two one product.",
                );
            }
        }
    }
}
