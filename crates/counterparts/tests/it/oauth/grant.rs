//! The file, what is asked by it, and what becomes of the answers.

use std::{
    fs::{self, Permissions},
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::{PermissionsExt, symlink},
    sync::Arc,
    thread,
    time::Duration,
};

use counterparts::{
    SystemClock,
    mail::{
        oauth::{Grant, Ungranted},
        server::{Identity, Login},
    },
};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use super::{Desk, for_an_hour, given, refused};
use crate::{feeds::Web, smtp::server::file};

fn login(token: &str) -> Login {
    Login::with_token("fermata", token).unwrap()
}

/// A token of another kind than mail servers take.
fn of_another_kind() -> Vec<u8> {
    String::from_utf8(given("at-1", "")).unwrap().replace("Bearer", "Cookie").into_bytes()
}

fn body(asked: &str) -> &str {
    asked.split_once("\n\n").unwrap().1
}

#[test]
fn a_refresh_token_or_a_secret_gets_a_token() {
    let web = Web::answering(vec![for_an_hour("at-1")], None);
    let desk = Desk::refreshing(&web);
    let grant = desk.grant();
    assert_eq!(grant.user(), "fermata");
    assert_eq!(grant.login().unwrap(), login("at-1"));
    let asked = web.asked().remove(0);
    assert!(asked.starts_with("post /token http/1.1\n"), "{asked}");
    assert!(asked.contains("\ncontent-type: application/x-www-form-urlencoded\n"), "{asked}");
    let secret = "client_secret=cs%2B1+%26%3D";
    let form = format!("grant_type=refresh_token&client_id=house&{secret}&refresh_token=rt-0");
    assert_eq!(body(&asked), form);

    let web = Web::answering(vec![for_an_hour("at-2")], None);
    let desk = Desk::with(&web, "client-secret = cs\nscope = https://m.example/.default\n");
    assert_eq!(desk.grant().login().unwrap(), login("at-2"));
    assert_eq!(
        body(&web.asked()[0]),
        "grant_type=client_credentials&client_id=house&client_secret=cs\
         &scope=https%3A%2F%2Fm.example%2F.default"
    );
}

#[test]
fn a_token_is_kept_until_a_minute_before_its_end() {
    let web = Web::answering(vec![for_an_hour("at-1"), given("at-2", ""), given("at-3", "")], None);
    let desk = Desk::refreshing(&web);
    let grant = desk.grant();
    for (second, token, asked) in
        [(0, "at-1", 1), (3_539, "at-1", 1), (3_540, "at-2", 2), (3_540, "at-3", 3)]
    {
        desk.clock.set(second);
        assert_eq!(grant.login().unwrap(), login(token), "at {second}");
        assert_eq!(web.asked().len(), asked, "at {second}");
    }
}

#[test]
fn whoever_asks_at_the_same_time_gets_the_same() {
    let web = Web::answering(vec![for_an_hour("at-1")], None);
    let desk = Desk::refreshing(&web);
    let grant = desk.grant();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(grant.login().unwrap(), login("at-1")));
        }
    });
    assert_eq!(web.asked().len(), 1);
}

#[test]
fn a_new_refresh_token_is_in_the_file_before_anything_is_done() {
    let rotating = |token, refresh| {
        given(token, &format!(",\"expires_in\":60,\"refresh_token\":\"{refresh}\""))
    };
    let answers =
        vec![rotating("at-1", "rt-1"), rotating("at-2", "rt-1"), rotating("at-3", "rt-3")];
    let web = Web::answering(answers, None);
    let desk = Desk::refreshing(&web);
    fs::set_permissions(desk.file(), Permissions::from_mode(0o400)).unwrap();
    let before = desk.text();
    let link = desk.folder.path().join("link");
    symlink(desk.file(), &link).unwrap();
    let clock = Arc::<super::Hand>::clone(&desk.clock);
    let grant = Grant::trusting(&link, &[], Duration::from_secs(5), clock).unwrap();

    grant.login().unwrap();
    assert_eq!(desk.text(), before.replace("rt-0", "rt-1"), "all else stays");
    let mode = fs::metadata(desk.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o400);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "a link stays one");
    assert_eq!(fs::read_dir(desk.folder.path()).unwrap().count(), 2, "nothing else is left there");
    grant.login().unwrap();
    assert!(body(&web.asked()[1]).ends_with("&refresh_token=rt-1"), "{}", web.asked()[1]);

    // A house that begins anew has the last one.
    desk.grant().login().unwrap();
    assert!(body(&web.asked()[2]).ends_with("&refresh_token=rt-1"), "{}", web.asked()[2]);
    assert!(desk.text().contains("refresh-token = rt-3\n"), "{}", desk.text());
}

#[test]
fn a_new_refresh_token_that_cannot_be_written_is_written_later() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let desk = Desk::at(address, "refresh-token = rt-0\n");
    let (here, away) = (desk.folder.path().to_owned(), desk.folder.path().with_extension("away"));
    let (from, to) = (here.clone(), away.clone());
    #[expect(clippy::disallowed_methods, reason = "it ends with the test's process")]
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        fs::rename(from, to).unwrap();
        let answer = given("at-1", ",\"expires_in\":3600,\"refresh_token\":\"rt-1\"");
        stream.write_all(&answer).unwrap();
        // Nobody comes a second time.
        drop(listener);
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    let grant = desk.grant();
    for _ in 0..2 {
        let Ungranted { words, lasting } = grant.login().unwrap_err();
        assert!(words.contains("a new refresh token has to be written there"), "{words}");
        assert!(lasting && !words.contains("rt-"), "{words}");
    }
    server.join().unwrap();
    fs::rename(&away, &here).unwrap();
    assert_eq!(grant.login().unwrap(), login("at-1"));
    assert!(desk.text().contains("refresh-token = rt-1\n"), "{}", desk.text());
}

#[test]
fn what_somebody_writes_meanwhile_stays() {
    let rotating = given("at-1", ",\"expires_in\":3600,\"refresh_token\":\"rt-1\"");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let desk = Desk::at(listener.local_addr().unwrap(), "refresh-token = rt-0\n");
    let theirs = desk.text().replace("rt-0", "rt-9");
    let (file, text) = (desk.file(), theirs.clone());
    #[expect(clippy::disallowed_methods, reason = "it ends with the test's process")]
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        fs::write(file, text).unwrap();
        stream.write_all(&rotating).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    assert_eq!(desk.grant().login().unwrap(), login("at-1"));
    assert_eq!(desk.text(), theirs);
}

#[test]
fn a_token_that_is_not_believed_is_renewed_once() {
    let web = Web::answering(["at-1", "at-2", "at-3"].map(for_an_hour).to_vec(), None);
    let desk = Desk::refreshing(&web);
    let identity = Identity::Granted(Arc::new(desk.grant()));
    let Identity::Granted(grant) = &identity else { panic!() };
    grant.login().unwrap();
    assert!(!grant.renews(&login("at-1")), "it was new");
    grant.login().unwrap();
    assert_eq!(grant.login().unwrap(), login("at-2"), "out of memory");
    assert!(grant.renews(&login("at-2")), "it may be too old");
    assert_eq!(grant.login().unwrap(), login("at-3"));
    assert!(grant.renews(&login("at-2")), "there is a newer one by now");
    assert_eq!(grant.login().unwrap(), login("at-3"), "which stays");
}

#[test]
fn a_refusal_is_told_in_words_without_secrets() {
    let expired = "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS70043: The token \
                   has expired. Trace ID: 7\\r\\nTimestamp: 8\"}";
    let echo = "{\"error\":\"invalid_client\",\"error_description\":\"not cs+1 &= here\"}";
    let odd = "{\"error\":\"in\\u0007valid <b>\",\"error_description\":7}";
    for (answer, why, lasting) in [
        (
            refused("400 Bad", expired),
            "400: invalid_grant: AADSTS70043: The token has expired (",
            true,
        ),
        (refused("401 No", echo), "401: invalid_client", true),
        (refused("400 Bad", odd), "400: invalidb", true),
        (refused("403 No", "<html>"), "403", true),
        (refused("302 Found", ""), "302", true),
        (refused("307 There", ""), "307", true),
        (refused("500 Broken", echo), "500: invalid_client", false),
        (refused("503 Busy", "[]"), "503", false),
        (refused("429 Slower", ""), "429", false),
        (refused("400 Bad", "{\"error\":\"temporarily_unavailable\"}"), "400: temp", false),
        (of_another_kind(), "no token for a mail server", true),
        (given("a t", ""), "no token for a mail server", true),
        (given("at-1", ",\"refresh_token\":\"two\\nlines\""), "no token for a mail server", true),
        (refused("200 OK", "{}"), "no token for a mail server", true),
        (refused("200 OK", &"x".repeat(70_000)), "cannot be asked", false),
        (b"no http".to_vec(), "cannot be asked", false),
    ] {
        let web = Web::answering(vec![answer], None);
        let desk = Desk::refreshing(&web);
        let before = desk.text();
        let told = desk.grant().login().unwrap_err();
        assert!(told.words.contains(why), "{why}: {}", told.words);
        assert_eq!(told.lasting, lasting, "{}", told.words);
        for secret in ["cs+1", "rt-0", "Trace", "Timestamp", "at-1"] {
            assert!(!told.words.contains(secret), "{}", told.words);
        }
        assert_eq!(desk.text(), before);
    }
}

#[test]
fn who_gives_nothing_is_asked_again() {
    let web = Web::answering(vec![refused("503 Busy", ""), for_an_hour("at-1")], None);
    let desk = Desk::refreshing(&web);
    let grant = desk.grant();
    assert!(!grant.login().unwrap_err().lasting);
    assert_eq!(grant.login().unwrap(), login("at-1"));
}

#[test]
fn a_server_that_never_ends_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let desk = Desk::at(listener.local_addr().unwrap(), "refresh-token = rt-0\n");
    let clock = Arc::new(SystemClock);
    let grant = Grant::trusting(&desk.file(), &[], Duration::from_millis(200), clock).unwrap();
    let told = grant.login().unwrap_err();
    assert_eq!((told.words.contains("in time"), told.lasting), (true, false), "{}", told.words);
    drop(listener);
    let told = grant.login().unwrap_err();
    assert!(!told.lasting, "nobody is there: {}", told.words);
}

#[test]
fn secrets_go_to_a_server_that_proves_who_it_is() {
    let authority = CertificateDer::from_pem_file(file("authority.pem")).unwrap();
    for (certificate, met) in [("localhost", true), ("other.example", false)] {
        let web = Web::answering(vec![for_an_hour("at-1")], Some(certificate));
        let desk = Desk::refreshing(&web);
        let there = format!("https://localhost:{}", web.address.port());
        desk.write(&desk.text().replace(&format!("http://{}", web.address), &there));
        let patience = Duration::from_secs(5);
        let authorities = [authority.clone()];
        let grant = Grant::trusting(&desk.file(), &authorities, patience, Arc::new(SystemClock));
        let told = grant.unwrap().login();
        assert_eq!(told.is_ok(), met, "{told:?}");
        assert_eq!(web.asked().len(), usize::from(met));
    }
}

#[test]
fn a_file_that_is_wrong_is_told_without_what_stands_there() {
    let desk = Desk::at("127.0.0.1:1".parse().unwrap(), "");
    let named = |text: &str| {
        desk.write(text);
        Grant::trusting(&desk.file(), &[], Duration::from_secs(1), Arc::new(SystemClock))
            .err()
            .unwrap_or_default()
    };
    let fine = "user = fermata\ntoken-endpoint = https://t.example/x\nclient-id = c\n\
                refresh-token = sesame\n";
    assert_eq!(named(fine), "");
    for (wrong, why) in [
        (fine.replace("user = fermata", ""), "user is missing"),
        (fine.replace("token-endpoint", "# token-endpoint"), "token-endpoint is missing"),
        (fine.replace("client-id", "#client-id"), "client-id is missing"),
        (fine.replace("refresh-token = sesame", ""), "refresh-token or client-secret is missing"),
        (fine.replace("refresh-token", "sesame"), "line 4: a name that is not known here"),
        (fine.replace("refresh-token = ", ""), "line 4: write NAME = VALUE"),
        (fine.replace("= sesame", "="), "line 4: refresh-token is not followed"),
        (fine.replace("sesame", "sésame"), "line 4: refresh-token is not followed"),
        (fine.replace("sesame", &"x".repeat(9_000)), "line 4: refresh-token is not followed"),
        (format!("{fine}refresh-token = sesame"), "line 5: refresh-token stands there twice"),
        (fine.replace("https", "http"), "this machine alone"),
        (fine.replace("https://t", "https://sesame:x@t"), "a name or a password"),
        (fine.replace("https://t.example", "sesame"), "https://"),
        (format!("{fine}#{}", "x".repeat(70_000)), "larger than 64 KiB"),
    ] {
        let told = named(&wrong);
        assert!(told.contains(why), "{why}: {told}");
        assert!(!told.contains("same"), "{told}");
    }
    for mode in [0o640, 0o604, 0o660] {
        desk.write(fine);
        fs::set_permissions(desk.file(), Permissions::from_mode(mode)).unwrap();
        let grant = Grant::named(&desk.file(), Arc::new(SystemClock));
        assert!(grant.err().unwrap().contains("chmod 600"), "{mode:o}");
    }
    let nothing = Grant::named(&desk.folder.path().join("none"), Arc::new(SystemClock));
    assert!(nothing.err().unwrap().starts_with("it cannot be read"));
}
