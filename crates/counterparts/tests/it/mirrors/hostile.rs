//! Mirrors whose own files would have git run something, or go somewhere else: nothing of it happens.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use engine::ports::PortError;

use super::Shelf;

impl Shelf {
    /// A program that leaves a mark when it is run, and the mark.
    fn trap(&self) -> (String, PathBuf) {
        let (program, mark) = (self.folder.path().join("trap"), self.folder.path().join("mark"));
        let script = format!("#!/bin/sh\ntouch '{}'\n", mark.display());
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        (program.display().to_string(), mark)
    }
}

#[test]
fn settings_that_run_something_are_refused_by_name() {
    let mut shelf = Shelf::new().by_http();
    let (trap, mark) = shelf.trap();
    let helper = format!("!{trap}");
    let insteadof = format!("url.ext::{trap}.insteadOf");
    shelf.origin.commit_file("a", "2", "news").unwrap();
    for (name, value) in [
        ("core.sshCommand", trap.as_str()),
        ("core.fsmonitor", &trap),
        ("core.hooksPath", &trap),
        ("core.askPass", &trap),
        ("core.gitProxy", &trap),
        ("credential.helper", &helper),
        ("remote.origin.uploadpack", &trap),
        ("remote.origin.vcs", "trap"),
        ("remote.origin.proxy", "http://127.0.0.1:1"),
        ("uploadpack.packObjectsHook", &trap),
        ("gc.recentObjectsHook", &trap),
        ("gpg.program", &trap),
        ("include.path", "/dev/null"),
        ("includeIf.gitdir:/.path", "/dev/null"),
        ("http.sslVerify", "false"),
        ("protocol.ext.allow", "always"),
        ("fetch.bundleURI", "http://127.0.0.1:1/x"),
        (&insteadof, "http"),
    ] {
        shelf.set(name, value);
        let refused = shelf.fetch().unwrap_err();
        assert!(matches!(refused, PortError::Refused(_)), "{name}: {refused}");
        let said = refused.words().to_lowercase();
        assert!(said.contains(&format!("its config sets {}", name.to_lowercase())), "{refused}");
        assert!(!mark.exists(), "{name}");
        shelf.unset(name);
    }
    assert!(shelf.server.asked().is_empty());
    shelf.fetch().unwrap();
}

#[test]
fn addresses_that_run_something_are_refused() {
    let shelf = Shelf::new();
    let (trap, mark) = shelf.trap();
    for address in [format!("ext::{trap}"), format!("trap::{trap}"), "fd::0".to_owned()] {
        shelf.set("remote.origin.url", &address);
        let refused = shelf.fetch().unwrap_err();
        assert!(refused.words().contains("its address is none of"), "{refused}");
    }
    assert!(!mark.exists());
    shelf.set("remote.origin.url", "https://fermata:open%20sesame@127.0.0.1:1/origin");
    let refused = shelf.fetch().unwrap_err();
    assert!(refused.words().contains("--fetch-login"), "{refused}");
    super::tells_nothing(&refused.to_string());
}

#[test]
fn hooks_in_a_mirror_do_not_run() {
    let mut shelf = Shelf::new();
    let (trap, mark) = shelf.trap();
    let hooks = shelf.mirror().join("hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in ["reference-transaction", "pre-auto-gc", "post-update", "post-rewrite"] {
        fs::copy(&trap, hooks.join(hook)).unwrap();
    }
    shelf.set("gc.auto", "1");
    shelf.origin.commit_file("a", "2", "news").unwrap();
    shelf.fetch().unwrap();
    assert!(!mark.exists());
    // They would have, for anybody else.
    shelf.origin.commit_file("a", "3", "more news").unwrap();
    let mirror = shelf.mirror().display().to_string();
    let program = std::process::Command::new("git").args(["-C", &mirror, "fetch", "-q"]).status();
    assert!(program.unwrap().success());
    assert!(mark.exists());
}

#[test]
fn objects_that_git_calls_broken_are_not_let_in() {
    let mut shelf = Shelf::new();
    let before = shelf.refs();
    let tree = shelf.origin.git(&["rev-parse", "HEAD^{tree}"]).unwrap();
    let commit = format!("tree {}\nauthor nobody\ncommitter nobody\n\nx\n", tree.trim());
    let file = shelf.folder.path().join("commit");
    fs::write(&file, commit).unwrap();
    let path = file.display().to_string();
    let args = ["hash-object", "-t", "commit", "-w", "--literally", &path];
    let broken = shelf.origin.git(&args).unwrap();
    let broken = broken.trim().to_owned();
    fs::write(shelf.origin.folder().join(".git/refs/heads/odd"), format!("{broken}\n")).unwrap();
    let refused = shelf.fetch().unwrap_err();
    assert!(refused.words().contains("git calls broken"), "{refused}");
    assert!(refused.words().contains(&broken), "{refused}");
    assert_eq!(shelf.refs(), before);
    fs::remove_file(shelf.origin.folder().join(".git/refs/heads/odd")).unwrap();
    shelf.origin.commit_file("a", "2", "news").unwrap();
    shelf.fetch().unwrap();
}
