//! A notice to a list: what somebody takes to its page, what came back by it, and what people say of that.

use advisory::{Advisory, Mailbox};
use axum::http::StatusCode;
use case::{
    ActId, Actor, CaseId, Command, VulnId,
    act::{ActKind, ActState, Payload, Plan, Proof},
    event::{Decision, Origin, Triage},
    notice::{Difference, ListCopy, Words},
    observation::{CveWord, Observation},
};
use engine::ports::{ArchivePost, Call, Counterpart, Found, Lists, Nature, PortError, Ports};
use jiff::SignedDuration;

use crate::{browse::Browser, house::House};

/// A list that is posted to from here, whose answers are lost.
struct Silent;

impl Counterpart for Silent {
    fn shows(&self) -> bool {
        false
    }
    fn nature(&self, _: &Plan) -> Nature {
        Nature::Blind
    }
    fn perform(&self, _: &Call<'_>) -> Result<Proof, PortError> {
        Err(PortError::Lost("nobody knows".into()))
    }
    fn look_up(&self, _: ActId, _: &Plan) -> Result<Found, PortError> {
        Ok(Found::Unclear)
    }
}

impl Lists for Silent {
    fn posts(&self, _: &Plan, _: Option<&Mailbox>) -> bool {
        true
    }
    fn archive(&self, _: &Mailbox, _: Option<&Mailbox>) -> Result<Vec<ArchivePost>, PortError> {
        Ok(Vec::new())
    }
}

/// A house that reaches nobody, whose notice to the distributors two people approved.
async fn approved() -> (House, Browser, CaseId, ActId) {
    approved_in(House::live("nowhere".into())).await
}

async fn approved_in(mut house: House) -> (House, Browser, CaseId, ActId) {
    let ada = Browser::signed_in(&house, house.ada).await;
    let set_up = [
        ("project", "Contour"),
        ("repositories", "contour"),
        ("playbook", "minimal"),
        ("distributors address", "distributors@lists.example"),
        ("distributors web", "https://lists.example/g/distributors"),
        ("distributors tag", "#security"),
        ("distributors note", "Keep this to yourself."),
        ("users address", "users@lists.example"),
    ];
    let done = ada.leave("/setup", "setup", &set_up).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    house.project = Some(house.engine.projects().unwrap()[0].id);
    let case = house.report(7, "It crashes", None).case;
    let reason = || "it is one".to_owned();
    let verdict = Decision::Triage { verdict: Triage::Accepted, reason: reason() };
    house.by(house.ada, case, &Command::Decide(Box::new(verdict)));
    let instant = house.hands.now() + SignedDuration::from_hours(240);
    let (zone, tzdata) = ("UTC".to_owned(), "2026a".to_owned());
    house.by(house.ada, case, &Command::ProposeEmbargo { instant, zone, tzdata, answer_by: None });
    let act = house.act(case, &ActKind::NotifyDistributors, true);
    (house, ada, case, act)
}

fn words(house: &House, case: CaseId, act: ActId) -> (String, String) {
    let found = house.engine.view(case, Actor::House).unwrap().loaded.case;
    match &found.acts[&act].plan.payload {
        Payload::Message { subject, body } => (subject.clone(), body.clone()),
        other => panic!("{other:?}"),
    }
}

fn came(house: &House, case: CaseId, act: ActId, own: bool, change: (&str, &str)) {
    let found = house.engine.view(case, Actor::House).unwrap().loaded.case;
    let (subject, body) = words(house, case, act);
    let body = body.replace(change.0, change.1) + "\nTo leave this list, write.";
    let there = Words { subject: &subject, body: &body };
    let compared = found.compared(&found.acts[&act], there).unwrap();
    let by = vec!["List-Id".to_owned()];
    let (id, archived, opened) = ("1@lists.example".into(), None, None);
    let copy = ListCopy { act, id, own, by, archived, compared, opened };
    house.saw(case, Observation::ListCopy(Box::new(copy)));
}

#[tokio::test]
async fn what_is_posted_by_hand_is_there_to_be_copied_to_the_letter() {
    let (house, ada, case, act) = approved().await;
    let path = format!("/case/{case}/act/{act}");
    let page = ada.get(&path).await;
    let (subject, body) = words(&house, case, act);
    let shown = page.text.replace("&#x2f;", "/").replace("&#x27;", "'").replace("&quot;", "\"");
    assert!(shown.contains("href=\"https://lists.example/g/distributors\""), "{shown}");
    assert!(shown.contains(&format!("value=\"{subject}\"")) && subject.ends_with("#security"));
    assert!(shown.contains(&format!("spellcheck=\"false\">\n{body}</textarea>")), "{shown}");
    assert!(
        shown.contains("data-copy=\"pack-body\" hidden"),
        "nothing to press without the script"
    );
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.text.matches("<script").count(), 1);
    assert!(page.text.contains("<script src=\"/assets/copy.js\" defer></script>"));
    let file = ada.get(&format!("{path}/words")).await;
    assert_eq!(
        (file.text.as_str(), file.header("content-type")),
        (body.as_str(), "application/octet-stream")
    );
    assert_eq!(
        Browser::new(&house).get(&format!("{path}/words")).await.status,
        StatusCode::NOT_FOUND
    );
    let script = ada.get("/assets/copy.js").await;
    assert!(script.header("content-type").starts_with("text/javascript"));

    ada.leave(&path, "resolve", &[("by", "the list's page"), ("reference", "https://l.example/1")])
        .await;
    assert!(!ada.get(&path).await.text.contains("data-copy"), "it was posted");
}

#[tokio::test]
async fn nobody_is_asked_to_post_what_the_house_posts() {
    let (_, ada, case, _) = approved().await;
    assert!(!ada.get(&format!("/case/{case}/overview")).await.text.contains("whose key it has"));
    let ports = Ports { lists: Box::new(Silent), ..counterparts::ports("nowhere".into(), None) };
    let (_, ada, case, act) = approved_in(House::live_with(ports)).await;
    let page = ada.get(&format!("/case/{case}/act/{act}")).await.text;
    assert!(page.contains("nobody knows") && page.contains("name=\"reference\""), "{page}");
    assert!(!page.contains("pack-title"), "{page}");
    let page = ada.get(&format!("/case/{case}/overview")).await.words();
    assert!(page.contains("whose key it has"), "{page}");
}

#[tokio::test]
async fn a_person_says_that_a_copy_is_the_lists_and_that_is_the_receipt_too() {
    let (house, ada, case, act) = approved().await;
    let path = format!("/case/{case}/act/{act}");
    came(&house, case, act, false, ("", ""));
    let page = ada.get(&path).await.words();
    for expected in
        ["the approved words; a person says", "anybody who has the words", "To leave this list"]
    {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let said = ada.leave(&path, "confirm-0", &[("note", "I have it in my own mailbox")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.words());
    let found = house.engine.view(case, Actor::House).unwrap().loaded.case;
    assert!(matches!(found.acts[&act].state, ActState::Done { .. }));
    assert!(found.posts[&act].words_match && !found.posts[&act].by_mail && found.told.len() == 1);
    let page = ada.get(&path).await.words();
    assert!(page.contains("told by") && page.contains("I have it in my own mailbox"), "{page}");
    let again = ada.post(&path, &[("form", "confirm-0")]).await;
    assert_ne!(again.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_copy_of_other_words_calls_somebody_until_somebody_has_looked() {
    let (house, ada, case, act) = approved().await;
    let path = format!("/case/{case}/act/{act}");
    came(&house, case, act, false, ("Keep this to yourself.", "Tell everybody: CVE-2026-12345."));
    assert!(ada.get("/").await.words().contains("a person must look"));
    let page = ada.get(&path).await.words();
    for expected in
        ["other words than the approved ones", "it names CVE-2026-12345", "the embargo note"]
    {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains("The list sent this"), "nobody can say that it is the approved notice");
    let board = format!("/case/{case}/deliveries");
    assert!(ada.get(&board).await.words().contains("came by the list with other words"));
    let none = ada.leave(&path, "settle", &[]).await;
    assert!(none.words().contains("Rule"), "it takes a reason");
    ada.leave(&path, "settle", &[("reason", "the owners took it down")]).await;
    let page = ada.get(&path).await.words();
    assert!(page.contains("Somebody looked: the owners took it down"), "{page}");
    assert!(!ada.get(&board).await.words().contains("came by the list with other words"));
}

#[tokio::test]
async fn what_is_pasted_from_an_archive_is_compared_whatever_is_said_of_it() {
    let (house, ada, case, act) = approved().await;
    let path = format!("/case/{case}/act/{act}");
    ada.leave(&path, "resolve", &[("by", "the list's page"), ("reference", "https://l.example/1")])
        .await;
    let (subject, body) = words(&house, case, act);
    let other = body.replace("Keep this", "Do not keep this");
    let tell = |words: &'static str, pasted: String| {
        let (ada, path, subject) = (&ada, &path, format!("[distributors] {subject}"));
        async move {
            let fields = [
                ("thread", subject.as_str()),
                ("subject", &subject),
                ("pasted", &pasted),
                ("words", words),
                ("place", "https://lists.example/g/distributors/1"),
                ("note", "I copied it"),
            ];
            ada.leave(path, "tell-post", &fields).await
        }
    };
    let refused = tell("same", other.clone()).await;
    assert!(refused.words().contains("the embargo note is not there"), "{}", refused.words());
    let post =
        || house.engine.view(case, Actor::House).unwrap().loaded.case.posts.get(&act).cloned();
    assert_eq!(post(), None);
    assert_eq!(tell("other", other).await.status, StatusCode::SEE_OTHER);
    let told = post().unwrap();
    assert_eq!(
        (told.words_match, told.compared.unwrap().differences),
        (false, vec![Difference::NoNote])
    );
    let page = ada.get(&path).await.words();
    assert!(page.contains("with other words") && page.contains("and they differ"), "{page}");
    let fine = tell("other", body.replace(' ', "\n") + "\n-- \na footer").await;
    assert_eq!(fine.status, StatusCode::SEE_OTHER, "{}", fine.words());
    assert!(post().unwrap().words_match, "the house has compared them");
}

#[tokio::test]
async fn the_users_words_are_shown_beside_what_the_distributors_read_before_anybody_approves_them()
{
    let (house, ada, case, notice) = approved().await;
    let vulnerability = VulnId([4; 16]);
    let (title, origin) = ("slashes".to_owned(), Origin::Ours);
    house.decided(case, Decision::Vulnerability { id: vulnerability, title, origin });
    let word = CveWord::Assigned { id: "CVE-2026-12345".parse().unwrap() };
    house.saw(case, Observation::Cve { vulnerability, word });
    let (title, details) = (Some("Slashes".into()), Some("Two slashes skip it.".into()));
    let text = Advisory { title, details, ..Advisory::default() };
    house.decided(case, Decision::Advisory(Box::new(text)));
    let fork = "https://forge.example/contour-ghsa-fork".to_owned();
    house.saw(case, Observation::Fork { url: fork });
    let prepare = format!("/case/{case}/prepare/notify-users");
    assert!(!ada.get(&prepare).await.words().contains("Compared with"), "nobody has read anything");
    let posted = [("by", "the list's page"), ("reference", "https://l.example/1")];
    ada.leave(&format!("/case/{case}/act/{notice}"), "resolve", &posted).await;

    let changes = [
        "it names CVE-2026-12345, which the distributors did not read",
        "the embargo note is gone",
        "instead of “Dear distributors of Contour,",
    ];
    let page = ada.get(&prepare).await.words();
    for expected in changes.iter().chain(&["Compared with what the distributors read"]) {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let (_, body) = words(&house, case, notice);
    for (row, body, why) in [
        (
            "the notice as it is",
            body.clone(),
            "mbargo note of distributors@lists.example stands in it",
        ),
        (
            "quoted, with the note broken",
            format!("It is out.\n\n> {}", body.replace("to yourself", "to\n> yourself")),
            "mbargo note of distributors@lists.example stands in it",
        ),
        (
            "the fork, as a reference",
            "See [1].\n\n[1]: <https://forge.example/\ncontour-ghsa-fork>".into(),
            "nly the team can open https://forge.example/contour-ghsa-fork",
        ),
    ] {
        let refused = ada.leave(&prepare, "prepare", &[("body", &body)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{row}");
        assert!(refused.words().contains(why), "{row}: {}", refused.words());
    }
    let planned = ada.leave(&prepare, "prepare", &[]).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.words());
    let act = planned.header("location").to_owned();
    let page = ada.get(&act).await;
    assert!(page.text.contains("name=\"form\" value=\"approve\""), "nobody has approved it");
    for expected in changes {
        assert!(page.words().contains(expected), "{expected}: {}", page.words());
    }
}

#[tokio::test]
async fn an_address_that_looks_like_a_known_lists_is_not_set_up() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::live(folder.path().to_owned());
    let ada = Browser::signed_in(&house, house.ada).await;
    let set_up = |address: &'static str| {
        let ada = &ada;
        let fields = [
            ("project", "Contour"),
            ("repositories", "contour"),
            ("playbook", "minimal"),
            ("distributors address", address),
        ];
        async move { ada.leave("/setup", "setup", &fields).await }
    };
    for address in [
        "cncf-contour-distributors-anounce@lists.cncf.io",
        "cncf-contour-distributors-announce@1ists.cncf.io",
        "linux-distros@vs.openwa11.org",
    ] {
        let page = set_up(address).await;
        assert!(page.words().contains("looks like"), "{address}: {}", page.words());
    }
    let exact = set_up("cncf-contour-distributors-announce@lists.cncf.io").await;
    assert_eq!(exact.status, StatusCode::SEE_OTHER, "{}", exact.words());
}
