//! Words of a case that the house saw in public, on its pages, and where it listens for them.

use advisory::Mailbox;
use axum::http::StatusCode;
use case::{Actor, CaseId, CommandId};

use crate::{browse::Browser, house::House};

fn ear() -> Mailbox {
    "lists@example.org".parse().unwrap()
}

/// A case whose codename stands in two mails of a public list.
fn leaked(house: &House) -> (CaseId, String) {
    let project = house.project.unwrap();
    house.engine.open_ear(project, house.ada, &ear(), CommandId([9; 16])).unwrap();
    let case = house.report(7, "It crashes", None).case;
    let name = house.engine.view(case, Actor::House).unwrap().loaded.case.codename.to_string();
    for number in 0..2 {
        let mail = format!("Subject: <b>odd</b>\r\n\r\nIs it {name}? {number}\r\n");
        house.engine.hear(&ear(), mail.as_bytes()).unwrap();
    }
    house.settle();
    (case, name)
}

#[tokio::test]
async fn what_was_seen_calls_a_person_who_says_what_it_is() {
    let house = House::with_project(3);
    let (case, name) = leaked(&house);
    let ada = Browser::signed_in(&house, house.ada).await;
    let (page, overview) = (format!("/case/{case}/public"), format!("/case/{case}/overview"));
    assert!(ada.get("/").await.words().contains("a person must look"));
    let words = ada.get(&overview).await.words();
    assert!(words.contains("Words of this case were seen in public"), "{words}");
    assert!(words.contains("In 2 places"), "{words}");

    let shown = ada.get(&page).await;
    let words = shown.words();
    for told in [
        "On a mailing list",
        "a person must say what this is",
        "Its codename, in",
        "a mail to lists@example.org",
        "If the bug is public now",
        "the playbook goes on with",
    ] {
        assert!(words.contains(told), "{told}: {words}");
    }
    let main = words.split("<main").nth(1).unwrap_or(&words);
    let under_the_head = main.split("What the house has seen").nth(1).unwrap();
    assert!(!under_the_head.contains(&name), "{under_the_head}");

    let file = shown.text.split("/sighting/").nth(1).unwrap().split('"').next().unwrap();
    let address = format!("/case/{case}/sighting/{file}");
    let kept = ada.get(&address).await;
    assert!(kept.text.contains(&name));
    assert_eq!(kept.header("content-type"), "application/octet-stream");
    assert_eq!(ada.other().get(&address).await.status, StatusCode::NOT_FOUND);
    let other = format!("/case/{case}/sighting/{}", "0".repeat(64));
    assert_eq!(ada.get(&other).await.status, StatusCode::NOT_FOUND);

    let silent = ada.leave(&page, "sighting", &[("what", "aside"), ("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unsaid = ada.leave(&page, "sighting", &[("reason", "a band")]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    let aside = [("what", "aside"), ("reason", "a band of that name")];
    assert_eq!(ada.leave(&page, "sighting", &aside).await.status, StatusCode::SEE_OTHER);
    let words = ada.get(&page).await.words();
    assert!(words.contains("set aside") && words.contains("a band of that name"), "{words}");
    let leak = [("what", "leak"), ("reason", "it names the case")];
    assert_eq!(ada.leave(&page, "sighting", &leak).await.status, StatusCode::SEE_OTHER);
    let words = ada.get(&page).await.words();
    assert!(words.contains("it gives the case away"), "{words}");
    assert!(!words.contains("If the bug is public now"), "{words}");
    assert!(!ada.get("/").await.words().contains("a person must look"));
    let case = house.engine.view(case, Actor::House).unwrap().loaded.case;
    assert_eq!((case.leaks.len(), case.facts.is_public()), (1, false));
}

#[tokio::test]
async fn a_team_says_where_it_listens() {
    let house = House::with_project(3);
    let ada = Browser::signed_in(&house, house.ada).await;
    let page = format!("/project/{}", house.project.unwrap());
    assert!(ada.get(&page).await.words().contains("no list yet"));
    let named = ada.leave(&page, "ear", &[("address", "Lists@Project.example")]).await;
    assert_eq!(named.status, StatusCode::SEE_OTHER);
    assert!(ada.get(&page).await.words().contains("lists@project.example"));
    let both = ada.leave(&page, "letterbox", &[("address", "lists@project.example")]).await;
    assert_eq!(both.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(both.words().contains("public list is listened to there"), "{}", both.words());
    let gone = ada.leave(&page, "no-ear", &[("address", "lists@project.example")]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert!(!ada.get(&page).await.words().contains("lists@project.example"));
}
