//! Words of a secret case in public: what the house sees by itself, tells once, and keeps to itself.

use std::sync::Arc;

use advisory::Mailbox;
use case::{
    Actor, Case, CaseId, Command, CommandId, PersonId, ProjectId,
    event::Decision,
    observation::Observation,
    sighting::{MOST_ALIKE, Sighting, Spot},
};
use engine::{
    EngineError, Taker, feed_entries,
    ports::{Feed, PortError},
};
use git::fixture::RepoBuilder;
use proptest::prelude::*;
use store::{Direction, Kind, MemoryStore, RowQuery, Scope, SeededEntropy, Store};
use tempfile::TempDir;

use crate::{
    delivered::another_project,
    house::{House, Shown},
};

const EAR: &str = "lists@example.org";
const FEED: &str = "https://news.example/atom";
/// More than the time between two looks of each kind.
pub(crate) const LATER: i64 = 16 * 60;

fn mailbox(text: &str) -> Mailbox {
    text.parse().unwrap()
}

fn case(house: &House, id: CaseId) -> Case {
    house.engine.view(id, Actor::House).unwrap().loaded.case
}

pub(crate) fn sightings(house: &House, id: CaseId) -> Vec<Sighting> {
    case(house, id).sightings.into_iter().map(|seen| seen.sighting).collect()
}

pub(crate) fn codename(house: &House, id: CaseId) -> String {
    case(house, id).codename.to_string()
}

fn listen(house: &House, by: PersonId, project: ProjectId) -> Result<(), EngineError> {
    let command = CommandId(house.engine.draw());
    house.engine.open_ear(project, by, &mailbox(EAR), command)
}

fn hear(house: &House, mail: &str) {
    house.engine.hear(&mailbox(EAR), mail.as_bytes()).unwrap();
    house.settle();
}

fn post(number: usize, words: &str) -> String {
    format!("Message-ID: <{number}@lists.example>\r\nSubject: Re: caching\r\n\r\n{words}\r\n")
}

fn now_public(house: &House, id: CaseId) {
    let seen = Observation::Public { source: "the list".into() };
    house.act(id, house.ada, &Command::Observe(Box::new(seen))).unwrap();
}

/// A house whose project has a public repository that can be read.
pub(crate) fn with_repository() -> (House, TempDir, RepoBuilder) {
    let (house, folder) = (House::new(), tempfile::tempdir().unwrap());
    let mut builder = RepoBuilder::create(folder.path().join("example")).unwrap();
    builder.commit_file("read.rs", "one\n", "Begin").unwrap();
    house.script.lock().unwrap().repository = Some(Shown {
        mirror: builder.folder().to_owned(),
        lines: vec!["main".into()],
        default_branch: "main".into(),
        private: None,
        artefacts: None,
    });
    (house, folder, builder)
}

/// The same house with a feed.
fn with_feed() -> House {
    let house = House::new();
    house.script.lock().unwrap().feeds = vec![Feed { project: "Example".into(), url: FEED.into() }];
    let entropy = Arc::new(SeededEntropy::new(7));
    let feeding = house.again(Arc::new(MemoryStore::new(Kind::Drill, entropy)));
    let policy = house.engine.project(house.project).unwrap().policy;
    let contact = engine::Contact { name: "Ada".into(), mailbox: None, login: None };
    let ada = feeding.engine.add_person(&contact).unwrap();
    let pin = house.playbook.pin();
    let project = feeding.engine.create_project(ada, &policy, &pin, CommandId([1; 16])).unwrap();
    House { project, ada, ..feeding }
}

fn says(house: &House, feed: impl Into<Vec<u8>>) {
    house.script.lock().unwrap().feed = Ok(feed.into());
    house.pass(LATER);
}

#[test]
fn a_mirror_is_looked_at_by_itself_and_each_thing_is_told_once() {
    let (house, _folder, mut builder) = with_repository();
    let id = house.report(1, None).case;
    house.settle();
    house.pass(LATER);
    assert!(sightings(&house, id).is_empty());

    let name = codename(&house, id);
    builder.branch(&format!("fix-{name}"), "main").unwrap();
    house.pass(LATER);
    let commit = builder.commit_file("read.rs", "two\n", &format!("Handle {name}")).unwrap();
    builder.annotated_tag("v1", "main", &format!("With {name}")).unwrap();
    for _ in 0..3 {
        house.pass(LATER);
    }
    let seen = sightings(&house, id);
    let places: Vec<&str> = seen.iter().map(|it| it.place.as_str()).collect();
    let message = format!("example: commit {commit}, in its message");
    assert!(places.contains(&"example: the name of a branch"), "{places:?}");
    assert!(places.contains(&message.as_str()), "{places:?}");
    assert!(places.iter().any(|place| place.starts_with("example: the message of a tag")));
    assert_eq!(seen.len(), 3, "{places:?}");
    assert!(seen.iter().all(|it| it.spot == Spot::Repository && it.rules.contains("codename")));
    let told = serde_json::to_string(&seen).unwrap();
    assert!(!told.contains(&name), "{told}");
}

#[test]
fn a_history_is_read_once_for_all_cases_to_which_it_is_new() {
    let (house, _folder, mut builder) = with_repository();
    let cases: Vec<_> = (1..=3).map(|number| house.report(number, None).case).collect();
    let names: Vec<_> = cases.iter().map(|id| codename(&house, *id)).collect();
    let told =
        |house: &House| cases.iter().map(|id| sightings(house, *id).len()).collect::<Vec<_>>();
    let (one, two) = (format!("On {}", names[0]), format!("{} and {}", names[0], names[1]));
    builder.commit_file("a", "a\n", &one).unwrap();
    builder.annotated_tag("v1", "main", &format!("For {}", names[2])).unwrap();
    assert_eq!(house.engine.histories_read(), 0);
    house.pass(LATER);
    assert_eq!((house.engine.histories_read(), told(&house)), (1, vec![1, 0, 1]));
    house.pass(LATER);
    assert_eq!(house.engine.histories_read(), 1, "nothing has moved");
    builder.commit_file("a", "b\n", &two).unwrap();
    house.pass(LATER);
    assert_eq!((house.engine.histories_read(), told(&house)), (2, vec![2, 1, 1]));
    // One that has read nothing reads by itself, and the others nothing again.
    let late = house.report(4, None).case;
    house.pass(LATER);
    assert_eq!((house.engine.histories_read(), told(&house)), (3, vec![2, 1, 1]));
    builder.commit_file("a", "c\n", &codename(&house, late)).unwrap();
    house.pass(LATER);
    assert_eq!((house.engine.histories_read(), told(&house)), (4, vec![2, 1, 1]));
    assert_eq!(sightings(&house, late).len(), 1);
}

#[test]
fn a_fresh_process_tells_nothing_again_and_finds_what_came_meanwhile() {
    let store = Arc::new(MemoryStore::new(Kind::Drill, Arc::new(SeededEntropy::new(7))));
    let house = House::on(store.clone(), playbook::shipped("minimal").unwrap());
    let (other, _folder, mut builder) = with_repository();
    house.script.lock().unwrap().repository = other.script.lock().unwrap().repository.clone();
    let id = house.report(1, None).case;
    builder.commit_file("a", "a\n", &codename(&house, id)).unwrap();
    house.pass(LATER);
    assert_eq!(sightings(&house, id).len(), 1);
    builder.commit_file("a", "b\n", &codename(&house, id)).unwrap();
    let again = house.again(store);
    again.engine.look_out_from_now_on().unwrap();
    again.settle();
    again.pass(LATER);
    assert_eq!(sightings(&again, id).len(), 2);
}

#[test]
fn what_waits_behind_others_like_it_is_told_once_one_is_answered() {
    let (house, _folder, mut builder) = with_repository();
    let id = house.report(1, None).case;
    for number in 0..=MOST_ALIKE {
        let words = format!("{} {number}", codename(&house, id));
        builder.commit_file("a", &words, "More").unwrap();
    }
    house.pass(LATER);
    let seen = sightings(&house, id);
    assert_eq!(seen.len(), MOST_ALIKE);
    let reason = "an old file".to_owned();
    let answer = Decision::Sighting { thing: seen[0].thing, leak: false, reason };
    house.act(id, house.ada, &Command::Decide(Box::new(answer))).unwrap();
    house.pass(LATER);
    assert_eq!(sightings(&house, id).len(), MOST_ALIKE + 1);
}

#[test]
fn mail_of_a_list_becomes_no_report_and_what_says_nothing_is_gone() {
    let house = House::new();
    listen(&house, house.ada, house.project).unwrap();
    let id = house.report(1, None).case;
    house.settle();
    let calls = house.calls();
    hear(&house, &post(1, "Does anybody cache these?"));
    assert!(sightings(&house, id).is_empty());
    let leak = post(2, &format!("I hear it is called {}.", codename(&house, id)));
    hear(&house, &leak);
    hear(&house, &leak);
    // The same mail by another list.
    hear(&house, &format!("List-Id: <other.example>\r\n{leak}"));
    let seen = sightings(&house, id);
    let [one] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(one.place, "a mail to lists@example.org, Message-ID 2@lists.example");
    let kept = house.engine.evidence(id, house.ada, one.thing).unwrap();
    assert_eq!(kept, leak.as_bytes());
    assert_eq!(house.engine.cases(house.ada, None, 9).unwrap().cases.len(), 1, "no report");
    assert_eq!(house.calls(), calls, "nobody is answered");
    let summary = &house.engine.cases(house.ada, None, 9).unwrap().cases[0];
    assert!(summary.trouble.is_some(), "a person is called");
}

#[test]
fn of_a_mail_that_was_read_nothing_is_left_in_the_store() {
    let store = Arc::new(MemoryStore::new(Kind::Drill, Arc::new(SeededEntropy::new(7))));
    let house = House::on(store.clone(), playbook::shipped("minimal").unwrap());
    listen(&house, house.ada, house.project).unwrap();
    let store: Arc<dyn Store> = store;
    let lists = [format!("heard {}", house.project), "heard mails".to_owned()];
    let waiting = || {
        let count = |list: &String| {
            let (list, direction) = (list.clone(), Direction::Ascending);
            let query = RowQuery { list, direction, after: None, limit: 9 };
            store.rows(&Scope::house("test"), &query).unwrap().rows.len()
        };
        lists.iter().map(count).collect::<Vec<_>>()
    };
    house.engine.hear(&mailbox(EAR), post(1, "Nothing").as_bytes()).unwrap();
    assert_eq!(waiting(), [1, 1]);
    house.settle();
    assert_eq!(waiting(), [0, 0]);
}

#[test]
fn words_are_found_in_every_part_of_a_mail() {
    let house = House::new();
    listen(&house, house.ada, house.project).unwrap();
    let id = house.report(1, None).case;
    let name = codename(&house, id);
    let hexed = name.bytes().map(|byte| format!("={byte:02X}")).collect::<Vec<_>>().concat();
    let packed = data_encoding::BASE64.encode(format!("<p>{name}</p>").as_bytes());
    let (first, second) = name.split_once('-').unwrap();
    for (number, mail) in [
        format!("Subject: {name}\r\n\r\nNothing.\r\n"),
        format!("Content-Transfer-Encoding: quoted-printable\r\n\r\n{hexed}\r\n"),
        format!("Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}\r\n"),
        format!("Content-Type: text/html\r\n\r\n<b>{first}</b> <i>{second}</i>\r\n"),
        format!("no mail at all \0 {name}"),
        format!("Content-Type: message/rfc822\r\n\r\nSubject: {name}\r\n\r\nx\r\n"),
    ]
    .into_iter()
    .enumerate()
    {
        hear(&house, &mail);
        assert_eq!(sightings(&house, id).len(), number + 1, "{mail}");
    }
}

#[test]
fn a_flood_calls_nobody_more_often_and_what_waits_is_bounded() {
    let house = House::new();
    listen(&house, house.ada, house.project).unwrap();
    let id = house.report(1, None).case;
    let name = codename(&house, id);
    for number in 0..30 {
        hear(&house, &post(number, &format!("{name} {number}")));
    }
    assert_eq!(sightings(&house, id).len(), MOST_ALIKE);
    let mut refused = 0;
    for number in 0..200 {
        let mail = post(number, &format!("Nothing {number}"));
        let heard = house.engine.hear(&mailbox(EAR), mail.as_bytes());
        refused += usize::from(matches!(heard, Err(EngineError::Busy)));
    }
    assert_eq!(refused, 100, "the rest stays with whoever brought it");
    house.settle();
    hear(&house, &post(999, "There is room again."));
}

#[test]
fn a_name_alone_says_nothing_and_beside_another_word_it_does() {
    let house = House::new();
    listen(&house, house.ada, house.project).unwrap();
    let id = house.report(1, None).case;
    hear(&house, "From: Rita <rita@example.org>\r\n\r\nRita found another bug in curl.\r\n");
    assert!(sightings(&house, id).is_empty());
    hear(&house, &post(1, &format!("Rita calls it {}", codename(&house, id))));
    let rules = &sightings(&house, id)[0].rules;
    assert_eq!(rules.iter().collect::<Vec<_>>(), ["codename", "name"]);
}

#[test]
fn what_is_known_calls_nobody_and_what_is_over_is_not_looked_for() {
    let house = House::new();
    listen(&house, house.ada, house.project).unwrap();
    let (open, over) = (house.report(1, None).case, house.report(2, None).case);
    now_public(&house, open);
    house.act(over, house.ada, &Command::Withdraw { reason: "a mistake".into() }).unwrap();
    for id in [open, over] {
        hear(&house, &post(1, &codename(&house, id)));
        assert!(sightings(&house, id).is_empty());
    }
}

#[test]
fn a_mail_is_read_once_though_the_house_falls_over_in_between() {
    let store = Arc::new(MemoryStore::new(Kind::Drill, Arc::new(SeededEntropy::new(7))));
    let house = House::on(store.clone(), playbook::shipped("minimal").unwrap());
    listen(&house, house.ada, house.project).unwrap();
    let id = house.report(1, None).case;
    house.settle();
    let mail = post(1, &codename(&house, id));
    house.engine.hear(&mailbox(EAR), mail.as_bytes()).unwrap();
    // It is kept before anybody has read it, and another process does.
    let again = house.again(store);
    again.settle();
    assert_eq!(sightings(&again, id).len(), 1);
    // It was told, and its row was not removed: the same mail waits once more.
    again.engine.hear(&mailbox(EAR), mail.as_bytes()).unwrap();
    again.settle();
    assert_eq!(sightings(&again, id).len(), 1);
}

#[test]
fn an_address_is_for_reports_or_for_lists_and_lists_are_everybodys() {
    let house = House::new();
    let other = another_project(&house);
    listen(&house, house.ada, house.project).unwrap();
    listen(&house, house.ada, house.project).unwrap();
    listen(&house, house.ben, other).unwrap();
    assert!(matches!(listen(&house, house.ada, other), Err(EngineError::NotFound)));
    let ear = mailbox(EAR);
    let id = || CommandId(house.engine.draw());
    let report = house.engine.open_letterbox(house.project, house.ada, &ear, id());
    assert!(matches!(report, Err(EngineError::Invalid(_))));
    let security = mailbox("security@example.org");
    house.engine.open_letterbox(house.project, house.ada, &security, id()).unwrap();
    let both = house.engine.open_ear(house.project, house.ada, &security, id());
    assert!(matches!(both, Err(EngineError::Invalid(_))));
    assert_eq!(house.engine.letterbox(&ear).unwrap(), None);
    assert_eq!(house.engine.sender(house.project).unwrap(), Some(security));

    let mine = house.report(1, None).case;
    hear(&house, &post(1, &codename(&house, mine)));
    assert_eq!(sightings(&house, mine).len(), 1, "each project listens for itself");
    house.engine.close_ear(house.project, house.ada, &ear, id()).unwrap();
    assert_eq!(house.engine.taker(&ear).unwrap(), Some(Taker::Ear), "the other one goes on");
    house.engine.close_ear(other, house.ben, &ear, id()).unwrap();
    assert_eq!(house.engine.taker(&ear).unwrap(), None);
    assert!(matches!(house.engine.hear(&ear, b"x"), Err(EngineError::NotFound)));
}

#[test]
fn in_a_mailbox_servers_say_that_a_mail_is_a_lists_and_no_report_is_lost() {
    let house = House::new();
    let id = || CommandId(house.engine.draw());
    let list = "oss-security@lists.example";
    listen(&house, house.ada, house.project).unwrap();
    house.engine.open_ear(house.project, house.ada, &mailbox(list), id()).unwrap();
    let security = mailbox("security@example.org");
    house.engine.open_letterbox(house.project, house.ada, &security, id()).unwrap();
    let mut reports = 0;
    for (headers, report) in [
        ("Delivered-To: lists@example.org\r\nTo: security@example.org\r\n", false),
        ("List-Id: <oss-security.lists.example>\r\nTo: oss-security@lists.example\r\n", false),
        // Nobody's list sent it: it is a report that goes to the list as well.
        ("To: oss-security@lists.example\r\n", true),
        ("List-Id: <x>\r\nTo: oss-security@lists.example, security@example.org\r\n", true),
        ("Delivered-To: security@example.org\r\nList-Id: <x>\r\nCc: lists@example.org\r\n", true),
    ] {
        let mail = format!("{headers}Subject: Crash\r\n\r\nSend it a comma.\r\n");
        assert!(house.engine.take_found(mail.as_bytes()).unwrap());
        reports += usize::from(report);
        let cases = house.engine.cases(house.ada, None, 50).unwrap().cases;
        assert_eq!(cases.len(), reports, "{headers}");
    }
}

#[test]
fn feeds_are_asked_for_whether_there_is_a_case_or_not() {
    let house = with_feed();
    house.settle();
    house.pass(LATER);
    let asked = |house: &House| house.script.lock().unwrap().asked.len();
    let quiet = asked(&house);
    house.report(1, None);
    house.pass(LATER);
    assert_eq!(asked(&house), quiet + 1);
    house.pass(LATER);
    assert_eq!(asked(&house), quiet + 2);
    assert!(house.script.lock().unwrap().asked.iter().all(|url| url == FEED));
}

#[test]
fn an_entry_is_told_once_with_what_it_said() {
    let house = with_feed();
    let id = house.report(1, None).case;
    let name = codename(&house, id);
    let entry = |id: u8, words: &str| {
        format!("<entry><id>tag:{id}</id><link href=\"https://news.example/{id}\"/>{words}</entry>")
    };
    says(&house, format!("<feed>{}</feed>", entry(1, "Nothing")));
    assert!(sightings(&house, id).is_empty());
    let escaped =
        format!("&lt;b&gt;{}&lt;/b&gt; is near", name.replace('-', "&lt;/b&gt; &lt;b&gt;"));
    let feed = format!("<feed>{}{}</feed>", entry(1, "Nothing"), entry(2, &escaped));
    for _ in 0..3 {
        says(&house, feed.clone());
    }
    says(&house, feed.replace("is near", "is here"));
    let seen = sightings(&house, id);
    let [one] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(one.place, format!("an entry of {FEED}: https://news.example/2"));
    let kept = house.engine.evidence(id, house.ada, one.thing).unwrap();
    assert!(String::from_utf8(kept).unwrap().contains("tag:2"));
    // What others wrote stands in no place if it holds the word itself.
    let link = format!("<item><guid>3</guid><link>https://news.example/{name}</link></item>");
    says(&house, link);
    let told = serde_json::to_string(&sightings(&house, id)).unwrap();
    assert_eq!(sightings(&house, id).len(), 2);
    assert!(!told.contains(&name), "{told}");
}

#[test]
fn an_issue_is_a_thing_of_its_own_and_is_told_once_by_its_number() {
    let house = with_feed();
    let id = house.report(1, None).case;
    let name = codename(&house, id);
    let issue = |number: u8, title: &str, body: &str, more: &str| {
        format!(
            r#"{{"url":"https://api.forge.example/repos/o/p/issues/{number}","number":{number},
            "user":{{"login":"rita","html_url":"https://forge.example/rita"}},"title":"{title}",
            "html_url":"https://forge.example/o/p/issues/{number}","body":"{body}",{more}}}"#
        )
    };
    let listing = |all: &[String]| format!("[{}]", all.join(","));
    let quiet = issue(1, "Crash", "It\\ncrashes", "\"comments\":0");
    says(&house, listing(std::slice::from_ref(&quiet)));
    assert!(sightings(&house, id).is_empty());
    // As its own letters, and escaped as JSON may be.
    let titled = issue(2, &format!("What is {name}?"), "", "\"comments\":0");
    let coded: Vec<_> = name.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let coded = coded.concat();
    let said = issue(3, "Crash", &format!("a\\n{coded}"), "\"comments\":0");
    let all = [said, titled, quiet];
    says(&house, listing(&all));
    let told = |house: &House| {
        let places = sightings(house, id).into_iter().map(|seen| seen.place);
        places.collect::<Vec<_>>()
    };
    let place =
        |number| format!("number {number} of {FEED}: https://forge.example/o/p/issues/{number}");
    assert_eq!(told(&house), [place(3), place(2)]);
    // Somebody answers, and others push them down the list.
    let later = all.map(|issue| issue.replace("\"comments\":0", "\"comments\":7"));
    let [said, titled, quiet] = later;
    let new = issue(4, "Another", "one", "\"comments\":0");
    says(&house, listing(&[quiet, new, titled, said]));
    assert_eq!(told(&house), [place(3), place(2)]);
    // An edit may bring the word into one that was quiet.
    says(&house, listing(&[issue(1, &name, "", "\"comments\":1")]));
    assert_eq!(told(&house), [place(3), place(2), place(1)]);
    let seen = sightings(&house, id);
    let kept = house.engine.evidence(id, house.ada, seen[1].thing).unwrap();
    assert!(String::from_utf8(kept).unwrap().starts_with("{\"url\""), "the issue alone");
    assert!(!serde_json::to_string(&seen).unwrap().contains(&name));
}

#[test]
fn a_feed_that_cannot_be_read_says_so_and_holds_nothing_up() {
    let house = with_feed();
    let id = house.report(1, None).case;
    house.settle();
    house.script.lock().unwrap().feed = Err(PortError::Unreached("it is down".into()));
    house.pass(LATER);
    let [feed] = house.engine.feeds("Example").try_into().unwrap();
    assert_eq!((feed.url.as_str(), feed.trouble.as_deref()), (FEED, Some("it is down")));
    says(&house, codename(&house, id));
    assert_eq!(house.engine.feeds("Example")[0].trouble, None);
    assert_eq!(sightings(&house, id).len(), 1);
    assert!(house.engine.feeds("Other").is_empty());
}

#[test]
fn hostile_feeds_are_only_text() {
    let house = with_feed();
    let id = house.report(1, None).case;
    let name = codename(&house, id);
    let wide: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(name.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let bomb = format!(
        "<!DOCTYPE x [<!ENTITY a \"{0}{0}{0}\"><!ENTITY b \"&a;&a;&a;\">]><item>&b;</item>",
        "lol ".repeat(1_000)
    );
    for (feed, found) in [
        (vec![0xFF; 100_000], 0),
        (bomb.into_bytes(), 0),
        (b"<item>".repeat(50_000), 0),
        (b"<".repeat(300_000), 0),
        (wide, 1),
        (format!("\u{0}\u{1} {name}").into_bytes(), 2),
    ] {
        says(&house, feed);
        assert_eq!(sightings(&house, id).len(), found);
    }
}

proptest! {
    #[test]
    fn a_feed_of_any_text_is_taken_apart_without_loss(text in "(<entry>|<item |<id>|</|>|<link href=\"|[a-z é&;\"]){0,40}") {
        let parts: Vec<_> = feed_entries(&text).into_iter().map(|entry| entry.raw).collect();
        let left: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let kept: String = parts.concat().chars().filter(|c| !c.is_whitespace()).collect();
        prop_assert_eq!(left, kept);
    }
}
