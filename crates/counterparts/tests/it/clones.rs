//! Mirrors on disk as a house reads them: what they show, and what is refused.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use case::ProjectId;
use counterparts::Clones;
use engine::ports::{Fork, LocalClone, PortError, Repositories, Repository, Telling};
use git::fixture::RepoBuilder;
use tempfile::TempDir;

/// Two released minors, a branch for the older one, and a file that calls only that one supported.
fn origin(folder: &Path) -> RepoBuilder {
    let mut repo = RepoBuilder::create(folder.join("origin")).unwrap();
    let versions = "versions:\n  - version: v1.0.0\n    supported: \"true\"\n  - version: v1.1.0\n";
    repo.commit_file("versions.yaml", versions, "begin").unwrap();
    repo.tag("v1.0.0").unwrap();
    repo.branch("release-1.0", "main").unwrap();
    repo.checkout("main").unwrap();
    repo.commit_file("feature", "new", "a feature").unwrap();
    repo.tag("v1.1.0").unwrap();
    repo
}

struct Shelf {
    folder: TempDir,
    origin: RepoBuilder,
    clones: Clones,
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let origin = origin(folder.path());
        let clones = Clones::below(folder.path().join("clones"));
        Self { folder, origin, clones }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("clones").join(name)
    }

    fn clone(&self, name: &str, how: &[&str]) {
        let (from, to) = (format!("file://{}", self.origin.folder().display()), self.path(name));
        let to = to.display().to_string();
        let args: Vec<&str> = [&["clone", "--quiet"], how, &[&from, &to]].concat();
        self.origin.git(&args).unwrap();
    }

    fn ask<T>(&self, folder: &str, told: Telling, ask: impl Fn(&Clones, Repository<'_>) -> T) -> T {
        let at = LocalClone { folder: folder.into(), supported: told };
        ask(&self.clones, Repository { name: "signpost", clone: Some(&at) })
    }

    fn lines(&self, folder: &str, told: Telling) -> Result<Vec<String>, PortError> {
        self.ask(folder, told, Clones::supported).map(|supported| supported.lines)
    }

    fn artefacts(&self, folder: &str) -> Result<BTreeMap<String, Vec<PathBuf>>, PortError> {
        self.ask(folder, Telling::Newest(3), Clones::artefacts)
    }

    fn why_not(&self, folder: &str) -> String {
        let error = self.lines(folder, Telling::Newest(3)).unwrap_err();
        assert!(self.ask(folder, Telling::Newest(3), Clones::public).is_err(), "{error}");
        assert!(self.ask(folder, Telling::Newest(3), Clones::sight).is_err(), "{error}");
        error.words().to_owned()
    }
}

#[test]
fn lines_are_told_in_each_of_three_ways() {
    let shelf = Shelf::new();
    shelf.clone("a.git", &["--mirror"]);
    let lines = |told| shelf.lines("a.git", told).unwrap();
    assert_eq!(lines(Telling::Newest(3)), ["main", "1.1", "1.0"]);
    assert_eq!(lines(Telling::Newest(1)), ["main", "1.1"]);
    assert_eq!(lines(Telling::File("versions.yaml".into())), ["main", "1.0"]);
    assert_eq!(lines(Telling::Patterns(vec!["1.?".into()])), ["main", "1.1", "1.0"]);
    let gone = shelf.lines("a.git", Telling::File("gone.yaml".into())).unwrap_err();
    assert!(gone.words().contains("there is no gone.yaml"), "{gone}");
    let branch = |line| shelf.ask("a.git", Telling::Newest(3), |c, r| c.branch(r, line));
    let branches = ["main", "1.0", "1.1"].map(branch);
    assert_eq!(branches, ["main", "release-1.0", "release-1.1"]);
}

#[test]
fn what_is_fetched_is_seen_and_nothing_else() {
    let mut shelf = Shelf::new();
    shelf.clone("a.git", &["--mirror"]);
    let sight =
        |shelf: &Shelf| shelf.ask("a.git", Telling::Newest(3), Clones::sight).unwrap().unwrap();
    let before = sight(&shelf);
    shelf.origin.commit_file("feature", "newer", "another").unwrap();
    shelf.origin.tag("v1.2.0").unwrap();
    assert_eq!(sight(&shelf), before, "the house fetches nothing");
    let mirror = shelf.path("a.git").display().to_string();
    shelf.origin.git(&["-C", &mirror, "fetch", "--quiet", "--prune"]).unwrap();
    let after = sight(&shelf);
    assert_eq!(after.lines, ["main", "1.2", "1.1", "1.0"]);
    let fetched = std::fs::metadata(shelf.path("a.git").join("FETCH_HEAD")).unwrap();
    let fetched: jiff::Timestamp = fetched.modified().unwrap().try_into().unwrap();
    assert_eq!(after.fetched_at, fetched);
    assert!(after.fetched_at >= before.fetched_at);
}

#[test]
fn only_a_whole_mirror_is_read() {
    let shelf = Shelf::new();
    shelf.clone("work", &[]);
    shelf.clone("bare.git", &["--bare"]);
    shelf.clone("shallow.git", &["--mirror", "--depth=1"]);
    std::fs::create_dir_all(shelf.path("empty.git")).unwrap();
    for folder in ["work", "bare.git"] {
        assert!(shelf.why_not(folder).contains("is no mirror"), "{folder}");
    }
    assert!(shelf.why_not("shallow.git").contains("does not hold the whole history"));
    for folder in ["empty.git", "gone.git"] {
        assert!(shelf.why_not(folder).contains("there is no repository of that name"), "{folder}");
    }
    // A mirror that breaks later is noticed, whatever it showed before.
    shelf.clone("a.git", &["--mirror"]);
    shelf.lines("a.git", Telling::Newest(3)).unwrap();
    std::fs::write(shelf.path("a.git").join("packed-refs"), "not refs\n").unwrap();
    assert!(shelf.why_not("a.git").contains("cannot be read"));
}

#[test]
fn no_page_leads_out_of_the_folder() {
    let shelf = Shelf::new();
    shelf.clone("../outside.git", &["--mirror"]);
    let absolute = shelf.folder.path().join("outside.git").display().to_string();
    for folder in ["../outside.git", "./../outside.git", &absolute, ""] {
        assert!(shelf.why_not(folder).contains("is not the name of a folder"), "{folder}");
    }
    let nowhere = Repository { name: "signpost", clone: None };
    assert!(!shelf.clones.connected(nowhere));
    assert!(matches!(shelf.clones.supported(nowhere), Err(PortError::Absent(_))));
}

#[test]
fn artefacts_lie_beside_their_mirror_in_a_folder_for_each_tag() {
    let shelf = Shelf::new();
    let none = shelf.artefacts("a.git").unwrap_err();
    assert!(matches!(none, PortError::Absent(_)), "{none}");
    assert!(none.words().contains("no artefacts lie beside the clone a.git"), "{none}");

    let beside = shelf.path("a.git.artefacts");
    fs::create_dir_all(beside.join("v1.1.0/unpacked")).unwrap();
    fs::create_dir_all(beside.join("v1.2.0")).unwrap();
    for file in ["v1.1.0/p.zip", "v1.1.0/p.tar.gz", "v1.1.0/unpacked/inner.zip", "notes.txt"] {
        fs::write(beside.join(file), "x").unwrap();
    }
    // Of another mirror, whose name begins alike.
    fs::create_dir_all(shelf.path("a.git.artefacts.old/v1.0.0")).unwrap();
    let path = |name: &str| beside.join("v1.1.0").join(name);
    let expected = BTreeMap::from([
        ("notes.txt".to_owned(), vec![]),
        ("v1.1.0".to_owned(), vec![path("p.tar.gz"), path("p.zip"), path("unpacked")]),
        ("v1.2.0".to_owned(), vec![]),
    ]);
    for folder in ["a.git", "a.git/"] {
        assert_eq!(shelf.artefacts(folder).unwrap(), expected, "{folder}");
    }
}

#[test]
fn artefacts_are_sought_nowhere_else() {
    let shelf = Shelf::new();
    let outside = shelf.folder.path().join("outside.git.artefacts/v1.0.0");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("p.zip"), "x").unwrap();
    let absolute = shelf.folder.path().join("outside.git").display().to_string();
    for folder in ["../outside.git", &absolute, ""] {
        let refused = shelf.artefacts(folder).unwrap_err();
        assert!(matches!(refused, PortError::Refused(_)), "{folder}: {refused}");
    }
    let nowhere = Repository { name: "signpost", clone: None };
    assert!(matches!(shelf.clones.artefacts(nowhere), Err(PortError::Absent(_))));
}

#[test]
#[cfg(unix)]
fn links_among_artefacts_are_passed() {
    use std::os::unix::fs::symlink;
    let shelf = Shelf::new();
    let beside = shelf.path("a.git.artefacts");
    let elsewhere = shelf.folder.path().join("elsewhere");
    fs::create_dir_all(beside.join("v1.0.0")).unwrap();
    fs::create_dir_all(&elsewhere).unwrap();
    fs::write(elsewhere.join("secret"), "x").unwrap();
    symlink(&elsewhere, beside.join("v1.1.0")).unwrap();
    symlink(elsewhere.join("secret"), beside.join("v1.0.0/p.zip")).unwrap();
    let found = shelf.artefacts("a.git").unwrap();
    assert_eq!(found, BTreeMap::from([("v1.0.0".to_owned(), vec![])]));
}

const OURS: ProjectId = ProjectId([1; 16]);
const THEIRS: ProjectId = ProjectId([2; 16]);

impl Shelf {
    /// One that also has private mirrors of two projects, ours without one of that name.
    fn hiding() -> Self {
        let Self { folder, origin, clones } = Self::new();
        let private = folder.path().join("private");
        for project in [OURS, THEIRS] {
            fs::create_dir_all(private.join(project.to_string())).unwrap();
        }
        let clones = clones.with_private(&private).unwrap();
        let shelf = Self { folder, origin, clones };
        shelf.clone(&format!("../private/{OURS}/a.git"), &["--mirror"]);
        shelf.clone(&format!("../private/{THEIRS}/b.git"), &["--mirror"]);
        shelf
    }

    fn hidden(&self, project: ProjectId) -> PathBuf {
        self.folder.path().join("private").join(project.to_string())
    }

    fn private(&self, name: &str) -> Result<PathBuf, PortError> {
        self.clones.private(Fork::Mirror { project: OURS, name })
    }

    fn why_not_private(&self, name: &str) -> String {
        self.private(name).unwrap_err().words().to_owned()
    }
}

#[test]
fn a_private_mirror_is_found_below_its_own_project_alone() {
    let shelf = Shelf::hiding();
    assert_eq!(shelf.private("a.git").unwrap(), shelf.hidden(OURS).join("a.git"));
    let theirs = Fork::Mirror { project: THEIRS, name: "b.git" };
    assert_eq!(shelf.clones.private(theirs).unwrap(), shelf.hidden(THEIRS).join("b.git"));
    let absolute = shelf.hidden(THEIRS).join("b.git").display().to_string();
    let beside = format!("../{THEIRS}/b.git");
    let ours = format!("../{OURS}/a.git");
    for name in [
        "b.git",
        "gone.git",
        "",
        ".",
        "..",
        "a.git/",
        "./a.git",
        "a.git/.",
        "a.git/../a.git",
        "A.git",
        "a.git\0",
        &beside,
        &ours,
        &absolute,
    ] {
        let missing = Fork::Mirror { project: OURS, name }.missing();
        assert_eq!(shelf.private(name).unwrap_err(), missing, "{name:?}");
    }
    let at = shelf.clones.private(Fork::At("https://forge.example/a")).unwrap_err();
    assert!(matches!(at, PortError::Absent(_)), "{at}");
    assert!(shelf.clones.reads_private());
    let without = Shelf::new();
    let absent = without.private("a.git").unwrap_err();
    assert!(matches!(absent, PortError::Absent(_)) && !without.clones.reads_private(), "{absent}");
}

#[test]
fn only_a_whole_private_mirror_is_read() {
    let shelf = Shelf::hiding();
    let at = |name: &str| format!("../private/{OURS}/{name}");
    shelf.clone(&at("work"), &[]);
    shelf.clone(&at("shallow.git"), &["--mirror", "--depth=1"]);
    fs::create_dir_all(shelf.hidden(OURS).join("empty.git")).unwrap();
    assert!(shelf.why_not_private("work").contains("is no mirror"));
    assert!(shelf.why_not_private("shallow.git").contains("does not hold the whole history"));
    assert!(shelf.why_not_private("empty.git").contains("there is no repository"));
}

#[test]
#[cfg(unix)]
fn no_link_leads_to_or_from_what_is_private() {
    use std::os::unix::fs::symlink;
    let shelf = Shelf::hiding();
    let (ours, theirs) = (shelf.hidden(OURS), shelf.hidden(THEIRS));
    symlink(theirs.join("b.git"), ours.join("link.git")).unwrap();
    assert!(shelf.why_not_private("link.git").contains("is a link"));
    // A file that names a repository, and a repository whose history lies in another one.
    let elsewhere = format!("gitdir: {}\n", theirs.join("b.git").display());
    fs::create_dir_all(ours.join("file.git")).unwrap();
    fs::write(ours.join("file.git/.git"), elsewhere).unwrap();
    assert!(shelf.private("file.git").is_err());
    shelf.clone(&format!("../private/{OURS}/common.git"), &["--mirror"]);
    let common = theirs.join("b.git").display().to_string();
    fs::write(ours.join("common.git/commondir"), common).unwrap();
    assert!(shelf.private("common.git").is_err());
    let project = ProjectId([3; 16]);
    symlink(&theirs, shelf.hidden(project)).unwrap();
    let linked = shelf.clones.private(Fork::Mirror { project, name: "b.git" }).unwrap_err();
    assert!(linked.words().contains("is a link"), "{linked}");

    fs::create_dir_all(shelf.path("")).unwrap();
    symlink(ours.join("a.git"), shelf.path("a.git")).unwrap();
    symlink(&ours, shelf.path("all")).unwrap();
    for folder in ["a.git", "all/a.git"] {
        let why = format!("the clone {folder} lies in the folder of private mirrors, so nothing");
        assert!(shelf.why_not(folder).starts_with(&why), "{}", shelf.why_not(folder));
    }
}

impl Shelf {
    /// Says where a mirror was cloned from.
    fn set_origin(&self, mirror: &Path, address: &str) {
        let mirror = mirror.display().to_string();
        self.origin.git(&["-C", &mirror, "remote", "set-url", "origin", address]).unwrap();
    }
}

/// Where only the team may read.
const TEAM: &str = "https://github.com/example/project-private.git";

#[test]
fn what_is_private_is_read_as_public_by_nothing() {
    let shelf = Shelf::hiding();
    shelf.clone("a.git", &["--mirror"]);
    fs::create_dir_all(shelf.path("a.git.artefacts/v1.0.0")).unwrap();
    shelf.set_origin(&shelf.hidden(THEIRS).join("b.git"), TEAM);
    let refusals = |shelf: &Shelf| {
        let asked = |clones: &Clones, it: Repository<'_>| {
            let asked = [
                clones.supported(it).err(),
                clones.sight(it).err(),
                clones.public(it).err(),
                clones.artefacts(it).err(),
            ];
            (asked, clones.branch(it, "1.0"))
        };
        shelf.ask("a.git", Telling::Newest(3), asked)
    };
    let why = "the clone a.git comes from where a private mirror of this house comes from, so \
               nothing in it is read as public: take it out of the folder of public mirrors";
    let refused = [(); 4].map(|()| Some(PortError::Refused(why.into())));
    assert_eq!(refusals(&shelf).0, refused);
    // Whosever the private mirror is, and however either address is spelt.
    shelf.set_origin(&shelf.path("a.git"), "git@github.com:Example/project-private");
    assert_eq!(refusals(&shelf).0, refused);
    shelf.set_origin(&shelf.path("a.git"), "https://github.com/example/project");
    assert_eq!(refusals(&shelf).0, [None, None, None, None]);
    shelf.set_origin(&shelf.hidden(OURS).join("a.git"), "ssh://git@github.com/example/project.git");
    assert_eq!(refusals(&shelf).0, refused, "it is private from now on");
    fs::remove_dir_all(shelf.hidden(OURS).join("a.git")).unwrap();
    assert_eq!(refusals(&shelf).0, [None, None, None, None]);
    // Whoever forgot the project's folder.
    shelf.clone("../private/c.git", &["--mirror"]);
    shelf.set_origin(&shelf.folder.path().join("private/c.git"), "github.com:example/project");
    assert_eq!(refusals(&shelf).0, refused);
}

#[test]
fn a_mirror_of_a_private_mirror_is_private() {
    let shelf = Shelf::hiding();
    let private = shelf.hidden(OURS).join("a.git");
    shelf.set_origin(&private, TEAM);
    shelf.set_origin(&shelf.hidden(THEIRS).join("b.git"), TEAM);
    shelf.clone("a.git", &["--mirror"]);
    assert!(shelf.lines("a.git", Telling::Newest(3)).is_ok());
    let by_url = format!("file://{}", private.display());
    for from in [private.display().to_string(), by_url] {
        shelf.set_origin(&shelf.path("a.git"), &from);
        assert!(shelf.why_not("a.git").contains("was cloned from a private mirror"), "{from}");
    }
}

#[test]
fn the_private_fork_of_an_advisory_is_never_public() {
    let shelf = Shelf::new();
    shelf.clone("a.git", &["--mirror"]);
    let fork = "https://github.com/example/project-ghsa-5ph6-qq5x-7jwc.git";
    shelf.set_origin(&shelf.path("a.git"), fork);
    assert!(shelf.why_not("a.git").contains("is of an advisory's private fork"));
}

#[test]
fn where_nobody_can_tell_what_is_private_nothing_counts_as_public() {
    let shelf = Shelf::hiding();
    shelf.set_origin(&shelf.hidden(OURS).join("a.git"), TEAM);
    shelf.set_origin(&shelf.hidden(THEIRS).join("b.git"), TEAM);
    shelf.clone("a.git", &["--mirror"]);
    fs::write(shelf.hidden(OURS).join("config"), "of no mirror").unwrap();
    assert!(shelf.lines("a.git", Telling::Newest(3)).is_ok());
    let config = shelf.hidden(THEIRS).join("b.git/config");
    let whole = fs::read(&config).unwrap();
    fs::write(&config, "[remote").unwrap();
    assert!(shelf.why_not("a.git").contains("may be private"));
    fs::write(&config, whole).unwrap();
    assert!(shelf.lines("a.git", Telling::Newest(3)).is_ok());
    fs::remove_dir_all(shelf.folder.path().join("private")).unwrap();
    assert!(shelf.why_not("a.git").contains("may be private"));
}

#[test]
fn private_and_public_mirrors_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["one/in", "two"] {
        fs::create_dir_all(at(name)).unwrap();
    }
    fs::write(at("file"), "x").unwrap();
    let why = |public: &str, private: &str| {
        Clones::below(at(public)).with_private(&at(private)).err().unwrap_or_default()
    };
    for (public, private) in
        [("one", "one/in"), ("one/in", "one"), ("one", "one"), ("one/new", "one")]
    {
        assert!(why(public, private).contains("lie in each other"), "{public} {private}");
    }
    assert!(why("one", "gone").contains("cannot be read"));
    assert!(why("one", "file").contains("is no folder"));
    assert_eq!(why("one", "two"), "");
    assert_eq!(why("new", "two"), "");
}
