//! Mails that a member of the team hands in.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use case::act::ActKind;

use crate::{
    browse::{Browser, Page},
    house::{House, rich_case},
};

const MAIL: &str = "From: =?utf-8?q?Zo=C3=AB?= <zoe@finders.example>\r\n\
    To: security@project.example\r\n\
    Cc: friend@elsewhere.example\r\n\
    Subject: Overflow in the <header> parser\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n\
    --part\r\nContent-Type: text/plain\r\n\r\nA header of a million bytes ends it.\r\n\
    --part\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename=proof.zip\r\n\r\n\
    PK-not-opened\r\n--part--\r\n";

fn upload(path: &str, fields: &[(String, String)], file: &[u8]) -> Request<Body> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
    }
    let head = "--limit\r\nContent-Disposition: form-data; name=\"mail\"; filename=\"a.eml\"\r\n\
                Content-Type: message/rfc822\r\n\r\n";
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--limit--\r\n");
    Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap()
}

async fn hand_in(browser: &Browser, page: &Page, path: &str, file: &[u8]) -> Page {
    browser.send(upload(path, &page.hidden("mail"), file)).await
}

fn at(house: &House) -> String {
    format!("/mail/{}", house.project.unwrap())
}

#[tokio::test]
async fn a_mail_handed_in_goes_the_way_of_every_report() {
    let house = House::with_project(3);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = at(&house);
    for page in ["/", &format!("/project/{}", house.project.unwrap())] {
        assert!(ada.get(page).await.words().contains(&format!("href=\"{path}\"")), "{page}");
    }
    let form = ada.get(&path).await;
    let sent = hand_in(&ada, &form, &path, MAIL.as_bytes()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let case = sent.header("location").to_owned();
    let page = ada.get(&case).await.words();
    assert!(page.contains("Overflow in the <header> parser"));
    assert!(page.contains("A header of a million bytes ends it."));
    assert!(page.contains("Zoë <zoe@finders.example>, by mail"), "as the mail says");
    let text = ada.get(&case).await.text;
    assert!(!text.contains("<header> parser") && !text.contains("PK-not-opened"));
    let timeline = ada.get(&case.replace("conversation", "timeline")).await.words();
    assert!(timeline.contains("received the report") && timeline.contains("Ada"));

    // The same showing again, another showing, and another member: one report, one mail to Zoë.
    house.settle();
    let ben = Browser::signed_in(&house, house.ben).await;
    let again = hand_in(&ada, &form, &path, MAIL.as_bytes()).await;
    let later = hand_in(&ada, &ada.get(&path).await, &path, MAIL.as_bytes()).await;
    let other = hand_in(&ben, &ben.get(&path).await, &path, MAIL.as_bytes()).await;
    house.settle();
    for page in [again, later, other] {
        assert_eq!(page.header("location"), case);
    }
    assert_eq!(house.engine.cases(house.ada, None, 9).unwrap().cases.len(), 1);
    let told = house.done();
    assert!(matches!(told.as_slice(), [ActKind::Acknowledge { .. }]), "{told:?}");
    // Who stands in a mail is let into nothing.
    let found = house.engine.cases(house.ada, None, 9).unwrap().cases[0].case;
    let view = house.engine.view(found, case::Actor::House).unwrap();
    assert_eq!(view.loaded.case.people.len(), 1, "the reporter, and no CC");
}

#[tokio::test]
async fn a_broken_mail_is_a_report_too() {
    let house = House::with_project(3);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = at(&house);
    let broken = b"\x00\xff no mail \r\n at all".repeat(9_000);
    let sent = hand_in(&ada, &ada.get(&path).await, &path, &broken).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let page = ada.get(sent.header("location")).await.words();
    assert!(page.contains("a mail that could not be read; its bytes are kept"));
    house.settle();
    assert!(house.done().is_empty(), "there is nobody to acknowledge it to");
}

#[tokio::test]
async fn no_file_no_token_and_too_much_change_nothing() {
    let house = House::with_project(3);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = at(&house);
    let form = ada.get(&path).await;
    let empty = hand_in(&ada, &form, &path, b"").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.words().contains("Choose the mail's file"), "{}", empty.words());
    let bare = ada.send(upload(&path, &[], MAIL.as_bytes())).await;
    assert_eq!(bare.status, StatusCode::FORBIDDEN);
    let large = vec![b'a'; engine::LARGEST_MAIL + 1];
    let refused = hand_in(&ada, &form, &path, &large).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let huge = hand_in(&ada, &form, &path, &vec![b'a'; engine::LARGEST_MBOX + (1 << 20)]).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    let no_form = Request::post(path.as_str())
        .header(header::CONTENT_TYPE, "multipart/form-data")
        .body(Body::from("nonsense"))
        .unwrap();
    assert_eq!(ada.send(no_form).await.status, StatusCode::BAD_REQUEST);
    assert!(house.engine.cases(house.ada, None, 9).unwrap().cases.is_empty());
}

#[tokio::test]
async fn a_file_of_several_mails_is_taken_apart() {
    let house = House::with_project(3);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = at(&house);
    let large = "x".repeat(engine::LARGEST_MAIL);
    let file = format!(
        "From rita@example.org Fri Nov 27 16:00:00 2026\nFrom: rita@example.org\nSubject: One <b>\n\n\
         >From the start\n\nFrom x\n{MAIL}\nFrom x\n{MAIL}\nFrom x\n\nFrom x\nSubject: Large\n\n{large}\n"
    );
    let sent = hand_in(&ada, &ada.get(&path).await, &path, file.as_bytes()).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.words());
    let words = sent.words();
    assert!(words.contains("5 mails, in the file's order"), "{words}");
    assert!(words.contains("One <b>") && !sent.text.contains("One <b>"), "it is escaped");
    for (what, times) in [
        ("a new report", 2),
        ("was here before", 1),
        ("not taken in: there is nothing in the mail", 1),
        ("not taken in: the mail is larger than 25 MiB", 1),
    ] {
        assert_eq!(words.matches(what).count(), times, "{what}: {words}");
    }
    let cases = house.engine.cases(house.ada, None, 9).unwrap().cases;
    assert_eq!(cases.len(), 2);
    for case in &cases {
        assert!(sent.text.contains(&format!("/case/{}/conversation", case.case)));
    }
    let case = cases.iter().find(|case| case.title == "One <b>").unwrap().case;
    let page = ada.get(&format!("/case/{case}/conversation")).await.text;
    assert!(page.contains("From the start") && !page.contains("&gt;From the start"), "{page}");

    // The whole file again, and one of its mails by itself: nothing new.
    let again = hand_in(&ada, &ada.get(&path).await, &path, file.as_bytes()).await;
    assert_eq!(again.words().matches("was here before").count(), 3, "{}", again.words());
    hand_in(&ada, &ada.get(&path).await, &path, MAIL.as_bytes()).await;
    assert_eq!(house.engine.cases(house.ada, None, 9).unwrap().cases.len(), 2);

    let many = "From x\nSubject: y\n\n".repeat(engine::MOST_IN_MBOX + 1);
    let refused = hand_in(&ada, &ada.get(&path).await, &path, many.as_bytes()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.words().contains("Hand it in in parts"), "{}", refused.words());
    assert_eq!(house.engine.cases(house.ada, None, 9).unwrap().cases.len(), 2);
}

#[tokio::test]
async fn a_mailbox_that_calls_for_a_person_is_shown_to_the_team() {
    let house = House::with_project(3);
    let ada = Browser::signed_in(&house, house.ada).await;
    let contact = engine::Contact { name: "Eve".into(), mailbox: None, login: None };
    let stranger = house.engine.add_person(&contact).unwrap();
    let eve = Browser::signed_in(&house, stranger).await;
    let project = format!("/project/{}", house.project.unwrap());
    let place = "INBOX at tls:mail.example.org:993";
    assert!(!ada.get(&project).await.words().contains("INBOX"), "none is read");

    house.engine.mailbox_stands(place, "key", None);
    let page = ada.get(&project).await.words();
    assert!(page.contains(place) && page.contains("mail is read"), "{page}");
    assert!(!ada.get("/").await.words().contains(place), "nobody is needed");

    let waiting = [(7, engine::Waits::Nobodys), (9, engine::Waits::TooLarge)].into();
    let bookmark = engine::Bookmark { numbering: 1, last: 9, waiting };
    house.engine.put_bookmark("key", &bookmark).unwrap();
    for page in ["/", &project] {
        let words = ada.get(page).await.words();
        assert!(words.contains("2 mails could not be taken in"), "{words}");
        assert!(
            words.contains("The mail with UID 7 is to no address of a project here"),
            "{words}"
        );
        assert!(words.contains("The mail with UID 9 is larger than 25 MiB"), "{words}");
    }
    house.engine.mailbox_stands(place, "key", Some("at the login: NO <b>wrong"));
    for page in ["/", &project] {
        let page = ada.get(page).await;
        assert!(page.words().contains("mail is not read"), "{}", page.words());
        assert!(page.words().contains("at the login: NO <b>wrong"), "{}", page.words());
        assert!(!page.text.contains("<b>wrong"));
    }
    let page = eve.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.words().contains("INBOX"), "{}", page.words());
}

#[tokio::test]
async fn strangers_get_what_an_unknown_page_gives() {
    let house = House::with_project(3);
    rich_case(&house);
    let contact = engine::Contact { name: "Eve".into(), mailbox: None, login: None };
    let stranger = Arc::clone(&house.engine).add_person(&contact).unwrap();
    let eve = Browser::signed_in(&house, stranger).await;
    let nobody = eve.other();
    let (path, unknown) = (at(&house), format!("/mail/{}", "ab".repeat(16)));
    let expected = nobody.get("/nowhere").await;
    for browser in [&eve, &nobody] {
        for address in [path.as_str(), unknown.as_str(), "/mail/nonsense"] {
            let hidden = eve.get("/").await.hidden("leave");
            let sent = browser.send(upload(address, &hidden, MAIL.as_bytes())).await;
            for page in [browser.get(address).await, sent] {
                assert_eq!(page.status, expected.status, "{address}");
                assert_eq!(page.headers, expected.headers, "{address}");
                assert_eq!(page.text, expected.text, "{address}");
            }
        }
    }
    assert!(!eve.get("/").await.text.contains("/mail/"), "nothing offers it to her");
    assert_eq!(house.engine.cases(house.ada, None, 9).unwrap().cases.len(), 1);
}

#[tokio::test]
async fn a_team_says_where_its_mail_arrives() {
    let house = House::with_project(3);
    let ada = Browser::signed_in(&house, house.ada).await;
    let page = format!("/project/{}", house.project.unwrap());
    let named = ada.leave(&page, "letterbox", &[("address", "Security@Project.example")]).await;
    assert_eq!(named.status, StatusCode::SEE_OTHER);
    assert!(ada.get(&page).await.words().contains("security@project.example"));
    let wrong = ada.leave(&page, "letterbox", &[("address", "security at project")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.words().contains("an address has exactly one @"), "{}", wrong.words());
    let gone = ada.leave(&page, "no-letterbox", &[("address", "security@project.example")]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert!(!ada.get(&page).await.words().contains("security@project.example"));
}

#[tokio::test]
async fn the_team_may_have_an_answer_to_the_byte() {
    let house = House::with_project(3);
    let project = house.project.unwrap();
    let case = house
        .engine
        .deliver_mail(project, &"security@example.org".parse().unwrap(), MAIL.as_bytes())
        .unwrap();
    house.settle();
    let view = house.engine.view(case, case::Actor::House).unwrap();
    let acts = view.loaded.case.acts.values();
    let mut sent = acts.filter(|act| matches!(act.plan.kind, ActKind::Acknowledge { .. }));
    let sent = engine::message_id(sent.next().unwrap().id);
    let answer = format!("From: <zoe@finders.example>\r\nIn-Reply-To: <{sent}>\r\n\r\nMore.\r\n");
    assert_eq!(
        house
            .engine
            .deliver_mail(project, &"security@example.org".parse().unwrap(), answer.as_bytes())
            .unwrap(),
        case
    );
    let ada = Browser::signed_in(&house, house.ada).await;
    let address = format!("/case/{case}/message/0");
    let page = ada.get(&format!("/case/{case}/conversation")).await;
    assert!(page.words().contains(&format!("href=\"{address}\"")), "{}", page.words());
    let file = ada.get(&address).await;
    assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, answer.as_str()));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"message-0.eml\"");
    assert_eq!(ada.other().get(&address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ada.get(&format!("/case/{case}/message/1")).await.status, StatusCode::NOT_FOUND);
}
