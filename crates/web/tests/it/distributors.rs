//! The roll of distributors on its pages, a delegate's own place, and the table of answers.

use std::time::Duration;

use axum::http::StatusCode;
use case::{
    Actor, CaseId, Command, CommandId, MemberId, PersonId, Role,
    act::ActKind,
    event::{Decision, Triage},
    roll::Change,
};

use crate::{
    browse::Browser,
    house::{House, OPEN},
};

const TERMS: &str = "Tell nobody.\r\nNot even your cat.";

/// The roll of a project that one organisation is admitted to, by its pages alone.
struct Pages {
    house: House,
    ada: Browser,
    roll: String,
    /// The page of each member, and the address of its delegate's place.
    members: Vec<(String, String)>,
}

impl Pages {
    async fn new(names: &[&str]) -> Self {
        let house = House::empty(3).following(OPEN);
        let ada = Browser::signed_in(&house, house.ada).await;
        let roll = format!("/project/{}/distributors", house.project.unwrap());
        let done = ada.fill(&roll, "terms", &[("text", TERMS)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let mut pages = Self { house, ada, roll, members: Vec::new() };
        for name in names {
            let member = pages.admit(name).await;
            pages.members.push(member);
        }
        pages
    }

    async fn admit(&self, name: &str) -> (String, String) {
        let ada = &self.ada;
        let asks = [("name", name), ("ships", "packages"), ("note", "a mail")];
        let asked = ada.fill(&self.roll, "ask", &asks).await;
        let page = asked.header("location").to_owned();
        let address = format!("security@{}.example", name.to_lowercase());
        let delegate = format!("{name}’s delegate");
        let person = [("name", delegate.as_str()), ("mailbox", address.as_str())];
        ada.fill(&page, "name", &person).await;
        let early = ada.fill(&page, "admit", &[("reason", "we know them")]).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(early.words().contains("Nobody has judged this criterion"), "{}", early.words());
        let shown = ada.get(&page).await;
        let names = shown.hidden("judge");
        let mut answers = Vec::new();
        for (_, criterion) in names.iter().filter(|(field, _)| field == "criterion") {
            answers.push((format!("met {criterion}"), "yes".to_owned()));
            answers.push((format!("note {criterion}"), "their page".to_owned()));
        }
        let answers: Vec<_> = answers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        ada.fill(&page, "judge", &answers).await;
        let made = ada.fill(&page, "place", &[]).await;
        assert!(made.words().contains(&address), "where to mail it");
        let shown = made.words();
        let secret = shown.split("id=\"secret\">").nth(1).unwrap();
        let place = secret.split('<').next().unwrap().to_owned();
        let them = ada.other();
        let before = them.get(&place).await;
        assert!(before.words().contains("Not even your cat."), "{}", before.words());
        assert_eq!(them.fill(&place, "accept", &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(them.fill(&place, "confirm", &[]).await.status, StatusCode::SEE_OTHER);
        if let Some((voucher, _)) = self.members.first() {
            let refused = ada.fill(&page, "admit", &[("reason", "all is met")]).await;
            assert!(refused.words().contains("vouches for"), "of {voucher}: {}", refused.words());
            let shown = ada.get(&page).await.text;
            let who = shown.split("name=\"voucher\"><option value=\"").nth(1).unwrap();
            let who = who.split('"').next().unwrap().to_owned();
            ada.fill(&page, "vouch", &[("voucher", &who), ("note", "a mail")]).await;
        }
        let admitted = ada.fill(&page, "admit", &[("reason", "all is met")]).await;
        assert_eq!(admitted.status, StatusCode::SEE_OTHER, "{}", admitted.words());
        (page, place)
    }

    /// A case in which every member is asked, and its notice was sent.
    async fn asked(&self) -> CaseId {
        let house = &self.house;
        let case = house.report(7, "Slashes", Some("rita@example.net")).case;
        house.settle();
        let reason = "it is one".to_owned();
        house.decided(case, Decision::Triage { verdict: Triage::Accepted, reason });
        let people = format!("/case/{case}/people");
        let page = self.ada.get(&people).await.text;
        let members: Vec<String> = page
            .split("name=\"member\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect();
        let chosen: Vec<_> = members.iter().map(|id| ("member", id.as_str())).collect();
        let done = self.ada.fill(&people, "members", &chosen).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
        let mut concerned: Vec<_> = members.iter().map(|id| ("concerned", id.as_str())).collect();
        concerned.push(("reason", "they ship it"));
        let assessment = format!("/case/{case}/assessment");
        let done = self.ada.fill(&assessment, "distributors", &concerned).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
        house.by(
            house.ada,
            case,
            &Command::ProposeEmbargo {
                instant: "2021-06-15T16:00:00Z".parse().unwrap(),
                zone: "UTC".into(),
                tzdata: "2021a".into(),
                answer_by: None,
            },
        );
        house.act(case, &ActKind::NotifyDistributors, true);
        house.settle();
        case
    }

    fn contact(&self, case: CaseId, organisation: &str) -> String {
        let view = self.house.engine.view(case, Actor::House).unwrap();
        let mut asked = view.loaded.case.holding(Role::Distributor);
        asked.find(|(_, p)| p.organisation.as_deref() == Some(organisation)).unwrap().0.to_string()
    }
}

/// An organisation that asks, with two people of whom one has a place: its id, and that secret.
pub(crate) fn enrolled(house: &House) -> (String, String) {
    let (engine, project) = (&house.engine, house.project.unwrap());
    let (member, [kay, moe]) = (MemberId([5; 16]), [PersonId([6; 16]), PersonId([7; 16])]);
    let named = |person, name: &str| Change::Named {
        member,
        person,
        name: name.into(),
        mailbox: format!("{name}@downstream.example").parse().unwrap(),
    };
    let (name, ships) = ("Downstream".into(), "an appliance".into());
    for change in [
        Change::Terms { text: "Tell nobody.".into() },
        Change::Asked { member, name, ships, note: "a mail".into() },
        named(kay, "kay"),
        named(moe, "moe"),
    ] {
        let command = CommandId(engine.draw());
        engine.change_roll(project, house.ada, &change, command).unwrap();
    }
    let (command, lasts) = (CommandId(engine.draw()), Duration::from_hours(24));
    let secret = engine.make_place(project, house.ada, (member, kay), command, lasts).unwrap();
    (member.to_string(), secret)
}

#[tokio::test]
async fn a_member_answers_in_its_place_and_sees_no_other() {
    let pages = Pages::new(&["Acme", "Blue"]).await;
    let case = pages.asked().await;
    let [(_, acme), (_, blue)] = pages.members.as_slice() else { unreachable!() };
    let them = pages.ada.other();
    let form = [("reason", "a freeze at Blue")];
    assert_eq!(them.fill(blue, "object", &form).await.status, StatusCode::SEE_OTHER);
    let mine = them.get(blue).await;
    assert!(mine.words().contains("Your organisation objected"), "{}", mine.words());
    assert!(mine.words().contains("under embargo"));
    let place = them.get(acme).await;
    for other in ["Blue", "blue", "freeze", "Ada", "rita", "Slashes"] {
        assert!(!place.text.contains(other), "{other}: {}", place.words());
    }
    assert_eq!(them.fill(acme, "agree", &[]).await.status, StatusCode::SEE_OTHER);
    // What another was asked is not there to be answered.
    let unknown = "ab".repeat(16);
    let object = them.get(acme).await;
    let hidden = object.hidden("object");
    let mut fields: Vec<_> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.retain(|(name, _)| *name != "case");
    fields.extend([("case", unknown.as_str()), ("reason", "no")]);
    assert_eq!(them.post(acme, &fields).await.status, StatusCode::NOT_FOUND);

    let table = pages.ada.get(&format!("/case/{case}/embargo")).await;
    for words in [
        "accepted",
        "by the link of Acme’s delegate",
        "objected to (a freeze at Blue)",
        "by the link of Blue’s delegate",
    ] {
        assert!(table.words().contains(words), "{words}: {}", table.words());
    }
}

#[tokio::test]
async fn an_answer_that_came_another_way_says_which() {
    let pages = Pages::new(&["Acme"]).await;
    let case = pages.asked().await;
    let contact = pages.contact(case, "Acme");
    let embargo = format!("/case/{case}/embargo");
    let form = format!("answer-{contact}");
    let silent = pages.ada.get(&embargo).await;
    assert!(silent.words().contains("may be silent until "), "{}", silent.words());
    let accept = [("what", "accept"), ("by", contact.as_str()), ("note", "")];
    let refused = pages.ada.fill(&embargo, &form, &accept).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told =
        [("what", "object"), ("by", &contact), ("reason", "a freeze"), ("note", "they rang")];
    pages.ada.fill(&embargo, &form, &told).await;
    let page = pages.ada.get(&embargo).await.words();
    assert!(page.contains("told by Acme’s delegate: they rang; written down by Ada"), "{page}");

    // A mail is shown to be read; what it says is written down by a person.
    let (engine, ada) = (&pages.house.engine, pages.house.ada);
    let view = engine.view(case, Actor::House).unwrap();
    let notice = view.loaded.case.acts_of(|it| *it == ActKind::NotifyDistributors).last().unwrap();
    let mail = format!(
        "From: Acme <security@acme.example>\r\nSubject: Re: coming releases\r\n\
         In-Reply-To: {}\r\n\r\nWe agree after all.\r\n",
        engine::message_id(notice.id)
    );
    let project = pages.house.project.unwrap();
    let taken = engine.hand_in_mail(project, ada, mail.as_bytes()).unwrap();
    assert_eq!(taken.case, case);
    let page = pages.ada.get(&embargo).await;
    assert!(page.words().contains("A mail may hold an answer."), "{}", page.words());
    let number = page.text.split("in another way</option>").nth(1).unwrap();
    let number = number.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    let read = [("what", "accept"), ("by", contact.as_str()), ("mail", number)];
    let done = pages.ada.fill(&embargo, &form, &read).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let page = pages.ada.get(&embargo).await.words();
    assert!(page.contains("by a mail of Acme’s delegate"), "{page}");
    assert!(page.contains("Before: objected to (a freeze; was withdrawn)"), "{page}");
    assert!(!page.contains("may hold an answer"));
}

#[tokio::test]
async fn who_is_not_on_the_team_or_is_struck_off_finds_nothing() {
    let pages = Pages::new(&["Acme"]).await;
    let (member, place) = &pages.members[0];
    let stranger = engine::Contact { name: "Eve".into(), mailbox: None, login: None };
    let eve = pages.house.engine.add_person(&stranger).unwrap();
    let eve = Browser::signed_in(&pages.house, eve).await;
    let nobody = pages.ada.other();
    let expected = nobody.get("/nowhere").await;
    let unknown = format!("{}/{}", pages.roll, "ab".repeat(16));
    let (project, secret) = place.rsplit_once('/').unwrap();
    let wrong = format!("{project}/{}", "0".repeat(64));
    let elsewhere = format!("/distributor/{}/{secret}", "ab".repeat(16));
    let same = |page: crate::browse::Page, path: &str| {
        assert_eq!(page.status, expected.status, "{path}");
        assert_eq!(page.headers, expected.headers, "{path}");
        assert_eq!(page.text, expected.text, "{path}");
    };
    for path in [&pages.roll, member, &unknown, &wrong, &elsewhere] {
        same(nobody.get(path).await, path);
        same(eve.get(path).await, path);
    }
    let strike = [("reason", "it told a customer")];
    let done = pages.ada.fill(member, "strike", &strike).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    same(nobody.get(place).await, place);
    same(nobody.post(place, &[("form", "accept")]).await, place);
    let page = pages.ada.get(member).await.words();
    assert!(page.contains("may still be on a list"), "{page}");
    let seen = [("note", "the list's page of members")];
    pages.ada.fill(member, "off-lists", &seen).await;
    assert!(!pages.ada.get(member).await.words().contains("may still be on a list"));
}
