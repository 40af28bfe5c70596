//! The ROLIE feed with its service and category documents (RFC 8322 in JSON; CSAF, 7.1.15 to 7.1.17).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::csaf::Document;
use super::place::Place;
use super::{Files, ProviderError};
use crate::csaf::CsafVersion;
use crate::imprint::Imprint;

const SERVICE: &str = "service.json";

fn feed(place: &Place) -> String {
    format!("{}/csaf-feed-tlp-{}.json", place.folder, place.label)
}

fn category(place: &Place) -> String {
    format!("{}/category-csaf-feed-tlp-{}.json", place.folder, place.label)
}

/// Where the metadata says that the three are.
pub(super) fn places(imprint: &Imprint, place: &Place, changed: Timestamp) -> Value {
    let base = &imprint.base;
    let mut entry = json!({
        "summary": format!("All TLP:{} advisories of {}", place.tlp(), imprint.name),
        "tlp_label": place.tlp(),
        "url": format!("{base}/{}", feed(place)),
    });
    if let Value::Object(members) = &mut entry
        && place.version == CsafVersion::V2_1
    {
        members.insert("last_updated".to_owned(), json!(changed.to_string()));
    }
    json!({
        "categories": [format!("{base}/{}", category(place))],
        "feeds": [entry],
        "services": [place.url(SERVICE)],
    })
}

fn what_it_is() -> Value {
    json!([{ "scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf" }])
}

pub(super) fn write(
    imprint: &Imprint,
    place: &Place,
    documents: &[Document<'_>],
    changed: Timestamp,
    signed: bool,
    files: &mut Files,
) -> Result<(), ProviderError> {
    let address = format!("{}/{}", imprint.base, feed(place));
    let title = format!("{}: CSAF documents (TLP:{})", imprint.name, place.tlp());
    let entries = documents.iter().map(|document| entry(imprint, place, document, signed));
    let list = json!({ "feed": {
        "category": what_it_is(),
        "entry": entries.collect::<Vec<_>>(),
        "id": format!("csaf-feed-tlp-{}", place.label),
        "link": [
            { "href": address, "rel": "self" },
            { "href": place.url(SERVICE), "rel": "service" },
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
    let products = json!({ "categories": { "category": products } });
    files.insert(feed(place), super::json(list)?);
    files.insert(category(place), super::json(products)?);
    files.insert(place.path(SERVICE), super::json(service)?);
    Ok(())
}

fn entry(imprint: &Imprint, place: &Place, document: &Document<'_>, signed: bool) -> Value {
    let (url, issue) = (document.url(imprint, place), document.issue);
    let link = |rel: &str, ending: &str| json!({ "href": format!("{url}{ending}"), "rel": rel });
    let mut links = vec![link("self", ""), link("hash", ".sha256"), link("hash", ".sha512")];
    links.extend(signed.then(|| link("signature", ".asc")));
    let mut entry = json!({
        "content": { "src": url, "type": "application/json" },
        "format": { "schema": place.version.schema(), "version": place.version.as_str() },
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
