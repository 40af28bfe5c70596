//! `fermata guard push`, held against a table of pushes. Around the guard, in a shell, bugs are planted,
//! each of which must turn a row red.

use std::{collections::BTreeMap, fs, path::Path};

use git::fixture::RepoBuilder;

use crate::program::{Ended, Place, finish};

/// What git tells, with names of [`World::new`] for objects; how it ends; and which ids are found.
#[derive(Clone, Copy)]
struct Push {
    name: &'static str,
    told: &'static str,
    remote: &'static str,
    code: i32,
    found: &'static [&'static str],
}

const fn push(name: &'static str, told: &'static str, found: &'static [&'static str]) -> Push {
    Push { name, told, remote: "origin", code: if found.is_empty() { 0 } else { 1 }, found }
}

const fn refused(name: &'static str, told: &'static str) -> Push {
    Push { name, told, remote: "origin", code: 2, found: &[] }
}

const fn to(remote: &'static str, push: Push) -> Push {
    Push { remote, ..push }
}

const PUSHES: &[Push] = &[
    push("nothing", "", &[]),
    push("what is public", "refs/heads/main {public} refs/heads/main {public}", &[]),
    push("a new branch", "refs/heads/fix {fix} refs/heads/x {zero}", &["12345"]),
    push("a branch that grew", "refs/heads/fix {grown} refs/heads/x {fix}", &["77777"]),
    push("a forced push", "refs/heads/again {again} refs/heads/x {grown}", &["22222"]),
    push("a branch set back", "refs/heads/main {public} refs/heads/x {fix}", &[]),
    push("a merge", "refs/heads/m {merge} refs/heads/main {public}", &["12345", "77777"]),
    push(
        "a branch that another remote has",
        "refs/heads/p {shared} refs/heads/p {zero}",
        &["88888"],
    ),
    push("an expression", ":/Fix it {fix} refs/heads/x {zero}", &["12345"]),
    push("a deleted branch", "(delete) {zero} refs/heads/cve-2024-44444 {fix}", &[]),
    push(
        "a deleted branch and another one",
        "(delete) {zero} refs/heads/y {again}\nrefs/heads/fix {fix} refs/heads/x {zero}",
        &["12345"],
    ),
    push(
        "a branch's name",
        "refs/heads/main {public} refs/heads/cve-2024-44444 {zero}",
        &["44444"],
    ),
    push("a light tag", "refs/tags/v2 {fix} refs/tags/v2 {zero}", &["12345"]),
    push("a tag's name", "refs/tags/x {public} refs/tags/cve-2024-44444 {zero}", &["44444"]),
    push("what a tag says", "refs/tags/v1 {tag} refs/tags/v1 {zero}", &["33333"]),
    push("a tag that moved", "refs/tags/v1 {tag} refs/tags/v1 {calm-tag}", &["33333"]),
    push("a tag on a tag", "refs/tags/v1 {tag-on-tag} refs/tags/v1 {zero}", &["33333"]),
    push("a tag among other refs", "refs/kept/v1 {tag} refs/kept/v1 {zero}", &["33333"]),
    push("notes", "refs/notes/commits {note} refs/notes/commits {zero}", &["55555"]),
    push("another ref's name", "refs/x {public} refs/kept/cve-2024-44444 {zero}", &["44444"]),
    refused("a file under a ref", "refs/x {file} refs/kept/x {zero}"),
    refused("a folder under a ref", "refs/x {folder} refs/kept/x {zero}"),
    refused("a tag on a file", "refs/tags/x {file-tag} refs/tags/x {zero}"),
    refused("a tag on a file, among other refs", "refs/x {file-tag} refs/kept/x {zero}"),
    to("backup", push("a remote never fetched", "x {public} refs/heads/x {zero}", &["11111"])),
    to("backup", push("all that it has is told", "x {fix} refs/heads/x {public}", &["12345"])),
    to(
        "../there.git",
        push("a remote without a name", "x {public} refs/heads/x {zero}", &["11111"]),
    ),
    refused("what is not here", "refs/heads/x {nothing} refs/heads/x {zero}"),
    push("over what is not here", "refs/heads/x {fix} refs/heads/x {nothing}", &["12345"]),
    refused("a file that is missing", "refs/heads/x {missing} refs/heads/x {zero}"),
    refused("a file that is missing, over more", "refs/heads/x {missing} refs/heads/x {public}"),
    refused("a file that is damaged", "refs/heads/x {damaged} refs/heads/x {zero}"),
    refused("what git does not say", "nonsense"),
    refused("names that are no objects", "a b c d"),
    refused("revisions", "refs/heads/x HEAD refs/heads/x HEAD"),
];

/// A repository with something to say in every corner.
struct World {
    place: Place,
    repo: RepoBuilder,
    objects: BTreeMap<&'static str, String>,
}

impl World {
    fn new() -> Self {
        let place = Place::new();
        let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
        let mut objects = BTreeMap::from([("zero", "0".repeat(40)), ("nothing", "1".repeat(40))]);
        let mut keep = |name, oid: &str| objects.insert(name, oid.to_owned());
        let public = repo.commit_file("old.txt", "1\n", "Mention CVE-2020-11111").unwrap();
        keep("public", public.as_str());
        for (name, at, message) in [
            ("fix", "main", "Fix it\n\nfor CVE-2024-12345"),
            ("grown", "fix", "More for CVE-2024-77777"),
            ("again", "main", "Otherwise, for CVE-2024-22222"),
            ("shared", "main", "Seen by some, for CVE-2024-88888"),
            ("missing", "main", "One file goes"),
            ("damaged", "main", "One file is cut"),
        ] {
            repo.branch(name, at).unwrap();
            let file = format!("{name}.txt");
            keep(name, repo.commit_file(&file, &format!("{name}\n"), message).unwrap().as_str());
            if let "missing" | "damaged" = name {
                let blob = repo.git(&["rev-parse", &format!("HEAD:{file}")]).unwrap();
                repo.commit_file(&file, "", "It is empty")
                    .map(|tip| keep(name, tip.as_str()))
                    .unwrap();
                harm(repo.folder(), &blob, name == "damaged");
            }
        }
        repo.branch("merge", "main").unwrap();
        keep("merge", repo.merge("grown", None, "Bring it in").unwrap().as_str());
        repo.point("refs/remotes/origin/main", "main").unwrap();
        repo.point("refs/remotes/private/shared", "shared").unwrap();
        repo.annotated_tag("calm", "main", "The first\n").unwrap();
        repo.annotated_tag("v1", "main", "Version 1\n\nfor CVE-2024-33333\n").unwrap();
        repo.annotated_tag("v1-again", "v1", "The same\n").unwrap();
        repo.annotated_tag("of-file", "main:old.txt", "A key\n").unwrap();
        repo.git(&["notes", "add", "-m", "for CVE-2024-55555", "main"]).unwrap();
        for (name, rev) in [
            ("tag", "v1"),
            ("calm-tag", "calm"),
            ("tag-on-tag", "v1-again"),
            ("file-tag", "of-file"),
            ("note", "refs/notes/commits"),
            ("file", "main:old.txt"),
            ("folder", "main^{tree}"),
        ] {
            keep(name, &repo.git(&["rev-parse", rev]).unwrap());
        }
        Self { place, repo, objects }
    }

    fn told(&self, push: &Push) -> String {
        let names = self.objects.iter();
        let told = names.fold(push.told.to_owned(), |told, (name, oid)| {
            told.replace(&format!("{{{name}}}"), oid)
        });
        if told.is_empty() { told } else { told + "\n" }
    }

    /// Whether the guard, or a program around it, does as the row says.
    fn is_green(&self, push: &Push, program: &Path) -> Result<(), String> {
        let ended = self.asked(push.remote, &self.told(push), program);
        let found = ids(&ended.out);
        let green = ended.code == Some(push.code) && found == push.found;
        if green { Ok(()) } else { Err(format!("{}: {found:?} in {ended:?}", push.name)) }
    }

    fn asked(&self, remote: &str, told: &str, program: &Path) -> Ended {
        let mut command = self.place.at(program);
        command.args(["guard", "push", "--json", remote, "https://example.org/repo.git"]);
        finish(command.current_dir(self.repo.folder()), told.as_bytes())
    }
}

/// Takes an object away, or the end of it.
fn harm(repo: &Path, oid: &str, only_its_end: bool) {
    let (folder, name) = oid.split_at(2);
    let file = repo.join(".git/objects").join(folder).join(name);
    let bytes = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    if only_its_end {
        fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    }
}

/// The numbers of all ids that are quoted, in order.
fn ids(out: &str) -> Vec<String> {
    let mut found: Vec<_> = out
        .to_lowercase()
        .split("cve-20")
        .skip(1)
        .filter_map(|rest| rest.get(3..8).map(str::to_owned))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn guard() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_fermata"))
}

#[test]
fn every_push_is_read_for_what_it_makes_public() {
    let world = World::new();
    let red: Vec<_> =
        PUSHES.iter().filter_map(|push| world.is_green(push, guard()).err()).collect();
    assert!(red.is_empty(), "{red:#?}");
}

/// A bug around the guard: what it does with stdin before, in words of a shell, and with `$remote` or
/// the exit `$code`; and the row that must show it.
const BUGS: &[(&str, &str, &str)] = &[
    ("head -n 1", "", "a deleted branch and another one"),
    ("sed 's/^(delete) \\(.*\\) \\(.*\\) \\(.*\\)/gone \\3 \\2 \\1/'", "", "a deleted branch"),
    ("grep ' refs/heads/'", "", "a light tag"),
    ("grep ' refs/heads/'", "", "what a tag says"),
    ("grep -E ' refs/(heads|tags)/'", "", "notes"),
    ("grep -E ' refs/(heads|tags)/'", "", "a tag among other refs"),
    ("grep -E ' refs/(heads|tags)/'", "", "a file under a ref"),
    ("peeled", "", "what a tag says"),
    ("peeled", "", "a tag that moved"),
    ("peeled", "", "a tag among other refs"),
    ("sed 's, refs/[^ ]* , refs/heads/x ,'", "", "a branch's name"),
    // What goes out is taken for what was there; and what was there is not heeded.
    ("sed 's/\\([^ ]*\\) \\([^ ]*\\) [^ ]*$/\\1 \\2 \\1/'", "", "a forced push"),
    ("sed \"s/[^ ]*$/$zero/\"", "", "all that it has is told"),
    ("sed \"s/[^ ]*$/$zero/\"", "", "a branch that grew"),
    ("cat", "remote=private", "a branch that another remote has"),
    ("cat", "remote=origin", "a remote never fetched"),
    ("cat", "remote=backup", "a new branch"),
    // It fails open.
    ("cat", "test $code = 2 && code=0", "what is not here"),
    ("cat", "test $code = 2 && code=0", "a file that is missing"),
    ("cat", "test $code = 2 && code=0", "a file that is missing, over more"),
    ("cat", "test $code = 2 && code=0", "a file that is damaged"),
    ("cat", "test $code = 2 && code=0", "a folder under a ref"),
    ("cat", "test $code = 2 && code=0", "what git does not say"),
    ("cat", "test $code = 1 && code=0", "a new branch"),
];

#[test]
fn each_planted_bug_turns_its_row_red() {
    let world = World::new();
    let zero = "0".repeat(40);
    for (before, around, row) in BUGS {
        let (before_it, after_it) =
            if around.starts_with("remote") { (*around, "") } else { ("", *around) };
        let script = format!(
            "#!/bin/sh\nzero={zero}\nremote=$4\n{before_it}\n\
             peeled() {{ while read -r a ours b old; do \
             echo \"$a $(git rev-parse \"$ours^{{commit}}\") $b $old\"; done; }}\n\
             {before} | '{}' guard push --json \"$remote\" \"$5\"\ncode=$?\n{after_it}\n\
             exit $code\n",
            guard().display()
        );
        let program = world.place.executable("buggy", &script);
        let push = PUSHES.iter().find(|push| push.name == *row).expect(row);
        let judged = world.is_green(push, &program);
        assert!(judged.is_err(), "“{row}” does not see “{before}”, “{around}”");
        // A bug that breaks the guard altogether shows nothing.
        let told = world.asked("origin", "", &program);
        assert!(told.code == Some(0), "{before}: {told:?}");
    }
}

#[test]
fn many_refs_are_read_at_once() {
    let world = World::new();
    let object = |name| &world.objects[name];
    let public = object("public");
    let lines = (0..1_000).map(|number| {
        let kind = if number % 2 == 0 { "heads" } else { "tags" };
        let name = if number == 700 { "cve-2024-44444".to_owned() } else { format!("n{number}") };
        format!("refs/x {public} refs/{kind}/{name} {}\n", object("zero"))
    });
    let told: String = lines.collect();
    let last = format!("refs/x {} refs/heads/last {}\n", object("fix"), object("zero"));
    let ended = world.asked("origin", &(told + &last), guard());
    assert_eq!((ended.code, ids(&ended.out)), (Some(1), vec!["12345".into(), "44444".into()]));
}

#[test]
fn of_a_shallow_clone_all_that_is_there_and_not_yet_public_is_read() {
    let world = World::new();
    let from = format!("file://{}", world.repo.folder().display());
    let folder = world.place.path().join("shallow");
    let to = folder.to_str().unwrap();
    world.repo.git(&["clone", "--quiet", "--depth=1", "--branch=fix", &from, to]).unwrap();
    let git = |args: &[&str]| {
        world.repo.git(&[&["-C", to, "-c", "user.name=A", "-c", "user.email=a@b"], args].concat())
    };
    git(&["commit", "--quiet", "--allow-empty", "-m", "for CVE-2024-99999"]).unwrap();
    let tip = git(&["rev-parse", "HEAD"]).unwrap();
    let zero = &world.objects["zero"];
    let asked = |remote: &str, old: &str| {
        let mut command = world.place.program();
        command.args(["guard", "push", "--json", remote, "https://example.org/repo.git"]);
        let told = format!("refs/heads/x {tip} refs/heads/x {old}\n");
        ids(&finish(command.current_dir(&folder), told.as_bytes()).out)
    };
    assert_eq!(asked("origin", zero), ["99999"]);
    // The commit at the seam counts as a whole, and so does what it adds.
    assert_eq!(asked("backup", zero), ["12345", "99999"]);
    // Behind the seam, nothing is known.
    assert_eq!(asked("backup", &world.objects["public"]), ["12345", "99999"]);
}
