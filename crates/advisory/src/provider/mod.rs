//! What a CSAF trusted provider serves (CSAF 2.0 and 2.1, 7.1), and what else readers of advisories
//! ask for: OSV records, an Atom feed and plain pages, from all that a project has published.
//!
//! From values to paths and bytes, the same bytes each time. Must not touch a disk, hold a key or
//! decide what is public: every advisory handed in here is taken for published, and shown as the
//! public may read it.
//!
//! Everything stands below the imprint's base address except `.well-known`, which belongs at the
//! root of its host.

mod atom;
mod csaf;
mod osv;
mod page;
mod place;
mod rolie;
mod security_txt;
mod words;

use std::collections::{BTreeMap, btree_map::Entry};

use jiff::Timestamp;

use crate::affected::Stage;
use crate::audience::{Reader, Shown};
use crate::csaf::{CsafVersion, Revision, file_name};
use crate::document::Advisory;
use crate::imprint::Imprint;
use crate::text::debug_without_content;

/// Which releases are named: the bytes were approved before the releases were out, and what was
/// planned then has been held against what came.
const STAGE: Stage = Stage::Planned;

pub(crate) use place::folder;

/// A project as a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// How it signs.
    pub imprint: Imprint,
    /// Since when it signs like this.
    pub since: Timestamp,
    /// Which versions of CSAF it serves.
    pub versions: Versions,
}

/// Which versions of CSAF are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// One.
    Only(CsafVersion),
    /// Both side by side, as is recommended while readers go from one to the other: every advisory
    /// under the same name in each (CSAF 2.1, 7.4). Who asks for none in particular gets this one.
    Both(CsafVersion),
}

impl Versions {
    /// The one for who asks for none in particular.
    fn main(self) -> CsafVersion {
        match self {
            Self::Only(version) | Self::Both(version) => version,
        }
    }

    /// All of them, the oldest first.
    fn each(self) -> Vec<CsafVersion> {
        match self {
            Self::Only(version) => vec![version],
            Self::Both(_) => vec![CsafVersion::V2_0, CsafVersion::V2_1],
        }
    }
}

impl Default for Versions {
    /// The version that is a standard.
    fn default() -> Self {
        Self::Only(CsafVersion::V2_0)
    }
}

/// An advisory that is public.
#[derive(Clone, PartialEq, Eq)]
pub struct Published {
    /// The advisory, as it was approved last.
    pub advisory: Advisory,
    /// When it was published, and each edition since, the first one first.
    pub editions: Vec<Revision>,
    /// When it was taken back.
    pub withdrawn: Option<Timestamp>,
}

debug_without_content!(Published);

/// Signs documents. The key is somewhere else.
pub trait Signer {
    /// The fingerprint of the key, at least 40 hex digits.
    fn fingerprint(&self) -> String;

    /// The public key, armoured.
    fn public_key(&self) -> Vec<u8>;

    /// An armoured detached signature over a document of that moment. The same document gets the
    /// same signature.
    ///
    /// # Errors
    /// In words for the operator.
    fn sign(&self, document: &[u8], at: Timestamp) -> Result<Vec<u8>, String>;

    /// A text of that moment with its signature around it, to be read as it is (RFC 9580, 7).
    ///
    /// # Errors
    /// In words for the operator.
    fn sign_text(&self, text: &str, at: Timestamp) -> Result<String, String>;
}

/// Files by their path, which has `/` between folders.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Every file.
    pub files: Files,
    /// What could not be written.
    pub left_out: Vec<LeftOut>,
}

/// A record of a published advisory that could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The advisory's id; empty where it has none.
    pub advisory: String,
    /// Which record.
    pub record: &'static str,
    /// Why.
    pub why: String,
}

/// Why there is no tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// A document could not be signed.
    #[error("{path} could not be signed: {why}")]
    Signature {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// Something could not be written as JSON.
    #[error("a document could not be written as JSON")]
    Json,
    /// The time is outside what a date can say.
    #[error("the time is outside what a date can say")]
    Time,
}

/// One published advisory, ready to be written.
struct Issue<'a> {
    id: String,
    shown: Shown,
    editions: &'a [Revision],
    first: Timestamp,
    last: Timestamp,
    withdrawn: Option<Timestamp>,
    title: String,
}

impl Issue<'_> {
    /// The name of its files, without an ending.
    fn name(&self) -> String {
        let mut name = file_name(&self.id);
        name.truncate(name.len().saturating_sub(".json".len()));
        name
    }

    /// When it changed last, taking back included.
    fn changed(&self) -> Timestamp {
        self.withdrawn.map_or(self.last, |at| at.max(self.last))
    }
}

/// Every file, from all published advisories. `now` stands in security.txt alone, which has to say
/// until when it holds.
///
/// # Errors
/// Where a signature cannot be made. An advisory that a format cannot hold is named in
/// [`Written::left_out`], and stands in the other formats.
pub fn write(
    provider: &Provider,
    published: &[Published],
    now: Timestamp,
    signer: Option<&dyn Signer>,
) -> Result<Written, ProviderError> {
    let mut left_out = Vec::new();
    let issues = issues(published, &mut left_out);
    let mut files = Files::new();
    let documents = csaf::write(provider, &issues, signer, &mut files, &mut left_out)?;
    let records = osv::write(&issues, &mut files, &mut left_out)?;
    atom::write(&provider.imprint, &issues, provider.since, &mut files);
    for issue in &issues {
        let links = page::Records {
            csaf: documents.get(&issue.id).map_or(&[], Vec::as_slice),
            osv: records.get(&issue.id).map(String::as_str),
            signed: signer.is_some(),
        };
        let path = format!("advisories/{}.html", issue.name());
        files.insert(path, page::advisory(&provider.imprint, issue, &links).into_bytes());
    }
    let list = page::list(&provider.imprint, &issues).into_bytes();
    files.insert("advisories/index.html".to_owned(), list);
    let text = security_txt::write(provider, now, signer)?;
    files.insert(security_txt::PATH.to_owned(), text.into_bytes());
    Ok(Written { files, left_out })
}

/// The newest first. What has no id or title, or the file name of another, cannot stand anywhere.
fn issues<'a>(published: &'a [Published], left_out: &mut Vec<LeftOut>) -> Vec<Issue<'a>> {
    let mut by_name = BTreeMap::new();
    for one in published {
        let id = one.advisory.record_id().unwrap_or_default();
        let mut leave = |why: &str| {
            let (advisory, why) = (id.clone(), why.to_owned());
            left_out.push(LeftOut { advisory, record: "every record", why });
        };
        let (Some(first), Some(last)) = (one.editions.first(), one.editions.last()) else {
            leave("nothing says when it was published");
            continue;
        };
        let shown = one.advisory.for_audience(&Reader::public(last.at));
        let Some(title) = crate::text::paragraph(shown.advisory().title.as_deref()) else {
            leave("the advisory has no title that the public may read");
            continue;
        };
        let issue = Issue {
            id: id.clone(),
            title: title.to_owned(),
            editions: &one.editions,
            first: first.at,
            last: last.at,
            withdrawn: one.withdrawn,
            shown,
        };
        if id.is_empty() {
            leave("the advisory has neither a GHSA nor a CVE id, from which records are named");
            continue;
        }
        match by_name.entry(issue.name()) {
            Entry::Vacant(place) => {
                place.insert(issue);
            }
            Entry::Occupied(_) => leave("another advisory has the same id"),
        }
    }
    let mut issues: Vec<_> = by_name.into_values().collect();
    issues.sort_by(|one, other| other.first.cmp(&one.first).then_with(|| one.id.cmp(&other.id)));
    issues
}

/// A JSON document with its members in order, two blanks of indent and a newline at the end.
fn json(mut document: serde_json::Value) -> Result<Vec<u8>, ProviderError> {
    document.sort_all_objects();
    let mut bytes = serde_json::to_vec_pretty(&document).map_err(|_| ProviderError::Json)?;
    bytes.push(b'\n');
    Ok(bytes)
}
