//! From a form to what it leads to: reports, commands, acts, refusals.

use axum::http::StatusCode;
use case::{
    Actor,
    act::{ActKind, Topic},
};

use crate::{
    browse::Browser,
    house::{House, line, rich_case},
};

async fn report(browser: &Browser, house: &House) -> String {
    let path = format!("/report/{}", house.project.unwrap());
    let fields = [("title", "It leaks"), ("text", "See the log."), ("name", "Quiet Finder")];
    let sent = browser.fill(&path, "report", &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    sent.header("location").to_owned()
}

#[tokio::test]
async fn a_report_is_kept_before_its_receipt_is_shown() {
    let house = House::with_project(2);
    let browser = Browser::new(&house);
    let receipt = report(&browser, &house).await;
    let page = browser.get(&receipt).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("It leaks"));
    assert!(page.text.contains("has not judged it yet"));
    let inbox = Browser::signed_in(&house, house.ada).await.get("/").await;
    assert!(inbox.text.contains("It leaks"));
    assert!(inbox.text.contains("waits for triage"));
}

#[tokio::test]
async fn a_report_sent_twice_is_one_report() {
    let house = House::with_project(2);
    let browser = Browser::new(&house);
    let path = format!("/report/{}", house.project.unwrap());
    let page = browser.get(&path).await;
    let fields = [("title", "It leaks"), ("text", "See the log.")];
    let first = browser.fill_on(&page, "report", &fields).await;
    let second = browser.fill_on(&page, "report", &fields).await;
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(house.engine.cases(house.ada, None, 10).unwrap().cases.len(), 1);
}

#[tokio::test]
async fn what_was_entered_survives_a_refusal() {
    let house = House::with_project(2);
    let browser = Browser::new(&house);
    let path = format!("/report/{}", house.project.unwrap());
    let fields = [("title", ""), ("text", "A <b>long</b> story"), ("mailbox", "not an address")];
    let sent = browser.fill(&path, "report", &fields).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sent.text.contains("“Title” is empty"));
    assert!(!sent.text.contains("<b>long"), "it is text, and stays text");
    assert!(sent.words().contains("A <b>long</b> story"));
    assert!(sent.text.contains("not an address"));
}

#[tokio::test]
async fn reporter_and_team_talk_through_the_receipt_page() {
    let house = House::with_project(2);
    let outside = Browser::new(&house);
    let receipt = report(&outside, &house).await;
    house.settle();
    assert!(outside.get(&receipt).await.text.contains("The team"), "it was acknowledged");
    let said = outside.fill(&receipt, "message", &[("text", "One more thing.")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER);
    let case = house.engine.cases(house.ada, None, 1).unwrap().cases[0].case;
    let ada = Browser::signed_in(&house, house.ada).await;
    let talk = format!("/case/{case}/conversation");
    assert!(ada.get(&talk).await.text.contains("One more thing."));

    let asked = ada.fill(&talk, "offer-credit", &[]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let wish = [("how", "without-company"), ("name", "Q. Finder")];
    assert_eq!(outside.fill(&receipt, "credit", &wish).await.status, StatusCode::SEE_OTHER);
    assert!(ada.get(&talk).await.text.contains("Q. Finder"));
}

#[tokio::test]
async fn a_message_goes_from_plan_over_approval_to_receipt() {
    let house = House::with_project(2);
    let receipt = house.report(3, "It leaks", None);
    house.settle();
    let (case, reporter) = (receipt.case, receipt.reporter);
    let ada = Browser::signed_in(&house, house.ada).await;
    let prepare = format!("/case/{case}/prepare/tell/other/{reporter}");
    let words = [("subject", "A question"), ("body", "Which version?\r\nThanks.\r\n")];
    let planned = ada.fill(&prepare, "prepare", &words).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.text);
    let panel = planned.header("location").to_owned();
    let shown = ada.get(&panel).await;
    assert!(shown.text.contains("Which version?\nThanks.\n"), "the exact bytes");
    assert!(shown.text.contains("Rita, on the receipt page only"), "the exact recipient");
    assert!(shown.text.contains("No. A message that was sent stays sent."));

    let mut wrong: Vec<_> = shown.hidden("approve");
    wrong.iter_mut().find(|(n, _)| n == "digest").unwrap().1 = "0".repeat(64);
    let wrong: Vec<_> = wrong.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let refused = ada.post(&panel, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Rule: digest-differs"));

    assert_eq!(ada.fill(&panel, "approve", &[]).await.status, StatusCode::SEE_OTHER);
    house.settle();
    assert!(ada.get(&panel).await.text.contains("Receipt"));
    let place = house.engine.place(&receipt.token).unwrap();
    assert!(place.messages.iter().any(|m| m.text == "Which version?\nThanks.\n"));
}

#[tokio::test]
async fn a_double_click_is_one_command_and_a_second_look_another() {
    let house = House::with_project(2);
    let receipt = house.report(3, "It leaks", None);
    house.settle();
    let case = receipt.case;
    let head = || house.engine.view(case, Actor::House).unwrap().loaded.case.head;
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/case/{case}/overview");
    let fields = [("what", "a draft"), ("to", "a list"), ("by", "Kim")];
    let page = ada.get(&path).await;
    let before = head();
    for _ in 0..2 {
        let sent = ada.fill_on(&page, "leak", &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        assert_eq!(head(), before + 1);
    }
    ada.fill(&path, "leak", &fields).await;
    assert_eq!(head(), before + 2);
}

#[tokio::test]
async fn a_shut_gate_names_the_steps_that_come_first() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/case/{case}/disclosure");
    assert_eq!(ada.fill(&path, "approve", &[]).await.status, StatusCode::SEE_OTHER);
    let ben = Browser::signed_in(&house, house.ben).await;
    assert_eq!(ben.fill(&path, "approve", &[]).await.status, StatusCode::SEE_OTHER);
    let refused = ben.fill(&path, "arm", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Rule: gate-shut"), "{}", refused.text);
    assert!(refused.text.contains("buy-in"));
}

#[tokio::test]
async fn fewer_approvals_take_two_people() {
    let house = House::with_project(2);
    let receipt = house.report(3, "It leaks", None);
    house.settle();
    let path = format!("/case/{}/disclosure", receipt.case);
    let publish = || {
        let view = house.engine.view(receipt.case, Actor::House).unwrap();
        view.loaded.case.policy.approvals.publish
    };
    assert_eq!(publish(), 2);
    let ada = Browser::signed_in(&house, house.ada).await;
    let ben = Browser::signed_in(&house, house.ben).await;
    let fewer = [("publish", "1"), ("notice", "1"), ("other", "1"), ("reason", "Ada travels")];
    assert_eq!(ada.fill(&path, "approvals", &fewer).await.status, StatusCode::SEE_OTHER);
    assert_eq!(publish(), 2, "one person's word is not enough");
    let own = ada.get(&path).await;
    assert!(own.text.contains("has to agree") && !own.text.contains("Agree to these numbers"));
    assert!(ben.get(&path).await.text.contains("Ada proposes fewer"));
    let agreed = ben.fill(&path, "confirm-approvals", &[]).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER);
    assert_eq!(publish(), 1);
}

#[tokio::test]
async fn every_line_gets_its_verdict_in_one_form() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/case/{case}/assessment");
    let fields = [
        ("verdict contour#1.14", "patch"),
        ("version contour#1.14", "1.14.2"),
        ("verdict contour#1.15", "not-affected"),
        ("why contour#1.15", ""),
    ];
    let refused = ada.fill(&path, "lines", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Rule: reason-needed"));
    assert!(refused.text.contains("value=\"1.14.2\""), "what was entered is still there");
    let view = house.engine.view(case, Actor::House).unwrap();
    let verdict = view.loaded.case.lines[&line("1.14")].verdict.clone();
    assert_eq!(
        verdict,
        Some(case::event::LineVerdict::Patch { version: Some("1.14.2".into()) }),
        "what came before the refusal stands"
    );
}

#[tokio::test]
async fn weaknesses_stand_with_their_names_and_are_found_by_words() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/case/{case}/assessment");
    let page = ada.get(&path).await;
    // MITRE would not have this one chosen.
    assert!(page.text.contains("CWE-610 Externally Controlled Reference to a Resource"));
    assert!(page.text.contains("CWE-610 is discouraged for vulnerabilities"));
    let vector = ("vector", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:L/A:L");
    let refused = ada.fill(&path, "assess", &[vector, ("cwes", "confused deputy")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("CWE-441 (Unintended Proxy or Intermediary"), "{}", refused.text);
    let taken = ada.fill(&path, "assess", &[vector, ("cwes", "441, CWE-99999")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let page = ada.get(&path).await;
    assert!(page.text.contains("CWE-441 Unintended Proxy or Intermediary"));
    assert!(!page.text.contains("CWE-610"));
    assert!(page.text.contains("has no CWE-99999"), "{}", page.text);
}

#[tokio::test]
async fn somebody_joins_by_a_link_that_is_shown_once() {
    let house = House::with_project(2);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/project/{}", house.project.unwrap());
    let fields = [("name", "Cora"), ("mailbox", "cora@project.example")];
    let joined = ada.fill(&path, "join", &fields).await;
    assert_eq!(joined.status, StatusCode::OK);
    assert!(joined.text.contains("A link for Cora"));
    let words = joined.words();
    let from = words.find("/enter/").unwrap();
    let link = words[from..].split('<').next().unwrap();
    assert_eq!(ada.other().post(link, &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_report_moves_to_another_case_and_back_into_one_of_its_own() {
    let house = House::with_project(2);
    let (first, second) = (house.report(3, "It leaks", None), house.report(4, "It drips", None));
    house.settle();
    let codename = |case| {
        let view = house.engine.view(case, Actor::House).unwrap();
        view.loaded.case.codename.to_string()
    };
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/case/{}/relate", first.case);
    let wrong = [("into", "no-such"), ("reason", "the same flaw")];
    let refused = ada.fill(&path, "merge", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("no such case among yours"));
    let name = codename(second.case);
    let merged = ada.fill(&path, "merge", &[("into", &name), ("reason", "the same flaw")]).await;
    assert_eq!(merged.header("location"), format!("/case/{}/conversation", second.case));

    let path = format!("/case/{}/relate", second.case);
    let report = first.report.to_string();
    let fields = [("report", report.as_str()), ("where", "new"), ("reason", "another after all")];
    let split = ada.fill(&path, "split", &fields).await;
    let shown = ada.get(split.header("location")).await;
    assert!(shown.text.contains("It leaks") && !shown.text.contains("It drips"));
    let receipt = ada.other().get(&format!("/receipt/{}", first.token)).await;
    assert_eq!(receipt.status, StatusCode::OK, "the reporter's page goes along");
}

#[tokio::test]
async fn terms_are_chosen_and_seen_by_those_who_may_see_who_reported() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/case/{case}/terms");
    let short = ada.fill(&path, "terms", &[("terms", "<b>frobnicator\nof")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text.contains("&lt;b&gt;frobnicator"), "what was entered is still there");
    assert!(short.text.contains("fewer than 3 letters"), "{}", short.text);
    let sent = ada.fill(&path, "terms", &[("terms", "frobnicator\neveryday: parser pin")]).await;
    assert_eq!(sent.header("location"), format!("{path}#terms"));
    let shown = ada.get(&path).await.text;
    assert_eq!(shown.matches("frobnicator").count(), 2, "in the table and in the form: {shown}");
    for word in ["everyday: parser pin", "Who reported it", "CVE-2021-32783"] {
        assert!(shown.to_lowercase().contains(&word.to_lowercase()), "{word}: {shown}");
    }

    let view = house.engine.view(case, Actor::House).unwrap();
    let frida = view.loaded.case.holding(case::Role::FixDeveloper).next().unwrap().0;
    let frida = Browser::signed_in(&house, frida).await;
    assert_eq!(frida.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(frida.get(&format!("/case/{case}/public")).await.status, StatusCode::OK);
    for browser in [&ada, &frida] {
        for page in ["timeline", "overview", "public", "fixes"] {
            let page = browser.get(&format!("/case/{case}/{page}")).await.text;
            assert!(!page.contains("frobnicator"), "{page}");
        }
    }
    let timeline = frida.get(&format!("/case/{case}/timeline")).await.text;
    assert!(timeline.contains("chose what else the guard looks for: 2 terms"), "{timeline}");
}

#[tokio::test]
async fn what_a_project_says_every_day_is_its_teams_to_see_and_to_say() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let ada = Browser::signed_in(&house, house.ada).await;
    let (path, terms) =
        (format!("/project/{}", house.project.unwrap()), format!("/case/{case}/terms"));
    let odd = ada.fill(&path, "everyday", &[("words", "<i>pin\nCVE-2021-32783")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(odd.text.contains("2 is more than a word or phrase"), "{}", odd.text);
    assert!(odd.text.contains("&lt;i&gt;pin"), "what was entered is still there");
    ada.fill(&path, "everyday", &[("words", "Frobnicator\nparser pin")]).await;
    ada.fill(&terms, "terms", &[("terms", "frobnicator\neveryday: other words")]).await;
    let page = ada.get(&path).await.text;
    assert!(page.contains("2 of them.") && page.contains("parser pin"), "{page}");
    let shown = ada.get(&terms).await.text;
    assert_eq!(shown.matches("everyday in this project").count(), 1, "{shown}");

    let view = house.engine.view(case, Actor::House).unwrap();
    let frida = view.loaded.case.holding(case::Role::FixDeveloper).next().unwrap().0;
    let frida = Browser::signed_in(&house, frida).await;
    assert_eq!(frida.get(&path).await.status, StatusCode::NOT_FOUND);
    for page in ["timeline", "overview", "public", "fixes"] {
        let page = frida.get(&format!("/case/{case}/{page}")).await.text.to_lowercase();
        assert!(!page.contains("frobnicator") && !page.contains("parser pin"), "{page}");
    }
}

#[tokio::test]
async fn who_was_let_into_a_case_signs_in_by_a_link() {
    let house = House::with_project(2);
    let (case, receipt) = rich_case(&house);
    let view = house.engine.view(case, Actor::House).unwrap();
    let mut fixers = view.loaded.case.holding(case::Role::FixDeveloper);
    let frida = fixers.next().unwrap().0.to_string();
    let ada = Browser::signed_in(&house, house.ada).await;
    let people = format!("/case/{case}/people");
    let page = ada.fill(&people, "link", &[("person", &frida)]).await;
    assert_eq!(page.status, StatusCode::OK);
    let words = page.words();
    let link = words[words.find("/enter/").unwrap()..].split('<').next().unwrap();
    let mut guest = ada.other();
    guest.follow(link).await;
    let inbox = guest.get("/").await;
    assert!(inbox.text.contains("fix developer (you)"), "{}", inbox.text);
    assert_eq!(guest.get(&people).await.status, StatusCode::OK);
    assert_eq!(guest.get(&format!("/case/{case}/relate")).await.status, StatusCode::NOT_FOUND);

    let mut fields = ada.get(&people).await.hidden("link");
    fields.retain(|(name, _)| name != "person");
    for other in [receipt.reporter, house.ben] {
        let other = other.to_string();
        let fields = fields.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        let fields: Vec<_> = fields.chain([("person", other.as_str())]).collect();
        let page = ada.post(&format!("/case/{case}/link"), &fields).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "no link for a reporter, nor for the team");
    }
}

#[tokio::test]
async fn a_project_is_set_up_by_a_form() {
    let house = House::empty(4);
    let ada = Browser::signed_in(&house, house.ada).await;
    let fields = [
        ("name", "Ada Lovelace"),
        ("mailbox", "ada@project.example"),
        ("project", "Envelope"),
        ("repositories", "envelope"),
        ("playbook", "contour"),
        ("distributors address", "distributors@lists.example"),
        ("distributors tag", "#security"),
    ];
    let done = ada.fill("/setup", "setup", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = ada.get(done.header("location")).await;
    assert!(page.text.contains("distributors@lists.example"));
    assert!(page.text.contains("too small for its own rules"));
    assert!(!page.text.contains("cncf"), "no list comes along with the playbook");
}

#[tokio::test]
async fn known_lists_are_filled_in_with_what_they_demand() {
    let house = House::empty(4);
    let ada = Browser::signed_in(&house, house.ada).await;
    let value = |page: &str, field: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{field}\"")).unwrap();
        let (_, rest) = rest.split_once("value=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let page = ada.get("/setup").await.text;
    assert_eq!(value(&page, "distributors address"), "");
    for (name, address, prefix, days, users) in [
        (
            "linux-distros",
            "linux-distros@vs.openwall.org",
            "[vs]",
            "14",
            "oss-security@lists.openwall.com",
        ),
        (
            "contour",
            "cncf-contour-distributors-announce@lists.cncf.io",
            "",
            "",
            "cncf-contour-users@lists.cncf.io",
        ),
    ] {
        assert!(page.contains(&format!("href=\"/setup?lists={name}\"")), "{name}");
        let filled = ada.get(&format!("/setup?lists={name}")).await.text;
        assert_eq!(value(&filled, "distributors address"), address);
        assert_eq!(value(&filled, "distributors prefix"), prefix);
        assert_eq!(value(&filled, "distributors days"), days);
        assert_eq!(value(&filled, "users address"), users);
    }
    let nothing = ada.get("/setup?lists=%3Cscript%3E").await.text;
    assert_eq!(value(&nothing, "distributors address"), "");
    let odd = [("distributors days", "a fortnight"), ("distributors address", "d@lists.example")];
    let fields = [
        ("name", "Ada Lovelace"),
        ("mailbox", "ada@project.example"),
        ("project", "Envelope"),
        ("repositories", "envelope"),
        ("playbook", "contour"),
    ];
    let fields: Vec<_> = fields.into_iter().chain(odd).collect();
    let refused = ada.fill("/setup", "setup", &fields).await;
    assert!(refused.text.contains("no number of days"), "{}", refused.text);
}

#[tokio::test]
async fn a_drill_is_another_house() {
    let house = House::with_project(2);
    let receipt = house.report(3, "Only in the live house", None);
    let ada = Browser::signed_in(&house, house.ada).await;
    let inbox = ada.get("/drill/sample/").await;
    assert!(inbox.text.contains("A practice report"));
    assert!(!inbox.text.contains("Only in the live house"));
    let crossed = ada.get(&format!("/drill/sample/case/{}/overview", receipt.case)).await;
    assert_eq!(crossed.status, StatusCode::NOT_FOUND);
    let passed = ada.fill("/drill/sample/", "advance", &[]).await;
    assert_eq!(passed.header("location"), "/drill/sample/");
}

#[test]
fn the_world_was_asked_only_for_what_was_approved() {
    let house = House::with_project(2);
    let (_, receipt) = rich_case(&house);
    let done = house.done();
    assert!(!done.contains(&ActKind::NotifyDistributors), "nobody approved the notice");
    assert!(done.contains(&ActKind::CreateDraft));
    let credit = ActKind::TellReporter { person: receipt.reporter, topic: Topic::Credit };
    assert!(!done.contains(&credit));
}

const IMPRINT: [(&str, &str); 4] = [
    ("name", "Project Contour"),
    ("namespace", "https://projectcontour.io"),
    ("base", "https://projectcontour.io/security/"),
    ("contact", "security@projectcontour.io"),
];

#[tokio::test]
async fn a_project_says_how_it_signs_and_its_records_follow() {
    let house = House::with_project(2);
    let (case, _) = rich_case(&house);
    let ada = Browser::signed_in(&house, house.ada).await;
    let project = format!("/project/{}", house.project.unwrap());
    let records = format!("/case/{case}/records");
    let before = ada.get(&records).await.words();
    assert!(before.contains("ghsa.json") && before.contains("cannot be written yet"), "{before}");
    assert!(before.contains("The project's page does not say yet how it signs"), "{before}");
    assert!(before.contains("Tue 15 Jun 2021, 16:00 UTC"), "the instant: {before}");

    let mut wrong = IMPRINT;
    wrong[2].1 = "http://projectcontour.io";
    let refused = ada.fill(&project, "imprint", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.words().contains("write an address as https://host/path"));
    assert!(refused.text.contains("security@projectcontour.io"), "what was entered comes back");
    let half = [&IMPRINT[..], &[("vendor", "projectcontour")]].concat();
    let refused = ada.fill(&project, "imprint", &half).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.words().contains("“CNA's id” is empty"), "{}", refused.words());
    assert!(house.engine.project(house.project.unwrap()).unwrap().imprint.is_none());

    let taken = ada.fill(&project, "imprint", &IMPRINT).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let shown = ada.get(&project).await.words();
    assert!(shown.contains("Signed by Project Contour, security@projectcontour.io"), "{shown}");
    let after = ada.get(&records).await;
    let words = after.words();
    assert!(!words.contains("how it signs"), "{words}");
    assert!(words.contains("csaf.json") && words.contains("csaf 6.2.16"), "{words}");
    assert!(words.contains("/product_tree/branches/0/branches/0/branches/0/product"), "{words}");
    assert!(words.contains("Give a package URL in product_identification_helper."), "{words}");
    assert!(words.contains("https://projectcontour.io/security/csaf/white/2021/"));
    assert!(words.contains("OSV has no ecosystem for contour"), "{words}");
    assert!(words.contains("csaf 6.3.16: there is no grammar here"), "what is not judged: {words}");
}

#[tokio::test]
async fn records_are_of_those_who_may_read_the_case() {
    let house = House::with_project(2);
    let (case, receipt) = rich_case(&house);
    let path = format!("/case/{case}/records");
    let rita = Browser::signed_in(&house, receipt.reporter).await;
    assert_eq!(rita.get(&path).await.status, StatusCode::NOT_FOUND);
    let ada = Browser::signed_in(&house, house.ada).await;
    let sent = ada.post(&path, &[("form", "publish")]).await;
    assert_ne!(sent.status, StatusCode::SEE_OTHER, "there is nothing to send here");
}
