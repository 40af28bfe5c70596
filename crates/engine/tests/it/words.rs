//! A case's own words: how ordinary they are in public, and what its project says every day.

use case::{Actor, CaseId, Command, CommandId, Terms, event::Decision};
use engine::{Counted, EngineError, View, own_terms};

use crate::{
    delivered::another_project,
    house::House,
    lookout::{LATER, codename, sightings, with_repository},
};

fn view(house: &House, id: CaseId) -> View {
    house.engine.view(id, Actor::House).unwrap()
}

fn counted(house: &House, id: CaseId) -> Result<Counted, String> {
    let [one] = house.engine.ordinary(&view(house, id)).unwrap().try_into().ok().unwrap();
    one.counted
}

fn choose(house: &House, id: CaseId, text: &str) {
    let terms = Decision::Terms { terms: Terms::of(text) };
    house.act(id, house.ada, &Command::Decide(Box::new(terms))).unwrap();
}

fn say(house: &House, by: case::PersonId, text: &str) -> Result<(), EngineError> {
    let command = CommandId(house.engine.draw());
    house.engine.say_every_day(house.project, by, &Terms::of(text), command)
}

fn done(commits: usize, counts: &[usize]) -> Counted {
    Counted { latest: Some((commits, counts.to_vec())), counting: false }
}

#[test]
fn a_page_waits_for_no_count_and_what_was_counted_is_not_counted_again() {
    let (house, folder, mut builder) = with_repository();
    let id = house.report(1, None).case;
    house.settle();
    choose(&house, id, "the frobnicator");
    builder.commit_file("read.rs", "two\n", "Limit the frobnicator").unwrap();
    let none = Ok(Counted { latest: None, counting: true });
    assert_eq!(counted(&house, id), none);
    assert_eq!(counted(&house, id), none);
    house.settle();
    // The codename, who reported it, and the chosen one.
    assert_eq!(counted(&house, id), Ok(done(2, &[0, 0, 1])));

    // Nothing of the history can be read now, and nothing needs to be.
    let (objects, aside) =
        (folder.path().join("example/.git/objects"), folder.path().join("aside"));
    std::fs::rename(&objects, &aside).unwrap();
    house.settle();
    assert_eq!(counted(&house, id), Ok(done(2, &[0, 0, 1])));
    house.settle();
    assert_eq!(counted(&house, id), Ok(done(2, &[0, 0, 1])));
    std::fs::rename(&aside, &objects).unwrap();

    builder.commit_file("read.rs", "three\n", "Document the frobnicator").unwrap();
    let before = Some((2, vec![0, 0, 1]));
    assert_eq!(counted(&house, id), Ok(Counted { latest: before, counting: true }));
    house.settle();
    assert_eq!(counted(&house, id), Ok(done(3, &[0, 0, 2])));

    choose(&house, id, "frobnicator\nread.rs");
    assert_eq!(counted(&house, id), none, "of other terms nothing is known");
    house.settle();
    assert_eq!(counted(&house, id), Ok(done(3, &[0, 0, 2, 3])));
    house.script.lock().unwrap().repository = None;
    assert!(counted(&house, id).is_err());
}

#[test]
fn what_a_project_says_every_day_gives_no_case_away() {
    let (house, _folder, mut builder) = with_repository();
    let (id, other) = (house.report(1, None).case, house.report(2, None).case);
    let name = codename(&house, id);
    for case in [id, other] {
        choose(&house, case, "debugger pin\nheap spray");
    }
    say(&house, house.ada, &format!("Debugger-PIN\n{name}\nRita")).unwrap();
    let project = house.engine.project(house.project).unwrap();
    let said = project.everyday.as_ref().unwrap();
    assert_eq!((said.by, said.words.lines().len()), (Actor::Person(house.ada), 3));
    assert!(!format!("{project:?}").to_lowercase().contains("debugger"));
    let everyday: Vec<_> = own_terms(&view(&house, id).loaded.case, &project)
        .into_iter()
        .filter(engine::OwnTerm::is_everyday)
        .map(|term| term.words)
        .collect();
    assert_eq!(everyday, ["debugger pin"], "neither the codename nor who reported it");

    builder.commit_file("read.rs", "two\n", "Show the debugger pin").unwrap();
    house.pass(LATER);
    assert_eq!((sightings(&house, id), sightings(&house, other)), (vec![], vec![]));
    let shown = house.engine.stranger(&view(&house, id)).unwrap();
    let grave: Vec<_> = shown[0].sights.iter().map(|sight| sight.grave).collect();
    assert_eq!(grave, [false], "it is pointed at");
    builder.commit_file("read.rs", "three\n", &format!("Call it {name}")).unwrap();
    builder.commit_file("read.rs", "four\n", "Show the heap spray").unwrap();
    house.pass(LATER);
    assert_eq!(sightings(&house, id).len(), 2);

    // Taken back, it counts as it did.
    say(&house, house.ada, "").unwrap();
    builder.commit_file("read.rs", "five\n", "Show the debugger pin again").unwrap();
    house.pass(LATER);
    let told = sightings(&house, other).len();
    assert_eq!(told, 3, "the old commit, the spray and the new one");
}

#[test]
fn only_the_team_says_what_is_everyday_and_only_plain_words_are() {
    let house = House::new();
    another_project(&house);
    let stranger = house.engine.add_person(&engine::Contact {
        name: "Eve".into(),
        mailbox: None,
        login: None,
    });
    assert!(matches!(say(&house, stranger.unwrap(), "pin code"), Err(EngineError::NotFound)));
    for (line, why) in [
        ("ok words\nCVE-2024-12345", "term 2 is more than a word or phrase"),
        ("https://a.example/secret", "term 1 is more than a word or phrase"),
        ("codename: amber-heron", "term 1 is more than a word or phrase"),
        ("name: Rita", "term 1 is more than a word or phrase"),
        ("of", "term 1 has fewer than 3 letters"),
    ] {
        let Err(EngineError::Invalid(said)) = say(&house, house.ada, line) else {
            panic!("{line}")
        };
        assert!(said.starts_with(why), "{line}: {said}");
    }
    assert_eq!(house.engine.project(house.project).unwrap().everyday, None);
}
