//! The `affected[]` of a CVE Record: which package a product is, and how its versions stand.

use crate::affected::{Ecosystem, Package};
use crate::purl;
use crate::read::{At, Fix, Notes, Packages, Spared, Stretched};
use crate::versions::{Change, Entry, Status, Stretch};

/// Reads one product; what it says of the package beside its versions is given back.
pub(super) fn take(
    product: &At<'_>,
    packages: &mut Packages,
    notes: &mut Notes,
) -> Option<Package> {
    members(product, notes);
    let purl = product.text("packageURL", notes);
    let (ecosystem, name) = identity(product, purl, notes)?;
    packages.name(ecosystem, &name);
    let versions = product.list("versions", notes);
    let otherwise = product.text("defaultStatus", notes);
    if otherwise == Some("affected") {
        if versions.is_empty() {
            let stretch = Stretch::new(crate::versions::Lower::Start, crate::versions::Upper::Open);
            let path = product.path.clone();
            packages.affected(ecosystem, &name, Stretched { stretch, fix: Fix::Missing, path });
        } else {
            let reason = "every version that is not named is affected, which is not taken over";
            notes.left(format!("{}/defaultStatus", product.path), reason);
        }
    }
    for version in versions {
        entry(&version, ecosystem, &name, packages, notes);
    }
    let repository = product.text("repo", notes).map(ToOwned::to_owned);
    let purl = purl.map(ToOwned::to_owned);
    let says = repository.is_some() || purl.is_some();
    says.then_some(Package { ecosystem, name, repository, purl })
}

fn members(product: &At<'_>, notes: &mut Notes) {
    let read = ["packageURL", "collectionURL", "packageName", "versions", "defaultStatus", "repo"];
    let reasons = [
        ("vendor", "an advisory does not name the vendor"),
        ("product", "a package's name says which product it is, where there is one"),
        ("cpes", "an advisory names packages, not platforms"),
        ("modules", "an advisory names packages, not their parts"),
        ("platforms", "an advisory names packages, not their platforms"),
        ("programFiles", "an advisory names packages, not their files"),
        ("programRoutines", "an advisory names packages, not their functions"),
    ];
    notes.others(product, &read, &reasons);
}

/// By its package URL, by name in a collection, or by the product's name alone.
fn identity(
    product: &At<'_>,
    purl: Option<&str>,
    notes: &mut Notes,
) -> Option<(Ecosystem, String)> {
    if let Some(named) = purl.and_then(purl::read) {
        return Some((named.ecosystem, named.name));
    }
    let name = product.text("packageName", notes);
    let collection = product.text("collectionURL", notes).map(|url| url.trim_end_matches('/'));
    let known =
        |one: &Ecosystem| collection.is_some() && super::write::collection(*one) == collection;
    let ecosystem = Ecosystem::ALL.into_iter().find(known).unwrap_or(Ecosystem::Other);
    let product_name = product.text("product", notes);
    let Some(name) = name.or(product_name) else {
        notes.left(product.path.as_str(), "this names no product");
        return None;
    };
    Some((ecosystem, name.to_owned()))
}

fn entry(
    version: &At<'_>,
    ecosystem: Ecosystem,
    name: &str,
    packages: &mut Packages,
    notes: &mut Notes,
) {
    let read = ["version", "status", "lessThan", "lessThanOrEqual", "changes", "versionType"];
    notes.others(version, &read, &[]);
    if version.text("versionType", notes) == Some("git") {
        notes.left(version.path.as_str(), "these are commits, not releases");
        return;
    }
    let status = |at: &At<'_>, notes: &mut Notes| match at.value.text_of("status") {
        Some("affected") => Some(Status::Affected),
        Some("unaffected") => Some(Status::Unaffected),
        Some("unknown") => Some(Status::Unknown),
        _ => {
            notes.left(at.path.as_str(), "nothing says how this version stands");
            None
        }
    };
    let Some(own) = status(version, notes) else { return };
    let text = |name: &str, notes: &mut Notes| version.text(name, notes).map(ToOwned::to_owned);
    let Some(first) = text("version", notes) else { return };
    let mut changes = Vec::new();
    for change in version.list("changes", notes) {
        let (Some(at), Some(status)) = (change.text("at", notes), status(&change, notes)) else {
            continue;
        };
        changes.push(Change { at: at.to_owned(), status });
    }
    let entry = Entry {
        version: first,
        status: own,
        less_than: text("lessThan", notes),
        less_than_or_equal: text("lessThanOrEqual", notes),
        changes,
    };
    let stretches = match stretches(&entry) {
        Ok(stretches) => stretches,
        Err(reason) => {
            notes.left(version.path.as_str(), reason);
            return;
        }
    };
    for (stretch, status) in stretches {
        let path = version.path.clone();
        match status {
            Status::Affected => {
                packages.affected(ecosystem, name, Stretched { stretch, fix: Fix::End, path });
            }
            Status::Unaffected => {
                let (justification, statement) = (None, None);
                let one = Spared { stretch, justification, statement, path };
                packages.spared(ecosystem, name, one);
            }
            Status::Unknown => notes.left(path, "nobody knows how these versions stand"),
        }
    }
}

/// One free text with signs of comparison is a range, as GitHub writes it.
fn stretches(entry: &Entry) -> Result<Vec<(Stretch, Status)>, String> {
    if !entry.is_range() && entry.version.contains(['<', '>', '=']) {
        let stretch = Stretch::from_github(&entry.version).map_err(|error| error.to_string())?;
        return Ok(vec![(stretch, entry.status)]);
    }
    if !entry.is_range() && entry.version.contains(char::is_whitespace) {
        return Err("this is free text, not a version".to_owned());
    }
    if !entry.is_range() && matches!(entry.version.as_str(), "n/a" | "unspecified" | "unknown") {
        return Err("this names no version".to_owned());
    }
    entry.stretches().map_err(|error| error.to_string())
}
