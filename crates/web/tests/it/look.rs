//! Every template has a sample, and every sample is shown without a hole.

use std::{collections::BTreeSet, path::Path};

use axum::http::StatusCode;

use crate::{
    browse::Browser,
    distributors::enrolled,
    house::{House, rich_case},
};

/// Templates, each with addresses that use it and words that it must then show. `{case}`,
/// `{receipt}`, `{project}`, `{act}`, `{reporter}`, `{member}` and `{place}` stand for the sample
/// house's own.
const SAMPLES: &[(&str, &[(&str, &str)])] = &[
    ("base.html", &[("/", "Sign out"), ("/drill/sample/", "nothing leaves this house")]),
    ("forms.html", &[("/setup", "Set the project up")]),
    ("fault.html", &[("/nowhere", "There is nothing here")]),
    ("enter.html", &[("/enter/00", "This link works once")]),
    (
        "inbox.html",
        &[
            ("/", "Cases that you take part in"),
            ("/", "no surprises"),
            ("/drill/sample/", "practice report"),
        ],
    ),
    ("setup.html", &[("/setup", "Distributors' list"), ("/setup", "contour")]),
    ("team.html", &[("/project/{project}", "The security team")]),
    ("distributors.html", &[("/project/{project}/distributors", "asks to be a member")]),
    ("member.html", &[("/project/{project}/distributors/{member}", "Make a new link")]),
    ("distributor.html", &[("/distributor/{project}/{place}", "I have read it and accept it")]),
    ("mail.html", &[("/mail/{project}", "The journal says that you handed it in")]),
    ("report.html", &[("/report/{project}", "Leave it empty to stay anonymous")]),
    ("receipt.html", &[("/receipt/{receipt}", "Keep this page")]),
    ("panel.html", &[("/case/{case}/act/{act}", "Can it be undone?")]),
    ("protection.html", &[("/case/{case}/people", "As its owner told you")]),
    ("case/frame.html", &[("/case/{case}/overview", "Under embargo")]),
    (
        "case/overview.html",
        &[
            ("/case/{case}/overview", "What is next, and for whom"),
            ("/case/{case}/overview", "needed before the notice to the distributors, arming"),
            ("/case/{case}/overview", "was acknowledged at 2021-05-31 "),
        ],
    ),
    (
        "case/readiness.html",
        &[
            ("/case/{case}/overview", "fixed in 1.16.1"),
            ("/case/{case}/fixes", "1.16.1 contains the fix"),
            ("/case/{case}/fixes", "cannot be told: nobody has told"),
        ],
    ),
    ("case/private.html", &[("/case/{case}/fixes", "This house reads no private repositories")]),
    ("case/conversation.html", &[("/case/{case}/conversation", "Any news?")]),
    (
        "case/deliveries.html",
        &[
            ("/case/{case}/deliveries", "waits for approval"),
            ("/case/{case}/deliveries", "goes out with the disclosure"),
        ],
    ),
    ("case/assessment.html", &[("/case/{case}/assessment", "CVE-2021-32783")]),
    ("case/fixes.html", &[("/case/{case}/fixes", "with access, but not needed: stranger")]),
    ("case/embargo.html", &[("/case/{case}/embargo", "our freeze ends two days later")]),
    ("case/disclosure.html", &[("/case/{case}/disclosure", "Digest over instant and all acts")]),
    ("case/public.html", &[("/case/{case}/public", "What a stranger can see now")]),
    (
        "case/records.html",
        &[("/case/{case}/records", "Nobody has said yet how this project signs")],
    ),
    ("case/retrospective.html", &[("/case/{case}/retrospective", "triaged")]),
    ("case/people.html", &[("/case/{case}/people", "Downstream Linux")]),
    ("case/timeline.html", &[("/case/{case}/timeline", "opened the case")]),
    ("case/act.html", &[("/case/{case}/act/{act}", "Notify the distributors")]),
    ("case/relate.html", &[("/case/{case}/relate", "The same flaw as another case")]),
    ("case/terms.html", &[("/case/{case}/terms", "What the guard looks for in public")]),
    (
        "case/prepare.html",
        &[
            ("/case/{case}/prepare/tell/other/{reporter}", "Plan exactly this"),
            ("/case/{case}/prepare/create-fork", "Plan exactly this"),
        ],
    ),
];

/// Templates whose sample is a house in another state; tested below or in another file.
const ELSEWHERE: &[&str] =
    &["door.html", "begin.html", "link.html", "locked.html", "case/list.html", "place-link.html"];

fn templates(folder: &Path, below: &str, into: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            templates(&entry.path(), &format!("{name}/"), into);
        } else {
            into.insert(name);
        }
    }
}

#[test]
fn no_template_is_left_without_a_sample() {
    let mut found = BTreeSet::new();
    templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), "", &mut found);
    let sampled = SAMPLES.iter().map(|(name, _)| *name).chain(ELSEWHERE.iter().copied());
    assert_eq!(found, sampled.map(ToOwned::to_owned).collect());
}

/// The values of an attribute.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let opened = page.split(&format!(" {attribute}=\"")).skip(1).collect::<Vec<_>>();
    opened.into_iter().filter_map(|rest| rest.split('"').next()).collect()
}

/// Ids that stand twice or hold a space, and references to an id that is not there.
fn wrong_ids(page: &str) -> Vec<&str> {
    let ids = values(page, "id");
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    let meant = [values(page, "for"), values(page, "aria-describedby")].concat();
    let mut wrong: Vec<&str> = meant.into_iter().filter(|id| !known.contains(id)).collect();
    wrong.extend(ids.iter().filter(|id| id.contains(char::is_whitespace)));
    let mut seen = BTreeSet::new();
    wrong.extend(ids.iter().filter(|id| !seen.insert(**id)));
    wrong
}

#[test]
fn a_wrong_id_is_noticed() {
    let table = [
        (r#"<p id="a"><label for="a">"#, vec![]),
        (r#"<p id="a b">"#, vec!["a b"]),
        (r#"<p id="a"><p id="a">"#, vec!["a"]),
        (r#"<p id="a"><input aria-describedby="b">"#, vec!["b"]),
    ];
    for (page, expected) in table {
        assert_eq!(wrong_ids(page), expected, "{page}");
    }
}

#[tokio::test]
async fn every_sample_is_shown() {
    let house = House::with_project(2);
    let (case, receipt) = rich_case(&house);
    let view = house.engine.view(case, case::Actor::House).unwrap();
    let notice = view.loaded.case.acts_of(|k| *k == case::act::ActKind::NotifyDistributors);
    let act = notice.last().unwrap().id.to_string();
    let (member, place) = enrolled(&house);
    let browser = Browser::signed_in(&house, house.ada).await;
    for (template, samples) in SAMPLES {
        for (address, words) in *samples {
            let address = address
                .replace("{case}", &case.to_string())
                .replace("{receipt}", &receipt.token)
                .replace("{reporter}", &receipt.reporter.to_string())
                .replace("{project}", &house.project.unwrap().to_string())
                .replace("{act}", &act)
                .replace("{member}", &member)
                .replace("{place}", &place);
            let page = browser.get(&address).await;
            let text = page.words();
            let faults = browser.log.lock().unwrap().join("\n");
            assert!(text.contains(words), "{template} at {address} lacks “{words}”\n{faults}");
            assert_eq!(wrong_ids(&page.text), [""; 0], "{template} at {address}");
        }
    }
}

#[tokio::test]
async fn several_forms_of_one_name_keep_their_ids_and_refusals_apart() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let other = house.report(9, "The same, by somebody else", Some("zoe@reports.example"));
    let ada = Browser::signed_in(&house, house.ada).await;
    let view = house.engine.view(case, case::Actor::House).unwrap();
    let into = [("into", view.loaded.case.codename.as_str()), ("reason", "the same flaw")];
    let merged = ada.fill(&format!("/case/{}/relate", other.case), "merge", &into).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER);
    let assessment = format!("/case/{case}/assessment");
    ada.fill(&assessment, "vulnerability", &[("title", "another one")]).await;
    for path in [&assessment, &format!("/case/{case}/conversation")] {
        let page = ada.get(path).await;
        assert!(page.text.contains("@2"), "{path} has two of a form");
        assert_eq!(wrong_ids(&page.text), [""; 0], "{path}");
    }
    let refused = ada.fill(&assessment, "assess@2", &[("vector", "nonsense")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.text.matches("role=\"alert\"").count(), 1);
    let words = [("vector", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:L/A:L"), ("cwes", "CWE-20")];
    let scored = ada.fill_on(&refused, "assess@2", &words).await;
    assert_eq!(scored.status, StatusCode::SEE_OTHER, "{}", scored.words());
    let page = ada.get(&assessment).await;
    assert!(page.text.contains("CWE-20") && page.text.contains("CWE-610"), "each has its own");
}

#[tokio::test]
async fn the_embargo_stands_on_every_page_of_a_case_in_words() {
    let house = House::with_project(2);
    let case = house.report(9, "Crash", None).case;
    let ada = Browser::signed_in(&house, house.ada).await;
    for tab in ["overview", "timeline", "people"] {
        let page = ada.get(&format!("/case/{case}/{tab}")).await;
        assert!(page.text.contains("No embargo yet"), "{tab}");
    }
    let seen = [("what", "public"), ("source", "a forum")];
    ada.fill(&format!("/case/{case}/overview"), "known", &seen).await;
    let page = ada.get(&format!("/case/{case}/overview")).await;
    assert!(page.text.contains("No embargo: the bug is public"));
}

#[tokio::test]
async fn before_there_is_a_project_reporting_leads_to_what_can_be_done() {
    let house = House::empty(1);
    let ada = Browser::signed_in(&house, house.ada).await;
    assert_eq!(ada.get("/report").await.header("location"), "/setup");
    let outside = ada.other().get("/report").await;
    assert_eq!(outside.status, StatusCode::OK);
    assert!(outside.text.contains("Nobody takes reports here yet"));
}

#[tokio::test]
async fn an_empty_house_offers_where_to_begin() {
    let house = House::empty(1);
    let browser = Browser::signed_in(&house, house.ada).await;
    let page = browser.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Run a drill"));
    assert!(page.text.contains("Set up my project"));
    let outside = browser.other().get("/").await;
    assert_eq!(outside.status, StatusCode::OK);
    assert!(outside.text.contains("Nobody takes reports here yet"));
}

#[tokio::test]
async fn marks_are_words_and_not_colours_alone() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let browser = Browser::signed_in(&house, house.ada).await;
    let page = browser.get(&format!("/case/{case}/overview")).await;
    for mark in page.text.split("<span class=\"mark ").skip(1) {
        let words = mark.split("</span> ").nth(1).unwrap().split('<').next().unwrap();
        assert!(!words.trim().is_empty(), "a mark without words: {mark:.80}");
    }
}
