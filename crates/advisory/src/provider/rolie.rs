//! The ROLIE feed with its service and category documents (RFC 8322 in JSON; CSAF 2.0, 7.1.15 to
//! 7.1.17).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::csaf::{Document, FOLDER};
use super::{Files, ProviderError};
use crate::imprint::Imprint;

const FEED: &str = "csaf-feed-tlp-white.json";
const CATEGORY: &str = "category-csaf-feed-tlp-white.json";
const SERVICE: &str = "csaf/service.json";
const SCHEMA: &str = "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json";

/// Where the metadata says that the three are.
pub(super) fn places(imprint: &Imprint) -> Value {
    let base = &imprint.base;
    json!({
        "categories": [format!("{base}/{FOLDER}/{CATEGORY}")],
        "feeds": [{
            "summary": format!("All TLP:WHITE advisories of {}", imprint.name),
            "tlp_label": "WHITE",
            "url": format!("{base}/{FOLDER}/{FEED}"),
        }],
        "services": [format!("{base}/{SERVICE}")],
    })
}

fn what_it_is() -> Value {
    json!([{ "scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf" }])
}

pub(super) fn write(
    imprint: &Imprint,
    documents: &[Document<'_>],
    changed: Timestamp,
    signed: bool,
    files: &mut Files,
) -> Result<(), ProviderError> {
    let base = &imprint.base;
    let address = format!("{base}/{FOLDER}/{FEED}");
    let title = format!("{}: CSAF documents (TLP:WHITE)", imprint.name);
    let entries = documents.iter().map(|document| entry(imprint, document, signed));
    let feed = json!({ "feed": {
        "category": what_it_is(),
        "entry": entries.collect::<Vec<_>>(),
        "id": "csaf-feed-tlp-white",
        "link": [
            { "href": address, "rel": "self" },
            { "href": format!("{base}/{SERVICE}"), "rel": "service" },
        ],
        "title": title,
        "updated": changed.to_string(),
    }});
    let service = json!({ "service": { "workspace": [{
        "collection": [{
            "categories": { "category": what_it_is() },
            "href": address,
            "title": title,
        }],
        "title": format!("What {} publishes", imprint.name),
    }]}});
    let products: BTreeSet<&str> = documents
        .iter()
        .flat_map(|document| &document.issue.shown.advisory().vulnerabilities)
        .flat_map(|vulnerability| &vulnerability.affected)
        .map(|package| package.name.as_str())
        .collect();
    let products: Vec<Value> = products.iter().map(|name| json!({ "term": name })).collect();
    let category = json!({ "categories": { "category": products } });
    files.insert(format!("{FOLDER}/{FEED}"), super::json(feed)?);
    files.insert(format!("{FOLDER}/{CATEGORY}"), super::json(category)?);
    files.insert(SERVICE.to_owned(), super::json(service)?);
    Ok(())
}

fn entry(imprint: &Imprint, document: &Document<'_>, signed: bool) -> Value {
    let (url, issue) = (document.url(imprint), document.issue);
    let link = |rel: &str, ending: &str| json!({ "href": format!("{url}{ending}"), "rel": rel });
    let mut links = vec![link("self", ""), link("hash", ".sha256"), link("hash", ".sha512")];
    links.extend(signed.then(|| link("signature", ".asc")));
    let mut entry = json!({
        "content": { "src": url, "type": "application/json" },
        "format": { "schema": SCHEMA, "version": crate::csaf::CsafVersion::V2_0.as_str() },
        "id": issue.id,
        "link": links,
        "published": issue.first.to_string(),
        "title": issue.title,
        "updated": issue.last.to_string(),
    });
    let summary = crate::text::paragraph(issue.shown.advisory().summary.as_deref());
    if let (Some(summary), Value::Object(members)) = (summary, &mut entry) {
        members.insert("summary".to_owned(), json!({ "content": summary }));
    }
    entry
}
