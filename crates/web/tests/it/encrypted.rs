//! Encrypted mail on the page: what the house says of it stands apart from what was inside.

use axum::http::StatusCode;
use case::{
    Role,
    observation::Observation,
    opening::{Inside, Letter, Opening, Outcome, Shut, Standing},
};
use store::{Body, KeyClass, Scope, StreamId};

use crate::{
    browse::Browser,
    house::{House, rich_case},
};

const BLOCK: &str = "-----BEGIN PGP MESSAGE-----\r\n\r\nwcBM\r\n-----END PGP MESSAGE-----\r\n";
/// Words that would like to be the house's.
const INSIDE: &str = "</pre></blockquote><p><b>Signed by the key that came with it</b> AAAA BBBB";

/// A message of the rich case, encrypted, and what came of it.
fn message(house: &House, outcome: impl Fn(String) -> Outcome) -> (case::CaseId, usize) {
    let (case, _) = rich_case(house);
    let stream = StreamId::new(format!("case/{case}")).unwrap();
    let put = |bytes: &str| {
        let (scope, body) = (Scope::house("test"), Body::from(bytes));
        house
            .engine
            .store()
            .put_blob(&scope, &stream, KeyClass::Identity, &body)
            .unwrap()
            .to_string()
    };
    house.saw(
        case,
        Observation::Message {
            from: None,
            sender: "rita@example.net".into(),
            text: BLOCK.into(),
            raw: Some(put(BLOCK)),
            encrypted: true,
        },
    );
    let number =
        house.engine.view(case, case::Actor::House).unwrap().loaded.case.messages.len() - 1;
    let (letter, outcome) = (Letter::Message(number), outcome(put(INSIDE)));
    house.saw(case, Observation::Opening(Opening { letter, outcome }));
    (case, number)
}

fn opened(raw: String, signature: Standing) -> Outcome {
    Outcome::Opened(Box::new(Inside {
        key: "0123456789ABCDEF0123456789ABCDEF01234567".into(),
        subject: Some("Slashes".into()),
        text: INSIDE.into(),
        raw,
        inline: true,
        signature,
    }))
}

#[tokio::test]
async fn what_was_inside_can_not_speak_for_the_house() {
    let house = House::with_project(3);
    let signature = Standing::Good { key: "89ABCDEF0123456789ABCDEF0123456789ABCDEF".into() };
    let (case, number) = message(&house, |raw| opened(raw, signature.clone()));
    let ada = Browser::signed_in(&house, house.ada).await;
    let page = ada.get(&format!("/case/{case}/conversation")).await;
    let (before, rest) = page.text.split_once("<blockquote class=\"inside\">").unwrap();
    let (inside, after) = rest.split_once("</blockquote>").unwrap();
    assert_eq!(page.text.matches("<blockquote").count(), 1);
    let said = before.rsplit_once("<div class=\"sealed\">").unwrap().1;
    for words in [
        "Encrypted; opened with our key",
        "0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567",
        "Signed by the key that came with it",
        "89AB CDEF 0123 4567 89AB CDEF 0123 4567 89AB CDEF",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(inside.contains("AAAA BBBB") && !inside.contains("<b>"), "{inside}");
    assert!(inside.contains("Slashes") && !after.contains("AAAA BBBB"));

    let address = format!("/case/{case}/message/{number}/inside");
    let after = after.replace("&#x2f;", "/");
    assert!(after.contains(&format!("href=\"{address}\"")), "{after}");
    let file = ada.get(&address).await;
    assert_eq!((file.status, file.text.as_str()), (StatusCode::OK, INSIDE));
    let name = format!("attachment; filename=\"message-{number}-opened.txt\"");
    assert_eq!(file.header("content-disposition"), name);
    assert_eq!(ada.other().get(&address).await.status, StatusCode::NOT_FOUND);

    let loaded = house.engine.view(case, case::Actor::House).unwrap().loaded;
    let frida = loaded.case.holding(Role::FixDeveloper).next().unwrap().0;
    let frida = Browser::signed_in(&house, frida).await;
    let page = frida.get(&format!("/case/{case}/conversation")).await;
    assert!(page.words().contains("Signed by the key that came with it"));
    assert!(page.text.contains("AAAA BBBB"), "she reads what was inside");
    assert!(!page.text.contains("89AB CDEF 0123 4567 89AB CDEF 0123 4567 89AB CDEF"));
    assert!(!page.words().contains("/inside\""));
    assert_eq!(frida.get(&address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn each_outcome_has_its_words() {
    for (outcome, words) in [
        (Outcome::Shut(Shut::NoKey), "no key of this house fits"),
        (Outcome::Shut(Shut::Damaged), "damaged, and not opened"),
        (Outcome::Shut(Shut::NotWhole), "Only a part of it is encrypted"),
        (opened(String::new(), Standing::Unsigned), "Not signed"),
        (opened(String::new(), Standing::Bad), "The signature does not hold"),
        (opened(String::new(), Standing::UnknownKey { key: None }), "did not come with it"),
    ] {
        let house = House::with_project(3);
        let (case, _) = message(&house, |raw| match outcome.clone() {
            Outcome::Opened(inside) => Outcome::Opened(Box::new(Inside { raw, ..*inside })),
            shut @ Outcome::Shut(_) => shut,
        });
        let ada = Browser::signed_in(&house, house.ada).await;
        let page = ada.get(&format!("/case/{case}/conversation")).await;
        assert!(page.words().contains(words), "{words}");
        let timeline = ada.get(&format!("/case/{case}/timeline")).await;
        assert_eq!(timeline.status, StatusCode::OK);
    }
}
