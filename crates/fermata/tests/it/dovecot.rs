//! The lines of `docs/mail.md` about IMAP, with a real Dovecot and a real Postfix on ports and in
//! folders of their own. Where one of them is missing, or only root may start them, this says so.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use store::SqliteStore;

use crate::{
    postfix::{Postfix, free_port, may_start_postfix, text},
    program::Place,
    sends::{engine, house_with_a_report, settings},
    serve::Running,
};

/// How often something is looked for, a quarter of a second apart: far less than the minutes after
/// which a mailbox is looked at without news.
const LOOKS: usize = 80;

/// A Dovecot that runs.
pub(crate) struct Dovecot {
    folder: tempfile::TempDir,
    child: Child,
    pub(crate) port: u16,
    /// The port on which TLS comes first.
    secured: u16,
}

/// A file that was made for the tests of TLS.
pub(crate) fn tls(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../counterparts/tests/tls").join(name)
}

impl Dovecot {
    /// Shows what a Postfix delivered into its folders to their owners.
    fn start(postfix: &Postfix) -> Self {
        Self::with_settings(postfix, "")
    }

    /// The same, with more lines in its configuration.
    pub(crate) fn with_settings(postfix: &Postfix, settings: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("dovecot").tempdir_in("/tmp").unwrap();
        let top = folder.path().to_owned();
        fs::set_permissions(&top, fs::Permissions::from_mode(0o755)).unwrap();
        let mail = postfix.path("mail");
        let owner = fs::metadata(&mail).unwrap();
        let user = |name: &str, password: &str, of: &str| {
            let (uid, gid) = (owner.uid(), owner.gid());
            format!("{name}:{{PLAIN}}{password}:{uid}:{gid}::{}/{of}::\n", mail.display())
        };
        let users = [
            user("fermata", "open sesame", "security"),
            user("rita", "rita", "rita"),
            user("otto", "otto", "otto"),
        ];
        fs::write(top.join("users"), users.concat()).unwrap();
        let (port, secured, at) = (free_port(), free_port(), top.display());
        let (certificate, key) = (tls("localhost.pem"), tls("localhost.key"));
        let config = format!(
            "base_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\nprotocols = imap\n\
             listen = 127.0.0.1\nfirst_valid_uid = 1\nmail_location = maildir:%h\nssl = yes\n\
             ssl_cert = <{}\nssl_key = <{}\npassdb {{\n driver = passwd-file\n args = {at}/users\n}}\n\
             userdb {{\n driver = passwd-file\n args = {at}/users\n}}\n\
             service imap-login {{\n chroot =\n inet_listener imap {{\n port = {port}\n }}\n \
             inet_listener imaps {{\n port = {secured}\n ssl = yes\n }}\n}}\n{settings}",
            certificate.display(),
            key.display(),
        );
        fs::write(top.join("dovecot.conf"), config).unwrap();
        let mut command = Command::new("dovecot");
        command.args(["-F", "-c", text(&top.join("dovecot.conf"))]);
        let child = command.stdin(Stdio::null()).spawn().unwrap();
        let found = Self { folder, child, port, secured };
        found.soon("Dovecot", || TcpStream::connect(("127.0.0.1", port)).ok());
        found
    }

    /// Waits for what must come without delay.
    pub(crate) fn soon<T>(&self, what: &str, mut come: impl FnMut() -> Option<T>) -> T {
        for _ in 0..LOOKS {
            if let Some(found) = come() {
                return found;
            }
            thread::park_timeout(Duration::from_millis(250));
        }
        panic!("{what} does not come:\n{}", self.log());
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// How often the house came in, by such a connection.
    pub(crate) fn logins(&self, how: &str) -> usize {
        let log = self.log();
        log.lines()
            .filter(|line| line.contains("Login: user=<fermata>") && line.contains(how))
            .count()
    }

    /// What somebody's mail program reads.
    fn read(&self, name: &str, password: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let said = format!(
            "a LOGIN {name} \"{password}\"\r\nb SELECT INBOX\r\n\
             c FETCH 1:* (FLAGS BODY.PEEK[])\r\nd LOGOUT\r\n"
        );
        stream.write_all(said.as_bytes()).unwrap();
        let mut read = String::new();
        stream.read_to_string(&mut read).unwrap();
        assert!(read.contains("a OK "), "{read}");
        read
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

pub(crate) fn may_start_dovecot() -> bool {
    may_start_postfix() && Path::new("/usr/lib/dovecot/imap-login").exists()
}

#[test]
fn a_report_lies_in_a_real_mailbox_and_its_acknowledgement_in_another() {
    if !may_start_dovecot() {
        eprintln!("skipped: no Dovecot or no Postfix is installed here, or this is not root");
        return;
    }
    let place = Place::new();
    house_with_a_report(&place);
    place.file("login", "fermata\nopen sesame\n");
    let postfix = Postfix::start("virtual:");
    let dovecot = Dovecot::start(&postfix);
    let start = |imap: &str| {
        let mut program = place.program();
        program.env("SSL_CERT_FILE", tls("authority.pem"));
        let smtp = postfix.address();
        let arguments = ["--smtp", &smtp, "--imap", imap, "--imap-login", "login"];
        Running::start_by(program, &arguments)
    };
    let acknowledged = |who: &str| {
        dovecot.soon(&format!("an acknowledgement for {who}"), || {
            let read = dovecot.read(who, who);
            read.contains("Auto-Submitted: auto-replied").then_some(read)
        })
    };
    let send = |from: &str, words: &str| {
        let mail =
            format!("From: {from}@example.com\r\nTo: undisclosed\r\nSubject: {words}\r\n\r\nHi.");
        postfix.send("security@example.org", &mail);
    };

    let house = start(&format!("127.0.0.1:{}", dovecot.port));
    acknowledged("rita");
    dovecot.soon("a connection", || (dovecot.logins("") > 0).then_some(()));
    // It has read that there is nothing, and listens.
    thread::park_timeout(Duration::from_secs(1));
    send("otto", "A comma");
    let read = acknowledged("otto");
    assert!(read.contains("From: <security@example.org>"), "{read}");
    assert_eq!(house.end("-TERM").0, Some(0));

    // What comes while the house is away is read when it is back, by another way in.
    send("rita", "A colon");
    let seen = || {
        let read = dovecot.read("fermata", "open sesame");
        (read.matches("Subject: A co").count() == 2).then_some(read)
    };
    dovecot.soon("the second report", seen);
    for imap in [
        format!("starttls:localhost:{}", dovecot.port),
        format!("tls:localhost:{}", dovecot.secured),
    ] {
        let before = dovecot.logins(", TLS");
        let house = start(&imap);
        dovecot.soon("a connection with TLS", || (dovecot.logins(", TLS") > before).then_some(()));
        thread::park_timeout(Duration::from_secs(2));
        assert_eq!(house.end("-TERM").0, Some(0));
    }

    let read = seen().expect("nothing was taken away");
    let flags: Vec<_> = read.lines().filter(|line| line.contains(" FETCH (FLAGS")).collect();
    assert_eq!(flags.len(), 2, "{read}");
    assert!(flags.iter().all(|line| !line.contains("\\Seen")), "nothing was marked: {flags:?}");
    let engine = engine(SqliteStore::open(&settings(&place)).unwrap());
    let project = engine.projects().unwrap().remove(0);
    let ada = project.team.into_iter().next().unwrap();
    let cases = engine.cases(ada, None, 10).unwrap().cases;
    let mut titles: Vec<_> = cases.iter().map(|case| case.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["A colon", "A comma", "It crashes"]);
    let bookmark = engine.bookmark("INBOX of fermata").unwrap().unwrap();
    assert_eq!((bookmark.last, bookmark.waiting.len()), (2, 0));
}
