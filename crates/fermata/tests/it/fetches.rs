//! `fermata serve --fetch`: from a tag that somebody pushes to a step that is done, and what a house
//! says of a server that does not let it in.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    process::Command,
    thread,
    time::Duration,
};

use case::{
    Actor, CaseId, CommandId, LineKey, PersonId, ProjectId,
    event::{Decision, LineVerdict, Triage},
};
use engine::{
    Engine,
    ports::{LocalClone, Telling},
};
use git::fixture::RepoBuilder;
use store::SqliteStore;

use crate::{
    program::Place,
    sends::{engine_at, house_with_a_report, settings},
    serve::Running,
};

const FIXED: &str = "fn read(input) {\n    refuse_if(input.length > limit)\n}\n";

/// Where the upstream and its mirror lie.
pub(crate) fn upstream(place: &Place) -> RepoBuilder {
    let mut upstream = RepoBuilder::create(place.path().join("upstream")).unwrap();
    upstream.commit_file("read.rs", "fn read(input) {\n}\n", "Begin").unwrap();
    upstream.tag("v1.0.0").unwrap();
    upstream.branch("release-1.0", "main").unwrap();
    let from = format!("file://{}", upstream.folder().display());
    let to = place.path().join("clones/example.git").display().to_string();
    upstream.git(&["clone", "--quiet", "--mirror", &from, &to]).unwrap();
    upstream
}

pub(crate) struct Desk<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) case: CaseId,
    pub(crate) ada: PersonId,
}

impl Desk<'_> {
    pub(crate) fn decide(&self, decision: Decision) {
        let (id, by) = (CommandId(self.engine.draw()), Actor::Person(self.ada));
        let command = case::Command::Decide(Box::new(decision));
        self.engine.execute(self.case, by, id, &command, "test").unwrap();
    }

    /// What the house sees by itself before a person judges the lines.
    pub(crate) fn see_lines(&self) {
        let seen = case::observation::Observation::SupportedLines {
            repository: "example".into(),
            lines: vec!["main".into(), "1.0".into()],
            default_branch: "main".into(),
        };
        let (id, seen) = (CommandId(self.engine.draw()), case::Command::Observe(Box::new(seen)));
        self.engine.execute(self.case, Actor::House, id, &seen, "test").unwrap();
    }

    fn releases_lack(&self) -> Vec<String> {
        let view = self.engine.view(self.case, Actor::House).unwrap();
        view.checklist.item("releases").unwrap().status.missing().to_vec()
    }
}

pub(crate) fn person_of(engine: &Engine, project: ProjectId) -> PersonId {
    engine.project(project).unwrap().team.into_iter().next().unwrap()
}

pub(crate) fn case_of(engine: &Engine, person: PersonId) -> CaseId {
    let [only] = engine.cases(person, None, 10).unwrap().cases.try_into().unwrap();
    only.case
}

pub(crate) fn name_the_mirror(engine: &Engine, project: ProjectId, person: PersonId) {
    let clone = LocalClone { folder: "example.git".into(), supported: Telling::Newest(3) };
    engine.read_from(project, person, "example", Some(clone), CommandId([7; 16])).unwrap();
}

/// The house that lies there, by hand.
pub(crate) fn at(place: &Place) -> Engine {
    engine_at(SqliteStore::open(&settings(place)).unwrap(), place.path().join("clones"))
}

/// Waits for something that shows in the mirror.
fn wait_for(shows: impl Fn() -> bool) {
    for _ in 0..400 {
        if shows() {
            return;
        }
        thread::park_timeout(Duration::from_millis(50));
    }
    panic!("nothing came");
}

#[test]
fn a_tag_that_is_pushed_makes_its_step_done() {
    let place = Place::new();
    let project = house_with_a_report(&place);
    let mut upstream = upstream(&place);
    let house = at(&place);
    let ada = person_of(&house, project);
    name_the_mirror(&house, project, ada);
    let desk = Desk { engine: &house, case: case_of(&house, ada), ada };
    let reason = "it is one".to_owned();
    desk.decide(Decision::Triage { verdict: Triage::Accepted, reason });
    let fix = upstream.commit_file("read.rs", FIXED, "Tidy up").unwrap();
    for (line, version) in [("main", None), ("1.0", Some("1.0.1".to_owned()))] {
        let line = LineKey::new("example", line);
        desk.see_lines();
        let verdict = if version.is_some() {
            LineVerdict::Patch { version }
        } else {
            LineVerdict::NotAffected { why: "it is for this test".into() }
        };
        desk.decide(Decision::Line { line: line.clone(), verdict });
        if line.line == "1.0" {
            desk.decide(Decision::Fix { line, commits: vec![fix.to_string()] });
        }
    }
    assert_eq!(desk.releases_lack(), ["a release of example#1.0 that contains the fix"]);
    let case = desk.case;
    drop(house);

    // Nobody touches the mirror from here on.
    upstream.tag("v1.0.1").unwrap();
    let running = Running::start(&place, &["--clones", "clones", "--fetch"]);
    assert_eq!(running.started["fetch"], 10);
    let mirror = place.path().join("clones/example.git");
    let has = |name: &str| tags(&mirror).contains(&name.to_owned());
    wait_for(|| has("v1.0.1"));
    // The case is looked at as soon as the fetch is over.
    thread::park_timeout(Duration::from_secs(3));
    let (code, err) = running.end("-TERM");
    assert_eq!(code, Some(0), "{err}");
    let house = at(&place);
    let desk = Desk { engine: &house, case, ada };
    assert_eq!(desk.releases_lack(), [""; 0]);
}

fn tags(mirror: &Path) -> Vec<String> {
    let refs = git::Repo::open(mirror).and_then(|repo| repo.refs());
    refs.map(|refs| refs.tags.into_iter().map(|tag| tag.name).collect()).unwrap_or_default()
}

/// A server that asks for a password and takes none; what it was sent.
fn doorkeeper(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let head = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let head: Vec<String> = head.take_while(|line| !line.is_empty()).collect();
    let answer = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\
                  WWW-Authenticate: Basic realm=\"git\"\r\n\r\n";
    stream.write_all(answer.as_bytes()).unwrap();
    head.join("\n")
}

#[test]
fn a_password_that_is_refused_stands_in_nothing_that_is_said() {
    let place = Place::new();
    let project = house_with_a_report(&place);
    let upstream = upstream(&place);
    let house = at(&place);
    name_the_mirror(&house, project, person_of(&house, project));
    drop(house);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = listener.local_addr().unwrap().to_string();
    let mirror = place.path().join("clones/example.git").display().to_string();
    let url = format!("http://{server}/upstream");
    upstream.git(&["-C", &mirror, "remote", "set-url", "origin", &url]).unwrap();
    place.file("login", "fermata\nopen sesame\n");
    let login = format!("{server}=login");
    let more = ["--clones", "clones", "--fetch=1", "--fetch-login", &login];
    let running = Running::start(&place, &more);
    let sent = doorkeeper(&listener);
    assert!(sent.contains("Authorization: Basic ZmVybWF0YTpvcGVuIHNlc2FtZQ=="), "{sent}");
    let (code, err) = running.end("-TERM");
    assert_eq!(code, Some(0));
    for secret in ["sesame", "ZmVybWF0"] {
        assert!(!err.contains(secret), "{err}");
        let mut grep = Command::new("grep");
        grep.args(["-rl", secret, "data", "clones"]).current_dir(place.path());
        let found = grep.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    }
}

#[test]
fn what_is_said_of_fetching_is_checked_before_a_house_begins() {
    let place = Place::new();
    place.file("login", "fermata\n");
    for (arguments, why) in [
        (&["--fetch-login", "example.org=login"][..], "--fetch"),
        (&["--fetch", "--fetch-login", "example.org"], "write HOST=FILE"),
        (&["--fetch", "--fetch-login", "https://example.org=login"], "write HOST=FILE"),
        (&["--fetch", "--fetch-login", "example.org=login"], "password on the second"),
        (&["--fetch", "--fetch-key", "none"], "none cannot be read"),
        (&["--fetch=0"], "0 is not in 1..=1440"),
    ] {
        let ended = place.run(&[&["serve", "--data", "data"], arguments].concat());
        assert_eq!(ended.code, Some(2), "{arguments:?} {}", ended.err);
        assert!(ended.err.contains(why), "{}", ended.err);
        assert!(!place.path().join("data").exists(), "it has made nothing");
    }
}
