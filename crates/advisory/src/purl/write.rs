//! Package URLs (ECMA-427) of packages, as far as records need them written.
//!
//! Thin: they are written for the ecosystems of [`Ecosystem`] alone, and of those that are read only
//! the form is looked at, without what single types ask for.

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

/// Whether a text is a package URL, and if not, why.
pub(crate) fn sound(text: &str) -> Result<(), &'static str> {
    let rest = text.strip_prefix("pkg:").ok_or("it begins with pkg:")?;
    let (rest, subpath) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
    let (kind, rest) = rest.trim_start_matches('/').split_once('/').ok_or("it has no name")?;
    let letter = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    if !kind.starts_with(|c: char| c.is_ascii_alphabetic()) || !kind.chars().all(letter) {
        return Err("its type is none");
    }
    let last = rest.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if last.rsplit_once('@').map_or(last, |(name, _)| name).is_empty() {
        return Err("it has no name");
    }
    let mut keys = Vec::new();
    for pair in qualifiers.split('&').filter(|pair| !pair.is_empty()) {
        let (key, _) = pair.split_once('=').ok_or("a qualifier has no value")?;
        let letter = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if !key.starts_with(|c: char| c.is_ascii_alphabetic()) || !key.chars().all(letter) {
            return Err("the name of a qualifier is none");
        }
        keys.push(key.to_ascii_lowercase());
    }
    keys.sort();
    if keys.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err("a qualifier stands there twice");
    }
    let escaped = |text: &str| {
        text.split('%').skip(1).all(|rest| {
            rest.get(..2).is_some_and(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()))
        })
    };
    if [rest, qualifiers, subpath].into_iter().all(escaped) {
        Ok(())
    } else {
        Err("a % is not followed by two hexadecimal digits")
    }
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
