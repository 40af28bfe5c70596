//! The files: what there is, what leads where, and what the official schema says.

use std::collections::BTreeSet;

use advisory::csaf;
use advisory::provider::{LeftOut, ProviderError, write};
use advisory::{Ecosystem, provider::Published};
use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha512};

use super::{
    BASE, Broken, Witness, at, changed, ends, files, now, provider, published, text, written,
};
use crate::published as data;

const WHITE: &str = "csaf/white";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn everything_that_a_trusted_provider_serves_is_there() {
    let files = files();
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            ".well-known/csaf/provider-metadata.json",
            ".well-known/security.txt",
            "advisories/cve-2022-1111.html",
            "advisories/feed.atom",
            "advisories/ghsa-5ph6-qq5x-7jwc.html",
            "advisories/index.html",
            "csaf/openpgp/0123456789ABCDEF0123456789ABCDEF01234567.asc",
            "csaf/provider-metadata.json",
            "csaf/service.json",
            "csaf/white/2021/ghsa-5ph6-qq5x-7jwc.json",
            "csaf/white/2021/ghsa-5ph6-qq5x-7jwc.json.asc",
            "csaf/white/2021/ghsa-5ph6-qq5x-7jwc.json.sha256",
            "csaf/white/2021/ghsa-5ph6-qq5x-7jwc.json.sha512",
            "csaf/white/2021/index.html",
            "csaf/white/2022/cve-2022-1111.json",
            "csaf/white/2022/cve-2022-1111.json.asc",
            "csaf/white/2022/cve-2022-1111.json.sha256",
            "csaf/white/2022/cve-2022-1111.json.sha512",
            "csaf/white/2022/index.html",
            "csaf/white/category-csaf-feed-tlp-white.json",
            "csaf/white/changes.csv",
            "csaf/white/csaf-feed-tlp-white.json",
            "csaf/white/index.html",
            "csaf/white/index.txt",
            "osv/CVE-2022-1111.json",
            "osv/GHSA-5ph6-qq5x-7jwc.json",
            "osv/all.json",
            "osv/modified_id.csv",
        ]
    );
}

#[test]
fn hashes_and_signatures_are_of_the_documents() {
    let files = files();
    let documents = || {
        let json = |path: &&String| path.starts_with("csaf/white/20") && ends(path, "json");
        files.keys().filter(json)
    };
    assert_eq!(documents().count(), 2);
    for path in documents() {
        let bytes = &files[path];
        let name = path.rsplit('/').next().unwrap();
        let report = csaf::check(text(&files, path));
        assert!(report.valid(), "{:?}", report.findings);
        let line = |hash: &[u8]| format!("{}  {name}\n", HEXLOWER.encode(hash));
        assert_eq!(text(&files, &format!("{path}.sha256")), line(&Sha256::digest(bytes)));
        assert_eq!(text(&files, &format!("{path}.sha512")), line(&Sha512::digest(bytes)));
        let id = json(text(&files, path))["document"]["tracking"].clone();
        assert_eq!(csaf::file_name(id["id"].as_str().unwrap()), name);
        let signed = format!(
            "signed at {}: {}",
            id["current_release_date"].as_str().unwrap(),
            advisory::Digest::of(bytes)
        );
        assert_eq!(text(&files, &format!("{path}.asc")), signed);
    }
}

#[test]
fn the_lists_name_every_document() {
    let files = files();
    assert_eq!(
        text(&files, "csaf/white/index.txt"),
        "2021/ghsa-5ph6-qq5x-7jwc.json\n2022/cve-2022-1111.json\n"
    );
    assert_eq!(
        text(&files, "csaf/white/changes.csv"),
        "\"2021/ghsa-5ph6-qq5x-7jwc.json\",\"2022-02-01T15:00:00Z\"\n\
         \"2022/cve-2022-1111.json\",\"2022-01-11T15:00:00Z\"\n"
    );
    assert_eq!(
        text(&files, "osv/modified_id.csv"),
        "2022-02-01T15:00:00Z,GHSA-5ph6-qq5x-7jwc\n2022-01-11T15:00:00Z,CVE-2022-1111\n"
    );
    let all = json(text(&files, "osv/all.json"));
    for entry in all.as_array().unwrap() {
        let record = json(text(&files, &format!("osv/{}.json", entry["id"].as_str().unwrap())));
        assert_eq!((&record["id"], &record["modified"]), (&entry["id"], &entry["modified"]));
    }
    let feed = json(text(&files, "csaf/white/csaf-feed-tlp-white.json"));
    let entries = feed["feed"]["entry"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["id"], "CVE-2022-1111");
    assert_eq!(entries[1]["updated"], "2022-02-01T15:00:00Z");
    assert_eq!(entries[1]["published"], "2021-07-22T15:00:00Z");
    assert_eq!(feed["feed"]["updated"], "2022-02-01T15:00:00Z");
    let service = json(text(&files, "csaf/service.json"));
    let collection = &service["service"]["workspace"][0]["collection"][0];
    assert_eq!(collection["href"], feed["feed"]["link"][0]["href"]);
}

/// Every address below the base, in whichever document, is a file or a folder with a page.
#[test]
fn what_leads_into_the_tree_leads_to_something() {
    let files = files();
    let mut seen = BTreeSet::new();
    for (path, bytes) in &files {
        let words = std::str::from_utf8(bytes).unwrap();
        for (start, _) in words.match_indices(BASE) {
            let rest = &words[start + BASE.len()..];
            let end = rest.find(['"', '<', '\n', '&']).unwrap_or(rest.len());
            let target = rest[..end].trim_start_matches('/');
            let there = files.contains_key(target)
                || target.ends_with('/') && files.contains_key(&format!("{target}index.html"));
            assert!(there, "{path} leads to {target}");
            seen.insert(target.to_owned());
        }
    }
    assert!(seen.len() > 12, "{seen:?}");
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap();
    for (path, bytes) in files.iter().filter(|(path, _)| ends(path, "html")) {
        for part in std::str::from_utf8(bytes).unwrap().split("href=\"").skip(1) {
            let target = &part[..part.find('"').unwrap()];
            if target.contains(':') {
                continue;
            }
            let mut whole = folder(path);
            let target = target.strip_prefix("../").map_or(target, |target| {
                whole =
                    whole.rsplit_once('/').map(|(above, _)| above.to_owned()).unwrap_or_default();
                target
            });
            let whole = format!("{whole}/{target}");
            let whole = whole.trim_start_matches('/');
            let page = format!("{whole}index.html");
            assert!(files.contains_key(whole) || files.contains_key(&page), "{path}: {whole}");
        }
    }
}

#[test]
fn the_official_schema_takes_the_metadata() {
    let files = files();
    let metadata = json(text(&files, "csaf/provider-metadata.json"));
    assert_eq!(metadata["role"], "csaf_trusted_provider");
    assert_eq!(metadata["last_updated"], "2022-02-01T15:00:00Z");
    assert_eq!(
        text(&files, "csaf/provider-metadata.json"),
        text(&files, ".well-known/csaf/provider-metadata.json")
    );
    let unsigned = written(&published(), None).files;
    assert!(!unsigned.keys().any(|path| ends(path, "asc")));
    let unsigned = json(text(&unsigned, "csaf/provider-metadata.json"));
    assert_eq!(unsigned["role"], "csaf_provider", "only who signs can be trusted");
    assert_eq!(unsigned.get("public_openpgp_keys"), None);

    let Some(path) = data::path("csaf/schema-2.0/provider_json_schema.json") else { return };
    let mut schema = json(&std::fs::read_to_string(&path).unwrap());
    let document = path.with_file_name("csaf_json_schema.json");
    let document = json(&std::fs::read_to_string(document).unwrap());
    let publisher = document.pointer("/properties/document/properties/publisher").unwrap();
    schema["properties"]["publisher"] = publisher.clone();
    let judge = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for metadata in [metadata, unsigned] {
        let errors: Vec<_> = judge.iter_errors(&metadata).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let mut bent = metadata;
        bent["canonical_url"] = "https://example.org/x.json".into();
        assert!(!judge.is_valid(&bent));
    }
}

#[test]
fn security_txt_holds_for_less_than_a_year_and_is_signed_where_documents_are() {
    let unsigned = written(&published(), None).files;
    let text = text(&unsigned, ".well-known/security.txt");
    let signed = format!("signed at {}:\n{text}", now());
    assert_eq!(super::text(&files(), ".well-known/security.txt"), signed);
    let field = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let first = lines.next().unwrap();
        assert_eq!(lines.next(), None, "{name} stands once");
        first
    };
    assert_eq!(field("Contact"), "mailto:security@projectcontour.io");
    assert_eq!(field("Canonical"), "https://projectcontour.io/.well-known/security.txt");
    assert_eq!(field("Policy"), "https://projectcontour.io/policy");
    assert_eq!(field("CSAF"), format!("{BASE}/csaf/provider-metadata.json"));
    let left = at(field("Expires")).duration_since(now());
    assert!(left.as_hours() > 24 * 200 && left.as_hours() < 24 * 365, "{left:?}");
}

#[test]
fn with_nothing_published_the_tree_is_whole() {
    let files = written(&[], Some(&Witness)).files;
    assert_eq!(text(&files, "csaf/white/index.txt"), "");
    assert_eq!(text(&files, "osv/all.json"), "[]\n");
    assert!(text(&files, "advisories/index.html").contains("None has been published yet"));
    let metadata = json(text(&files, "csaf/provider-metadata.json"));
    assert_eq!(metadata["last_updated"], "2021-01-01T00:00:00Z", "since there is an imprint");
}

#[test]
fn what_a_format_cannot_hold_is_named_and_stands_in_the_others() {
    let other = changed(|advisory| {
        advisory.vulnerabilities[0].affected[0].ecosystem = Ecosystem::Other;
        advisory.packages.clear();
    });
    let written = written(&other, None);
    let left: Vec<_> = written.left_out.iter().map(|left| (left.record, &*left.advisory)).collect();
    assert_eq!(left, [("OSV", "GHSA-5ph6-qq5x-7jwc")], "{:?}", written.left_out);
    assert!(written.files.contains_key("advisories/ghsa-5ph6-qq5x-7jwc.html"));
    assert!(written.files.contains_key(&format!("{WHITE}/2021/ghsa-5ph6-qq5x-7jwc.json")));
    let page = text(&written.files, "advisories/ghsa-5ph6-qq5x-7jwc.html");
    assert!(page.contains("CSAF 2.0") && !page.contains("../osv/"), "{page}");
}

#[test]
fn what_has_no_name_of_its_own_stands_nowhere() {
    let nameless = changed(|advisory| {
        advisory.ghsa = None;
        advisory.vulnerabilities[0].cve = None;
    });
    let untitled = changed(|advisory| advisory.title = Some(" ".to_owned()));
    let no_date = vec![Published { editions: Vec::new(), ..published().swap_remove(0) }];
    let twice = [published().swap_remove(0), published().swap_remove(0)];
    for (published, why, pages) in [
        (&nameless[..], "neither a GHSA nor a CVE id", 0),
        (&untitled, "no title", 0),
        (&no_date, "when it was published", 0),
        (&twice, "the same id", 1),
    ] {
        let written = written(published, None);
        let [LeftOut { record: "every record", why: said, .. }] = &written.left_out[..] else {
            panic!("{:?}", written.left_out);
        };
        assert!(said.contains(why), "{said}");
        let page = |path: &&String| ends(path, "html") && path.contains("ghsa");
        assert_eq!(written.files.keys().filter(page).count(), pages);
    }
}

#[test]
fn without_its_signature_there_is_no_tree() {
    let error = write(&provider(), &published(), now(), Some(&Broken)).unwrap_err();
    let ProviderError::Signature { path, why } = error else { panic!("{error}") };
    assert_eq!(why, "the card was pulled out");
    assert!(path.ends_with("2022/cve-2022-1111.json"), "{path}");
}
