//! The tree in CSAF 2.1, alone and beside 2.0.

use advisory::csaf::{self, CsafVersion};
use advisory::provider::{Files, Provider, Versions, write};
use serde_json::Value;

use super::{BASE, Witness, ends, now, provider, published, text};
use crate::published as data;

const NAME: &str = "2021/ghsa-5ph6-qq5x-7jwc.json";
const ORIGIN: &str = "https://projectcontour.io";

fn tree(versions: Versions) -> Files {
    let provider = Provider { versions, ..provider() };
    let written = write(&provider, &published(), now(), Some(&Witness)).unwrap();
    assert_eq!(written.left_out, []);
    written.files
}

fn json(files: &Files, path: &str) -> Value {
    serde_json::from_str(text(files, path)).unwrap()
}

/// The documents of a folder, each of that version and named where it says it is.
fn documents(files: &Files, folder: &str, version: &str) -> Vec<String> {
    let names = || files.keys().filter_map(|path| path.strip_prefix(&format!("{folder}/20")));
    let names: Vec<_> = names().filter(|name| ends(name, "json")).collect();
    for name in &names {
        let path = format!("{folder}/20{name}");
        let report = csaf::check(text(files, &path));
        assert!(report.valid(), "{:?}", report.findings);
        let document = json(files, &path);
        assert_eq!(document["document"]["csaf_version"], version, "{path}");
        let address = format!("{BASE}/{path}");
        let references = document["document"]["references"].as_array().unwrap();
        assert!(references.iter().any(|it| it["url"] == *address), "{path}: {references:?}");
    }
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn a_tree_of_2_1_is_as_2_1_asks() {
    let files = tree(Versions::Only(CsafVersion::V2_1));
    assert_eq!(documents(&files, "csaf/clear", "2.1").len(), 2);
    assert!(!files.keys().any(|path| path.contains("white")));
    assert_eq!(
        text(&files, "csaf/clear/changes.csv"),
        "2021/ghsa-5ph6-qq5x-7jwc.json,2022-02-01T15:00:00Z\n\
         2022/cve-2022-1111.json,2022-01-11T15:00:00Z\n",
        "without quotes"
    );
    let withdrawn = json(&files, "csaf/clear/2022/cve-2022-1111.json");
    assert_eq!(withdrawn["document"]["category"], "csaf_withdrawn");
    let metadata = json(&files, "csaf/provider-metadata.json");
    assert_eq!(metadata["metadata_version"], "2.1");
    assert_eq!(metadata["canonical_url"], format!("{BASE}/csaf/provider-metadata.json"));
    assert_eq!(metadata, json(&files, ".well-known/csaf/provider-metadata.json"));
    let distribution = &metadata["distributions"][0];
    assert_eq!(distribution["directory"]["tlp_label"], "CLEAR");
    assert_eq!(distribution["directory"]["url"], format!("{BASE}/csaf/clear/"));
    let feed = json(&files, "csaf/clear/csaf-feed-tlp-clear.json");
    let entry = &feed["feed"]["entry"][1];
    assert_eq!(entry["content"]["src"], format!("{BASE}/csaf/clear/{NAME}"));
    assert_eq!(entry["format"]["version"], "2.1");
    assert_eq!(distribution["rolie"]["feeds"][0]["last_updated"], feed["feed"]["updated"]);
    let page = text(&files, "advisories/ghsa-5ph6-qq5x-7jwc.html");
    assert!(page.contains("CSAF 2.1</a>") && !page.contains("CSAF 2.0</a>"), "{page}");
}

#[test]
fn side_by_side_each_version_has_its_own_place() {
    for first in [CsafVersion::V2_0, CsafVersion::V2_1] {
        let files = tree(Versions::Both(first));
        let old = documents(&files, "csaf/white", "2.0");
        assert_eq!(old, documents(&files, "csaf/clear", "2.1"), "the same names in both");
        assert_eq!(old.len(), 2);
        for (version, folder) in [("2.0", "white"), ("2.1", "clear")] {
            let path = format!(".well-known/csaf/v{version}/provider-metadata.json");
            let metadata = json(&files, &path);
            assert_eq!(metadata["canonical_url"], format!("{ORIGIN}/{path}"));
            assert_eq!(metadata["metadata_version"], version);
            let rolie = &metadata["distributions"][0]["rolie"];
            let feed = format!("{BASE}/csaf/{folder}/csaf-feed-tlp-{folder}.json");
            assert_eq!(rolie["feeds"][0]["url"], feed);
            let service = rolie["services"][0].as_str().unwrap().strip_prefix(ORIGIN).unwrap();
            let service = json(&files, service.trim_start_matches('/'));
            assert_eq!(service["service"]["workspace"][0]["collection"][0]["href"], feed);
            let key = metadata["public_openpgp_keys"][0]["url"].as_str().unwrap();
            let key = key.strip_prefix(BASE).unwrap().trim_start_matches('/');
            assert!(files.contains_key(key), "{key}");
        }
        let of = format!(".well-known/csaf/v{}/provider-metadata.json", first.as_str());
        for path in [".well-known/csaf/provider-metadata.json", "csaf/provider-metadata.json"] {
            assert_eq!(text(&files, path), text(&files, &of), "{path}");
        }
        let security = text(&files, ".well-known/security.txt");
        let led: Vec<_> = security.lines().filter_map(|line| line.strip_prefix("CSAF: ")).collect();
        let known =
            |folder: &str| format!("{ORIGIN}/.well-known/csaf{folder}/provider-metadata.json");
        assert_eq!(led, [known(""), known("/v2.0"), known("/v2.1")]);
        let page = text(&files, "advisories/ghsa-5ph6-qq5x-7jwc.html");
        assert!(page.contains("CSAF 2.1</a>") && page.contains("CSAF 2.0</a>"), "{page}");
    }
}

#[test]
fn the_official_schema_takes_metadata_of_2_1() {
    let schema = |name: &str| -> Option<Value> {
        let path = data::path(&format!("csaf/schema-2.1/{name}.json"))?;
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    };
    let (Some(mut judge), Some(document)) = (schema("provider"), schema("csaf")) else { return };
    // What it refers to stands in the other schema; its dialect is 2020-12 with annotations.
    let head = document.pointer("/properties/document/properties").unwrap();
    judge["properties"]["publisher"] = head["publisher"].clone();
    let label = &head["distribution"]["properties"]["tlp"]["properties"]["label"];
    let of_distribution = "/properties/distributions/items/properties";
    let distribution = judge.pointer_mut(of_distribution).unwrap();
    distribution["directory"]["properties"]["tlp_label"] = label.clone();
    let feed = distribution.pointer_mut("/rolie/properties/feeds/items/properties").unwrap();
    feed["tlp_label"] = label.clone();
    judge["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    let judge = jsonschema::options().should_validate_formats(true).build(&judge).unwrap();
    for versions in [Versions::Only(CsafVersion::V2_1), Versions::Both(CsafVersion::V2_1)] {
        let metadata = json(&tree(versions), ".well-known/csaf/provider-metadata.json");
        let errors: Vec<_> = judge.iter_errors(&metadata).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let mut bent = metadata;
        bent["distributions"][0]["directory"]["tlp_label"] = "WHITE".into();
        assert!(!judge.is_valid(&bent));
    }
}
