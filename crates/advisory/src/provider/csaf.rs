//! The CSAF documents by year with their hashes and signatures, their lists, and the metadata that
//! says where everything is (7.1.7 and 7.1.11 to 7.1.20).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256, Sha512};

use super::place::{METADATA, Place, WELL_KNOWN};
use super::{Files, Issue, LeftOut, Provider, ProviderError, STAGE, Signer, Versions, page, rolie};
use crate::csaf::{self, CsafVersion, Publisher, Status, Tracking};
use crate::imprint::Imprint;

/// A copy of [`WELL_KNOWN`], for who came by before there were two versions side by side.
const BESIDE: &str = "csaf/provider-metadata.json";

/// What metadata of 2.1 says that it is.
const SCHEMA_2_1: &str = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/provider.json";

/// A document that was written.
pub(super) struct Document<'a> {
    pub(super) issue: &'a Issue<'a>,
    /// Below the folder of its place: `2021/x.json`.
    pub(super) path: String,
}

impl Document<'_> {
    pub(super) fn url(&self, imprint: &Imprint, place: &Place) -> String {
        format!("{}/{}/{}", imprint.base, place.folder, self.path)
    }
}

/// A document's version, and the path under which it stands.
pub(super) type Found = (CsafVersion, String);

/// The addresses of all metadata, the one for who asks for no version in particular first.
pub(super) fn metadata_urls(provider: &Provider) -> Vec<String> {
    let Provider { imprint, versions, .. } = provider;
    let well_known = format!("{}/{WELL_KNOWN}", imprint.base.origin());
    let first = matches!(versions, Versions::Both(_)).then_some(well_known);
    let each = versions.each().into_iter();
    let each = each.map(|version| Place::of(imprint, *versions, version).url(METADATA));
    first.into_iter().chain(each).collect()
}

/// Writes everything, and says where each advisory stands.
pub(super) fn write(
    provider: &Provider,
    issues: &[Issue<'_>],
    signer: Option<&dyn Signer>,
    files: &mut Files,
    left_out: &mut Vec<LeftOut>,
) -> Result<BTreeMap<String, Vec<Found>>, ProviderError> {
    let mut all: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for version in provider.versions.each() {
        let place = Place::of(&provider.imprint, provider.versions, version);
        let documents = documents(provider, &place, issues, signer, files, left_out)?;
        lists(&place, &documents, files);
        let changed = documents.iter().map(|document| document.issue.last).max();
        let changed = changed.unwrap_or(provider.since).max(provider.since);
        rolie::write(&provider.imprint, &place, &documents, changed, signer.is_some(), files)?;
        let metadata = super::json(metadata(&provider.imprint, &place, changed, signer))?;
        if version == provider.versions.main() {
            files.insert(WELL_KNOWN.to_owned(), metadata.clone());
            files.insert(BESIDE.to_owned(), metadata.clone());
        }
        files.insert(place.path(METADATA), metadata);
        page::folders(place.folder, files);
        for document in documents {
            let found = (version, format!("{}/{}", place.folder, document.path));
            all.entry(document.issue.id.clone()).or_default().push(found);
        }
    }
    if let Some(signer) = signer {
        files.insert(key(signer), signer.public_key());
    }
    Ok(all)
}

fn documents<'a>(
    provider: &Provider,
    place: &Place,
    issues: &'a [Issue<'a>],
    signer: Option<&dyn Signer>,
    files: &mut Files,
    left_out: &mut Vec<LeftOut>,
) -> Result<Vec<Document<'a>>, ProviderError> {
    let mut documents = Vec::new();
    for issue in issues {
        let year = issue.first.to_zoned(TimeZone::UTC).year();
        match document(provider, place.version, issue, year) {
            Ok(bytes) => {
                let path = format!("{year}/{}", csaf::file_name(&issue.id));
                let whole = format!("{}/{path}", place.folder);
                beside(&whole, &bytes, issue.last, signer, files)?;
                files.insert(whole, bytes);
                documents.push(Document { issue, path });
            }
            Err(error) => left_out.push(LeftOut {
                advisory: issue.id.clone(),
                record: match place.version {
                    CsafVersion::V2_0 => "CSAF 2.0",
                    CsafVersion::V2_1 => "CSAF 2.1",
                },
                why: error.to_string(),
            }),
        }
    }
    Ok(documents)
}

fn document(
    provider: &Provider,
    version: CsafVersion,
    issue: &Issue<'_>,
    year: i16,
) -> Result<Vec<u8>, csaf::CsafError> {
    let publisher = Publisher::of(&provider.imprint, version, year);
    let tracking = Tracking {
        id: issue.id.clone(),
        status: Status::Final,
        revisions: issue.editions.to_vec(),
        stage: STAGE,
        withdrawn: issue.withdrawn.is_some(),
    };
    csaf::write_as(version, &issue.shown, &publisher, &tracking)
}

/// The hashes, as `sha256sum` and `sha512sum` write and check them, and the signature.
fn beside(
    path: &str,
    bytes: &[u8],
    at: Timestamp,
    signer: Option<&dyn Signer>,
    files: &mut Files,
) -> Result<(), ProviderError> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut put = |ending: &str, hash: &[u8]| {
        let line = format!("{}  {name}\n", HEXLOWER.encode(hash));
        files.insert(format!("{path}.{ending}"), line.into_bytes());
    };
    put("sha256", &Sha256::digest(bytes));
    put("sha512", &Sha512::digest(bytes));
    if let Some(signer) = signer {
        let signature = signer
            .sign(bytes, at)
            .map_err(|why| ProviderError::Signature { path: path.to_owned(), why })?;
        files.insert(format!("{path}.asc"), signature);
    }
    Ok(())
}

/// index.txt names every document, changes.csv the latest change first (7.1.12, 7.1.13).
fn lists(place: &Place, documents: &[Document<'_>], files: &mut Files) {
    let mut paths: Vec<&str> = documents.iter().map(|document| document.path.as_str()).collect();
    paths.sort_unstable();
    let index = paths.iter().flat_map(|path| [path, "\n"]).collect::<String>();
    files.insert(format!("{}/index.txt", place.folder), index.into_bytes());
    let mut changes: Vec<(Timestamp, &str)> =
        documents.iter().map(|document| (document.issue.last, document.path.as_str())).collect();
    changes.sort_by(|(at, path), (other_at, other)| other_at.cmp(at).then_with(|| path.cmp(other)));
    // 2.0 quotes what 2.1 may not; a file name holds neither a quote nor a comma.
    let quote = if place.version == CsafVersion::V2_0 { "\"" } else { "" };
    let mut table = String::new();
    for (at, path) in changes {
        // Writing to a text does not fail.
        let _ = writeln!(table, "{quote}{path}{quote},{quote}{at}{quote}");
    }
    files.insert(format!("{}/changes.csv", place.folder), table.into_bytes());
}

/// Where the public key stands.
fn key(signer: &dyn Signer) -> String {
    format!("csaf/openpgp/{}.asc", signer.fingerprint())
}

fn metadata(
    imprint: &Imprint,
    place: &Place,
    changed: Timestamp,
    signer: Option<&dyn Signer>,
) -> Value {
    let base = &imprint.base;
    let folder = format!("{base}/{}/", place.folder);
    let mut distribution = Map::new();
    distribution.insert("rolie".to_owned(), rolie::places(imprint, place, changed));
    match place.version {
        CsafVersion::V2_0 => distribution.insert("directory_url".to_owned(), json!(folder)),
        CsafVersion::V2_1 => distribution
            .insert("directory".to_owned(), json!({ "tlp_label": place.tlp(), "url": folder })),
    };
    let mut metadata = json!({
        "canonical_url": place.url(METADATA),
        "distributions": [distribution],
        "last_updated": changed.to_string(),
        "list_on_CSAF_aggregators": true,
        "metadata_version": place.version.as_str(),
        "mirror_on_CSAF_aggregators": true,
        "publisher": {
            "category": "vendor",
            "contact_details": imprint.contact.in_words(),
            "name": imprint.name.to_string(),
            "namespace": imprint.namespace.to_string(),
        },
        // Only who signs can be trusted (7.2.3).
        "role": if signer.is_some() { "csaf_trusted_provider" } else { "csaf_provider" },
    });
    let Value::Object(members) = &mut metadata else { return metadata };
    if let Some(signer) = signer {
        let url = format!("{base}/{}", key(signer));
        let key = json!([{ "fingerprint": signer.fingerprint(), "url": url }]);
        members.insert("public_openpgp_keys".to_owned(), key);
    }
    if place.version == CsafVersion::V2_1 {
        members.insert("$schema".to_owned(), json!(SCHEMA_2_1));
    }
    metadata
}
