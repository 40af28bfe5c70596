//! A house without connectors: what it says of itself, and how far a case comes in it.

use axum::http::StatusCode;

use crate::{browse::Browser, house::House};

#[tokio::test]
async fn it_says_what_it_cannot_see() {
    let house = House::with_project(4).alone();
    let case = house.report(1, "A flaw", Some("rita@reports.example")).case;
    let ada = Browser::signed_in(&house, house.ada).await;
    let overview = format!("/case/{case}/overview");
    let assessment = format!("/case/{case}/assessment");
    house.settle();
    assert!(ada.get(&overview).await.words().contains("Acknowledge the report: uncertain"));
    let form = format!("/mail/{}", house.project.unwrap());
    assert!(ada.get(&form).await.words().contains("a person sends it"));
    let verdict = [("verdict", "accepted"), ("reason", "We can reproduce it.")];
    assert_eq!(ada.fill(&assessment, "triage", &verdict).await.status, StatusCode::SEE_OTHER);
    let page = ada.get(&overview).await.words();
    assert!(page.contains("Not connected to this house: the forge, mailing lists, mail, the CNA,"));
    assert!(page.contains("no line can be judged"));
    assert!(page.contains("nobody can tell: they are read from the repository"));
    for page in [&overview, &assessment, &format!("/case/{case}/fixes")] {
        let page = ada.get(page).await.words();
        assert!(page.contains("contour cannot be read"), "{page}");
        assert!(!page.contains("looks at the repositories by itself"));
    }
    // The words are true: nothing but a look at a repository makes the step done.
    let view = house.engine.view(case, case::Actor::House).unwrap();
    let step = view.checklist.item("lines").unwrap();
    assert!(step.status.open() && !step.overridable && !step.optional);
}

#[tokio::test]
async fn where_somebody_is_connected_nothing_is_said() {
    let house = House::with_project(4);
    let case = house.report(1, "A flaw", None).case;
    let ada = Browser::signed_in(&house, house.ada).await;
    let page = ada.get(&format!("/case/{case}/overview")).await.words();
    assert!(!page.contains("Not connected"));
    assert!(page.contains("by itself once the report is accepted"));
}

#[tokio::test]
async fn a_report_that_is_no_vulnerability_goes_to_its_end_by_hand() {
    let house = House::with_project(4).alone();
    let receipt = house.report(1, "A slow page", Some("rita@reports.example"));
    let case = receipt.case;
    let ada = Browser::signed_in(&house, house.ada).await;
    let at = |page: &str| format!("/case/{case}/{page}");
    let proof = [("by", "our mailbox"), ("reference", "sent on Monday")];
    let by_hand = async |act: case::ActId| {
        house.settle();
        let page = ada.get(&at(&format!("act/{act}"))).await;
        assert!(page.words().contains("It was done by hand"), "{}", page.words());
        let sent = ada.fill_on(&page, "resolve", &proof).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    };
    let acts = || {
        let view = house.engine.view(case, case::Actor::House).unwrap();
        view.loaded.case.act_order.clone()
    };
    by_hand(acts()[0]).await;
    let verdict = [("verdict", "not-security"), ("reason", "It is only slow.")];
    ada.fill(&at("assessment"), "triage", &verdict).await;
    let tell = at(&format!("prepare/tell/verdict/{}", receipt.reporter));
    let words = [("subject", "Your report"), ("body", "It is a bug, and we fix it in public.")];
    let planned = ada.fill(&tell, "prepare", &words).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.words());
    let told = acts()[1];
    let approved = ada.fill(&at(&format!("act/{told}")), "approve", &[]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.words());
    by_hand(told).await;
    let closed = ada.fill(&at("retrospective"), "close", &[("reason", "A bug.")]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.words());
    let view = house.engine.view(case, case::Actor::House).unwrap();
    assert_eq!(view.loaded.case.phase, case::state::Phase::Closed);
    assert!(house.done().is_empty(), "the house itself sent nothing");
}
