//! What the package URLs of records say, in the words of an advisory. Must not guess: what is
//! no package URL names nothing.

use super::{Parts, Purl, kind};
use crate::affected::Ecosystem;

/// A package URL taken apart.
pub(crate) struct Named {
    pub(crate) ecosystem: Ecosystem,
    /// The name in the ecosystem's own form; the whole URL where the ecosystem is not known.
    pub(crate) name: String,
    /// The URL without version and range, in its canonical form.
    pub(crate) bare: String,
    pub(crate) version: Option<String>,
    /// The qualifier `vers`.
    pub(crate) range: Option<String>,
}

/// The ecosystem of a type.
pub(crate) fn ecosystem(wanted: &str) -> Option<Ecosystem> {
    Ecosystem::ALL.into_iter().find(|one| kind(*one) == Some(wanted))
}

/// Reads a package URL; `None` if it is none.
pub(crate) fn read(text: &str) -> Option<Named> {
    let mut parts = text.parse::<Purl>().ok()?.0;
    let range = parts.qualifiers.remove("vers");
    let version = std::mem::take(&mut parts.version);
    let ecosystem = ecosystem(&parts.kind).unwrap_or(Ecosystem::Other);
    let Parts { namespace, name, .. } = &parts;
    let own = match ecosystem {
        Ecosystem::Other => None,
        _ if namespace.is_empty() => Some(name.clone()),
        Ecosystem::Maven => Some(format!("{namespace}:{name}")),
        _ => Some(format!("{namespace}/{name}")),
    };
    let bare = Purl(parts).to_string();
    Some(Named {
        ecosystem,
        name: own.unwrap_or_else(|| bare.clone()),
        bare,
        version: Some(version).filter(|version| !version.is_empty()),
        range,
    })
}
