//! The packages and dates of an advisory, by the form of the case's page.

use advisory::{Advisory, Ecosystem};
use axum::http::StatusCode;
use case::{Actor, CaseId};

use crate::{
    browse::Browser,
    house::{House, rich_case},
};

const FILLED: [(&str, &str); 10] = [
    ("title", "ExternalName Services can reach the admin interface"),
    ("ecosystem 0 0", "go"),
    ("package 0 0", "github.com/projectcontour/contour"),
    ("discovered 0", "2021-05-01T09:30"),
    ("disclosed 0", "2021-06-15T16:00"),
    ("exploited-0 0", "2021-05-20T00:00"),
    ("learnt-0 0", "2021-05-21T08:00:05"),
    ("summary", "Short."),
    ("details", "Long."),
    ("references", ""),
];

fn changed<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let untouched = FILLED.iter().filter(|(name, _)| !changes.iter().any(|(n, _)| n == name));
    untouched.copied().chain(changes.iter().copied()).collect()
}

fn advisory(house: &House, case: CaseId) -> (Advisory, u32) {
    let case = house.engine.view(case, Actor::House).unwrap().loaded.case;
    case.advisory.map(|text| (text.advisory, text.revision)).unwrap()
}

#[tokio::test]
async fn packages_and_dates_are_kept_with_the_text_and_shown_again() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/case/{case}/assessment");
    let sent = ada.fill(&path, "advisory", &FILLED).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let (kept, revision) = advisory(&house, case);
    let [known] = &kept.vulnerabilities[..] else { panic!("{}", kept.vulnerabilities.len()) };
    let [package] = &known.affected[..] else { panic!("{}", known.affected.len()) };
    assert_eq!(package.ecosystem, Ecosystem::Go);
    assert_eq!(package.name, "github.com/projectcontour/contour");
    assert_eq!(known.discovery_date.unwrap().to_string(), "2021-05-01T09:30:00Z");
    assert_eq!(known.disclosure_date.unwrap().to_string(), "2021-06-15T16:00:00Z");
    let [first] = &known.first_exploitations[..] else { panic!("one first exploitation") };
    assert_eq!(first.learnt.to_string(), "2021-05-21T08:00:05Z");

    let shown = ada.get(&path).await.text;
    for value in ["2021-05-01T09:30", "2021-06-15T16:00", "2021-05-21T08:00:05"] {
        assert!(shown.contains(&format!("value=\"{value}\"")), "{value}");
    }
    assert!(shown.contains("name=\"package 0 1\""), "a free row below");
    assert!(shown.contains("name=\"exploited-1 0\""), "and one for another source");
    let records = ada.get(&format!("/case/{case}/records")).await.words();
    assert!(!records.contains("OSV has no ecosystem for"), "{records}");

    let again = ada.leave(&path, "advisory", &[("ecosystem 0 0", "go")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.words());
    let (same, later) = advisory(&house, case);
    assert_eq!((same, later), (kept, revision + 1), "sent untouched, it says the same");

    let emptied = [
        ("package 0 0", ""),
        ("ecosystem 0 1", "npm"),
        ("package 0 1", "@contour/ui"),
        ("discovered 0", ""),
        ("exploited-0 0", ""),
        ("learnt-0 0", ""),
    ];
    let sent = ada.fill(&path, "advisory", &changed(&emptied)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let known = advisory(&house, case).0.vulnerabilities.remove(0);
    assert_eq!(known.affected[0].name, "@contour/ui");
    assert_eq!((known.affected.len(), known.affected[0].ecosystem), (1, Ecosystem::Npm));
    assert_eq!((known.discovery_date, known.first_exploitations.len()), (None, 0));
    assert!(known.disclosure_date.is_some());
}

#[tokio::test]
async fn what_does_not_fit_is_said_in_words_and_stays_in_the_form() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/case/{case}/assessment");
    let before = advisory(&house, case);
    for (changes, words) in [
        (vec![("discovered 0", "yesterday")], "“Discovered” is no date with a time"),
        (vec![("discovered 0", "2031-01-01T00:00")], "“Discovered” has not come yet"),
        (vec![("disclosed 0", "2021-04-01T00:00")], "It was disclosed before it was discovered"),
        (vec![("learnt-0 0", "2021-05-01T00:00")], "was learnt of before it happened"),
        (vec![("learnt-0 0", "")], "A first exploitation needs both dates"),
        (vec![("ecosystem 0 0", "debian")], "Nobody says where “github.com/projectcontour"),
        (vec![("package 0 0", "two names")], "“two names” is no name of a package"),
        (
            vec![("ecosystem 0 1", "go"), ("package 0 1", "github.com/projectcontour/contour")],
            "“github.com/projectcontour/contour” is named twice",
        ),
    ] {
        let sent = ada.fill(&path, "advisory", &changed(&changes)).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(sent.words().contains(words), "{words}: {}", sent.words());
        assert!(sent.text.contains("value=\"2021-05-20T00:00\""), "what was typed is there");
        for (name, value) in changes.iter().filter(|(name, _)| !name.starts_with("ecosystem")) {
            let field = sent.text.split(&format!("name=\"{name}\"")).nth(1).unwrap();
            let typed = format!("value=\"{}\"", value.replace('/', "&#x2f;"));
            assert!(field[..field.find('>').unwrap()].contains(&typed), "{name}");
        }
    }
    assert_eq!(advisory(&house, case), before, "nothing of that was kept");
}

#[tokio::test]
async fn a_form_that_does_not_ask_for_them_leaves_them() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/case/{case}/assessment");
    assert_eq!(ada.fill(&path, "advisory", &FILLED).await.status, StatusCode::SEE_OTHER);
    let kept = advisory(&house, case).0.vulnerabilities;
    let words = [("title", "Another title")];
    assert_eq!(ada.fill(&path, "advisory", &words).await.status, StatusCode::SEE_OTHER);
    assert_eq!(advisory(&house, case).0.vulnerabilities, kept);
}
