//! What everybody can read of a published case, on its pages.

use advisory::{Withhold, ghsa};
use axum::http::StatusCode;
use case::{
    ActId, Actor, CaseId, Command, DisclosureId, VulnId,
    act::{ActKind, Payload},
    event::{Decision, Origin, Triage},
    observation::{Draft, DraftState, Observation},
};
use jiff::SignedDuration;

use crate::{
    browse::Browser,
    house::{self, House},
};

const GHSA: &str = "GHSA-5ph6-qq5x-7jwc";
const PLAN: DisclosureId = DisclosureId([5; 16]);

/// A case that published its advisory, which somebody then edits on the web.
fn edited(house: &House) -> CaseId {
    let case = house.report(7, "It crashes", None).case;
    let decided = |decision| house.by(house.ada, case, &Command::Decide(Box::new(decision)));
    decided(Decision::Triage { verdict: Triage::Accepted, reason: "it is one".into() });
    let id = VulnId([5; 16]);
    decided(Decision::Vulnerability { id, title: "names".into(), origin: Origin::Ours });
    decided(Decision::Advisory(Box::new(advisory::Advisory {
        title: Some("It crashes".into()),
        details: Some("A header without a value ends the process.".into()),
        workarounds: Some("Drop such headers.".into()),
        ..advisory::Advisory::default()
    })));
    house.saw(
        case,
        Observation::Draft(Draft {
            ghsa: GHSA.parse().unwrap(),
            url: format!("https://forge.example/{GHSA}"),
            state: DraftState::Draft,
            patched: std::collections::BTreeMap::new(),
            credits: Vec::new(),
            vector: None,
            cwes: Vec::new(),
        }),
    );
    let view = house.engine.view(case, Actor::House).unwrap();
    let now = &view.loaded.case;
    let plan = house.engine.compose(now, &ActKind::PublishAdvisory, Some(PLAN)).unwrap();
    let Payload::Advisory(text) = &plan.payload else { panic!("{plan:?}") };
    let mut text = (**text).clone();
    text.workarounds = Some("None <is> known.".into());
    let body = ghsa::update(&text, Withhold::default(), advisory::Stage::Planned).unwrap();
    house.shows(Some(String::from_utf8(body.as_bytes().to_vec()).unwrap()));
    let instant = view.now + SignedDuration::from_hours(1);
    let acts = vec![(ActId(house.engine.draw()), plan)];
    let planned = Command::PlanDisclosure { id: PLAN, instant, zone: "UTC".into(), acts };
    house.by(house.ada, case, &planned);
    let digest = |house: &House| {
        let case = house.engine.view(case, Actor::House).unwrap().loaded.case;
        case.disclosure.unwrap().digest
    };
    for person in [house.ada, house.ben] {
        let approve = Command::ApproveDisclosure { id: PLAN, digest: digest(house) };
        house.by(person, case, &approve);
    }
    house.by(house.ada, case, &Command::Arm { id: PLAN });
    house.hands.pass(SignedDuration::from_hours(1));
    house.settle();
    house.hands.pass(SignedDuration::from_mins(15));
    house.settle();
    case
}

#[tokio::test]
async fn a_difference_is_shown_and_accepted_as_it_is() {
    let house = House::empty(2).following(house::OPEN);
    let case = edited(&house);
    let ada = Browser::signed_in(&house, house.ada).await;
    let path = format!("/case/{case}/records");
    let overview = ada.get(&format!("/case/{case}/overview")).await.words();
    assert!(overview.contains("Everybody can read something else"), "{overview}");
    let page = ada.get(&path).await;
    let words = page.words();
    assert!(words.contains("The advisory at the forge"), "{words}");
    assert!(words.contains("says something else"), "{words}");
    assert!(words.contains("Workarounds: "), "{words}");
    assert!(words.contains("theirs: None <is> known."), "{words}");
    assert!(!page.text.contains("<is>"), "it is text, and stays text");
    assert!(words.contains("Prepare: update the advisory draft"), "{words}");

    let refused = ada.fill(&path, "accept-copy", &[("reason", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.words().contains("This needs a reason"), "{}", refused.words());
    let mut stale = page.hidden("accept-copy");
    stale.iter_mut().find(|(name, _)| name == "digest").unwrap().1 = "0".repeat(64);
    let mut stale: Vec<_> = stale.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    stale.push(("reason", "it is right"));
    let refused = ada.post(&path, &stale).await;
    assert!(refused.words().contains("is not what everybody can read now"), "{}", refused.words());
    let sent = ada.fill(&path, "accept-copy", &[("reason", "It is right as well.")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let words = ada.get(&path).await.words();
    assert!(words.contains("Accepted by Ada"), "{words}");
    assert!(words.contains("It is right as well."), "{words}");
    let overview = ada.get(&format!("/case/{case}/overview")).await.words();
    assert!(!overview.contains("Everybody can read something else"), "{overview}");
    let timeline = ada.get(&format!("/case/{case}/timeline")).await.words();
    assert!(timeline.contains("took the advisory at the forge as it is"), "{timeline}");
}
