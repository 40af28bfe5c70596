//! A notice to a list of a real Mailman 3, what follows it there, and the mail to the users on another, with
//! a Postfix between, on ports and in folders of their own. Where one of them is missing, or where only root may start them, this says so.

use std::{
    collections::BTreeMap,
    fs,
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use advisory::{Reference, ReferenceKind};
use case::{
    ActId, Actor, Case, CaseId, Command as Wish, CommandId, VulnId,
    act::{ActKind, ActState, Payload, Recipient},
    event::{Decision, Origin, Triage},
    notice::{Audience, ListProfile, Posting, is_answer},
    observation::{CveWord, Draft, DraftState, Observation},
};
use counterparts::SystemClock;
use engine::{Clock, Contact, Engine, Submission, read_mail};
use jiff::SignedDuration;
use playbook::Playbook;
use store::SqliteStore;

use crate::{
    postfix::{LOOKS, Postfix, free_port, may_start_postfix, text},
    program::Place,
    sends::{engine_of, settings},
    serve::Running,
};

const NOTE: &str = "This stays among the members of this list.";
const DISTRIBUTORS: &str = "distributors@lists.example.org";
const USERS: &str = "users@lists.example.org";
const CVE: &str = "CVE-2026-12345";
const FORK: &str = "https://forge.example/example-ghsa-fork";
const WIKI: &str = "https://wiki.example/slashes";
const AT_FORGE: &str = "https://forge.example/example/advisories/GHSA-2345-6789-cfgh";

/// A playbook that asks for nothing.
const BARE: &str = "format: 1
name: bare
title: One person
release_mode: together
policy:
  approvals: { publish: 1, notice: 1, other: 1 }
  acknowledge_within: 3
  longest_embargo_days: 90
  objection_window: 24h
  credit_default: anonymous
  credit_window: 120h
  calendar: { zone: UTC, weekend: [] }
steps:
  - id: look-back
    title: Look back
    role: team
    done:
      - is: retrospective.written
        missing: a retrospective
";

fn bare(store: SqliteStore) -> Engine {
    engine_of(store, "clones".into(), Playbook::parse(BARE).unwrap())
}

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
        let members = "security@example.org\nrita@example.com\n";
        fs::write(folder.path().join("members"), members).unwrap();
        let owned = Command::new("chown").args(["-R", "list:list", text(folder.path())]).status();
        assert!(owned.unwrap().success());
        Self { folder }
    }

    fn run(&self, arguments: &[&str]) {
        let settings = self.folder.path().join("mailman.cfg");
        let mut mailman = Command::new("runuser");
        mailman.args(["-u", "list", "--", "mailman", "-C", text(&settings)]).args(arguments);
        mailman.env("PYTHONPATH", self.folder.path());
        // What it starts keeps its outputs open for as long as it runs.
        mailman.stdout(Stdio::null()).stderr(Stdio::null());
        let ended = mailman.current_dir(self.folder.path()).status().unwrap();
        assert!(ended.success(), "{arguments:?}: {ended}");
    }

    /// A list that has this house and Rita among its members, or holds what it gets from it.
    fn list(&self, address: &str, member: bool) {
        self.run(&["create", address]);
        if member {
            self.run(&["addmembers", "--no-welcome-msg", "members", address]);
        }
    }

    /// From now on the list sends in its own name, as it must for senders of many domains (DMARC). It
    /// asks nobody's name server whether it must, and takes everything.
    fn send_in_own_name(&self, address: &str) {
        let script = "from mailman.database.transaction import transaction\n\
             from mailman.interfaces.mailinglist import DMARCMitigateAction\n\
             def own_name(mlist):\n    with transaction():\n        \
             mlist.dmarc_mitigate_action = DMARCMitigateAction.munge_from\n        \
             mlist.dmarc_mitigate_unconditionally = True\n        \
             mlist.posting_chain = 'accept'\n";
        fs::write(self.folder.path().join("own_name.py"), script).unwrap();
        self.run(&["shell", "--run", "own_name", "--listspec", address]);
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

    /// Waits for so many mails in a list's archive, which is written apart from what is sent.
    fn archived(&self, address: &str, number: usize) -> Vec<String> {
        for _ in 0..LOOKS {
            let mails = self.archive(address);
            if mails.len() >= number {
                return mails;
            }
            thread::park_timeout(Duration::from_millis(250));
        }
        panic!("{number} are not in the archive of {address}: {:?}", self.archive(address))
    }

    /// The mails in a list's archive.
    fn archive(&self, address: &str) -> Vec<String> {
        let folder = self.folder.path().join("var/archives/prototype").join(address).join("new");
        let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

/// A Postfix and a Mailman that know each other, and the ports at which mail is handed to this house and
/// to the lists.
struct Servers {
    postfix: Postfix,
    mailman: Mailman,
    house_lmtp: u16,
    list_lmtp: u16,
}

impl Servers {
    /// `None`, and says so, where they cannot be started.
    fn start() -> Option<Self> {
        if !may_start_postfix() || !Path::new("/usr/lib/mailman3/bin/master").exists() {
            eprintln!("skipped: no Postfix or no Mailman 3 is installed here, or this is not root");
            return None;
        }
        let (house_lmtp, list_lmtp) = (free_port(), free_port());
        let way = |port| format!("lmtp:inet:127.0.0.1:{port}");
        let postfix = Postfix::with_lists(&way(house_lmtp), &way(list_lmtp));
        let mailman = Mailman::start(list_lmtp, &postfix.address());
        Some(Self { postfix, mailman, house_lmtp, list_lmtp })
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

fn profile(audience: Audience, address: &str) -> ListProfile {
    let for_distributors = audience == Audience::Distributors;
    ListProfile {
        audience,
        address: address.parse().unwrap(),
        posting: Posting::Mail,
        web: None,
        tag: for_distributors.then(|| "#security".into()),
        prefix: for_distributors.then(|| "[vs]".into()),
        cve_id_allowed: !for_distributors,
        closing_note: for_distributors.then(|| NOTE.into()),
        longest_embargo_days: None,
    }
}

/// A case of a house that does not run.
struct Desk {
    engine: Engine,
    case: CaseId,
}

impl Desk {
    fn open(place: &Place, case: CaseId) -> Self {
        Self { engine: bare(SqliteStore::open(&settings(place)).unwrap()), case }
    }

    fn case(&self) -> Case {
        self.engine.view(self.case, Actor::House).unwrap().loaded.case
    }

    fn ada(&self) -> case::PersonId {
        let project = self.engine.project(self.case().project).unwrap();
        project.team.into_iter().next().unwrap()
    }

    fn tell(&self, wish: &Wish) {
        let id = CommandId(self.engine.draw());
        self.engine.execute(self.case, Actor::Person(self.ada()), id, wish, "test").unwrap();
    }

    fn decide(&self, decision: Decision) {
        self.tell(&Wish::Decide(Box::new(decision)));
    }

    fn saw(&self, seen: Observation) {
        let (id, wish) = (CommandId(self.engine.draw()), Wish::Observe(Box::new(seen)));
        self.engine.execute(self.case, Actor::House, id, &wish, "test").unwrap();
    }

    /// Plans an act with the words that the house proposes.
    fn plan(&self, kind: &ActKind) -> ActId {
        let plan = self.engine.compose(&self.case(), kind, None).unwrap();
        let act = ActId(self.engine.draw());
        self.tell(&Wish::Plan { act, plan: Box::new(plan) });
        act
    }

    fn approve(&self, act: ActId) {
        let digest = self.case().acts[&act].digest;
        self.tell(&Wish::Approve { act, digest });
    }

    fn words(&self, act: ActId) -> (String, String) {
        match self.case().acts[&act].plan.payload.clone() {
            Payload::Message { subject, body } => (subject, body),
            other => panic!("{other:?}"),
        }
    }
}

/// A house with a notice to a list that is approved, and not sent yet.
pub(crate) fn house_with_a_notice(place: &Place, list: &str, posting: Posting) -> (CaseId, ActId) {
    let engine = bare(SqliteStore::create(&settings(place)).unwrap());
    let mailbox = Some("ada@example.com".parse().unwrap());
    let ada = engine.add_person(&Contact { name: "Ada".into(), mailbox, login: None }).unwrap();
    let playbook = Playbook::parse(BARE).unwrap();
    let distributors = ListProfile { posting, ..profile(Audience::Distributors, list) };
    let policy = playbook.policy(&playbook::Settings {
        project: "Example".into(),
        repositories: vec!["example".into()],
        lists: BTreeMap::from([
            ("distributors".into(), distributors),
            ("users".into(), profile(Audience::Users, USERS)),
        ]),
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
    let desk = Desk { engine, case };
    desk.decide(Decision::Triage { verdict: Triage::Accepted, reason: "it is one".into() });
    let (vulnerability, title) = (VulnId([4; 16]), "slashes".to_owned());
    desk.decide(Decision::Vulnerability { id: vulnerability, title, origin: Origin::Ours });
    let word = CveWord::Assigned { id: CVE.parse().unwrap() };
    desk.saw(Observation::Cve { vulnerability, word });
    desk.saw(Observation::Fork { url: FORK.into() });
    let private = Reference { kind: ReferenceKind::Advisory, url: WIKI.into(), private: true };
    let advisory = advisory::Advisory {
        title: Some("Slashes".into()),
        details: Some("Paths with “two slashes” are not checked — not even once.\n".into()),
        workarounds: Some("    location // { deny all; }\n\n.and a dot, and From here on.".into()),
        references: vec![private],
        ..advisory::Advisory::default()
    };
    desk.decide(Decision::Advisory(Box::new(advisory)));
    desk.tell(&Wish::ProposeEmbargo {
        instant: SystemClock.wall() + SignedDuration::from_hours(240),
        zone: "UTC".into(),
        tzdata: "2026a".into(),
        answer_by: None,
    });
    let act = desk.plan(&ActKind::NotifyDistributors);
    desk.approve(act);
    (case, act)
}

/// What is known of a case, and how many there are.
pub(crate) fn known(place: &Place, case: CaseId) -> (Case, usize) {
    let desk = Desk::open(place, case);
    let cases = desk.engine.cases(desk.ada(), None, 10).unwrap().cases.len();
    (desk.case(), cases)
}

#[test]
fn a_real_mailman_sends_a_notice_on_and_holds_another_back() {
    let Some(Servers { postfix, mailman, house_lmtp, list_lmtp }) = Servers::start() else {
        return;
    };
    let (open, held) = (DISTRIBUTORS, "held@lists.example.org");
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
    let [archived] = mailman.archived(open, 1).try_into().unwrap();
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

/// A field of a mail's header, in one line.
fn field(mail: &str, name: &str) -> Option<String> {
    let mail = mail.replace("\r\n", "\n");
    let (head, _) = mail.split_once("\n\n").unwrap();
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    let name = format!("{}: ", name.to_lowercase());
    let found = head.lines().find(|line| line.to_lowercase().starts_with(&name));
    found.map(|line| line[name.len()..].trim().to_owned())
}

/// The one of these mails that has the Message-ID of an act.
fn of_act(mails: &[String], act: ActId) -> &str {
    let id = format!("<{}>", engine::message_id(act));
    let mut found = mails.iter().filter(|mail| field(mail, "Message-ID").as_ref() == Some(&id));
    let (mail, more) = (found.next(), found.next());
    assert!(more.is_none(), "twice: {id}");
    mail.unwrap_or_else(|| panic!("{id} is not among {mails:?}"))
}

/// A page of the house, as somebody sees it who came in by its link.
fn page(house: &Running, path: &str) -> String {
    let entered = house.enter();
    let cookie = entered.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    house.ask("GET", path, &format!("Cookie: {cookie}\r\n"))
}

#[test]
fn what_follows_stands_in_the_notices_thread_and_the_users_read_what_was_approved_for_them() {
    let Some(Servers { postfix, mailman, house_lmtp, list_lmtp }) = Servers::start() else {
        return;
    };
    mailman.list(DISTRIBUTORS, true);
    mailman.list(USERS, true);
    mailman.begin(list_lmtp);
    let (smtp, lmtp) = (postfix.address(), format!("127.0.0.1:{house_lmtp}"));
    let kept = ["to=<security@example.org>", "status=sent", "250 2.0.0 kept"];
    let arrived = ["to=<rita@example.com>", "status=sent"];

    let place = Place::new();
    let (id, notice) = house_with_a_notice(&place, DISTRIBUTORS, Posting::Mail);
    let house = Running::start(&place, &["--smtp", &smtp, "--lmtp", &lmtp]);
    postfix.log_with_all(1, &kept);
    postfix.log_with_all(1, &arrived);
    assert_eq!(house.end("-TERM").0, Some(0));

    let desk = Desk::open(&place, id);
    desk.saw(Observation::Draft(Draft {
        ghsa: "GHSA-2345-6789-cfgh".parse().unwrap(),
        url: AT_FORGE.into(),
        state: DraftState::Published,
        patched: BTreeMap::new(),
        credits: Vec::new(),
        vector: None,
        cwes: Vec::new(),
    }));
    let (follow_up, announced) = (desk.plan(&ActKind::FollowUp), desk.plan(&ActKind::NotifyUsers));
    let (_, approved) = desk.words(announced);
    assert!(approved.contains(CVE) && approved.contains(AT_FORGE), "{approved}");
    drop(desk);
    let house = Running::start(&place, &["--invite", "ada@example.com"]);
    let before = page(&house, &format!("/case/{id}/act/{announced}"));
    for expected in [
        "Compared with what the distributors read",
        "the embargo note is gone",
        "it names CVE-2026-12345, which the distributors did not read",
        "0 of 1 approvals",
    ] {
        assert!(before.contains(expected), "{expected}: {before}");
    }
    assert_eq!(house.end("-TERM").0, Some(0));

    let desk = Desk::open(&place, id);
    desk.approve(follow_up);
    desk.approve(announced);
    drop(desk);
    let house = Running::start(&place, &["--smtp", &smtp, "--lmtp", &lmtp]);
    postfix.log_with_all(3, &kept);
    postfix.log_with_all(3, &arrived);
    assert_eq!(house.end("-TERM").0, Some(0));

    // A reader, and the archive, see an answer to the notice.
    let (read, begun) = (postfix.mails("rita"), format!("<{}>", engine::message_id(notice)));
    for mails in [&read, &mailman.archived(DISTRIBUTORS, 2)] {
        let [first, then] = [notice, follow_up].map(|act| of_act(mails, act));
        let thread = |mail| ["In-Reply-To", "References"].map(|name| field(mail, name));
        assert_eq!(thread(first), [None, None], "{first}");
        assert_eq!(thread(then), [Some(begun.clone()), Some(begun.clone())], "{then}");
        let [first, then] = [first, then].map(|mail| read_mail(mail.as_bytes()).unwrap().subject);
        let (_, words) = first.split_once("[vs] ").unwrap();
        assert!(!is_answer(&first) && is_answer(&then) && then.ends_with(words), "{then}");
    }

    // The users read the words that were approved for them, and nothing that was not for them.
    let archived = mailman.archived(USERS, 1);
    assert_eq!((archived.len(), mailman.archive(DISTRIBUTORS).len(), read.len()), (1, 2, 3));
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for mail in [of_act(&archived, announced), of_act(&read, announced)] {
        let text = read_mail(mail.as_bytes()).unwrap().text;
        assert!(plain(&text).starts_with(&plain(&approved)), "{text}");
        for secret in [NOTE, FORK, WIKI, "embargo"] {
            assert!(!mail.contains(secret) && !plain(&text).contains(secret), "{secret}: {text}");
        }
        assert_eq!(field(mail, "In-Reply-To"), None, "it begins a thread");
    }
    let (case, cases) = known(&place, id);
    assert_eq!(cases, 1, "no copy is a report");
    for act in [notice, follow_up, announced] {
        let [copy] = case.list_copies[&act].as_slice() else { panic!("{:?}", case.list_copies) };
        assert_eq!(copy.copy.compared.differences, [], "{act}");
        assert!(case.posts[&act].by_mail && case.posts[&act].words_match);
    }
    assert_eq!(case.posts[&follow_up].thread, case.posts[&notice].thread);
    assert_ne!(case.posts[&announced].thread, case.posts[&notice].thread);
}

#[test]
fn who_wrote_is_seen_where_a_real_mailman_sends_in_its_own_name() {
    let Some(Servers { postfix, mailman, house_lmtp, list_lmtp }) = Servers::start() else {
        return;
    };
    let list = "reports@lists.example.org";
    mailman.list(list, true);
    mailman.send_in_own_name(list);
    mailman.begin(list_lmtp);

    let place = Place::new();
    let (before, _) = house_with_a_notice(&place, DISTRIBUTORS, Posting::Web);
    let house = Running::start(&place, &["--lmtp", &format!("127.0.0.1:{house_lmtp}")]);
    let mail = "From: Rita <rita@example.com>\r\nTo: reports@lists.example.org\r\n\
                Message-ID: <r1@example.com>\r\nSubject: Another crash\r\n\r\nIt crashes again.";
    postfix.send(list, mail);
    postfix.log_with(&["to=<security@example.org>", "status=sent", "250 2.0.0 kept"]);
    assert_eq!(house.end("-TERM").0, Some(0));
    let [archived] = mailman.archived(list, 1).try_into().unwrap();
    assert!(archived.contains("It crashes again."), "{archived}");

    let desk = Desk::open(&place, before);
    let all = desk.engine.cases(desk.ada(), None, 10).unwrap().cases;
    let new = all.iter().map(|found| found.case).find(|case| *case != before).unwrap();
    let case = Desk { case: new, ..desk }.case();
    let [report] = case.reports.values().collect::<Vec<_>>()[..] else { panic!("one report") };
    assert_eq!(report.reporter_name, "Rita");
    let answered: Vec<_> = case.acts.values().flat_map(|act| &act.plan.to).collect();
    let [Recipient::Person { mailbox, .. }] = answered[..] else { panic!("{answered:?}") };
    assert_eq!(mailbox.as_str(), "rita@example.com");
}
