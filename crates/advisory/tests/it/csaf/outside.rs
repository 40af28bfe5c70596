//! The rules that ask somebody outside: which addresses answer, and which words there are.

use std::cell::RefCell;
use std::collections::BTreeSet;

use advisory::check::{Report, Weight};
use advisory::csaf::{self, Answer, Answers, Outside, Reach, Spelling, SpellingError};
use serde_json::{Value, json};

use super::document::everything;
use super::rules::put;

/// Where 6.3.6 looks, as the specification lists it.
const ADDRESSES: [&str; 22] = [
    "/document/acknowledgments/0/urls/1",
    "/document/aggregate_severity/namespace",
    "/document/distribution/tlp/url",
    "/document/references/1/url",
    "/document/publisher/namespace",
    "/product_tree/branches/1/product/product_identification_helper/sbom_urls/0",
    "/product_tree/branches/0/product/product_identification_helper/x_generic_uris/0/namespace",
    "/product_tree/branches/0/product/product_identification_helper/x_generic_uris/0/uri",
    "/product_tree/branches/0/branches/1/branches/0/product/product_identification_helper/sbom_urls/0",
    "/product_tree/branches/0/branches/0/product/product_identification_helper/x_generic_uris/1/namespace",
    "/product_tree/branches/0/branches/0/product/product_identification_helper/x_generic_uris/0/uri",
    "/product_tree/full_product_names/0/product_identification_helper/sbom_urls/0",
    "/product_tree/full_product_names/0/product_identification_helper/x_generic_uris/0/namespace",
    "/product_tree/full_product_names/0/product_identification_helper/x_generic_uris/0/uri",
    "/product_tree/relationships/0/full_product_name/product_identification_helper/sbom_urls/0",
    "/product_tree/relationships/0/full_product_name/product_identification_helper/x_generic_uris/0/uri",
    "/product_tree/product_paths/0/full_product_name/product_identification_helper/sbom_urls/0",
    "/product_tree/product_paths/0/full_product_name/product_identification_helper/x_generic_uris/0/namespace",
    "/product_tree/product_paths/0/full_product_name/product_identification_helper/x_generic_uris/0/uri",
    "/vulnerabilities/1/acknowledgments/0/urls/0",
    "/vulnerabilities/0/references/0/url",
    "/vulnerabilities/0/remediations/0/url",
];

/// Where 6.3.8 looks.
const TEXTS: [&str; 37] = [
    "/document/acknowledgments/0/names/1",
    "/document/acknowledgments/0/organization",
    "/document/acknowledgments/0/summary",
    "/document/aggregate_severity/text",
    "/document/category",
    "/document/distribution/text",
    "/document/notes/0/audience",
    "/document/notes/1/text",
    "/document/notes/0/title",
    "/document/publisher/issuing_authority",
    "/document/publisher/name",
    "/document/references/0/summary",
    "/document/title",
    "/document/tracking/aliases/0",
    "/document/tracking/generator/engine/name",
    "/document/tracking/revision_history/0/summary",
    "/product_tree/branches/0/name",
    "/product_tree/branches/0/branches/1/branches/0/name",
    "/product_tree/branches/0/product/name",
    "/product_tree/branches/0/branches/0/product/name",
    "/product_tree/full_product_names/0/name",
    "/product_tree/product_groups/0/summary",
    "/product_tree/relationships/0/full_product_name/name",
    "/product_tree/product_paths/0/full_product_name/name",
    "/vulnerabilities/0/acknowledgments/0/names/0",
    "/vulnerabilities/0/acknowledgments/0/organization",
    "/vulnerabilities/0/acknowledgments/0/summary",
    "/vulnerabilities/0/involvements/0/summary",
    "/vulnerabilities/0/notes/0/audience",
    "/vulnerabilities/1/notes/0/text",
    "/vulnerabilities/0/notes/0/title",
    "/vulnerabilities/0/references/0/summary",
    "/vulnerabilities/0/remediations/0/details",
    "/vulnerabilities/0/remediations/0/entitlements/0",
    "/vulnerabilities/0/remediations/0/restart_required/details",
    "/vulnerabilities/0/threats/0/details",
    "/vulnerabilities/0/title",
];

/// Puts a value at a place, with all that has to be above it.
fn plant(document: &mut Value, place: &str, value: Value) {
    let mut here = document;
    for name in place.split('/').skip(1) {
        here = match name.parse::<usize>() {
            Ok(number) => {
                if here.is_null() {
                    *here = json!([]);
                }
                let items = here.as_array_mut().unwrap();
                while items.len() <= number {
                    items.push(Value::Null);
                }
                items.get_mut(number).unwrap()
            }
            Err(_) => &mut here[name],
        };
    }
    *here = value;
}

fn bare(version: &str) -> Value {
    json!({"document": {"csaf_version": version, "lang": "en"}})
}

/// Answers the same of every address.
struct Always(Option<Answer>);

impl Reach for Always {
    fn answer(&self, _: &str) -> Option<Answer> {
        self.0
    }
}

/// Knows every word but some, and what it was asked.
#[derive(Default)]
struct Words {
    unknown: BTreeSet<&'static str>,
    asked: RefCell<BTreeSet<String>>,
}

impl Words {
    fn but(unknown: &[&'static str]) -> Self {
        Self { unknown: unknown.iter().copied().collect(), ..Self::default() }
    }
}

impl Spelling for Words {
    fn unknown<'w>(
        &self,
        language: &str,
        words: &BTreeSet<&'w str>,
    ) -> Result<BTreeSet<&'w str>, SpellingError> {
        self.asked.borrow_mut().extend(words.iter().map(|word| (*word).to_owned()));
        match language {
            "en" => Ok(words.intersection(&self.unknown).copied().collect()),
            "mute" => Err(SpellingError::NoAnswer("it broke".to_owned())),
            _ => Err(SpellingError::NoDictionary),
        }
    }
}

fn check(document: &Value, outside: Outside<'_>) -> Report {
    csaf::check_at(&document.to_string(), "2024-03-01T10:00:00Z".parse().unwrap(), outside)
}

fn reached(document: &Value, answer: Option<Answer>) -> Report {
    check(document, Outside { reach: Some(&Always(answer)), spelling: None })
}

fn spelt(document: &Value, words: &Words) -> Report {
    check(document, Outside { reach: None, spelling: Some(words) })
}

/// Where a rule finds something, for information.
fn places<'r>(report: &'r Report, rule: &str) -> Vec<&'r str> {
    let found = report.findings.iter().filter(|one| one.rule == rule);
    found
        .map(|one| {
            assert_eq!(one.severity, Weight::Info);
            one.path.as_str()
        })
        .collect()
}

/// Where a rule was not judged.
fn left<'r>(report: &'r Report, rule: &str) -> Vec<&'r str> {
    let left = report.not_judged.iter().filter(|one| one.rule == rule);
    left.map(|one| one.path.as_str()).collect()
}

#[test]
fn every_address_of_the_specification_is_asked_for_where_it_stands() {
    for version in ["2.0", "2.1"] {
        for place in ADDRESSES {
            let mut document = bare(version);
            plant(&mut document, place, json!("HTTPS://example.org/x"));
            let report = reached(&document, Some(Answer::Nothing));
            assert_eq!(places(&report, "csaf 6.3.6"), [place]);
            assert!(places(&report, "csaf 6.3.7").is_empty());
            let report = reached(&document, Some(Answer::Status(200)));
            assert!(places(&report, "csaf 6.3.6").is_empty(), "{place}");
            plant(&mut document, place, json!("urn:example:x"));
            let report = reached(&document, Some(Answer::Nothing));
            assert!(places(&report, "csaf 6.3.6").is_empty(), "{place} is no address");
        }
    }
}

#[test]
fn where_the_document_itself_stands_is_another_rule() {
    for holder in ["/document", "/vulnerabilities/1"] {
        let mut document = bare("2.0");
        let reference = json!({"category": "self", "url": "https://example.org/ex_1.json"});
        plant(&mut document, &format!("{holder}/references/2"), reference);
        let report = reached(&document, Some(Answer::Status(404)));
        assert!(places(&report, "csaf 6.3.6").is_empty());
        assert_eq!(places(&report, "csaf 6.3.7"), [format!("{holder}/references/2/url")]);
    }
}

#[test]
fn success_and_redirection_are_answers_and_nothing_else_is() {
    let document = everything();
    for (answer, fails) in [
        (Answer::Status(199), true),
        (Answer::Status(200), false),
        (Answer::Status(302), false),
        (Answer::Status(399), false),
        (Answer::Status(400), true),
        (Answer::Status(503), true),
        (Answer::Nothing, true),
    ] {
        let report = reached(&document, Some(answer));
        assert_eq!(!places(&report, "csaf 6.3.6").is_empty(), fails, "{answer:?}");
        assert_eq!(!places(&report, "csaf 6.3.7").is_empty(), fails, "{answer:?}");
        assert!(left(&report, "csaf 6.3.6").is_empty());
    }
}

#[test]
fn what_nobody_knows_is_not_judged_and_is_no_finding() {
    let alone = csaf::check(&everything().to_string());
    for rule in ["csaf 6.3.6", "csaf 6.3.7", "csaf 6.3.8"] {
        assert_eq!((places(&alone, rule), left(&alone, rule)), (vec![], vec![""]));
    }
    let report = reached(&everything(), None);
    assert!(places(&report, "csaf 6.3.6").is_empty());
    assert_eq!(left(&report, "csaf 6.3.7"), ["/document/references/0/url"]);
    assert!(left(&report, "csaf 6.3.6").contains(&"/vulnerabilities/0/remediations/0/url"));
    assert!(report.not_judged.iter().any(|one| one.message.contains("https://example.org/fix")));
    let mut many = bare("2.0");
    let urls: Vec<_> = (0..1000).map(|number| format!("https://example.org/{number}")).collect();
    plant(&mut many, "/document/acknowledgments/0/urls", json!(urls));
    let (some, none) = (reached(&many, None), reached(&many, Some(Answer::Status(200))));
    assert!(some.not_judged.len() == 200 && some.left_off >= none.left_off + 800);
}

#[test]
fn every_text_of_the_specification_is_read_where_it_stands() {
    for version in ["2.0", "2.1"] {
        for place in TEXTS {
            let mut document = bare(version);
            plant(&mut document, place, json!("Two secruity reports, two secruity people."));
            let report = spelt(&document, &Words::but(&["secruity", "people"]));
            assert_eq!(places(&report, "csaf 6.3.8"), [place]);
            let told = report.findings.iter().find(|one| one.rule == "csaf 6.3.8").unwrap();
            assert!(told.message.ends_with(": secruity, people"), "{}", told.message);
            let report = spelt(&document, &Words::but(&[]));
            assert!(
                places(&report, "csaf 6.3.8").is_empty() && left(&report, "csaf 6.3.8").is_empty()
            );
        }
    }
}

#[test]
fn only_words_of_a_language_are_asked_about() {
    let mut document = bare("2.0");
    let text = "Élan's naïve re\u{301}sum\u{e9}: don’t (always) re-use `cfg.parse now` in CSAF, XYZ and \
        OpenVEX, e.g. https://example.org/paths or lib/path.c, x_y, v2, 1.2.3, CVE-2024-0001, \
        name=value, a@example.org. Das heißt: 'Übung'!";
    put(&mut document, "/document/title", json!(text));
    let words = Words::default();
    spelt(&document, &words);
    let asked = words.asked.take();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let expected = [
        "Das",
        "always",
        "and",
        "don’t",
        "heißt",
        "in",
        "naïve",
        "or",
        "re",
        "re\u{301}sum\u{e9}",
        "use",
        "Élan's",
        "Übung",
    ];
    assert_eq!(asked, expected);
    put(&mut document, "/document/title", json!(format!("One ` alone hides {}", "no".repeat(51))));
    spelt(&document, &words);
    let asked: Vec<String> = words.asked.take().into_iter().collect();
    assert_eq!(asked, ["One", "alone", "hides"]);
    put(&mut document, "/document/category", json!("csaf_security_advisory"));
    put(&mut document, "/document/title", json!(""));
    spelt(&document, &words);
    assert!(words.asked.take().is_empty(), "the name of a profile is no word");
}

#[test]
fn a_language_without_dictionary_fails_and_a_document_without_language_is_left_alone() {
    let rule = "csaf 6.3.8";
    let mut document = everything();
    put(&mut document, "/document/lang", json!("tlh"));
    assert_eq!(places(&spelt(&document, &Words::default()), rule), ["/document/lang"]);
    put(&mut document, "/document/lang", json!("mute"));
    let report = spelt(&document, &Words::default());
    assert_eq!((places(&report, rule), left(&report, rule)), (vec![], vec![""]));
    document["document"].as_object_mut().unwrap().remove("lang");
    let words = Words::default();
    let report = spelt(&document, &words);
    assert_eq!((places(&report, rule), left(&report, rule)), (vec![], vec![]));
    assert!(words.asked.take().is_empty());
    assert!(left(&csaf::check(&document.to_string()), rule).is_empty());
}

#[test]
fn a_flood_of_words_is_not_asked_about() {
    let mut document = bare("2.0");
    let letters = |number: usize| -> String {
        number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
    };
    let words: Vec<String> = (0..100_011).map(letters).collect();
    put(&mut document, "/document/title", json!(words.join(" ")));
    let asked = Words::default();
    assert_eq!(left(&spelt(&document, &asked), "csaf 6.3.8"), [""]);
    assert!(asked.asked.take().is_empty());
}

#[test]
fn answers_are_read_line_by_line() {
    let text = "# of today\n\n200 https://a.example/x y\r\n  000 http://b.example\n404 https://a.example/x y\n";
    let answers = Answers::read(text).unwrap();
    assert_eq!(answers.answer("https://a.example/x y"), Some(Answer::Status(404)));
    assert_eq!(answers.answer("http://b.example"), Some(Answer::Nothing));
    assert_eq!(answers.answer("http://b.example/"), None);
    for wrong in [
        "https://a.example",
        "20 https://a.example",
        "+20 https://a.example",
        "200 ",
        "200 a.example",
        "2000 https://a.example",
    ] {
        let error = Answers::read(&format!("200 https://a.example\n{wrong}")).unwrap_err();
        assert!(error.to_string().starts_with("line 2 "), "{wrong}: {error}");
    }
}
