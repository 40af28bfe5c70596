//! Exit codes: 0 is fine, 1 is findings, 2 is wrong use or unreadable input.

use std::{io::Write, process::Stdio};

use crate::program::Place;

#[test]
fn wrong_use_and_unreadable_input_end_with_two() {
    let place = Place::new();
    let latin = place.file("latin.txt", b"caf\xe9");
    let latin = latin.to_str().unwrap();
    for arguments in [
        &[][..],
        &["nonsense"],
        &["--nonsense"],
        &["cvss"],
        &["affected"],
        &["affected", "--fixed", "HEAD"],
        &["affected", "--repo", "missing", "--fixed", "HEAD"],
        &["affected", "--fixed", "HEAD", "--accept", "declared"],
        &["affected", "--fixed", "HEAD", "--json", "--osv"],
        &["guard"],
        &["guard", "text", "missing.txt"],
        &["guard", "text", latin],
        &["guard", "text", "--terms", "missing.txt", "-"],
        &["guard", "text", "--terms", "-", "-"],
        &["guard", "text", "--audience", "friends", "-"],
        &["guard", "commits", "HEAD"],
        &["guard", "push", "--terms", "-"],
        &["check", "missing.json"],
        &["diff"],
        &["diff", "missing.json", "missing.json"],
        &["diff", "-", "-"],
        &["diff", "-", latin],
    ] {
        let ended = place.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}: {ended:?}");
        assert!(!ended.err.is_empty(), "{arguments:?} says nothing");
    }
}

#[test]
fn an_error_says_what_to_do() {
    let ended = Place::new().run(&["affected", "--fixed", "HEAD"]);
    assert!(ended.err.contains(" is not a git repository\nhint: "), "{}", ended.err);
}

#[test]
fn a_reader_who_leaves_changes_nothing() {
    let place = Place::new();
    let vectors = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N\n".repeat(5_000);
    for (last, code) in [("", 0), ("not a vector\n", 1)] {
        let mut command = place.program();
        command.args(["cvss", "-"]).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(vectors.as_bytes()).unwrap();
        stdin.write_all(last.as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn a_full_disk_is_no_success() {
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else {
        println!("skipped: no /dev/full here");
        return;
    };
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N";
    let mut command = Place::new().program();
    command.args(["cvss", vector]).current_dir("/").stdout(full).stderr(Stdio::piped());
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: "));
}

#[test]
fn codes_that_steer_a_terminal_are_taken_out() {
    let ended = Place::new().run(&["cvss", "\u{1b}[2Jx"]);
    assert_eq!(ended.code, Some(1));
    assert!(!ended.out.contains('\u{1b}'), "{:?}", ended.out);
}
