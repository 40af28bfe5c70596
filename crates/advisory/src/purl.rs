//! Package URLs (ECMA-427) of packages, as far as records need them written.
//!
//! Thin: they are written and not read, for the ecosystems of [`Ecosystem`] alone.

use std::fmt::Write as _;

use crate::affected::{Ecosystem, Package};

/// The package URL without a version: the one that is known, else what follows from the name.
/// `None` where the ecosystem has no type.
pub(crate) fn of(ecosystem: Ecosystem, name: &str, known: &[Package]) -> Option<String> {
    let known = known.iter().find(|known| known.ecosystem == ecosystem && known.name == name);
    known.and_then(|known| known.purl.clone()).or_else(|| derived(ecosystem, name))
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

fn derived(ecosystem: Ecosystem, name: &str) -> Option<String> {
    let kind = kind(ecosystem)?;
    let name = match ecosystem {
        Ecosystem::Pip => name.to_lowercase().replace('_', "-"),
        Ecosystem::Composer | Ecosystem::Erlang | Ecosystem::Go => name.to_lowercase(),
        Ecosystem::Maven => name.replacen(':', "/", 1),
        _ => name.to_owned(),
    };
    let segments: Vec<String> =
        name.split('/').filter(|part| !part.is_empty()).map(encoded).collect();
    (!segments.is_empty()).then(|| format!("pkg:{kind}/{}", segments.join("/")))
}

/// The version as the ecosystem's package URLs have it: Go keeps its `v`.
pub(crate) fn with_version(purl: &str, ecosystem: Ecosystem, version: &str) -> String {
    let v = if ecosystem == Ecosystem::Go { "v" } else { "" };
    format!("{purl}@{v}{}", encoded(version))
}

/// A range of versions as the qualifier `vers`.
pub(crate) fn with_range(purl: &str, vers: &str) -> String {
    format!("{purl}?vers={}", encoded(vers))
}

fn encoded(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte) {
            written.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}
