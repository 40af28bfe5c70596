//! Reports that go from one case to another, and who follows them there.

use std::collections::BTreeSet;

use case::{Actor, CaseId, Codename, Command, CommandId, PersonId, refusal::Rule, state::Phase};
use engine::{EngineError, Moving, Receipt, portal::Say};

use crate::house::House;

fn moved(house: &House, from: CaseId, number: u8, moving: &Moving) -> Result<CaseId, EngineError> {
    house.engine.move_reports(
        from,
        Actor::Person(house.ada),
        CommandId([number; 16]),
        moving,
        "test",
    )
}

fn split(of: &Receipt, into: Option<CaseId>) -> Moving {
    let reports = BTreeSet::from([of.report]);
    Moving::Reports { reports, into, reason: "another flaw".into() }
}

/// Two reporters of one case; the first has been told that the report arrived, and has answered.
fn two_in_one(house: &House) -> (Receipt, Receipt) {
    let (first, second) = (house.report(9, None), house.report(10, None));
    house.settle();
    house.engine.say(&first.token, CommandId([7; 16]), Say::Message("Any news?".into())).unwrap();
    let merge = Moving::Case { into: second.case, reason: "the same flaw".into() };
    assert_eq!(moved(house, first.case, 20, &merge).unwrap(), second.case);
    (first, second)
}

#[test]
fn a_merged_case_ends_and_its_reporter_goes_on_in_the_other_one() {
    let house = House::new();
    let (first, second) = two_in_one(&house);
    let ended = house.engine.view(first.case, Actor::House).unwrap().loaded.case;
    assert_eq!(ended.phase, Phase::Merged { into: second.case });
    let place = house.engine.place(&first.token).unwrap();
    assert_eq!(place.receipt.case, second.case);
    let said: Vec<bool> = place.messages.iter().map(|line| line.own).collect();
    assert_eq!(said, [false, true], "what was said before is still there");
    house.engine.say(&first.token, CommandId([8; 16]), Say::Message("Thanks.".into())).unwrap();
    let goes_on = house.engine.view(second.case, Actor::House).unwrap().loaded.case;
    assert_eq!(goes_on.reports.len(), 2);
    assert_eq!(goes_on.messages.len(), 1);
}

#[test]
fn a_report_gets_a_case_of_its_own() {
    let house = House::new();
    let (first, second) = two_in_one(&house);
    let new = moved(&house, second.case, 21, &split(&first, None)).unwrap();
    assert!(new != first.case && new != second.case);
    assert_eq!(house.engine.place(&first.token).unwrap().receipt.case, new);
    let case = house.engine.view(new, Actor::Person(house.ada)).unwrap().loaded.case;
    assert_eq!(case.reports.keys().collect::<Vec<_>>(), [&first.report]);
    let name = house.engine.case_called(&case.codename, Actor::Person(house.ben)).unwrap();
    assert_eq!(name, new);
    let listed = house.engine.cases(house.ada, None, 10).unwrap().cases;
    assert!(listed.iter().any(|c| c.case == new && c.open));

    let again = moved(&house, second.case, 21, &split(&first, None)).unwrap();
    assert_eq!(again, new, "a repeated command gets the first answer");
    let refused = moved(&house, second.case, 22, &split(&second, None));
    assert!(matches!(refused, Err(EngineError::Refused(_))), "a case keeps a report: {refused:?}");
}

#[test]
fn who_may_not_know_of_a_case_moves_nothing_into_it() {
    let house = House::new();
    let (first, second) = (house.report(9, None), house.report(10, None));
    let remove = Command::Remove { person: house.ben, reason: "conflict of interest".into() };
    house.act(second.case, house.ada, &remove).unwrap();
    let merge = Moving::Case { into: second.case, reason: "the same flaw".into() };
    let ben = Actor::Person(house.ben);
    let tried = house.engine.move_reports(first.case, ben, CommandId([30; 16]), &merge, "test");
    assert!(matches!(tried, Err(EngineError::NotFound)));
    let stays = house.engine.view(first.case, Actor::House).unwrap().loaded.case;
    assert_eq!(stays.phase, Phase::Open, "nothing changed on either side");
    let hidden = house.engine.view(second.case, Actor::House).unwrap().loaded.case.codename;
    let unknown = Codename::nth(hidden.as_str().len());
    for name in [&hidden, &unknown] {
        let found = house.engine.case_called(name, ben);
        assert!(matches!(found, Err(EngineError::NotFound)), "{found:?}");
    }
}

#[test]
fn a_reason_is_asked_for() {
    let house = House::new();
    let (first, second) = (house.report(9, None), house.report(10, None));
    let merge = Moving::Case { into: second.case, reason: " ".into() };
    match moved(&house, first.case, 31, &merge) {
        Err(EngineError::Refused(refusal)) => assert_eq!(refusal.rule, Rule::ReasonNeeded),
        other => panic!("{other:?}"),
    }
}

#[test]
fn nobody_gets_a_link_that_shows_more_than_its_maker_sees() {
    let house = House::new();
    let receipt = house.report(9, None);
    let lasts = std::time::Duration::from_hours(1);
    let link =
        |by: PersonId, person: PersonId| house.engine.make_link_in(receipt.case, by, person, lasts);
    let contact = engine::Contact { name: "Guest".into(), mailbox: None, login: None };
    let guest = house.engine.add_person(&contact).unwrap();
    let secret = link(house.ada, guest).unwrap();
    assert_eq!(house.engine.use_link(&secret).unwrap(), Some(guest));
    assert!(matches!(link(guest, house.ada), Err(EngineError::Invalid(_))));
    let stream = format!("case/{}/reads", receipt.case).parse().unwrap();
    let scope = store::Scope::house("test");
    let reads = house.engine.store().read(&scope, &stream, store::Seq::FIRST).unwrap();
    let last: engine::Read =
        serde_json::from_slice(reads.last().unwrap().payload.as_bytes().unwrap()).unwrap();
    assert_eq!((last.actor, last.what), (Actor::Person(house.ada), format!("link for {guest}")));
}
