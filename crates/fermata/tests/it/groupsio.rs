//! `fermata serve --list-token`: from an approved notice to a post on its list, against a groups.io of the
//! tests' own.

#[path = "../../../counterparts/tests/it/groupsio/server.rs"]
#[expect(dead_code, reason = "not every test needs all of it")]
mod server;

use std::{fs, os::unix::fs::PermissionsExt, thread, time::Duration};

use case::{act::ActState, notice::Posting};

use self::server::{Groups, TOKEN};
use crate::{
    mailman::{house_with_a_notice, known},
    program::Place,
    serve::Running,
};

const LIST: &str = "distributors@lists.example.org";
const OPTION: &str = "security@example.org:distributors@lists.example.org=token";

fn write_key(place: &Place, text: &str, mode: u32) {
    let file = place.path().join("token");
    fs::write(&file, text).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
}

/// Waits until the server was asked so often.
fn until_asked(server: &Groups, method: &str, times: usize) {
    for _ in 0..400 {
        let asked = server.state().methods().iter().filter(|it| **it == method).count();
        if asked >= times {
            return;
        }
        thread::park_timeout(Duration::from_millis(250));
    }
    panic!("it was asked {:?}", server.state().methods());
}

#[test]
fn an_approved_notice_is_posted_and_seen_on_its_list() {
    let server = Groups::start();
    let place = Place::new();
    let (id, act) = house_with_a_notice(&place, LIST, Posting::Web);
    write_key(&place, &format!("{TOKEN}\n{}\n", server.url()), 0o600);
    let house = Running::start(&place, &["--list-token", OPTION]);
    assert_eq!(house.started["lists"], serde_json::json!([LIST]));
    // Before the post, after it, and when the house looks whether it is seen.
    until_asked(&server, "getmessages", 3);
    let (code, said) = house.end("-TERM");
    assert_eq!(code, Some(0));
    assert!(!said.contains(TOKEN), "{said}");

    let state = server.state();
    let [(posted, _)] = state.posts.as_slice() else { panic!("{} posts", state.posts.len()) };
    assert!(posted.subject.contains("#security"), "{}", posted.subject);
    let (case, _) = known(&place, id);
    let ActState::Done { proof, .. } = &case.acts[&act].state else { panic!("{:?}", case.acts) };
    let link = "https://lists.example.org/g/distributors/message/1";
    assert_eq!(proof.reference, link);
    let post = &case.posts[&act];
    assert_eq!((post.url.as_str(), post.words_match, post.by_mail), (link, true, false));
    assert_eq!(post.compared.as_ref().unwrap().differences, []);
}

#[test]
fn without_a_key_a_person_posts_it() {
    let place = Place::new();
    let (id, act) = house_with_a_notice(&place, LIST, Posting::Web);
    let server = Groups::start();
    write_key(&place, &format!("{TOKEN}\n{}\n", server.url()), 0o600);
    // The key is another project's.
    let option = OPTION.replace("security@example.org", "security@example.net");
    let house = Running::start(&place, &["--list-token", &option]);
    for _ in 0..40 {
        thread::park_timeout(Duration::from_millis(50));
    }
    assert_eq!(house.end("-TERM").0, Some(0));
    assert_eq!(server.state().asked.len(), 0);
    let state = &known(&place, id).0.acts[&act].state;
    assert!(
        matches!(state, ActState::Uncertain { why, .. } if why.contains("by hand")),
        "{state:?}"
    );
}

#[test]
fn a_key_is_read_from_a_file_that_not_everybody_can_read() {
    let place = Place::new();
    let ended = |option: &str| place.run(&["serve", "--list-token", option]);
    for (key, mode, why) in [
        (format!("{TOKEN}\n"), 0o604, "can be read by everybody"),
        ("two words\n".into(), 0o600, "on the first line"),
        (format!("{TOKEN}\nhttp://192.0.2.1\n"), 0o600, "this machine alone"),
        (format!("{TOKEN}\nhttps://groups.io\n{TOKEN}\n"), 0o600, "at most the address"),
    ] {
        write_key(&place, &key, mode);
        let ended = ended(OPTION);
        assert_eq!(ended.code, Some(2), "{why}: {}", ended.err);
        assert!(ended.err.contains(why) && !ended.err.contains(TOKEN), "{why}: {}", ended.err);
    }
    for wrong in
        ["security@example.org=token", "a:b@example.org=token", "a@example.org:b@example.org="]
    {
        assert!(ended(wrong).err.contains("FROM:LIST=FILE"), "{wrong}");
    }
    assert_eq!(ended("a@example.org:b@example.org=nowhere").code, Some(2));
}
