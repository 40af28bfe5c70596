//! Mirrors that are brought up to date, by files and by HTTP, from servers that behave or do not.

mod hostile;
mod server;
mod ssh;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use case::ProjectId;
use counterparts::{
    Clones, SystemClock,
    mail::server::Login,
    mirrors::{Access, Fetcher, Patience},
};
use engine::ports::{Fork, LocalClone, PortError, Repositories, Repository, Sight, Telling};
use git::fixture::RepoBuilder;
use tempfile::TempDir;

use server::{Mood, Server};

const PASSWORD: &str = "open sesame";
/// `fermata:open sesame`.
const BASIC: &str = "ZmVybWF0YTpvcGVuIHNlc2FtZQ==";

/// A repository that others push to, and a mirror of it.
struct Shelf {
    folder: TempDir,
    origin: RepoBuilder,
    server: Server,
}

impl Shelf {
    fn new() -> Self {
        Self::guarded(None)
    }

    /// One whose server asks for a password.
    fn guarded(login: Option<&'static str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut origin = RepoBuilder::create(folder.path().join("origin")).unwrap();
        origin.commit_file("a", "1", "begin").unwrap();
        origin.tag("v1.0.0").unwrap();
        let server = Server::start(folder.path(), login);
        let shelf = Self { folder, origin, server };
        let to = shelf.mirror().display().to_string();
        let from = format!("file://{}", shelf.origin.folder().display());
        shelf.origin.git(&["clone", "--quiet", "--mirror", &from, &to]).unwrap();
        shelf
    }

    /// The same, fetched over HTTP.
    fn by_http(self) -> Self {
        self.set("remote.origin.url", &self.server.url("origin/.git"));
        self
    }

    fn mirror(&self) -> PathBuf {
        self.folder.path().join("clones/a.git")
    }

    fn set(&self, name: &str, value: &str) {
        let mirror = self.mirror().display().to_string();
        self.origin.git(&["-C", &mirror, "config", "--replace-all", name, value]).unwrap();
    }

    fn unset(&self, name: &str) {
        let mirror = self.mirror().display().to_string();
        self.origin.git(&["-C", &mirror, "config", "--unset-all", name]).unwrap();
    }

    fn access(&self) -> Access {
        let login = Login::new("fermata", PASSWORD).unwrap();
        Access { logins: [(self.server.at.to_string(), login)].into(), ..Access::default() }
    }

    fn fetcher(access: Access, patience: Patience) -> Fetcher {
        Fetcher::new(access, patience, Arc::new(SystemClock))
    }

    fn clones(&self, fetcher: Fetcher) -> Clones {
        Clones::below(self.folder.path().join("clones")).kept_fresh_by(fetcher)
    }

    fn ask<T>(clones: &Clones, ask: impl Fn(&Clones, Repository<'_>) -> T) -> T {
        let at = LocalClone { folder: "a.git".into(), supported: Telling::Newest(3) };
        ask(clones, Repository { name: "signpost", clone: Some(&at) })
    }

    fn fetch_with(&self, access: Access, patience: Patience) -> Result<(), PortError> {
        Self::ask(&self.clones(Self::fetcher(access, patience)), Clones::fetch)
    }

    fn fetch(&self) -> Result<(), PortError> {
        self.fetch_with(Access::default(), Patience::default())
    }

    fn sight(&self) -> Sight {
        let clones = self.clones(Self::fetcher(Access::default(), Patience::default()));
        Self::ask(&clones, Clones::sight).unwrap().unwrap()
    }

    fn refs(&self) -> Vec<String> {
        let refs = git::Repo::open(self.mirror()).unwrap().refs().unwrap();
        let branches = refs.branches.iter().map(|it| format!("refs/heads/{}", it.name));
        branches.chain(refs.tags.iter().map(|it| format!("refs/tags/{}", it.name))).collect()
    }
}

#[test]
fn a_private_mirror_is_fetched_under_the_same_rules() {
    let mut shelf = Shelf::new();
    let project = ProjectId([1; 16]);
    let private = shelf.folder.path().join("private");
    let ours = private.join(project.to_string());
    fs::create_dir_all(&ours).unwrap();
    fs::rename(shelf.mirror(), ours.join("a.git")).unwrap();
    let fork = Fork::Mirror { project, name: "a.git" };
    let asleep = Clones::below(shelf.folder.path().join("clones")).with_private(&private).unwrap();
    assert!(matches!(asleep.fetch_private(fork), Err(PortError::Absent(_))));
    let clones = asleep.kept_fresh_by(Shelf::fetcher(Access::default(), Patience::default()));
    shelf.origin.commit_file("a", "2", "go on").unwrap();
    shelf.origin.tag("v1.0.1").unwrap();
    clones.fetch_private(fork).unwrap();
    let tags = git::Repo::open(ours.join("a.git")).unwrap().refs().unwrap().tags;
    assert!(tags.iter().any(|tag| tag.name == "v1.0.1"));
    let elsewhere = Fork::Mirror { project: ProjectId([2; 16]), name: "a.git" };
    assert_eq!(clones.fetch_private(elsewhere), Err(elsewhere.missing()));
    let at = ours.join("a.git").display().to_string();
    shelf.origin.git(&["-C", &at, "config", "core.sshCommand", "touch /tmp/x"]).unwrap();
    let refused = clones.fetch_private(fork).unwrap_err();
    assert!(refused.words().contains("core.sshcommand"), "{refused}");
}

/// Command lines of all processes of this machine.
fn command_lines() -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " ")).collect()
}

fn begun_packs(mirror: &Path) -> usize {
    let packs = fs::read_dir(mirror.join("objects/pack")).unwrap().flatten();
    packs.filter(|file| file.file_name().to_string_lossy().starts_with("tmp_")).count()
}

/// What nobody may find out of a text.
fn tells_nothing(text: &str) {
    for secret in [PASSWORD, BASIC, "sesame"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn what_is_pushed_comes_and_what_is_withdrawn_goes() {
    for by_http in [false, true] {
        let mut shelf = Shelf::new();
        if by_http {
            shelf = shelf.by_http();
        }
        let before = shelf.sight();
        shelf.origin.branch("release-1.0", "main").unwrap();
        shelf.origin.commit_file("a", "2", "mend").unwrap();
        shelf.origin.annotated_tag("v1.0.1", "HEAD", "1.0.1").unwrap();
        shelf.fetch().unwrap();
        let refs = ["refs/heads/main", "refs/heads/release-1.0", "refs/tags/v1.0.0"];
        assert_eq!(shelf.refs(), [&refs[..], &["refs/tags/v1.0.1"]].concat());
        let after = shelf.sight();
        assert!(after.fetched_at > before.fetched_at);
        assert_eq!(after.lines, ["main", "1.0"]);

        shelf.origin.git(&["tag", "-d", "v1.0.1"]).unwrap();
        shelf.origin.git(&["tag", "-f", "v1.0.0", "main"]).unwrap();
        shelf.fetch().unwrap();
        assert_eq!(shelf.refs(), refs);
        assert!(shelf.sight().fetched_at >= after.fetched_at);
        assert_eq!(shelf.server.asked().is_empty(), !by_http);
    }
}

#[test]
fn a_house_that_is_not_told_to_fetch_does_not() {
    let shelf = Shelf::new();
    let clones = Clones::below(shelf.folder.path().join("clones"));
    assert!(matches!(Shelf::ask(&clones, Clones::fetch), Err(PortError::Absent(_))));
}

#[test]
fn only_a_mirror_is_fetched_into() {
    let shelf = Shelf::new();
    shelf.unset("remote.origin.mirror");
    assert!(shelf.fetch().unwrap_err().words().contains("is no mirror"));
    fs::remove_dir_all(shelf.mirror()).unwrap();
    assert!(shelf.fetch().unwrap_err().words().contains("there is no repository"));
}

#[test]
fn a_fetch_that_fails_leaves_everything_as_it_was() {
    let shelf = Shelf::new();
    shelf.fetch().unwrap();
    let (before, refs) = (shelf.sight(), shelf.refs());
    fs::rename(shelf.folder.path().join("origin"), shelf.folder.path().join("away")).unwrap();
    let why = shelf.fetch().unwrap_err();
    assert!(why.words().contains("there is no repository"), "{why}");
    assert_eq!((shelf.sight(), shelf.refs()), (before, refs));
}

#[test]
fn a_password_goes_to_its_host_and_nowhere_else() {
    let shelf = Shelf::guarded(Some(BASIC)).by_http();
    let asks = shelf.fetch().unwrap_err();
    assert!(asks.words().contains("asks for a name and a password"), "{asks}");

    let mut wrong = shelf.access();
    wrong.logins.values_mut().for_each(|login| *login = Login::new("fermata", "guess").unwrap());
    let refused = shelf.fetch_with(wrong, Patience::default()).unwrap_err();
    assert!(refused.words().contains("does not let the house in"), "{refused}");
    assert!(!refused.to_string().contains("guess"));

    let logins = shelf.access().logins.into_values();
    let logins = logins.map(|login| ("example.org".into(), login)).collect();
    let other = Access { logins, ..Access::default() };
    shelf.fetch_with(other, Patience::default()).unwrap_err();
    let right = Some(format!("Basic {BASIC}"));
    assert!(shelf.server.asked().iter().all(|(_, sent)| *sent != right), "not for this host");

    shelf.fetch_with(shelf.access(), Patience::default()).unwrap();
    assert!(shelf.server.asked().iter().any(|(_, sent)| *sent == right));
    tells_nothing(&format!("{:?}", shelf.access()));
    tells_nothing(&fs::read_to_string(shelf.mirror().join("config")).unwrap());
}

#[test]
fn no_process_is_started_with_the_password() {
    let shelf = Shelf::guarded(Some(BASIC)).by_http();
    shelf.server.is(Mood::Hangs);
    let clones = shelf.clones(Shelf::fetcher(shelf.access(), Patience::default()));
    std::thread::scope(|scope| {
        let fetch = scope.spawn(|| Shelf::ask(&clones, Clones::fetch));
        shelf.server.wait_for("info/refs");
        let lines = command_lines();
        shelf.server.is(Mood::Serves);
        let port = shelf.server.at.port().to_string();
        let ours: Vec<_> = lines.iter().filter(|line| line.contains(&port)).collect();
        assert!(ours.iter().any(|line| line.contains("remote-http")), "{ours:?}");
        for line in &lines {
            tells_nothing(line);
        }
        fetch.join().unwrap().unwrap();
    });
}

#[test]
fn a_server_that_hangs_is_left() {
    for (fetch, silence, why) in [(1, 60, "took too long"), (60, 1, "too slow")] {
        let shelf = Shelf::new().by_http();
        shelf.server.is(Mood::Hangs);
        let patience = Patience {
            fetch: Duration::from_secs(fetch),
            silence: Duration::from_secs(silence),
            ..Patience::default()
        };
        let left = shelf.fetch_with(Access::default(), patience).unwrap_err();
        assert!(left.words().contains(why), "{left}");
        let port = format!(":{}/", shelf.server.at.port());
        assert!(!command_lines().iter().any(|line| line.contains(&port)), "nothing is left behind");
        shelf.server.is(Mood::Serves);
        shelf.fetch().unwrap();
    }
}

#[test]
fn a_house_that_ends_waits_for_no_server() {
    let shelf = Shelf::new().by_http();
    shelf.server.is(Mood::Hangs);
    let fetcher = Shelf::fetcher(Access::default(), Patience::default());
    let clones = shelf.clones(fetcher.clone());
    std::thread::scope(|scope| {
        let fetch = scope.spawn(|| Shelf::ask(&clones, Clones::fetch));
        shelf.server.wait_for("info/refs");
        fetcher.stop();
        let why = fetch.join().unwrap().unwrap_err();
        assert!(why.words().contains("the house was ended"), "{why}");
    });
    assert!(Shelf::ask(&clones, Clones::fetch).is_err(), "no other begins");
}

/// A file that nothing makes smaller.
fn noise(bytes: u32) -> String {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b' ' + u8::try_from(state >> 25).unwrap() % 95)
    };
    (0..bytes).map(|_| next()).collect()
}

#[test]
fn a_server_that_cuts_in_the_middle_leaves_nothing_behind() {
    let mut shelf = Shelf::new().by_http();
    shelf.fetch().unwrap();
    let (before, refs) = (shelf.sight(), shelf.refs());
    shelf.origin.commit_file("noise", &noise(400_000), "much").unwrap();
    shelf.origin.tag("v1.0.1").unwrap();
    shelf.server.is(Mood::Cuts(100_000));
    let cut = shelf.fetch().unwrap_err();
    assert!(cut.words().starts_with("git says: "), "{cut}");
    assert_eq!((shelf.sight(), shelf.refs()), (before, refs));
    assert_eq!(begun_packs(&shelf.mirror()), 0);
    shelf.server.is(Mood::Serves);
    shelf.fetch().unwrap();
    assert!(shelf.refs().contains(&"refs/tags/v1.0.1".to_owned()));
}

#[test]
fn more_than_may_be_stored_is_not() {
    let shelf = Shelf::new().by_http();
    let begun = |name: &str| shelf.mirror().join("objects/pack").join(name);
    fs::write(begun("tmp_pack_old"), [0; 2_000]).unwrap();
    fs::File::options()
        .write(true)
        .open(begun("tmp_pack_old"))
        .unwrap()
        .set_modified(std::time::UNIX_EPOCH)
        .unwrap();
    shelf.server.is(Mood::Hangs);
    let patience = Patience { size: 1_000, fetch: Duration::from_secs(5), ..Patience::default() };
    std::thread::scope(|scope| {
        let fetch = scope.spawn(|| shelf.fetch_with(Access::default(), patience));
        shelf.server.wait_for("info/refs");
        // As a pack that grows.
        fs::write(begun("tmp_pack_new"), [0; 2_000]).unwrap();
        let refused = fetch.join().unwrap().unwrap_err();
        assert!(refused.words().contains("more came than"), "{refused}");
    });
    assert!(begun("tmp_pack_old").exists() && !begun("tmp_pack_new").exists());
}

#[test]
fn no_server_leads_a_fetch_to_another() {
    let shelf = Shelf::guarded(Some(BASIC)).by_http();
    let other = Server::start(shelf.folder.path(), None);
    shelf.server.is(Mood::Redirects(format!("http://{}", other.at)));
    let refused = shelf.fetch_with(shelf.access(), Patience::default()).unwrap_err();
    assert!(refused.words().contains("sends the house elsewhere"), "{refused}");
    assert_eq!(other.asked(), []);
}

#[test]
fn locks_that_were_left_are_told_and_go_in_time() {
    let mut shelf = Shelf::new();
    shelf.origin.tag("v1.0.1").unwrap();
    shelf.origin.git(&["tag", "-d", "v1.0.0"]).unwrap();
    let lock = shelf.mirror().join("packed-refs.lock");
    fs::write(&lock, "").unwrap();
    let held = shelf.fetch().unwrap_err();
    assert!(held.words().contains("another program is at work"), "{held}");
    assert!(lock.exists(), "it may be somebody's");
    let hours_ago = std::time::UNIX_EPOCH + Duration::from_hours(24 * 365 * 50);
    fs::File::options().write(true).open(&lock).unwrap().set_modified(hours_ago).unwrap();
    shelf.fetch().unwrap();
    assert_eq!(shelf.refs(), ["refs/heads/main", "refs/tags/v1.0.1"]);
}

#[test]
fn it_can_be_read_while_it_is_fetched() {
    let mut shelf = Shelf::new();
    let reader = shelf.clones(Shelf::fetcher(Access::default(), Patience::default()));
    for number in 2..8 {
        shelf.origin.commit_file("a", &number.to_string(), "go on").unwrap();
        shelf.origin.tag(&format!("v1.{number}.0")).unwrap();
        std::thread::scope(|scope| {
            let fetch = scope.spawn(|| shelf.fetch());
            while !fetch.is_finished() {
                Shelf::ask(&reader, Clones::sight).unwrap();
            }
            fetch.join().unwrap().unwrap();
        });
        assert!(shelf.sight().lines.contains(&format!("1.{number}")));
    }
}
