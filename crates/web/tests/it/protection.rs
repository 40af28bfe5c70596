//! Keys of others on the pages: who pins them, and what is shown of a mail that is encrypted.

use axum::http::StatusCode;
use case::{
    CaseId, Command, CommandId, PersonId, Role,
    act::{ActKind, Topic},
    command::Invitation,
    sealing::{Certificate, Correspondent, Protection},
};
use engine::Contact;
use jiff::SignedDuration;

use crate::{browse::Browser, house::House};

const KEY: &str = "0123456789ABCDEF0123456789ABCDEF01234567";
const SPACED: &str = "0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567";

fn correspondent(house: &House, days: i64) -> Correspondent {
    let until = house.engine.now().now + SignedDuration::from_hours(24 * days);
    let key = Certificate {
        fingerprint: KEY.into(),
        names: vec!["Somebody <b>else</b>".into()],
        uses: vec!["signs".into(), "encrypts".into()],
        until: Some(until),
        armoured: "the key".into(),
    };
    Correspondent { protection: Protection::Required, key: Some(Box::new(key)) }
}

/// A case with a reporter whom mail reaches, and a fix developer who may not know who that is.
fn reported(house: &House) -> (CaseId, PersonId, PersonId) {
    let receipt = house.report(7, "Slashes", Some("rita@example.net"));
    house.settle();
    let contact = Contact { name: "Frida".into(), mailbox: None, login: None };
    let frida = house.engine.add_person(&contact).unwrap();
    let invitation = Invitation {
        person: frida,
        name: contact.name,
        organisation: None,
        mailbox: None,
        login: None,
        roles: [Role::FixDeveloper].into(),
    };
    house.by(house.ada, receipt.case, &Command::Invite(Box::new(invitation)));
    (receipt.case, receipt.reporter, frida)
}

#[tokio::test]
async fn a_persons_key_is_shown_with_what_it_says_and_what_is_odd_about_it() {
    let house = House::with_project(3);
    let (case, reporter, frida) = reported(&house);
    let correspondent = Box::new(correspondent(&house, 6));
    let protect = Command::Protect { person: reporter, correspondent, replaces: None };
    house.by(house.ada, case, &protect);
    let ada = Browser::signed_in(&house, house.ada).await;
    let page = ada.get(&format!("/case/{case}/people")).await;
    for words in [
        SPACED,
        "encrypted or not sent",
        "signs, encrypts",
        "it runs out in",
        "none of its names has this address",
        "pin the present key no more",
    ] {
        assert!(page.words().contains(words), "{words}: {}", page.words());
    }
    assert!(!page.text.contains("<b>else</b>"));
    let timeline = ada.get(&format!("/case/{case}/timeline")).await;
    assert!(timeline.words().contains(&format!("key {KEY}")), "{}", timeline.words());

    // Who may not see the reporter sees nothing of the key.
    let frida = Browser::signed_in(&house, frida).await;
    for page in ["people", "timeline"] {
        let page = frida.get(&format!("/case/{case}/{page}")).await;
        assert!(!page.text.contains(KEY) && !page.text.contains(SPACED));
    }
}

#[tokio::test]
async fn an_act_shows_its_key_and_hands_out_the_mail_as_it_went() {
    let house = House::with_project(3);
    let address = "security@example.org".parse().unwrap();
    let project = house.project.unwrap();
    house.engine.open_letterbox(project, house.ada, &address, CommandId([9; 16])).unwrap();
    let (case, person, frida) = reported(&house);
    let correspondent = Box::new(correspondent(&house, 60));
    house.by(house.ada, case, &Command::Protect { person, correspondent, replaces: None });
    let kind = ActKind::TellReporter { person, topic: Topic::Draft };
    let act = house.act(case, &kind, false);
    let ada = Browser::signed_in(&house, house.ada).await;
    let address = format!("/case/{case}/act/{act}");
    let page = ada.get(&address).await;
    for words in ["encrypted to the key", SPACED, "[...]", "instead of the subject", "no wax"] {
        assert!(page.words().contains(words), "{words}: {}", page.words());
    }
    assert!(!page.words().contains("the mail to the byte"));

    let sent = ada.fill(&address, "approve", &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    house.settle();
    let page = ada.get(&address).await;
    assert!(page.words().contains("the mail to the byte"), "{}", page.words());
    let mail = format!("{address}/mail");
    let file = ada.get(&mail).await;
    assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, "as it went"));
    let name = format!("attachment; filename=\"sent-{act}.eml\"");
    assert_eq!(file.header("content-disposition"), name);
    assert_eq!(ada.other().get(&mail).await.status, StatusCode::NOT_FOUND);
    let frida = Browser::signed_in(&house, frida).await;
    assert_eq!(frida.get(&mail).await.status, StatusCode::NOT_FOUND);
    assert!(!frida.get(&address).await.words().contains("the mail to the byte"));
}

#[tokio::test]
async fn a_lists_key_is_pinned_by_its_fingerprint_and_replaced_on_purpose() {
    let house = House::with_project(3);
    let project = house.project.unwrap();
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/project/{project}");
    let held = || {
        let book = house.engine.project(project).unwrap().book;
        let key = book.values().find_map(|known| known.key.clone());
        key.map(|key| key.fingerprint)
    };
    let other = KEY.replace('0', "F");
    let certificate = |key: &str| format!("{key} 10");
    let (mine, theirs) = (certificate(KEY), certificate(&other));
    for (fields, words) in [
        (&[("certificate", mine.as_str())][..], "Its fingerprint"),
        (&[("certificate", &mine), ("fingerprint", &other)], KEY),
        (&[("certificate", "nonsense"), ("fingerprint", KEY)], "no certificate"),
        (&[("protection", "often")], "o protection is chosen"),
    ] {
        let required = [("protection", "required")];
        let chosen = fields.iter().any(|(name, _)| *name == "protection");
        let base = if chosen { &[][..] } else { &required };
        let refused = ada.fill(&path, "protect", &[base, fields].concat()).await;
        assert!(refused.words().contains(words), "{words}: {}", refused.words());
        assert_eq!(held(), None);
    }
    let pin = |certificate, fingerprint| {
        [("protection", "required"), ("certificate", certificate), ("fingerprint", fingerprint)]
    };
    let pinned = ada.fill(&path, "protect", &pin(&mine, SPACED)).await;
    assert_eq!(pinned.status, StatusCode::SEE_OTHER, "{}", pinned.words());
    assert_eq!(held().as_deref(), Some(KEY));
    let page = ada.get(&path).await;
    assert!(page.words().contains(SPACED) && page.words().contains("it runs out in 10 days"));
    assert!(ada.get("/").await.words().contains("it runs out in 10 days"), "on the first page too");

    let refused = ada.fill(&path, "protect", &pin(&theirs, &other)).await;
    assert!(refused.words().contains("is pinned for this address"), "{}", refused.words());
    assert_eq!(held().as_deref(), Some(KEY));
    let replace = [&pin(&theirs, &other)[..], &[("replace", "yes")]].concat();
    assert_eq!(ada.fill(&path, "protect", &replace).await.status, StatusCode::SEE_OTHER);
    assert_eq!(held(), Some(other));
    // Only the wish is changed, then the key is taken away.
    let plain = [("protection", "plain")];
    assert_eq!(ada.fill(&path, "protect", &plain).await.status, StatusCode::SEE_OTHER);
    assert!(held().is_some());
    let away = [("protection", "plain"), ("replace", "yes")];
    assert_eq!(ada.fill(&path, "protect", &away).await.status, StatusCode::SEE_OTHER);
    assert_eq!(held(), None);
}

#[tokio::test]
async fn a_key_is_looked_for_only_when_somebody_asks_and_pinned_only_as_its_owner_told() {
    let house = House::with_project(8);
    let (case, reporter, frida) = reported(&house);
    let path = format!("/case/{case}/people");
    let ada = Browser::signed_in(&house, house.ada).await;
    let person = reporter.to_string();
    let fields = |look: &'static str, told: &str| {
        let mut fields = vec![("person", person.clone()), ("protection", "required".into())];
        fields.push(("fingerprint", told.to_owned()));
        fields.extend((!look.is_empty()).then(|| ("look", look.to_owned())));
        fields
    };
    let found = "C".repeat(40);
    let key = || {
        let view = house.engine.view(case, case::Actor::House).unwrap();
        let known = view.loaded.case.correspondents.get(&reporter).cloned();
        known.and_then(|known| known.key).map(|key| key.fingerprint)
    };
    let send = async |browser: &Browser, fields: Vec<(&str, String)>| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.fill(&path, "protect", &fields).await
    };
    let other = send(&ada, fields("yes", &"D".repeat(40))).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(other.words().contains(&found), "what was found can be compared: {}", other.words());
    assert_eq!(key(), None);
    let silent = send(&ada, fields("yes", "")).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    send(&ada, fields("", &found)).await;
    assert_eq!((key(), house.looked_up()), (None, 1), "nobody asked for it");
    assert_eq!(send(&ada, fields("yes", &found)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(key(), Some(found));
    // Who may not know the reporter learns nothing of them by asking.
    let eyes = Browser::signed_in(&house, frida).await;
    let token = eyes.get("/").await.hidden("leave");
    let token = token.iter().filter(|(name, _)| name != "form");
    let asked = fields("yes", &"D".repeat(40));
    let asked = asked.iter().map(|(name, value)| (*name, value.as_str()));
    let all: Vec<_> = [("form", "protect")]
        .into_iter()
        .chain(token.map(|(name, value)| (name.as_str(), value.as_str())))
        .chain(asked)
        .collect();
    let refused = eyes.post(&path, &all).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    let words = refused.words();
    assert!(!words.contains("example.net") && !words.contains("CCCC"), "{words}");
    assert_eq!(house.looked_up(), 2, "nobody is asked for her");
}
