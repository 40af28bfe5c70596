//! The lines of `docs/mail.md`, with a real Postfix on ports and in a folder of its own. Where there
//! is none, or where only root may start one, this says so.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use case::{
    ActId, Actor, CaseId, Command as Wish, CommandId, ProjectId,
    act::{ActKind, ActState, Payload, Topic},
    observation::Delivery,
    sealing::{Correspondent, Protection},
};
use engine::read_mail;
use store::SqliteStore;

use crate::{
    program::Place,
    sends::{engine, house_with_a_report, settings},
    serve::Running,
};

/// How often something is looked for, a quarter of a second apart.
pub(crate) const LOOKS: usize = 240;

/// A Postfix that runs.
pub(crate) struct Postfix {
    folder: tempfile::TempDir,
    port: u16,
}

/// A port that nobody has now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn run(program: &str, arguments: &[&str]) {
    let ended = Command::new(program).args(arguments).output().unwrap();
    assert!(ended.status.success(), "{program} {arguments:?}: {ended:?}");
}

impl Postfix {
    /// Delivers mail for example.com into folders; mail for one address of example.org goes this way,
    /// which may lead into a folder too.
    pub(crate) fn start(way: &str) -> Self {
        Self::with_lists(way, "error:no list is here")
    }

    /// The same, where mail for lists.example.org goes another way.
    pub(crate) fn with_lists(way: &str, lists: &str) -> Self {
        Self::with_settings(way, lists, "")
    }

    /// The same, with more lines in its main.cf.
    pub(crate) fn with_settings(way: &str, lists: &str, settings: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("postfix").tempdir_in("/tmp").unwrap();
        let top = folder.path().to_owned();
        fs::set_permissions(&top, fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["etc", "spool", "data", "mail", "log"] {
            fs::create_dir(top.join(name)).unwrap();
        }
        run("chown", &["postfix:postfix", text(&top.join("data")), text(&top.join("mail"))]);
        let (port, at) = (free_port(), top.display());
        let user = |flag| {
            String::from_utf8(Command::new("id").args([flag, "postfix"]).output().unwrap().stdout)
                .unwrap()
        };
        let (uid, gid) = (user("-u"), user("-g"));
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {at}/spool\ndata_directory = {at}/data\n\
             command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\n\
             maillog_file = {at}/log/mail\nmaillog_file_prefixes = /tmp\nmyhostname = mx.example.org\n\
             inet_interfaces = loopback-only\nmynetworks = 127.0.0.0/8\nmydestination =\n\
             alias_maps =\nalias_database =\nlocal_recipient_maps =\ndefault_transport = error:no\n\
             virtual_mailbox_domains = example.com\nvirtual_mailbox_base = {at}/mail\n\
             virtual_mailbox_maps = inline:{{ rita@example.com=rita/, \
             otto@example.com=otto/, security@example.org=security/ }}\n\
             virtual_minimum_uid = 1\nvirtual_uid_maps = static:{}\nvirtual_gid_maps = static:{}\n\
             relay_domains = example.org lists.example.org\nrecipient_delimiter = +\n\
             transport_maps = hash:{at}/etc/transport\n{settings}",
            uid.trim(),
            gid.trim(),
        );
        fs::write(top.join("etc/main.cf"), main).unwrap();
        let transport = format!("security@example.org {way}\nlists.example.org {lists}\n");
        fs::write(top.join("etc/transport"), transport).unwrap();
        let services = "pickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\n\
                        qmgr unix n - n 1 1 qmgr\nrewrite unix - - n - - trivial-rewrite\n\
                        bounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce\n\
                        trace unix - - n - 0 bounce\nerror unix - - n - - error\n\
                        retry unix - - n - - error\nlmtp unix - - n - - lmtp\n\
                        virtual unix - n n - - virtual\nproxymap unix - - n - - proxymap\n\
                        anvil unix - - n - 1 anvil\ntlsmgr unix - - n - 1 tlsmgr\n\
                        postlog unix-dgram n - n - 1 postlogd\n";
        let master = format!("127.0.0.1:{port} inet n - n - - smtpd\n{services}");
        fs::write(top.join("etc/master.cf"), master).unwrap();
        let found = Self { folder, port };
        let etc = found.path("etc");
        run("postmap", &["-c", text(&etc), text(&etc.join("transport"))]);
        run("postfix", &["-c", text(&etc), "start"]);
        found
    }

    /// Where it takes mail.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits for a line in its log that holds all of these words.
    pub(crate) fn log_with(&self, words: &[&str]) -> String {
        self.log_with_all(1, words).remove(0)
    }

    /// Waits for so many of them.
    pub(crate) fn log_with_all(&self, number: usize, words: &[&str]) -> Vec<String> {
        let mut log = String::new();
        for _ in 0..LOOKS {
            log = fs::read_to_string(self.path("log/mail")).unwrap_or_default();
            let fits = |line: &&str| words.iter().all(|word| line.contains(word));
            let lines: Vec<_> = log.lines().filter(fits).map(str::to_owned).collect();
            if lines.len() >= number {
                return lines;
            }
            thread::park_timeout(Duration::from_millis(250));
        }
        panic!("{words:?} is not in its log {number} times:\n{log}");
    }

    /// The mails in somebody's folder.
    pub(crate) fn mails(&self, of: &str) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.path("mail").join(of).join("new")) else {
            return Vec::new();
        };
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }

    /// Gives it a mail, as anybody may.
    pub(crate) fn send(&self, to: &str, mail: &str) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut replies = BufReader::new(stream.try_clone().unwrap()).lines();
        let content = format!("{mail}\r\n.");
        let to = format!("RCPT TO:<{to}>");
        for said in ["HELO a", "MAIL FROM:<rita@example.com>", &to, "DATA", &content, "QUIT"] {
            let reply = replies.next().unwrap().unwrap();
            assert!(reply.starts_with(['2', '3']), "{said}: {reply}");
            stream.write_all(format!("{said}\r\n").as_bytes()).unwrap();
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _ = Command::new("postfix").args(["-c", text(&self.path("etc")), "stop"]).output();
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn may_start_postfix() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    root && Path::new("/usr/lib/postfix/sbin/smtpd").exists()
}

#[test]
fn a_real_postfix_takes_our_mail_and_hands_answers_over() {
    if !may_start_postfix() {
        eprintln!("skipped: no Postfix is installed here, or this is not root");
        return;
    }
    let place = Place::new();
    let project = house_with_a_report(&place);
    let lmtp = free_port();
    let postfix = Postfix::start(&format!("lmtp:inet:127.0.0.1:{lmtp}"));
    let (smtp, lmtp) = (postfix.address(), format!("127.0.0.1:{lmtp}"));
    let house = Running::start(&place, &["--smtp", &smtp, "--lmtp", &lmtp]);
    postfix.log_with(&["to=<rita@example.com>", "status=sent"]);
    let [mail] = postfix.mails("rita").try_into().unwrap();
    assert!(mail.starts_with("Return-Path: <>\n"), "{mail}");
    let id = mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
    let answer =
        format!("From: rita@example.com\r\nIn-Reply-To: {id}\r\n\r\n.\r\n..\r\nThank you.");
    postfix.send("security@example.org", &answer.replace("\r\n.", "\r\n.."));
    postfix.log_with(&["to=<security@example.org>", "status=sent", "250 2.0.0 kept"]);
    let act = id.trim_start_matches('<').split('@').next().unwrap();
    let own = format!("security+{act}@example.org");
    postfix.send(&own, "Auto-Submitted: auto-replied\r\n\r\nI am away.");
    postfix.log_with(&[&format!("to=<{own}>"), "status=sent", "250 2.0.0 kept"]);
    assert_eq!(house.end("-TERM").0, Some(0));

    let engine = engine(SqliteStore::open(&settings(&place)).unwrap());
    let ada = engine.project(project).unwrap().team.into_iter().next().unwrap();
    let [summary] = engine.cases(ada, None, 10).unwrap().cases.try_into().unwrap();
    let case = engine.view(summary.case, Actor::House).unwrap().loaded.case;
    let act = case.acts.values().next().unwrap();
    let ActState::Done { proof, .. } = &act.state else { panic!("{:?}", act.state) };
    assert!(proof.reference.contains("250 2.0.0 Ok: queued as "), "{}", proof.reference);
    let texts: Vec<_> = case.messages.iter().map(|message| message.text.as_str()).collect();
    let [answered, away] = texts.as_slice() else { panic!("{texts:?}") };
    assert!(answered.contains(".\r\n..\r\nThank you."), "{answered}");
    assert!(away.contains("I am away."), "{away}");
}

/// A `GnuPG` in a folder, which has to be there.
fn gpg(home: &Path, arguments: &[&str]) -> String {
    fs::create_dir_all(home).unwrap();
    fs::set_permissions(home, fs::Permissions::from_mode(0o700)).unwrap();
    let mut gpg = Command::new("gpg");
    gpg.args(["--batch", "--yes", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""]);
    let output = gpg.arg("--homedir").arg(home).args(arguments).current_dir(home).output().unwrap();
    assert!(output.status.success(), "gpg {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

/// Approves a message to whoever wrote the report, for whom a key is pinned before, if there is one; the
/// latter with its fingerprint.
fn approved(place: &Place, project: ProjectId, key: Option<(&str, &str)>) -> (CaseId, ActId) {
    let engine = engine(SqliteStore::open(&settings(place)).unwrap());
    let ada = engine.project(project).unwrap().team.into_iter().next().unwrap();
    let [summary] = engine.cases(ada, None, 10).unwrap().cases.try_into().unwrap();
    let case = engine.view(summary.case, Actor::House).unwrap().loaded.case;
    let person = case.reports.values().next().unwrap().reporter;
    let tell = |wish: &Wish| {
        let id = CommandId(engine.draw());
        engine.execute(case.id, Actor::Person(ada), id, wish, "test").unwrap();
    };
    if let Some((certificate, told)) = key {
        let key = Some(Box::new(engine.certificate(certificate, told).unwrap()));
        let correspondent = Box::new(Correspondent { protection: Protection::Required, key });
        tell(&Wish::Protect { person, correspondent, replaces: None });
    }
    let case = engine.view(case.id, Actor::House).unwrap().loaded.case;
    let kind = ActKind::TellReporter { person, topic: Topic::Other };
    let mut plan = engine.compose(&case, &kind, None).unwrap();
    let Payload::Message { body, .. } = &mut plan.payload else { panic!() };
    *body = "Two slashes skip it.\n".into();
    let (act, digest) = (ActId(engine.draw()), plan.digest().unwrap());
    tell(&Wish::Plan { act, plan: Box::new(plan) });
    tell(&Wish::Approve { act, digest });
    (case.id, act)
}

#[test]
fn an_encrypted_mail_goes_through_a_real_postfix_to_somebody_who_opens_it() {
    if !may_start_postfix() || Command::new("gpg").arg("--version").output().is_err() {
        eprintln!("skipped: no Postfix or no gpg is installed here, or this is not root");
        return;
    }
    let place = Place::new();
    let project = house_with_a_report(&place);
    let (rita, team) = (place.path().join("rita"), place.path().join("team"));
    let make = |home: &Path, name| gpg(home, &["--quick-generate-key", name, "future-default"]);
    make(&rita, "Rita <rita@example.com>");
    make(&team, "Team <security@example.org>");
    let listed = gpg(&rita, &["--with-colons", "--list-keys"]);
    let told = listed.lines().find_map(|line| line.strip_prefix("fpr:")).unwrap();
    let told = told.trim_matches(':');
    let certificate = gpg(&rita, &["--armor", "--export"]);
    let (case, act) = approved(&place, project, Some((&certificate, told)));
    fs::write(place.path().join("key.asc"), gpg(&team, &["--armor", "--export-secret-keys"]))
        .unwrap();
    fs::write(rita.join("team.asc"), gpg(&team, &["--armor", "--export"])).unwrap();
    gpg(&rita, &["--import", "team.asc"]);

    let postfix = Postfix::start(&format!("lmtp:inet:127.0.0.1:{}", free_port()));
    let smtp = format!("127.0.0.1:{}", postfix.port);
    let house = Running::start(&place, &["--smtp", &smtp, "--mail-key", "key.asc"]);
    let returning = format!("from=<security+{act}@example.org>");
    postfix.log_with(&[&returning]);
    let of_act = format!("Message-ID: <{}>", engine::message_id(act));
    let mut mails = Vec::new();
    for _ in 0..LOOKS {
        mails = postfix.mails("rita");
        if mails.iter().any(|mail| mail.contains(&of_act)) {
            break;
        }
        thread::park_timeout(Duration::from_millis(250));
    }
    assert_eq!(house.end("-TERM").0, Some(0));
    let mail = mails.iter().find(|mail| mail.contains(&of_act)).unwrap();
    assert!(mail.contains("Subject: [...]\n") && !mail.contains("slashes"), "{mail}");
    let from = mail.find("-----BEGIN PGP MESSAGE-----").unwrap();
    let to = mail.find("-----END PGP MESSAGE-----").unwrap() + 25;
    for home in [&rita, &team] {
        fs::write(home.join("mail.asc"), &mail[from..to]).unwrap();
    }
    let inside = gpg(&rita, &["--status-fd", "2", "--decrypt", "mail.asc"]);
    assert!(inside.contains("GOODSIG"), "{inside}");
    let read = read_mail(inside.as_bytes()).unwrap();
    let engine = engine(SqliteStore::open(&settings(&place)).unwrap());
    let ada = engine.project(project).unwrap().team.into_iter().next().unwrap();
    let found = engine.view(case, Actor::House).unwrap().loaded.case;
    let Payload::Message { subject, .. } = &found.acts[&act].plan.payload else { panic!() };
    assert_eq!(read.subject, *subject);
    assert!(read.text.starts_with("Two slashes skip it.\r\n"), "{}", read.text);
    // The house has kept what arrived, and its team can read that.
    let kept = String::from_utf8(engine.sealed_mail(case, ada, act).unwrap()).unwrap();
    assert!(kept.replace("\r\n", "\n").contains(&mail[from..to]));
    assert!(gpg(&team, &["--decrypt", "mail.asc"]).contains(subject.as_str()));
}

/// Of a mail that cannot be delivered only the headers come back.
const HEADERS: &str = "bounce_size_limit = 1\n";
/// And a server on the way has given it another Message-ID.
const RENAMES: &str = "header_checks = regexp:{{/^Message-ID:/ IGNORE}}\n";

#[test]
fn what_a_real_postfix_sends_back_to_a_plain_sender_is_known_by_what_stands_in_it() {
    if !may_start_postfix() {
        eprintln!("skipped: no Postfix is installed here, or this is not root");
        return;
    }
    for (more, keeps_its_id) in [(HEADERS.to_owned(), true), (format!("{HEADERS}{RENAMES}"), false)]
    {
        let place = Place::new();
        let project = house_with_a_report(&place);
        let (case, act) = approved(&place, project, None);
        let lmtp = format!("127.0.0.1:{}", free_port());
        let way = format!("lmtp:inet:{lmtp}");
        // Whoever gets the mail for example.com knows nobody there.
        let more = format!("virtual_mailbox_domains =\ndefault_transport = {way}\n{more}");
        let postfix = Postfix::with_settings(&way, "error:no list is here", &more);
        let smtp = postfix.address();
        let arguments = ["--smtp", &smtp, "--lmtp", &lmtp, "--smtp-sender", "plain"];
        let house = Running::start(&place, &arguments);
        postfix.log_with(&["from=<security@example.org>"]);
        postfix.log_with(&["to=<security@example.org>", "status=sent", "250 2.0.0 kept"]);
        assert_eq!(house.end("-TERM").0, Some(0));

        let engine = engine(SqliteStore::open(&settings(&place)).unwrap());
        let ada = engine.project(project).unwrap().team.into_iter().next().unwrap();
        assert_eq!(engine.cases(ada, None, 10).unwrap().cases.len(), 1);
        let bounce = String::from_utf8(engine.raw_message(case, ada, 0).unwrap()).unwrap();
        let id = engine::message_id(act);
        let (_, returned) = bounce.split_once("Content-Type: text/rfc822-headers").unwrap();
        assert_eq!(returned.contains(&id), keeps_its_id, "{bounce}");
        assert!(bounce.contains(&format!("Original-Envelope-Id: {id}")), "{bounce}");
        let found = engine.view(case, Actor::House).unwrap().loaded.case;
        let (outcome, _) = found.deliveries[&act].values().next().unwrap();
        assert!(matches!(outcome, Delivery::Bounced { hard: true, .. }), "{outcome:?}");
    }
}
