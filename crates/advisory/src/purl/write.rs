//! The package URLs of an advisory's packages, as records need them.

use super::{Encoded, Parts, Purl};
use crate::affected::{Ecosystem, Package};

/// The package URL without a version: the one that is known, else what follows from the name.
/// `None` where the ecosystem has no type. One that is known and is none stays as it is, so that the
/// checks can name it.
pub(crate) fn of(ecosystem: Ecosystem, name: &str, known: &[Package]) -> Option<String> {
    let known = known.iter().find(|known| known.ecosystem == ecosystem && known.name == name);
    let known = known.and_then(|known| known.purl.as_deref());
    known.map(unversioned).or_else(|| derived(ecosystem, name).map(|purl| purl.to_string()))
}

/// A package URL in its canonical form and of any version, and anything else as it is.
pub(crate) fn unversioned(text: &str) -> String {
    in_parts(text).map_or_else(|| text.to_owned(), |purl| purl.without_version().to_string())
}

fn in_parts(text: &str) -> Option<Purl> {
    text.parse().ok()
}

/// The type of an ecosystem's packages, which names its order of versions in `vers` too.
pub(crate) fn kind(ecosystem: Ecosystem) -> Option<&'static str> {
    Some(match ecosystem {
        Ecosystem::Actions => "githubactions",
        Ecosystem::Composer => "composer",
        Ecosystem::Erlang => "hex",
        Ecosystem::Go => "golang",
        Ecosystem::Maven => "maven",
        Ecosystem::Npm => "npm",
        Ecosystem::Nuget => "nuget",
        Ecosystem::Pip => "pypi",
        Ecosystem::Pub => "pub",
        Ecosystem::Rubygems => "gem",
        Ecosystem::Rust => "cargo",
        Ecosystem::Swift => "swift",
        Ecosystem::Other => return None,
    })
}

fn derived(ecosystem: Ecosystem, name: &str) -> Option<Purl> {
    let kind = kind(ecosystem)?;
    let name = match ecosystem {
        Ecosystem::Maven => name.replacen(':', "/", 1),
        _ => name.to_owned(),
    };
    let (namespace, name) = name.rsplit_once('/').unwrap_or(("", &name));
    let parts = Parts {
        kind: kind.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        ..Parts::default()
    };
    Purl::new(parts).ok()
}

/// The version as the ecosystem's package URLs have it: Go keeps its `v`.
pub(crate) fn with_version(purl: &str, ecosystem: Ecosystem, version: &str) -> String {
    let v = if ecosystem == Ecosystem::Go { "v" } else { "" };
    match in_parts(purl).and_then(|purl| purl.with_version(&format!("{v}{version}")).ok()) {
        Some(purl) => purl.to_string(),
        None => format!("{purl}@{v}{}", Encoded(version, "")),
    }
}

/// A range of versions as the qualifier `vers`.
pub(crate) fn with_range(purl: &str, vers: &str) -> String {
    match in_parts(purl) {
        Some(purl) => purl.with_qualifier("vers", vers).to_string(),
        None => format!("{purl}?vers={}", Encoded(vers, "")),
    }
}
