//! Where everything of one version of CSAF stands, by path and by address.
//!
//! Alone, a version's metadata stands beside its documents. Side by side, each has a folder of its
//! own below `.well-known` (CSAF 2.1, 7.4.2).

use super::Versions;
use crate::audience::Audience;
use crate::csaf::{self, CsafVersion};
use crate::imprint::Imprint;

pub(super) const METADATA: &str = "provider-metadata.json";

/// The metadata for who asks for no version in particular.
pub(super) const WELL_KNOWN: &str = ".well-known/csaf/provider-metadata.json";

/// Where the documents for everyone are.
pub(crate) fn folder(version: CsafVersion) -> &'static str {
    match version {
        CsafVersion::V2_0 => "csaf/white",
        CsafVersion::V2_1 => "csaf/clear",
    }
}

/// A version's places.
pub(super) struct Place {
    pub(super) version: CsafVersion,
    /// For its documents, lists and feed.
    pub(super) folder: &'static str,
    /// The label of the documents, in small letters.
    pub(super) label: &'static str,
    /// For its metadata and service document.
    home: String,
    home_url: String,
}

impl Place {
    pub(super) fn of(imprint: &Imprint, versions: Versions, version: CsafVersion) -> Self {
        let folder = folder(version);
        let (home, root) = match versions {
            Versions::Only(_) => ("csaf".to_owned(), imprint.base.as_str()),
            Versions::Both(_) => {
                (format!(".well-known/csaf/v{}", version.as_str()), imprint.base.origin())
            }
        };
        let label = folder.strip_prefix("csaf/").unwrap_or(folder);
        let home_url = format!("{root}/{home}");
        Self { version, folder, label, home, home_url }
    }

    /// The label as documents have it.
    pub(super) fn tlp(&self) -> &'static str {
        csaf::label(self.version, Audience::Public)
    }

    /// A file beside the metadata.
    pub(super) fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.home)
    }

    /// Its address.
    pub(super) fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.home_url)
    }
}
