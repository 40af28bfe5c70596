//! Package URLs: the official cases of the specification and of each type judge ours.

use advisory::purl::{Parts, Purl, PurlError};
use proptest::prelude::*;
use serde_json::Value;

use crate::published;

/// Official cases that come out otherwise here, with why: file, how it is tested, input.
const OTHERWISE: [(&str, &str, &str, &str); 3] = [
    (
        "gem-test.json",
        "parse",
        "pkg:gem/jruby-launcher@1.1.2?Platform=java",
        "the specification puts the names of qualifiers in small letters, and the case beside it that \
         validates this same text says so too",
    ),
    (
        "rpm-test.json",
        "parse",
        "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25",
        "the same",
    ),
    (
        "git-test.json",
        "validate",
        "pkg:git/github/Package-url/purl-Spec@244fd47e07d1004f0aed9c",
        "the type's definition has its namespace and name keep their case, as most hosts of git do",
    ),
];

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

fn parts(value: &Value) -> Parts {
    let qualifiers = value["qualifiers"].as_object().into_iter().flatten();
    Parts {
        kind: text(value, "type"),
        namespace: text(value, "namespace"),
        name: text(value, "name"),
        version: text(value, "version"),
        qualifiers: qualifiers.map(|(k, v)| (k.clone(), v.as_str().unwrap().to_owned())).collect(),
        subpath: text(value, "subpath"),
    }
}

/// What is made of a case, and what should be.
fn outcome(case: &Value) -> (Option<String>, Option<String>) {
    let input = &case["input"];
    let purl = match input.as_str() {
        Some(text) => text.parse::<Purl>(),
        None => Purl::new(parts(input)),
    };
    let expected = &case["expected_output"];
    if case["expected_failure"] == true {
        return (purl.ok().map(|purl| purl.to_string()), None);
    }
    let ours = purl.as_ref().map_or_else(ToString::to_string, ToString::to_string);
    match expected {
        Value::String(text) => (Some(ours), Some(text.clone())),
        Value::Object(_) => {
            let got = purl.map_or_else(|why| why.to_string(), |p| format!("{:?}", p.parts()));
            (Some(got), Some(format!("{:?}", parts(expected))))
        }
        // Without an output it is enough that it is one.
        _ => {
            (Some(purl.map_or_else(|why| why.to_string(), |_| String::new())), Some(String::new()))
        }
    }
}

#[test]
fn the_official_cases_come_out_right() {
    let mut right = 0;
    let mut wrong = Vec::new();
    for folder in ["purl/spec", "purl/types"] {
        for (name, file) in published::documents(folder, |_| true) {
            let file: Value = serde_json::from_str(&file).unwrap();
            for case in file["tests"].as_array().unwrap() {
                let (ours, theirs) = outcome(case);
                let how = case["test_type"].as_str().unwrap();
                let input = match case["input"].as_str() {
                    Some(text) => text.to_owned(),
                    None => case["input"].to_string(),
                };
                let excused = OTHERWISE.iter().any(|(file, test, text, why)| {
                    assert!(!why.is_empty());
                    (*file, *test, *text) == (name.as_str(), how, input.as_str())
                });
                if (ours == theirs) == excused {
                    wrong.push((name.clone(), how.to_owned(), input, ours, theirs));
                } else {
                    right += usize::from(!excused);
                }
            }
        }
    }
    if right > 0 {
        let misses = OTHERWISE.map(|(file, _, text, why)| (format!("{file}: {text}"), why));
        published::conformance("package-url, official cases", "ECMA-427", right, &misses);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_package_url_is_read_into_its_parts_and_written_canonically() {
    let purl: Purl = "PKG://npm/@scope/Name@1.0.0+b?Tag=a%2Cb&arch=&vcs_url=https://x/#/./a/../b/"
        .parse()
        .unwrap();
    let parts = purl.parts();
    assert_eq!((parts.namespace.as_str(), parts.name.as_str()), ("@scope", "Name"));
    assert_eq!((parts.version.as_str(), parts.subpath.as_str()), ("1.0.0+b", "a/b"));
    assert_eq!(
        purl.to_string(),
        "pkg:npm/%40scope/Name@1.0.0%2Bb?tag=a%2Cb&vcs_url=https:%2F%2Fx%2F#a/b"
    );
    assert_eq!(purl.clone().with_version("2").unwrap().parts().version, "2");
    assert_eq!(purl.without_version().parts().version, "");
    let extension: Purl =
        "pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1.2".parse().unwrap();
    assert!(matches!(extension.with_version("1.x"), Err(PurlError::Kind(_))));
    // Go's own database names these without a namespace.
    assert!("pkg:golang/stdlib@v1.22.0".parse::<Purl>().is_ok());
    let json: Purl = serde_json::from_str(r#""pkg:pypi/A_b""#).unwrap();
    assert_eq!(serde_json::to_string(&json).unwrap(), r#""pkg:pypi/a-b""#);
}

#[test]
fn what_is_no_package_url_is_refused_with_the_reason() {
    for (text, why) in [
        ("", PurlError::Scheme),
        ("npm/x", PurlError::Scheme),
        ("pkgs:npm/x", PurlError::Scheme),
        ("pkg:npm", PurlError::NoName),
        ("pkg:npm/", PurlError::NoName),
        ("pkg:npm/@1", PurlError::NoName),
        ("pkg:npm/%40a/@1", PurlError::NoName),
        ("pkg:1npm/x", PurlError::Type),
        ("pkg:n_m/x", PurlError::Type),
        ("pkg:npm/x?a", PurlError::NoValue),
        ("pkg:npm/x?1=2", PurlError::Key),
        ("pkg:npm/x?a=1&A=2", PurlError::Twice),
        ("pkg:npm/x%", PurlError::Escape),
        ("pkg:npm/x%é", PurlError::Escape),
        ("pkg:npm/x%+1", PurlError::Escape),
        ("pkg:npm/x%FF", PurlError::Escape),
        ("pkg:maven/x", PurlError::NoNamespace),
        ("pkg:cargo/a/x", PurlError::Namespace),
    ] {
        assert_eq!(text.parse::<Purl>().unwrap_err(), why, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(
        kind in prop::sample::select(vec!["npm", "golang", "maven", "git", "pypi", "generic", "pub", "oci"]),
        namespace in "[a-zA-Z@%/.ü]{0,8}",
        name in "\\PC{1,8}",
        version in "\\PC{0,8}",
        qualifiers in prop::collection::btree_map("[a-z][a-z._-]{0,3}", "\\PC{0,6}", 0..3),
        subpath in "\\PC{0,8}",
    ) {
        let kind = kind.to_owned();
        if let Ok(purl) = Purl::new(Parts { kind, namespace, name, version, qualifiers, subpath }) {
            let text = purl.to_string();
            prop_assert_eq!(text.parse::<Purl>(), Ok(purl), "{}", text);
        }
    }

    #[test]
    fn no_text_makes_it_panic_and_the_canonical_form_is_its_own(text in "pkg:[a-z]{1,4}/\\PC{0,30}") {
        if let Ok(purl) = text.parse::<Purl>() {
            let canonical = purl.to_string();
            prop_assert_eq!(canonical.parse::<Purl>().map(|again| again.to_string()), Ok(canonical));
        }
    }
}
