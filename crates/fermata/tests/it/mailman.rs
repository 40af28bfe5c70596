//! A notice to a list of a real Mailman 3, with a Postfix between, on ports and in folders of their own.
//! Where one of them is missing, or where only root may start them, this says so.

use std::{
    collections::BTreeMap,
    fs,
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use case::{
    ActId, Actor, Case, CaseId, Command as Wish, CommandId,
    act::{ActKind, ActState},
    event::{Decision, Triage},
    notice::{Audience, ListProfile, Posting},
};
use counterparts::SystemClock;
use engine::{Clock, Contact, Submission};
use jiff::SignedDuration;
use store::SqliteStore;

use crate::{
    postfix::{Postfix, free_port, may_start_postfix, text},
    program::Place,
    sends::{engine, settings},
    serve::Running,
};

const NOTE: &str = "This stays among the members of this list.";

/// A Mailman that runs.
struct Mailman {
    folder: tempfile::TempDir,
}

impl Mailman {
    /// Takes mail for lists at one port, and sends what they send by another.
    fn start(lmtp: u16, smtp: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("mailman").tempdir_in("/tmp").unwrap();
        let at = folder.path().display();
        let (_, smtp) = smtp.rsplit_once(':').unwrap();
        let settings = format!(
            "[mailman]\nlayout: here\nsite_owner: otto@example.com\n[paths.here]\nvar_dir: {at}/var\n\
             bin_dir: /usr/lib/mailman3/bin\n[mta]\nincoming: mailman.mta.null.NullMTA\n\
             lmtp_host: 127.0.0.1\nlmtp_port: {lmtp}\nsmtp_host: 127.0.0.1\nsmtp_port: {smtp}\n\
             [webservice]\nport: {}\n[archiver.prototype]\nenable: yes\n",
            free_port()
        );
        fs::write(folder.path().join("mailman.cfg"), settings).unwrap();
        fs::write(folder.path().join("members"), "security@example.org\n").unwrap();
        let owned = Command::new("chown").args(["-R", "list:list", text(folder.path())]).status();
        assert!(owned.unwrap().success());
        Self { folder }
    }

    fn run(&self, arguments: &[&str]) {
        let settings = self.folder.path().join("mailman.cfg");
        let mut mailman = Command::new("runuser");
        mailman.args(["-u", "list", "--", "mailman", "-C", text(&settings)]).args(arguments);
        // What it starts keeps its outputs open for as long as it runs.
        mailman.stdout(Stdio::null()).stderr(Stdio::null());
        let ended = mailman.current_dir(self.folder.path()).status().unwrap();
        assert!(ended.success(), "{arguments:?}: {ended}");
    }

    /// A list that has this house among its members, or holds what it gets from it.
    fn list(&self, address: &str, member: bool) {
        self.run(&["create", address]);
        if member {
            self.run(&["addmembers", "--no-welcome-msg", "members", address]);
        }
    }

    fn begin(&self, lmtp: u16) {
        self.run(&["start"]);
        for _ in 0..240 {
            if TcpStream::connect(("127.0.0.1", lmtp)).is_ok() {
                return;
            }
            thread::park_timeout(Duration::from_millis(250));
        }
        panic!("it takes no mail");
    }

    /// The mails in a list's archive.
    fn archive(&self, address: &str) -> Vec<String> {
        let folder = self.folder.path().join("var/archives/prototype").join(address).join("new");
        let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

impl Drop for Mailman {
    fn drop(&mut self) {
        let settings = self.folder.path().join("mailman.cfg");
        let mut mailman = Command::new("runuser");
        mailman.args(["-u", "list", "--", "mailman", "-C", text(&settings), "stop"]);
        let _ = mailman.current_dir(self.folder.path()).output();
    }
}

/// A house with a notice to a list that is approved, and not sent yet.
pub(crate) fn house_with_a_notice(place: &Place, list: &str, posting: Posting) -> (CaseId, ActId) {
    let engine = engine(SqliteStore::create(&settings(place)).unwrap());
    let ada = Contact { name: "Ada".into(), mailbox: None, login: None };
    let ada = engine.add_person(&ada).unwrap();
    let playbook = playbook::shipped("minimal").unwrap();
    let profile = ListProfile {
        audience: Audience::Distributors,
        address: list.parse().unwrap(),
        posting,
        web: None,
        tag: Some("#security".into()),
        prefix: Some("[vs]".into()),
        cve_id_allowed: false,
        closing_note: Some(NOTE.into()),
        longest_embargo_days: None,
    };
    let policy = playbook.policy(&playbook::Settings {
        project: "Example".into(),
        repositories: vec!["example".into()],
        lists: BTreeMap::from([("distributors".into(), profile)]),
    });
    let project = engine.create_project(ada, &policy, &playbook.pin(), CommandId([1; 16])).unwrap();
    let address = "security@example.org".parse().unwrap();
    engine.open_letterbox(project, ada, &address, CommandId([2; 16])).unwrap();
    let submission = Submission {
        command: CommandId([3; 16]),
        channel: "form".into(),
        raw: b"raw".to_vec(),
        name: "Rita".into(),
        mailbox: None,
        automatic: false,
        encrypted: false,
        title: "It crashes".into(),
        text: "Send it a comma.".into(),
        deadline: None,
    };
    let case = engine.receive(project, &submission).unwrap().case;
    let tell = |wish: &Wish| {
        let id = CommandId(engine.draw());
        engine.execute(case, Actor::Person(ada), id, wish, "test").unwrap();
    };
    let decide = |decision| tell(&Wish::Decide(Box::new(decision)));
    decide(Decision::Triage { verdict: Triage::Accepted, reason: "it is one".into() });
    let advisory = advisory::Advisory {
        title: Some("Slashes".into()),
        details: Some("Paths with “two slashes” are not checked — not even once.\n".into()),
        workarounds: Some("    location // { deny all; }\n\n.and a dot, and From here on.".into()),
        ..advisory::Advisory::default()
    };
    decide(Decision::Advisory(Box::new(advisory)));
    tell(&Wish::ProposeEmbargo {
        instant: SystemClock.wall() + SignedDuration::from_hours(240),
        zone: "UTC".into(),
        tzdata: "2026a".into(),
        answer_by: None,
    });
    let found = engine.view(case, Actor::House).unwrap().loaded.case;
    let plan = engine.compose(&found, &ActKind::NotifyDistributors, None).unwrap();
    let (act, digest) = (ActId(engine.draw()), plan.digest().unwrap());
    tell(&Wish::Plan { act, plan: Box::new(plan) });
    tell(&Wish::Approve { act, digest });
    (case, act)
}

/// What is known of a case, and how many there are.
pub(crate) fn known(place: &Place, case: CaseId) -> (Case, usize) {
    let engine = engine(SqliteStore::open(&settings(place)).unwrap());
    let found = engine.view(case, Actor::House).unwrap().loaded.case;
    let ada = *engine.project(found.project).unwrap().team.iter().next().unwrap();
    let cases = engine.cases(ada, None, 10).unwrap().cases.len();
    (found, cases)
}

#[test]
fn a_real_mailman_sends_a_notice_on_and_holds_another_back() {
    if !may_start_postfix() || !Path::new("/usr/lib/mailman3/bin/master").exists() {
        eprintln!("skipped: no Postfix or no Mailman 3 is installed here, or this is not root");
        return;
    }
    let (house_lmtp, list_lmtp) = (free_port(), free_port());
    let way = |port| format!("lmtp:inet:127.0.0.1:{port}");
    let postfix = Postfix::with_lists(&way(house_lmtp), &way(list_lmtp));
    let mailman = Mailman::start(list_lmtp, &postfix.address());
    let (open, held) = ("distributors@lists.example.org", "held@lists.example.org");
    mailman.list(open, true);
    mailman.list(held, false);
    mailman.begin(list_lmtp);
    let (smtp, lmtp) = (postfix.address(), format!("127.0.0.1:{house_lmtp}"));

    let place = Place::new();
    let (id, act) = house_with_a_notice(&place, open, Posting::Mail);
    let house = Running::start(&place, &["--smtp", &smtp, "--lmtp", &lmtp]);
    postfix.log_with(&["to=<distributors@lists.example.org>", "status=sent"]);
    postfix.log_with(&["to=<security@example.org>", "status=sent", "250 2.0.0 kept"]);
    assert_eq!(house.end("-TERM").0, Some(0));
    let [archived] = mailman.archive(open).try_into().unwrap();
    assert!(archived.contains(&format!("<{}>", engine::message_id(act))), "{archived}");
    let (case, cases) = known(&place, id);
    assert_eq!(cases, 1, "the list's mail is no report");
    let [copy] = case.list_copies[&act].as_slice() else { panic!("{:?}", case.list_copies) };
    assert_eq!(copy.copy.compared.differences, []);
    assert_eq!((copy.copy.own, copy.copy.by.len()), (true, 2));
    assert!(copy.copy.compared.below.contains("To unsubscribe"), "{:?}", copy.copy.compared);
    assert!(case.posts[&act].by_mail && case.posts[&act].words_match);

    let place = Place::new();
    let (id, act) = house_with_a_notice(&place, held, Posting::Mail);
    let house = Running::start(&place, &["--smtp", &smtp, "--lmtp", &lmtp]);
    let taken = "from=<held-bounces@lists.example.org>";
    let queued = postfix.log_with(&[taken, "queue active"]);
    let queue_id = queued.split(": ").nth(1).unwrap().to_owned();
    postfix.log_with(&[&queue_id, "to=<security@example.org>", "250 2.0.0 kept"]);
    assert_eq!(house.end("-TERM").0, Some(0));
    assert_eq!(mailman.archive(held), Vec::<String>::new());
    let (case, cases) = known(&place, id);
    assert!(matches!(case.acts[&act].state, ActState::Done { .. }), "the server has taken it");
    assert_eq!((case.posts.len(), case.list_copies.len(), cases), (0, 0, 1));
    let [word] = case.messages.as_slice() else { panic!("{:?}", case.messages) };
    assert!(word.text.contains("awaits moderator"), "{}", word.text);
}
