//! What single types of package URLs ask for, by their definitions in the registry of types.
//!
//! Types that are not here are taken as they are.

use super::{Parts, PurlError, segments};

pub(super) const SLASH: &str = "/";

/// Whether a type has a namespace.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Namespace {
    Needed,
    Free,
    None,
}
use Namespace::{Free, Needed, None as Never};

/// What is in small letters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Small {
    Nothing,
    Namespace,
    Name,
    Both,
    NameVersion,
    Version,
    All,
}

const KINDS: &[(&str, Namespace, Small)] = &[
    ("alpm", Needed, Small::Both),
    ("apk", Needed, Small::Both),
    ("bazel", Never, Small::Nothing),
    ("bitbucket", Needed, Small::Both),
    ("bitnami", Never, Small::Name),
    ("brew", Free, Small::Both),
    ("cargo", Never, Small::Nothing),
    ("chrome-extension", Never, Small::Name),
    ("cocoapods", Never, Small::Nothing),
    ("composer", Needed, Small::Both),
    ("conda", Never, Small::Nothing),
    ("cran", Never, Small::Nothing),
    ("deb", Needed, Small::Both),
    ("gem", Never, Small::Nothing),
    ("git", Needed, Small::Nothing),
    ("github", Needed, Small::Both),
    // The definition asks for a namespace; Go's own database names `stdlib` and `toolchain` without.
    ("golang", Free, Small::Both),
    ("hackage", Never, Small::Nothing),
    ("hex", Free, Small::Both),
    ("huggingface", Needed, Small::Version),
    ("julia", Never, Small::Nothing),
    ("luarocks", Free, Small::Both),
    ("maven", Needed, Small::Nothing),
    ("mlflow", Never, Small::Nothing),
    ("nuget", Never, Small::Nothing),
    ("oci", Never, Small::NameVersion),
    ("opam", Never, Small::Nothing),
    ("otp", Never, Small::Name),
    ("pub", Never, Small::Name),
    ("pypi", Never, Small::NameVersion),
    ("qpkg", Needed, Small::Namespace),
    ("rpm", Needed, Small::Namespace),
    ("swift", Needed, Small::Nothing),
    ("vcpkg", Never, Small::Nothing),
    ("vscode-extension", Needed, Small::All),
    ("yocto", Free, Small::Namespace),
];

fn rules(kind: &str) -> (Namespace, Small) {
    let place = KINDS.binary_search_by_key(&kind, |(name, ..)| name);
    let known = place.ok().and_then(|place| KINDS.get(place));
    known.map_or((Free, Small::Nothing), |(_, namespace, small)| (*namespace, *small))
}

/// Where the namespace ends: before the last segment, but in `git` after the host.
pub(super) fn split<'t>(kind: &str, path: &'t str) -> (&'t str, &'t str) {
    let parts = if kind == "git" { path.split_once('/') } else { path.rsplit_once('/') };
    parts.unwrap_or(("", path))
}

/// Signs that stand unescaped in a name: the path of a repository on its host.
pub(super) fn kept_in_name(kind: &str) -> &'static str {
    if kind == "git" { SLASH } else { "" }
}

pub(super) fn normalise(parts: &mut Parts) {
    let (_, small) = rules(&parts.kind);
    let lower = |text: &mut String| *text = text.to_lowercase();
    if matches!(small, Small::Namespace | Small::Both | Small::All) {
        lower(&mut parts.namespace);
    }
    if matches!(small, Small::Name | Small::Both | Small::NameVersion | Small::All) {
        lower(&mut parts.name);
    }
    if matches!(small, Small::Version | Small::NameVersion | Small::All) {
        lower(&mut parts.version);
    }
    match parts.kind.as_str() {
        // The host, then the whole path on it, wherever the caller has cut.
        "git" => {
            let path = segments(&format!("{}/{}", parts.namespace, parts.name), |_| true);
            let (host, path) = split("git", &path);
            (parts.namespace, parts.name) = (host.to_owned(), path.to_owned());
        }
        "cpan" => parts.namespace = parts.namespace.to_uppercase(),
        "pypi" => parts.name = parts.name.replace('_', "-"),
        "pub" => {
            let odd = |c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit();
            parts.name = parts.name.replace(odd, "_");
        }
        // Its server decides: Databricks ignores case, Azure does not.
        "mlflow"
            if parts
                .qualifiers
                .get("repository_url")
                .is_some_and(|url| url.contains("databricks")) =>
        {
            lower(&mut parts.name);
        }
        _ => {}
    }
}

pub(super) fn check(parts: &Parts) -> Result<(), PurlError> {
    match (rules(&parts.kind).0, parts.namespace.is_empty()) {
        (Needed, true) => return Err(PurlError::NoNamespace),
        (Never, false) => return Err(PurlError::Namespace),
        _ => {}
    }
    let why = match parts.kind.as_str() {
        "chrome-extension" if !is_extension(&parts.name) => {
            "the id of an extension has 32 letters from a to p"
        }
        "chrome-extension" if !is_dotted(&parts.version) => {
            "the version of an extension has one to four numbers with dots between"
        }
        "cpan" if parts.name.contains("::") => "this is a module: its distribution has no ::",
        "julia" if !parts.qualifiers.contains_key("uuid") => "the qualifier uuid says which it is",
        "swid" if !parts.qualifiers.contains_key("tag_id") => {
            "the qualifier tag_id says which it is"
        }
        _ => return Ok(()),
    };
    Err(PurlError::Kind(why))
}

fn is_extension(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| (b'a'..=b'p').contains(&byte))
}

fn is_dotted(version: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    version.is_empty() || version.split('.').count() <= 4 && version.split('.').all(number)
}
