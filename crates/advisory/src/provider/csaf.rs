//! The CSAF documents by year with their hashes and signatures, their lists, and the metadata that
//! says where everything is (CSAF 2.0, 7.1.7 and 7.1.11 to 7.1.20).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha512};

use super::{Files, Issue, LeftOut, Provider, ProviderError, STAGE, Signer, page, rolie};
use crate::csaf::{self, Publisher, Status, Tracking};
use crate::imprint::Imprint;

pub(super) use super::WHITE as FOLDER;

/// A document that was written.
pub(super) struct Document<'a> {
    pub(super) issue: &'a Issue<'a>,
    /// Below [`FOLDER`]: `2021/x.json`.
    pub(super) path: String,
}

impl Document<'_> {
    pub(super) fn url(&self, imprint: &Imprint) -> String {
        format!("{}/{FOLDER}/{}", imprint.base, self.path)
    }
}

/// The metadata's one address.
pub(super) fn metadata_url(imprint: &Imprint) -> String {
    format!("{}/csaf/provider-metadata.json", imprint.base)
}

/// Writes everything, and says under which path each advisory stands.
pub(super) fn write(
    provider: &Provider,
    issues: &[Issue<'_>],
    signer: Option<&dyn Signer>,
    files: &mut Files,
    left_out: &mut Vec<LeftOut>,
) -> Result<BTreeMap<String, String>, ProviderError> {
    let mut documents = Vec::new();
    for issue in issues {
        let year = issue.first.to_zoned(TimeZone::UTC).year();
        match document(provider, issue, year) {
            Ok(bytes) => {
                let path = format!("{year}/{}", csaf::file_name(&issue.id));
                beside(&path, &bytes, issue.last, signer, files)?;
                files.insert(format!("{FOLDER}/{path}"), bytes);
                documents.push(Document { issue, path });
            }
            Err(error) => left_out.push(LeftOut {
                advisory: issue.id.clone(),
                record: "CSAF",
                why: error.to_string(),
            }),
        }
    }
    lists(&documents, files);
    let changed = documents.iter().map(|document| document.issue.last).max();
    let changed = changed.unwrap_or(provider.since).max(provider.since);
    rolie::write(&provider.imprint, &documents, changed, signer.is_some(), files)?;
    metadata(&provider.imprint, changed, signer, files)?;
    page::folders(files);
    let path =
        |document: Document<'_>| (document.issue.id.clone(), format!("{FOLDER}/{}", document.path));
    Ok(documents.into_iter().map(path).collect())
}

fn document(provider: &Provider, issue: &Issue<'_>, year: i16) -> Result<Vec<u8>, csaf::CsafError> {
    let publisher = Publisher::of(&provider.imprint, year);
    let tracking = Tracking {
        id: issue.id.clone(),
        status: Status::Final,
        revisions: issue.editions.to_vec(),
        stage: STAGE,
    };
    csaf::write(&issue.shown, &publisher, &tracking)
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
        files.insert(format!("{FOLDER}/{path}.{ending}"), line.into_bytes());
    };
    put("sha256", &Sha256::digest(bytes));
    put("sha512", &Sha512::digest(bytes));
    if let Some(signer) = signer {
        let signature = signer
            .sign(bytes, at)
            .map_err(|why| ProviderError::Signature { path: format!("{FOLDER}/{path}"), why })?;
        files.insert(format!("{FOLDER}/{path}.asc"), signature);
    }
    Ok(())
}

/// index.txt names every document, changes.csv the latest change first (7.1.12, 7.1.13).
fn lists(documents: &[Document<'_>], files: &mut Files) {
    let mut paths: Vec<&str> = documents.iter().map(|document| document.path.as_str()).collect();
    paths.sort_unstable();
    let index = paths.iter().flat_map(|path| [path, "\n"]).collect::<String>();
    files.insert(format!("{FOLDER}/index.txt"), index.into_bytes());
    let mut changes: Vec<(Timestamp, &str)> =
        documents.iter().map(|document| (document.issue.last, document.path.as_str())).collect();
    changes.sort_by(|(at, path), (other_at, other)| other_at.cmp(at).then_with(|| path.cmp(other)));
    let mut table = String::new();
    for (at, path) in changes {
        // A file name holds neither a quote nor a comma; writing to a text does not fail.
        let _ = writeln!(table, "\"{path}\",\"{at}\"");
    }
    files.insert(format!("{FOLDER}/changes.csv"), table.into_bytes());
}

fn metadata(
    imprint: &Imprint,
    changed: Timestamp,
    signer: Option<&dyn Signer>,
    files: &mut Files,
) -> Result<(), ProviderError> {
    let base = &imprint.base;
    let mut metadata = json!({
        "canonical_url": metadata_url(imprint),
        "distributions": [{
            "directory_url": format!("{base}/{FOLDER}/"),
            "rolie": rolie::places(imprint),
        }],
        "last_updated": changed.to_string(),
        "list_on_CSAF_aggregators": true,
        "metadata_version": "2.0",
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
    if let (Some(signer), Value::Object(members)) = (signer, &mut metadata) {
        let fingerprint = signer.fingerprint();
        let path = format!("csaf/openpgp/{fingerprint}.asc");
        let key = json!([{ "fingerprint": fingerprint, "url": format!("{base}/{path}") }]);
        members.insert("public_openpgp_keys".to_owned(), key);
        files.insert(path, signer.public_key());
    }
    let bytes = super::json(metadata)?;
    files.insert(".well-known/csaf/provider-metadata.json".to_owned(), bytes.clone());
    files.insert("csaf/provider-metadata.json".to_owned(), bytes);
    Ok(())
}
