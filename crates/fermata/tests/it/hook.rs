//! `fermata guard hook install`: git asks the hook, and bugs in its script turn what it must do red.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use git::fixture::RepoBuilder;

use crate::program::{Ended, Place, finish};

/// A clone whose remote has `main`, with branches that it has not.
struct Clone {
    place: Place,
    repo: RepoBuilder,
}

impl Clone {
    fn new() -> Self {
        let place = Place::new();
        let mut repo = RepoBuilder::create(place.path().join("a clone")).unwrap();
        repo.commit_file("a.txt", "1\n", "Meet the Amber Heron, CVE-2020-11111").unwrap();
        for (name, message) in [
            ("named", "For the amber heron"),
            ("warned", "Fix it, for CVE-2024-12345"),
            ("calm", "Handle empty headers"),
        ] {
            repo.branch(name, "main").unwrap();
            repo.commit_file("b.txt", name, message).unwrap();
        }
        repo.git(&["init", "--quiet", "--bare", "../there.git"]).unwrap();
        repo.git(&["remote", "add", "origin", "../there.git"]).unwrap();
        repo.git(&["push", "--quiet", "origin", "main"]).unwrap();
        place.file("terms.txt", "codename: amber heron\n");
        Self { place, repo }
    }

    fn hook(&self) -> PathBuf {
        self.repo.folder().join(".git/hooks/pre-push")
    }

    /// Puts somebody else's hook there, which notes what it is told and ends as `says` says.
    fn with_theirs(self) -> Self {
        fs::create_dir_all(self.hook().parent().unwrap()).unwrap();
        let script = "#!/bin/sh\ncat > ../told\necho \"$@\" > ../arguments\nexit $(cat ../says)\n";
        let theirs = self.place.executable("theirs", script);
        fs::rename(theirs, self.hook()).unwrap();
        self.theirs_say(0);
        self
    }

    fn theirs_say(&self, code: i32) {
        self.place.file("says", code.to_string());
    }

    fn install(&self, arguments: &[&str]) -> Ended {
        let mut command = self.place.program();
        command.args(["guard", "hook", "install", "--repo", "a clone"]).args(arguments);
        finish(&mut command, b"")
    }

    /// A push by git itself, hooks and all, from a folder.
    fn pushed_from(&self, folder: &Path, refs: &[&str]) -> bool {
        let mut git = Command::new("git");
        git.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        git.env("HOME", self.place.path()).current_dir(folder);
        finish(git.args(["push", "--quiet", "origin"]).args(refs), b"").code == Some(0)
    }

    /// The same; what came there is taken away again.
    fn pushes(&self, refs: &[&str]) -> bool {
        let pushed = self.pushed_from(self.repo.folder(), refs);
        for name in refs {
            let there = ["--git-dir=../there.git", "rev-parse", "--quiet", "--verify", name];
            assert_eq!(self.repo.git(&there).is_ok(), pushed, "{name}");
            if pushed {
                self.repo
                    .git(&["push", "--quiet", "--no-verify", "origin", "--delete", name])
                    .unwrap();
            }
        }
        pushed
    }

    fn told(&self, name: &str) -> Option<String> {
        let file = self.place.path().join(name);
        let told = fs::read_to_string(&file).ok();
        drop(fs::remove_file(file));
        told
    }

    fn edit(&self, from: &str, to: &str) {
        let script = fs::read_to_string(self.hook()).unwrap();
        assert!(script.contains(from), "{from}: {script}");
        fs::write(self.hook(), script.replace(from, to)).unwrap();
    }
}

/// What a hook must do, by name: the ones that it does not do.
fn red(clone: &Clone) -> Vec<&'static str> {
    let mut red = Vec::new();
    let mut must = |what, does: bool| red.extend((!does).then_some(what));
    let tip = |name| clone.repo.git(&["rev-parse", name]).unwrap();
    clone.theirs_say(0);
    must("let through what is calm", clone.pushes(&["calm"]));
    let (told, arguments) = (clone.told("told"), clone.told("arguments"));
    let zero = "0".repeat(40);
    let expected = format!("refs/heads/calm {} refs/heads/calm {zero}\n", tip("calm"));
    must("tell the other what git tells", told.as_ref() == Some(&expected));
    must("tell it where to", arguments.as_deref() == Some("origin ../there.git\n"));
    must("let through what is only warned of", clone.pushes(&["warned"]));
    clone.told("told");
    must("stop what names the case", !clone.pushes(&["named"]));
    must("not ask the other then", clone.told("told").is_none());
    must("read every ref", !clone.pushes(&["calm", "named", "warned"]));
    clone.theirs_say(3);
    must("let the other stop it", !clone.pushes(&["calm"]));
    clone.theirs_say(0);
    let program = env!("CARGO_BIN_EXE_fermata");
    clone.edit(program, "/nowhere/fermata");
    must("stop a push without the guard", !clone.pushes(&["calm"]));
    clone.edit("/nowhere/fermata", program);
    red
}

const INSTALLED: [&str; 5] = ["--chain", "--terms", "terms.txt", "--severity", "block"];

#[test]
fn an_installed_hook_does_as_it_must_and_a_bug_in_it_shows() {
    let clone = Clone::new().with_theirs();
    assert_eq!(clone.install(&INSTALLED).code, Some(0));
    assert_eq!(red(&clone), Vec::<&str>::new());
    let script = fs::read_to_string(clone.hook()).unwrap();
    let (head, tail) = script.split_once("kept=").unwrap();
    let (begin, guard) = head.split_once("printf").unwrap();
    let kept = tail
        .replace("|| exit 0", "|| true")
        .replace("\"$kept\" \"$@\"", "\"$kept\" \"$@\" || exit $?");
    let other_first = format!("{begin}kept={kept}printf{guard}");
    for (from, to, what) in [
        (script.as_str(), other_first.as_str(), "not ask the other then"),
        ("\"$@\" || exit $?", "\"$@\"", "stop what names the case"),
        ("\"$@\" || exit $?", "\"$@\" || [ $? = 127 ] || exit 1", "stop a push without the guard"),
        ("\"$@\" || exit $?", "|| exit $?", "let through what is calm"),
        ("--terms", "2> /dev/null #", "stop what names the case"),
        ("--severity block", "", "let through what is only warned of"),
        ("\"$told\" | '", "\"$told\" | head -n 1 | '", "read every ref"),
        ("told=$(cat; echo .)\ntold=${told%.}", "told=$(cat)", "tell the other what git tells"),
        ("\"$told\" | \"$kept\"", "' ' | \"$kept\"", "tell the other what git tells"),
        ("\"$kept\" \"$@\"", "\"$kept\"", "tell it where to"),
        ("[ -x \"$kept\" ] || exit 0", "exit 0", "let the other stop it"),
        ("\"$kept\" \"$@\"", "\"$kept\" \"$@\" || true", "let the other stop it"),
    ] {
        clone.edit(from, to);
        assert!(red(&clone).contains(&what), "{what} is not seen by “{to}”");
        assert_eq!(clone.install(&INSTALLED).code, Some(0));
    }
    assert_eq!(fs::read_to_string(clone.hook()).unwrap(), script);
}

#[test]
fn what_was_there_before_comes_back() {
    for theirs in [false, true] {
        let clone = Clone::new();
        let clone = if theirs { clone.with_theirs() } else { clone };
        let before = fs::read(clone.hook()).ok();
        let installed = clone.install(&["--chain"]);
        let undo = installed.out.lines().find_map(|line| line.strip_prefix("undo: ")).unwrap();
        assert!(!clone.pushes(&["warned"]));
        assert_eq!(clone.install(&[]).out, installed.out, "once more changes nothing");
        assert!(Command::new("sh").args(["-c", undo]).status().unwrap().success());
        assert!(clone.pushes(&["warned"]));
        assert_eq!(fs::read(clone.hook()).ok(), before);
        let left = fs::read_dir(clone.hook().parent().unwrap()).unwrap().count();
        assert_eq!(left, usize::from(theirs));
    }
}

#[test]
fn a_hook_of_somebody_else_stays_unless_it_is_to_be_chained() {
    let clone = Clone::new().with_theirs();
    let theirs = fs::read(clone.hook()).unwrap();
    let kept = clone.hook().with_file_name("pre-push.before-fermata");
    assert_eq!(clone.install(&[]).code, Some(1));
    fs::write(&kept, "of an earlier time").unwrap();
    assert_eq!(clone.install(&["--chain"]).code, Some(2), "one is kept there already");
    assert_eq!(fs::read(clone.hook()).unwrap(), theirs);
    assert_eq!(fs::read(&kept).unwrap(), b"of an earlier time");
    fs::remove_file(&kept).unwrap();
    assert_eq!(clone.install(&["--chain"]).code, Some(0));
    assert_eq!(fs::read(&kept).unwrap(), theirs);
    // What git would not have asked is not asked.
    fs::set_permissions(&kept, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    clone.theirs_say(3);
    assert!(clone.pushes(&["calm"]));
}

#[test]
fn terms_are_read_anew_and_a_push_without_them_is_stopped() {
    let clone = Clone::new();
    assert_eq!(clone.install(&["--terms", "missing.txt"]).code, Some(2));
    assert!(!clone.hook().exists());
    let name = "the case's $words.txt";
    let file = clone.place.file(name, "purple swift\n");
    assert_eq!(clone.install(&["--terms", name]).code, Some(0));
    assert!(clone.pushes(&["named"]));
    clone.place.file(name, "amber heron\n");
    assert!(!clone.pushes(&["named"]));
    fs::remove_file(file).unwrap();
    assert!(!clone.pushes(&["calm"]));
}

#[test]
fn the_score_is_asked_for_when_it_was_at_the_installation() {
    let clone = Clone::new();
    for tag in ["v1.2.3", "v1.3.1"] {
        clone.repo.git(&["tag", tag, "main"]).unwrap();
    }
    for (arguments, goes) in [(&[][..], true), (&["--score"], false)] {
        assert_eq!(clone.install(arguments).code, Some(0));
        assert_eq!(clone.pushes(&["v1.2.3", "v1.3.1"]), goes, "{arguments:?}");
    }
}

#[test]
fn wherever_git_looks_for_hooks_it_finds_this_one() {
    let clone = Clone::new();
    let folder = clone.place.path().join("tree");
    clone.repo.git(&["worktree", "add", "--quiet", "--detach", "../tree", "main"]).unwrap();
    assert_eq!(clone.install(&[]).code, Some(0));
    assert!(!clone.pushed_from(&folder, &["warned"]));
    fs::remove_file(clone.hook()).unwrap();
    clone.repo.git(&["config", "core.hooksPath", "elsewhere"]).unwrap();
    let installed = clone.install(&[]);
    assert_eq!((installed.code, clone.hook().exists()), (Some(0), false), "{installed:?}");
    assert!(!clone.pushes(&["warned"]));
    let bare = clone.place.path().join("bare.git");
    clone.repo.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]).unwrap();
    clone
        .repo
        .git(&["--git-dir=../bare.git", "remote", "set-url", "origin", "../there.git"])
        .unwrap();
    for (severity, goes) in [("warn", false), ("block", true)] {
        let mut install = clone.place.program();
        install.args(["guard", "hook", "install", "--repo", "bare.git", "--severity", severity]);
        assert_eq!(finish(&mut install, b"").code, Some(0));
        assert_eq!(clone.pushed_from(&bare, &["warned"]), goes);
    }
}
