//! The simulated counterparts behave as real ones do, and a seed decides everything about them.

use std::{collections::BTreeSet, path::Path};

use advisory::{Advisory, mailbox::Mailbox};
use case::{ActId, VulnId, observation::CveWord, observation::Delivery};
use engine::ports::{Found, PortError};
use jiff::{SignedDuration, Timestamp};
use rehearsal::{
    World, cast,
    world::{
        agenda::Deed,
        cna, developers,
        faults::Fault,
        forge, lists,
        mail::Call,
        record::{Happened, Witness},
        setting::{CnaManner, Setting, VendorManner},
        wire::{Request, Response},
    },
};

const ACT: ActId = ActId([1; 16]);
const OTHER: ActId = ActId([2; 16]);

struct Place {
    world: World,
    now: Timestamp,
    _folder: tempfile::TempDir,
}

impl Place {
    fn new(setting: Setting) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = setting.begins;
        let world = World::new(setting, folder.path(), Witness::default()).unwrap();
        Self { world, now, _folder: folder }
    }

    fn of(seed: u64) -> Self {
        Self::new(cast::setting(seed).unwrap())
    }

    fn ask(&mut self, request: &Request) -> Result<Response, PortError> {
        self.world.handle(self.now, request).outcome
    }

    /// Sends a mail, by hand; whether the server says that it has it.
    fn mail(&mut self, act: ActId, to: &Mailbox, subject: &str, body: &str) -> bool {
        let Ok(Response::Line { number: line, heard }) = self.ask(&Request::Mail(Call::Dial))
        else {
            panic!("there is no mail server")
        };
        let message = format!(
            "From: <security@signpost.example>\r\nTo: <{to}>\r\nMessage-ID: \
             <{act}@fermata.invalid>\r\nSubject: {subject}\r\n\r\n{body}\r\n"
        );
        let recipient = format!("RCPT TO:<{to}>\r\n");
        let said = ["EHLO test\r\n", "MAIL FROM:<>\r\n", &recipient, "DATA\r\n", &message, ".\r\n"];
        let mut answer = heard;
        for said in said {
            if answer.closed || answer.words.starts_with('4') {
                return false;
            }
            let bytes = said.as_bytes().to_vec();
            answer = match self.ask(&Request::Mail(Call::Say { line, bytes })) {
                Ok(Response::Heard(heard)) => heard,
                other => panic!("{other:?}"),
            };
        }
        answer.words.starts_with("250 ")
    }

    fn post(&mut self, act: ActId, to: &Mailbox, subject: &str) {
        assert!(self.mail(act, to, subject, &"All of the words. ".repeat(20)));
    }

    fn wait(&mut self, hours: i64) {
        self.now += SignedDuration::from_hours(hours);
    }

    fn deeds(&mut self) -> Vec<Deed> {
        match self.ask(&Request::Due).unwrap() {
            Response::Deeds(deeds) => deeds.into_iter().map(|(_, deed)| deed).collect(),
            other => panic!("{other:?}"),
        }
    }
}

fn advisory() -> Box<Advisory> {
    Box::new(Advisory { title: Some("Routes match too much".into()), ..Advisory::default() })
}

fn create(act: ActId) -> Request {
    let repository = "signpost".into();
    Request::Forge(forge::Call::Create { act, repository, advisory: advisory() })
}

#[test]
fn a_draft_is_found_again_by_its_key_and_a_second_call_makes_a_second_draft() {
    let mut place = Place::of(1);
    let find = Request::Forge(forge::Call::Find(ACT));
    assert_eq!(place.ask(&find.clone()), Ok(Response::Found(Found::Missing)));
    let Ok(Response::Proof(first)) = place.ask(&create(ACT)) else { panic!() };
    assert_eq!(place.ask(&find), Ok(Response::Found(Found::Present(first.clone()))));
    let Ok(Response::Proof(second)) = place.ask(&create(ACT)) else { panic!() };
    assert_ne!(first, second, "the forge itself does not recognise a repeat");
}

#[test]
fn a_draft_without_a_title_is_refused() {
    let mut place = Place::of(1);
    let call =
        forge::Call::Create { act: ACT, repository: "signpost".into(), advisory: Box::default() };
    assert!(matches!(place.ask(&Request::Forge(call)), Err(PortError::Refused(_))));
    assert!(place.world.records().is_empty());
}

#[test]
fn a_fork_takes_minutes_and_invitations_wait_to_be_accepted() {
    let mut place = Place::of(1);
    let ask = forge::Call::Fork { act: ACT, repository: "signpost".into() };
    place.ask(&Request::Forge(ask)).unwrap();
    let of = Request::Forge(forge::Call::ForkOf(ACT));
    assert_eq!(place.ask(&of.clone()), Ok(Response::Fork(None)));
    place.wait(1);
    let Ok(Response::Fork(Some(url))) = place.ask(&of) else { panic!() };

    let logins = BTreeSet::from(["bea-builds".to_owned()]);
    let set = forge::Call::SetAccess { act: OTHER, logins: logins.clone() };
    place.ask(&Request::Forge(set)).unwrap();
    let access = |place: &mut Place| match place
        .ask(&Request::Forge(forge::Call::Access(url.clone())))
        .unwrap()
    {
        Response::Access(access) => access,
        other => panic!("{other:?}"),
    };
    let before = access(&mut place);
    assert_eq!((before.members, before.pending), (BTreeSet::new(), logins.clone()));
    assert_eq!(before.inherited, BTreeSet::from([cast::OWNER.to_owned()]));
    place.wait(2);
    let later = access(&mut place);
    assert_eq!((later.members, later.pending), (logins, BTreeSet::new()));
}

#[test]
fn an_archive_shows_a_post_late_wrapped_and_with_a_footer() {
    let mut place = Place::of(1);
    let list = cast::setting(1).unwrap().users;
    place.post(ACT, &list, "Hello #security");
    let find = Request::Lists(lists::Call::Find(ACT));
    assert_eq!(place.ask(&find.clone()), Ok(Response::Found(Found::Unclear)));
    place.wait(1);
    assert!(matches!(place.ask(&find), Ok(Response::Found(Found::Present(_)))));
    place.post(OTHER, &list, "Re: Hello #security");
    place.wait(1);
    let Ok(Response::Archive(posts)) = place.ask(&Request::Lists(lists::Call::Archive(list)))
    else {
        panic!()
    };
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[0].subject, "[signpost-users] Hello #security");
    assert_eq!(posts[0].thread, posts[1].thread);
    assert!(posts[0].body.lines().count() > 5 && posts[0].body.contains("View/Reply Online"));
}

#[test]
fn vendors_answer_a_notice_in_their_manner() {
    let mut setting = cast::setting(3).unwrap();
    setting.reporters.clear();
    setting.vendors[0].manner = VendorManner::Objects("our freeze ends a day later".into());
    setting.vendors[1].manner = VendorManner::Bounces;
    let list = setting.distributors.clone();
    let (objecting, gone) = (setting.vendors[0].clone(), setting.vendors[1].mailbox.clone());
    let mut place = Place::new(setting);
    place.post(ACT, &list, "Embargoed");
    place.wait(24);
    let deeds = place.deeds();
    assert_eq!(deeds.len(), 2, "{deeds:?}");
    assert!(deeds.iter().any(|deed| matches!(deed, Deed::Objects { organisation, .. }
        if *organisation == objecting.organisation)));
    let Ok(Response::Deliveries(copies)) = place.ask(&Request::Mail(Call::Deliveries(ACT))) else {
        panic!()
    };
    assert_eq!(copies.len(), 3);
    let bounced: Vec<_> =
        copies.iter().filter(|(_, d)| matches!(d, Delivery::Bounced { hard: true, .. })).collect();
    assert_eq!(bounced.len(), 1);
    assert_eq!(bounced[0].0, gone);

    place.post(OTHER, &list, "A new date");
    place.wait(24);
    let accepts = Deed::Consents { organisation: objecting.organisation };
    assert!(place.deeds().contains(&accepts), "a met objection turns into consent");
}

#[test]
fn a_reporter_writes_and_answers_about_credit_and_date() {
    let mut place = Place::of(2);
    place.wait(1);
    let Ok(Response::Incoming(mails)) = place.ask(&Request::Mail(Call::Incoming(0))) else {
        panic!()
    };
    assert_eq!(mails.len(), 1);
    let text = String::from_utf8(mails[0].raw.clone()).unwrap();
    assert!(text.contains("Subject: Authorization can be bypassed"), "{text}");
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "every line ends in CR LF");

    let to = cast::finder().unwrap().mailbox;
    let body = "How shall we credit you? It becomes public on 2026-04-01.";
    assert!(place.mail(ACT, &to, "Your report", body));
    place.wait(12);
    let deeds = place.deeds();
    assert!(matches!(deeds.as_slice(), [_, _]), "{deeds:?}");
    assert!(deeds.iter().any(|deed| matches!(deed, Deed::AnswersCredit { .. })));
    assert!(deeds.iter().any(|deed| matches!(deed, Deed::AcceptsDate { .. })));
}

#[test]
fn mail_to_nobody_comes_back() {
    let mut place = Place::of(2);
    let to: Mailbox = "fiona@reserch.example".parse().unwrap();
    assert!(place.mail(ACT, &to, "s", "b"));
    place.wait(1);
    let Ok(Response::Deliveries(copies)) = place.ask(&Request::Mail(Call::Deliveries(ACT))) else {
        panic!()
    };
    assert!(matches!(copies.as_slice(), [(at, Delivery::Bounced { hard: true, .. })] if *at == to));
}

#[test]
fn the_cna_takes_hours_and_may_decline() {
    let vulnerability = VulnId([7; 16]);
    for manner in [CnaManner::Assigns, CnaManner::Declines] {
        let mut setting = cast::setting(1).unwrap();
        setting.cna = manner;
        let mut place = Place::new(setting);
        place.ask(&Request::Cna(cna::Call::Ask { act: ACT, vulnerability })).unwrap();
        let word = Request::Cna(cna::Call::Word { vulnerability });
        assert_eq!(place.ask(&word.clone()), Ok(Response::Word(None)));
        place.wait(24);
        let said = place.ask(&word).unwrap();
        match manner {
            CnaManner::Assigns => {
                assert!(matches!(said, Response::Word(Some(CveWord::Assigned { .. }))));
            }
            CnaManner::Declines => {
                assert!(matches!(said, Response::Word(Some(CveWord::Declined { .. }))));
                let advisory = Box::default();
                let publish = cna::Call::Publish { act: OTHER, vulnerability, advisory };
                assert!(place.ask(&Request::Cna(publish)).is_err());
            }
        }
    }
}

#[test]
fn a_fix_goes_from_the_private_fork_to_the_public_branches_and_into_releases() {
    let mut place = Place::of(1);
    let ask = forge::Call::Fork { act: ACT, repository: "signpost".into() };
    place.ask(&Request::Forge(ask)).unwrap();
    place.wait(1);
    let Ok(Response::Fork(Some(fork))) = place.ask(&Request::Forge(forge::Call::ForkOf(ACT)))
    else {
        panic!()
    };
    let prepare =
        developers::Call::Prepare { fork: Some(fork.clone()), bug: developers::Bug::Prefix };
    let Ok(Response::Commits(commits)) = place.ask(&Request::Develop(prepare)) else { panic!() };
    assert_eq!(commits.keys().collect::<Vec<_>>(), ["1.15", "1.16", "1.17", "main"]);

    let look = Request::Repository(developers::Look::Public("signpost".into()));
    let Ok(Response::Folder(public)) = place.ask(&look) else { panic!() };
    assert!(!has(&public, &commits["1.16"][0]), "private work is not public");
    place.ask(&release("1.16", "1.16.2")).unwrap();
    let lines = vec!["1.16".to_owned(), "main".to_owned()];
    place.ask(&Request::Develop(developers::Call::Land { fork, lines })).unwrap();
    assert!(has(&public, &commits["1.16"][0]) && has(&public, &commits["main"][0]));
    assert!(!has(&public, &commits["1.15"][0]), "only what was asked for");
    place.ask(&release("1.16", "1.16.3")).unwrap();
    assert!(place.ask(&release("1.16", "1.16.3")).is_err(), "a tag is made once");

    let released: Vec<_> = place
        .world
        .records()
        .iter()
        .filter_map(|record| match &record.what {
            Happened::Released { tag, commit, .. } => Some((tag.as_str(), commit.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(released.len(), 2);
    assert_ne!(released[0].1, commits["1.16"][0], "the first one came too soon for the fix");
    assert_eq!(released[1], ("v1.16.3", commits["1.16"][0].clone()));
}

fn release(line: &str, version: &str) -> Request {
    let (line, version) = (line.to_owned(), version.to_owned());
    Request::Develop(developers::Call::Release { line, version })
}

fn has(folder: &Path, commit: &str) -> bool {
    let repo = git::Repo::open(folder).unwrap();
    let id: git::Oid = commit.parse().unwrap();
    let tips = repo.refs().unwrap();
    tips.branches.iter().any(|branch| repo.is_ancestor(&id, &branch.tip).unwrap_or(false))
}

#[test]
fn every_fault_fires_and_does_what_it_says() {
    let mut setting = cast::setting(5).unwrap();
    setting.faults = true;
    let mut place = Place::new(setting);
    let mut seen = BTreeSet::new();
    for n in 0..60_u8 {
        let act = ActId([n; 16]);
        let before = place.world.records().len();
        let reply = place.world.handle(place.now, &create(act));
        let new = &place.world.records()[before..];
        let made = new.iter().filter(|r| r.what.act() == Some(act)).count();
        let fault = new.iter().find_map(|r| match r.what {
            Happened::Misbehaved(fault) => Some(fault),
            _ => None,
        });
        match fault {
            None => assert!(reply.outcome.is_ok() && made == 1),
            Some(Fault::AnswerLost) => {
                assert!(matches!(reply.outcome, Err(PortError::Lost(_))) && made == 1);
            }
            Some(Fault::CallLost) => {
                assert!(matches!(reply.outcome, Err(PortError::Lost(_))) && made == 0);
            }
            Some(Fault::Unavailable) => {
                assert!(matches!(reply.outcome, Err(PortError::Unreached(_))) && made == 0);
            }
            Some(Fault::Duplicate) => {
                assert!(reply.outcome.is_ok() && made == 1);
                assert!(new.iter().any(|r| r.what == Happened::Echoed { act }));
            }
            Some(fault @ (Fault::Edited | Fault::PutOff | Fault::HungUp)) => {
                panic!("a call to the forge: {fault:?}")
            }
            Some(Fault::Slow) => {
                assert!(reply.outcome.is_ok() && reply.took >= SignedDuration::from_secs(2));
            }
        }
        seen.extend(fault);
    }
    assert_eq!(seen, Fault::OF_CALLS.into());
    let Ok(Response::Fired(fired)) = place.ask(&Request::Fired) else { panic!() };
    assert!(Fault::OF_CALLS.iter().all(|fault| fired[fault] > 0), "{fired:?}");
}

#[test]
fn every_fault_of_a_mail_strikes_and_leaves_what_it_says() {
    let mut setting = cast::setting(5).unwrap();
    setting.faults = true;
    let to = setting.reporters[0].mailbox.clone();
    let mut place = Place::new(setting);
    let mut seen = BTreeSet::new();
    for n in 0..60_u8 {
        let act = ActId([n + 1; 16]);
        let before = place.world.records().len();
        let said = place.mail(act, &to, "Hello", "World");
        let new = &place.world.records()[before..];
        let made = new.iter().filter(|r| r.what.act() == Some(act)).count();
        let fault = new.iter().find_map(|r| match r.what {
            Happened::Misbehaved(fault) => Some(fault),
            _ => None,
        });
        let expected = match fault {
            None => (true, 1),
            Some(Fault::AnswerLost) => (false, 1),
            Some(_) => (false, 0),
        };
        assert_eq!((said, made), expected, "{fault:?}");
        seen.extend(fault);
    }
    assert_eq!(seen, Fault::OF_MAILS.into());
    let Ok(Response::Fired(fired)) = place.ask(&Request::Fired) else { panic!() };
    assert!(Fault::OF_MAILS.iter().all(|fault| fired[fault] > 0), "{fired:?}");
}

#[test]
fn a_seed_decides_everything() {
    let run = |seed| {
        let mut setting = cast::setting(seed).unwrap();
        setting.faults = true;
        let list = setting.distributors.clone();
        let mut place = Place::new(setting);
        for n in 1..12_u8 {
            let _ = place.ask(&create(ActId([n; 16])));
            place.mail(ActId([n + 100; 16]), &list, "Notice", "All of the words.");
            place.wait(3);
        }
        let deeds = place.deeds();
        (place.world.records().to_vec(), deeds)
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}
