//! What a house makes of its mirrors, and when it reads them again.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use case::{
    Actor, CaseId, Command, CommandId, LineKey,
    event::{Decision, LineVerdict, Triage},
    observation::{Observation, Release},
};
use engine::{Engine, Parts, Submission, Texts, ports::PortError};
use git::fixture::RepoBuilder;
use jiff::SignedDuration;
use rehearsal::{
    DrillClock, World, cast,
    ports::{InProcess, Ways, Wire, ports, talk_of},
    stage::{Props, Stage},
    world::{
        developers::Look,
        record::Witness,
        setting::Lookups,
        wire::{Request, Response},
    },
};
use store::{Kind, MemoryStore, SeededEntropy, Store};

const LINE: &str = "1.0";
const BUGGY: &str = "fn read(input) {\n    take(input.length)\n}\n";
const FIXED: &str = "fn read(input) {\n    refuse_if(input.length > limit)\n    take(input.length)\n    forget(input)\n}\n";

/// A world whose repositories are these.
struct Mirrors {
    world: InProcess,
    public: PathBuf,
    private: PathBuf,
}

impl Wire for Mirrors {
    fn call(&self, request: &Request) -> Result<Response, PortError> {
        match request {
            Request::Repository(Look::Public(_)) => Ok(Response::Folder(self.public.clone())),
            Request::Repository(Look::Private(_)) => Ok(Response::Folder(self.private.clone())),
            Request::Repository(Look::Supported(_)) => {
                Ok(Response::Supported(vec!["main".into(), LINE.into()], "main".into()))
            }
            other => self.world.call(other),
        }
    }
}

struct House {
    stage: Stage,
    store: Arc<dyn Store>,
    case: CaseId,
    _folder: tempfile::TempDir,
}

impl House {
    /// An accepted case; 1.0.1 is planned, and a private fork is known.
    fn new(public: &Path, private: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let entropy = Arc::new(SeededEntropy::new(1));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Kind::Drill, entropy));
        let stage = open(&store, public, private, folder.path());
        let submission = Submission {
            command: CommandId([1; 16]),
            channel: "form".into(),
            raw: b"raw".to_vec(),
            name: "Rita".into(),
            mailbox: None,
            automatic: false,
            title: "It reads too far".into(),
            text: "Send it a comma.".into(),
            deadline: None,
            encrypted: false,
        };
        let case = stage.engine.receive(stage.project, &submission).unwrap().case;
        let mut house = Self { stage, store, case, _folder: folder };
        let reason = "it is so".to_owned();
        house.decide(Decision::Triage { verdict: Triage::Accepted, reason });
        house.minute();
        let verdict = LineVerdict::Patch { version: Some("1.0.1".into()) };
        house.decide(Decision::Line { line: line(), verdict });
        let url = "https://forge.example/fork".to_owned();
        let seen = Command::Observe(Box::new(Observation::Fork { url }));
        let id = CommandId([9; 16]);
        house.stage.engine.execute(case, Actor::House, id, &seen, "test").unwrap();
        house
    }

    fn give(&mut self, command: &Command) {
        let team = self.stage.crew.team[0];
        assert!(self.stage.give(self.case, team, command).unwrap(), "{command:?}");
    }

    fn decide(&mut self, decision: Decision) {
        self.give(&Command::Decide(Box::new(decision)));
    }

    fn declare(&mut self, commit: &str) {
        self.decide(Decision::Fix { line: line(), commits: vec![commit.to_owned()] });
        self.minute();
    }

    fn minute(&mut self) {
        // News make the next look a full one; a second one has nothing to find.
        for _ in 0..3 {
            self.stage.clock.advance_by(SignedDuration::from_secs(61));
            while self.stage.engine.step().unwrap() == engine::Step::Worked {}
        }
    }

    fn releases(&self) -> Vec<Release> {
        let view = self.stage.engine.view(self.case, Actor::House).unwrap();
        view.loaded.case.lines[&line()].releases.clone()
    }

    fn judged(&self) -> (Option<bool>, String) {
        let releases = self.releases();
        let [release] = releases.as_slice() else { panic!("{releases:?}") };
        (release.contains_fix, release.evidence.clone())
    }

    /// The same house in a fresh process: everything but the store begins anew.
    fn restart(&mut self) {
        self.stage.engine = Arc::new(Engine::new(Parts {
            store: self.store.clone(),
            ports: ports(&Ways {
                wire: self.stage.wire.clone(),
                lookups: Lookups::Everywhere,
                sending: crate::SENDING,
                clock: self.stage.house.clone(),
                feed: talk_of("Signpost"),
            }),
            clock: self.stage.house.clone(),
            entropy: Arc::new(SeededEntropy::new(2)),
            playbooks: vec![playbook::shipped("contour").unwrap()],
            texts: Texts::load(None).unwrap(),
        }));
    }
}

fn line() -> LineKey {
    LineKey::new("signpost", LINE)
}

fn open(store: &Arc<dyn Store>, public: &Path, private: &Path, folder: &Path) -> Stage {
    let mut setting = cast::setting(1).unwrap();
    setting.reporters.clear();
    let clock = Arc::new(DrillClock::new(setting.begins));
    let world = World::new(setting.clone(), folder, Witness::default()).unwrap();
    let world = InProcess::new(world, clock.clone());
    let (public, private) = (public.to_owned(), private.to_owned());
    let entropy = Arc::new(SeededEntropy::new(0));
    Stage::set(Props {
        setting,
        wire: Arc::new(Mirrors { world, public, private }),
        clock,
        store: store.clone(),
        entropy,
        playbook: "contour".into(),
        team: 3,
        sending: crate::SENDING,
        plant: None,
    })
    .unwrap()
}

/// A public repository with a release that lacks the fix, and a private one with the fix.
fn repositories(folder: &Path) -> (RepoBuilder, RepoBuilder, String) {
    let mut public = RepoBuilder::create(folder.join("public")).unwrap();
    public.commit_file("core.txt", BUGGY, "Begin").unwrap();
    public.tag("v1.0.0").unwrap();
    public.branch("release-1.0", "main").unwrap();
    let mut private = RepoBuilder::create(folder.join("private")).unwrap();
    let from = public.folder().to_string_lossy().into_owned();
    private.git(&["fetch", "--quiet", &from, "refs/heads/release-1.0"]).unwrap();
    private.branch("release-1.0", "FETCH_HEAD").unwrap();
    let fix = private.commit_file("core.txt", FIXED, "Tidy up").unwrap().to_string();
    public.commit_file("CHANGES", "1.0.1\n", "Prepare 1.0.1").unwrap();
    public.tag("v1.0.1").unwrap();
    (public, private, fix)
}

#[test]
fn a_release_without_the_fixs_objects_is_judged_and_judged_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (mut public, private, fix) = repositories(folder.path());
    let mut house = House::new(public.folder(), private.folder());
    house.declare(&fix);
    let (contains, evidence) = house.judged();
    assert_eq!(contains, Some(false), "{evidence}");
    assert!(
        evidence.ends_with("is not in its history; 0 of 2 lines of it are there"),
        "{evidence}"
    );

    // The same lines by another way, and the tag moved there.
    public.commit_file("core.txt", FIXED, "By hand").unwrap();
    public.git(&["tag", "--force", "v1.0.1"]).unwrap();
    house.minute();
    let (contains, evidence) = house.judged();
    assert_eq!(contains, Some(true), "{evidence}");
    assert!(evidence.contains("is not in its history; 2 of 2 lines"), "{evidence}");

    // And as the commit itself.
    let from = private.folder().to_string_lossy().into_owned();
    public.git(&["fetch", "--quiet", &from, "+refs/heads/release-1.0:refs/heads/fix"]).unwrap();
    public.git(&["tag", "--force", "v1.0.1", &fix]).unwrap();
    house.minute();
    assert!(house.judged().1.contains("is in its history"), "{:?}", house.judged());

    let other = public.git(&["rev-parse", "v1.0.0"]).unwrap();
    public.commit_file("CHANGES", "1.0.2\n", "Prepare 1.0.2").unwrap();
    let later = public.git(&["rev-parse", "HEAD"]).unwrap();
    assert_ne!(other, later);
    house.declare(&later);
    assert_eq!(house.judged().0, Some(false), "a fix that was declared anew is looked for anew");
}

#[test]
fn nothing_is_read_again_until_something_moves_and_a_fresh_process_reads_all() {
    let folder = tempfile::tempdir().unwrap();
    let (public, private, fix) = repositories(folder.path());
    // Nobody has the fix anywhere yet.
    let from = private.folder().to_string_lossy().into_owned();
    let empty = RepoBuilder::create(folder.path().join("empty")).unwrap();
    let mut house = House::new(public.folder(), empty.folder());
    house.declare(&fix);
    let unknown = house.judged();
    assert!(unknown.1.ends_with("is not in its history"), "{unknown:?}");

    // Its objects come without any ref: whoever read the mirror again would find its lines.
    let pack = public.git(&["fetch", "--quiet", "--no-write-fetch-head", &from, &fix]);
    pack.unwrap();
    house.minute();
    assert_eq!(house.judged(), unknown, "the refs are as they were, and so is the answer");
    house.restart();
    house.minute();
    assert!(house.judged().1.contains("of 2 lines"), "{:?}", house.judged());
}
