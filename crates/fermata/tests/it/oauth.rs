//! `--imap-oauth` and `--smtp-oauth`, with a real Dovecot that asks whether a token holds, and a real
//! Postfix that asks Dovecot. Where one of them is missing, or only root may start them, this says so.

use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use crate::{
    dovecot::{Dovecot, may_start_dovecot, tls},
    postfix::Postfix,
    program::Place,
    sends::house_with_a_report,
    serve::Running,
};

/// Gives tokens out, and tells mail servers which of them hold.
struct Giver {
    port: u16,
    /// The bodies of what was asked.
    asked: Arc<Mutex<Vec<String>>>,
}

const REFRESH: [&str; 2] = ["refresh-zero", "refresh-one"];
const SECRET: &str = "client-sesame";

impl Giver {
    /// It gives this token, and a new refresh token with it.
    fn of(token: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let keep = Arc::clone(&asked);
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's process")]
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut question = BufReader::new(stream.try_clone().unwrap());
                let (mut head, mut line) = (String::new(), String::new());
                while question.read_line(&mut line).unwrap() > 2 {
                    head.push_str(&line.to_lowercase());
                    line.clear();
                }
                let size = head.split_once("content-length: ").unwrap().1;
                let size = size.lines().next().unwrap().trim().parse().unwrap();
                let mut body = vec![0; size];
                question.read_exact(&mut body).unwrap();
                let body = String::from_utf8(body).unwrap();
                let answer = if head.starts_with("post /token ") {
                    keep.lock().unwrap().push(body);
                    format!(
                        "{{\"access_token\":\"{token}\",\"token_type\":\"bearer\",\"expires_in\":3599,\
                         \"refresh_token\":\"{}\"}}",
                        REFRESH[1]
                    )
                } else if body.contains("good-token") {
                    "{\"active\":true,\"username\":\"fermata\"}".into()
                } else {
                    "{\"active\":false}".into()
                };
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\
                     Content-Length: {}\r\n\r\n{answer}",
                    answer.len()
                );
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { port, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Who the house is to it.
    fn credentials(&self, place: &Place) {
        let file = place.file(
            "oauth",
            format!(
                "user = fermata\ntoken-endpoint = http://127.0.0.1:{}/token\nclient-id = house\n\
                 client-secret = {SECRET}\nrefresh-token = {}\n",
                self.port, REFRESH[0]
            ),
        );
        fs::set_permissions(file, Permissions::from_mode(0o600)).unwrap();
    }
}

/// A Postfix that lets Dovecot say who somebody is, and a Dovecot that asks the giver.
fn servers(place: &Place, giver: &Giver, ways: &str) -> (Postfix, Dovecot) {
    let (certificate, key) = (tls("localhost.pem"), tls("localhost.key"));
    let settings = format!(
        "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\n\
         smtpd_sasl_path = $data_directory/auth\nsmtpd_tls_security_level = may\n\
         smtpd_tls_auth_only = yes\nsmtpd_tls_cert_file = {}\nsmtpd_tls_key_file = {}\n",
        certificate.display(),
        key.display()
    );
    let postfix = Postfix::with_settings("virtual:", "error:no list is here", &settings);
    let asks = place.file(
        "dovecot-oauth2",
        format!(
            "introspection_mode = post\nintrospection_url = http://127.0.0.1:{}/introspect\n\
             username_attribute = username\nactive_attribute = active\nactive_value = true\n",
            giver.port
        ),
    );
    let settings = format!(
        "auth_mechanisms = plain {ways}\npassdb {{\n driver = oauth2\n mechanisms = {ways}\n \
         args = {}\n}}\nservice auth {{\n unix_listener {} {{\n mode = 0666\n }}\n}}\n",
        asks.display(),
        postfix.path("data/auth").display()
    );
    let dovecot = Dovecot::with_settings(&postfix, &settings);
    (postfix, dovecot)
}

fn start(place: &Place, postfix: &Postfix, dovecot: &Dovecot) -> Running {
    let mut program = place.program();
    program.env("SSL_CERT_FILE", tls("authority.pem"));
    let smtp = format!("starttls:localhost:{}", postfix.address().rsplit_once(':').unwrap().1);
    let imap = format!("starttls:localhost:{}", dovecot.port);
    let arguments =
        ["--smtp", &smtp, "--smtp-oauth", "oauth", "--imap", &imap, "--imap-oauth", "./oauth"];
    Running::start_by(program, &arguments)
}

/// Nothing of these stands in what was said, or in the house's data.
fn nowhere(place: &Place, said: &str, token: &str) {
    for secret in [token, SECRET, REFRESH[0], REFRESH[1]] {
        assert!(!said.contains(secret), "{said}");
        let mut grep = Command::new("grep");
        let found = grep.args(["-rl", secret, "data"]).current_dir(place.path()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    }
}

#[test]
fn real_servers_believe_a_token_in_both_ways() {
    if !may_start_dovecot() {
        eprintln!("skipped: no Dovecot or no Postfix is installed here, or this is not root");
        return;
    }
    for (ways, way) in [("xoauth2 oauthbearer", "OAUTHBEARER"), ("xoauth2", "XOAUTH2")] {
        let (place, token) = (Place::new(), "a-good-token");
        house_with_a_report(&place);
        let giver = Giver::of(token);
        giver.credentials(&place);
        let (postfix, dovecot) = servers(&place, &giver, ways);
        let house = start(&place, &postfix, &dovecot);
        postfix.log_with(&[&format!("sasl_method={way}"), "sasl_username=fermata"]);
        postfix.log_with(&["to=<rita@example.com>", "status=sent"]);
        let by = format!("method={way}");
        dovecot.soon(&by, || (dovecot.logins(&by) > 0).then_some(()));
        let mail = "From: otto@example.com\r\nTo: undisclosed\r\nSubject: A comma\r\n\r\nHi.";
        postfix.send("security@example.org", mail);
        postfix.log_with(&["to=<otto@example.com>", "status=sent"]);
        let (code, said) = house.end("-TERM");
        assert_eq!((code, said.as_str()), (Some(0), "stopped\n"));

        // Both have one token, and what came in place of the refresh token is kept.
        let [asked] = giver.asked().try_into().unwrap();
        assert_eq!(
            asked,
            format!(
                "grant_type=refresh_token&client_id=house&client_secret={SECRET}&refresh_token={}",
                REFRESH[0]
            )
        );
        let kept = fs::read_to_string(place.path().join("oauth")).unwrap();
        assert!(kept.ends_with(&format!("\nrefresh-token = {}\n", REFRESH[1])), "{kept}");
        nowhere(&place, &said, token);
    }
}

#[test]
fn real_servers_complain_of_a_token_in_words_that_hold_none() {
    if !may_start_dovecot() {
        eprintln!("skipped: no Dovecot or no Postfix is installed here, or this is not root");
        return;
    }
    for ways in ["oauthbearer", "xoauth2"] {
        let (place, token) = (Place::new(), "a-bad-token");
        house_with_a_report(&place);
        let giver = Giver::of(token);
        giver.credentials(&place);
        let (postfix, dovecot) = servers(&place, &giver, ways);
        let house = start(&place, &postfix, &dovecot);
        postfix.log_with(&["authentication failed"]);
        dovecot.soon("a complaint", || (dovecot.log().contains("auth failed")).then_some(()));
        // It says why.
        thread::park_timeout(Duration::from_secs(1));
        let (code, said) = house.end("-TERM");
        assert_eq!(code, Some(0), "{said}");
        let why = "mail cannot be read by IMAP, at the login: NO [AUTHENTICATIONFAILED]";
        assert!(said.contains(why), "{said}");
        assert!(said.contains("; of the token it says: status "), "{said}");
        nowhere(&place, &said, token);
    }
}

/// A file that everybody may read.
fn open(path: &Path) {
    fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
}

#[test]
fn what_is_said_of_tokens_is_checked_before_a_house_begins() {
    let place = Place::new();
    let fine = "user = fermata\ntoken-endpoint = https://t.example/x\nclient-id = c\n\
                refresh-token = sesame\n";
    open(&place.file("open", fine));
    let wrong = place.file("wrong", fine.replace("refresh-token", "refresh_token"));
    fs::set_permissions(wrong, Permissions::from_mode(0o600)).unwrap();
    place.file("login", "fermata\nopen sesame\n");
    for (arguments, why) in [
        (&["--imap-oauth", "open"][..], "--imap"),
        (&["--smtp-oauth", "open"], "--smtp"),
        (&["--imap", "127.0.0.1:1"], "--imap-oauth"),
        (&["--imap", "127.0.0.1:1", "--imap-oauth", "open"], "open: others than its owner"),
        (&["--imap", "127.0.0.1:1", "--imap-oauth", "none"], "none: it cannot be read"),
        (&["--imap", "127.0.0.1:1", "--imap-oauth", "wrong"], "wrong: line 4: a name that is not"),
        (
            &["--imap", "127.0.0.1:1", "--imap-oauth", "wrong", "--imap-login", "login"],
            "cannot be used with",
        ),
        (
            &["--smtp", "tls:m.example:465", "--smtp-oauth", "wrong", "--smtp-login", "login"],
            "cannot be used with",
        ),
        (&["--smtp", "127.0.0.1:1", "--smtp-oauth", "wrong"], "over TLS alone"),
        (&["--smtp", "tls:m.example:465", "--smtp-oauth", "wrong"], "wrong: line 4"),
    ] {
        let ended = place.run(&[&["serve", "--data", "data"], arguments].concat());
        assert_eq!(ended.code, Some(2), "{arguments:?} {}", ended.err);
        assert!(ended.err.contains(why), "{arguments:?} {}", ended.err);
        assert!(!ended.err.contains("sesame"), "{}", ended.err);
        assert!(!place.path().join("data").exists(), "it has made nothing");
    }
}
