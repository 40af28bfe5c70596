//! A house for looking at: a memory store, a world that says yes, and a case that can be led from
//! the report as far as somebody wants to see it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use advisory::{Advisory, CveId, GhsaId, Mailbox};
use case::{
    ActId, Actor, CaseId, Command, CommandId, DisclosureId, LineKey, PersonId, ProjectId, Role,
    VulnId,
    act::{ActKind, Plan, Proof, Topic},
    command::Invitation,
    event::{Concerned, Decision, LineVerdict, Origin, Triage},
    observation::{Access, CveWord, Delivery, Draft, DraftState, Observation, Place, Release},
    sealing::Certificate,
};
use counterparts::{
    Clones,
    mirrors::{self, Fetcher, Patience},
};
use engine::{
    Clock, Contact, Engine, Parts, Receipt, Step, Submission, Texts,
    ports::{
        ArchivePost, Call, Cna, Counterpart, Forge, Fork, Found, IncomingMail, Lists, Mail, Nature,
        NoFeeds, NoKeys, OwnKey, PortError, Ports, Repositories, Repository, SealedMail, Sealing,
        Seals, Sight, Summoner, Summons, SupportedLines, TimeSource,
    },
};
use jiff::{SignedDuration, Timestamp};
use playbook::Playbook;
use store::{Entropy, Kind, MemoryStore, SeededEntropy, Store};

/// A playbook in which nothing has to be done before a publication.
pub(crate) const OPEN: &str = "format: 1
name: open
title: Two people stand behind everything
release_mode: together
policy:
  approvals: { publish: 2, notice: 2, other: 1 }
  acknowledge_within: 3
  longest_embargo_days: 90
  objection_window: 24h
  credit_default: anonymous
  credit_window: 120h
  calendar: { zone: UTC, weekend: [] }
  lists:
    distributors:
      audience: distributors
      address: distributors@lists.example.org
      posting: mail
steps:
  - id: look-back
    title: Look back
    role: team
    done:
      - is: retrospective.written
        missing: a retrospective
";

/// A Monday.
pub(crate) const START: Timestamp = Timestamp::constant(1_622_454_000, 0);

/// A clock that stands until it is moved, as its own second opinion.
#[derive(Clone)]
pub(crate) struct Hands(Arc<Mutex<Timestamp>>);

impl Hands {
    pub(crate) fn pass(&self, time: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now += time;
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Clock for Hands {
    fn wall(&self) -> Timestamp {
        self.now()
    }
    fn boot(&self) -> SignedDuration {
        self.now().duration_since(START) + SignedDuration::from_secs(1_000)
    }
}

impl TimeSource for Hands {
    fn name(&self) -> &'static str {
        "hands"
    }
    fn time(&self) -> Result<Timestamp, PortError> {
        Ok(self.now())
    }
}

/// A world that does what it is asked and remembers it.
#[derive(Clone, Default)]
pub(crate) struct World(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    /// Nobody is connected.
    away: bool,
    /// What the forge shows to everybody.
    shown: Option<String>,
    done: Vec<(ActId, Plan)>,
    /// Addresses whose keys were looked for.
    looked_up: usize,
}

impl World {
    fn away(&self) -> bool {
        self.0.lock().unwrap().away
    }
}

impl Counterpart for World {
    fn connected(&self) -> bool {
        !self.away()
    }
    fn nature(&self, _: &Plan) -> Nature {
        Nature::Readable
    }
    fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
        if self.away() {
            return Err(PortError::Absent("do it by hand".into()));
        }
        self.0.lock().unwrap().done.push((call.act, call.plan.clone()));
        let reference = format!("https://world.example/{}", call.act);
        Ok(Proof { by: "sample world".into(), reference })
    }
    fn look_up(&self, _: ActId, _: &Plan) -> Result<Found, PortError> {
        Ok(Found::Missing)
    }
}

impl Forge for World {
    fn draft(&self, _: ActId) -> Result<Option<Draft>, PortError> {
        Ok(None)
    }
    fn fork(&self, _: ActId) -> Result<Option<String>, PortError> {
        Ok(None)
    }
    fn access(&self, _: &str) -> Result<Access, PortError> {
        Err(PortError::Absent("no access here".into()))
    }
    fn published(&self, _: &GhsaId) -> Result<Option<String>, PortError> {
        Ok(self.0.lock().unwrap().shown.clone())
    }
}

impl Lists for World {
    fn archive(&self, _: &Mailbox, _: Option<&Mailbox>) -> Result<Vec<ArchivePost>, PortError> {
        Ok(Vec::new())
    }
}

impl Mail for World {
    fn incoming(&self, _: u64) -> Result<Vec<IncomingMail>, PortError> {
        Ok(Vec::new())
    }
    fn deliveries(&self, _: ActId) -> Result<Vec<(Mailbox, Delivery)>, PortError> {
        Ok(Vec::new())
    }
}

impl Cna for World {
    fn word(&self, _: VulnId) -> Result<Option<CveWord>, PortError> {
        Ok(None)
    }
    fn published(&self, _: CveId) -> Result<Option<String>, PortError> {
        Ok(None)
    }
}

impl Repositories for World {
    fn connected(&self, _: Repository<'_>) -> bool {
        !self.away()
    }
    fn sight(&self, _: Repository<'_>) -> Result<Option<Sight>, PortError> {
        if self.away() { Err(PortError::Absent("no clone is named".into())) } else { Ok(None) }
    }
    fn public(&self, _: Repository<'_>) -> Result<PathBuf, PortError> {
        Err(PortError::Absent("no repository here".into()))
    }
    fn private(&self, _: Fork<'_>) -> Result<PathBuf, PortError> {
        Err(PortError::Absent("no repository here".into()))
    }
    fn supported(&self, _: Repository<'_>) -> Result<SupportedLines, PortError> {
        Err(PortError::Absent("no repository here".into()))
    }
    fn branch(&self, _: Repository<'_>, line: &str) -> String {
        line.to_owned()
    }
}

pub(crate) struct House {
    pub(crate) engine: Arc<Engine>,
    pub(crate) hands: Hands,
    pub(crate) project: Option<ProjectId>,
    pub(crate) ada: PersonId,
    pub(crate) ben: PersonId,
    world: World,
}

impl House {
    /// A house in which nothing has happened: two people, no project.
    pub(crate) fn empty(seed: u64) -> Self {
        let entropy = Arc::new(SeededEntropy::new(seed));
        Self::on(Arc::new(MemoryStore::new(Kind::Drill, entropy.clone())), entropy)
    }

    /// The same on a store of its own.
    pub(crate) fn on(store: Arc<dyn Store>, entropy: Arc<dyn Entropy>) -> Self {
        let (hands, world) = (Hands(Arc::new(Mutex::new(START))), World::default());
        Self::peopled(assembled(store, entropy, &hands, &world), hands, world)
    }

    fn peopled(engine: Engine, hands: Hands, world: World) -> Self {
        let contact = |name: &str, mailbox: &str| Contact {
            name: name.into(),
            mailbox: Some(mailbox.parse().unwrap()),
            login: Some(name.to_lowercase()),
        };
        let ada = engine.add_person(&contact("Ada", "ada@project.example")).unwrap();
        let ben = engine.add_person(&contact("Ben", "ben@project.example")).unwrap();
        Self { engine: Arc::new(engine), hands, project: None, ada, ben, world }
    }

    /// A live house as it is shipped, but for its clock: nobody is connected, and mirrors of
    /// repositories lie in a folder.
    pub(crate) fn live(clones: PathBuf) -> Self {
        Self::live_with(counterparts::ports(clones, None))
    }

    /// The same, where the house keeps the mirrors fresh.
    pub(crate) fn fetching(clones: PathBuf) -> Self {
        let clock = Arc::new(counterparts::SystemClock);
        let fetcher = Fetcher::new(mirrors::Access::default(), Patience::default(), clock);
        let repositories = Box::new(Clones::below(clones.clone()).kept_fresh_by(fetcher));
        let mut house =
            Self::live_with(Ports { repositories, ..counterparts::ports(clones, None) });
        let engine = Arc::into_inner(house.engine).unwrap();
        house.engine = Arc::new(engine.keep_fresh(SignedDuration::from_mins(10)).unwrap());
        house
    }

    /// A live house that also reads mirrors of private repositories.
    pub(crate) fn hiding(clones: PathBuf, private: &std::path::Path) -> Self {
        let repositories = Box::new(Clones::below(clones.clone()).with_private(private).unwrap());
        Self::live_with(Ports { repositories, ..counterparts::ports(clones, None) })
    }

    pub(crate) fn live_with(ports: Ports) -> Self {
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(11));
        let store = Arc::new(MemoryStore::new(Kind::Live, Arc::clone(&entropy)));
        let (hands, world) = (Hands(Arc::new(Mutex::new(START))), World::default());
        let engine = Engine::new(Parts {
            store,
            ports,
            clock: Arc::new(hands.clone()),
            entropy,
            playbooks: ["contour", "minimal"].map(|n| playbook::shipped(n).unwrap()).into(),
            texts: Texts::load(None).unwrap(),
        });
        Self::peopled(engine, hands, world)
    }

    /// The same people and world around another store, such as one restored from a backup.
    pub(crate) fn again(&self, store: Arc<dyn Store>, entropy: Arc<dyn Entropy>) -> Self {
        let engine = assembled(store, entropy, &self.hands, &self.world);
        let (hands, world) = (self.hands.clone(), self.world.clone());
        let Self { project, ada, ben, .. } = *self;
        Self { engine: Arc::new(engine), hands, project, ada, ben, world }
    }

    /// A house with a project that Ada and Ben respond for.
    pub(crate) fn with_project(seed: u64) -> Self {
        Self::empty(seed).and_project()
    }

    /// Sets the project up.
    pub(crate) fn and_project(self) -> Self {
        self.following(playbook::shipped_source("contour").unwrap())
    }

    /// How often a key was looked for.
    pub(crate) fn looked_up(&self) -> usize {
        self.world.0.lock().unwrap().looked_up
    }

    /// The forge shows this to everybody.
    pub(crate) fn shows(&self, advisory: Option<String>) {
        self.world.0.lock().unwrap().shown = advisory;
    }

    /// A project that follows a playbook.
    pub(crate) fn following(self, playbook: &str) -> Self {
        let mut house = self;
        let playbook = Playbook::parse(playbook).unwrap();
        let policy = playbook.policy(&playbook::Settings {
            project: "Contour".into(),
            repositories: vec!["contour".into()],
            lists: BTreeMap::new(),
        });
        let (engine, pin) = (&house.engine, playbook.pin());
        let project = engine.create_project(house.ada, &policy, &pin, CommandId([1; 16])).unwrap();
        engine.join_team(project, house.ada, house.ben, CommandId([2; 16])).unwrap();
        house.project = Some(project);
        house
    }

    /// The same house without a connector to anybody.
    pub(crate) fn alone(self) -> Self {
        self.world.0.lock().unwrap().away = true;
        self
    }

    pub(crate) fn report(&self, number: u8, title: &str, mailbox: Option<&str>) -> Receipt {
        let submission = Submission {
            command: CommandId([number; 16]),
            channel: "form".into(),
            raw: format!("report {number}").into_bytes(),
            name: "Rita".into(),
            mailbox: mailbox.map(|m| m.parse().unwrap()),
            automatic: false,
            title: title.into(),
            text: "An ExternalName Service can point at 127.0.0.1.\nThen anybody who may create \
                   one reaches the admin interface of the proxy.\n"
                .into(),
            deadline: None,
            encrypted: false,
        };
        self.engine.receive(self.project.unwrap(), &submission).unwrap()
    }

    /// Runs everything that is due now.
    pub(crate) fn settle(&self) {
        for _ in 0..1_000 {
            if self.engine.step().unwrap() == Step::Idle {
                return;
            }
        }
        panic!("the house does not come to rest");
    }

    pub(crate) fn by(&self, person: PersonId, case: CaseId, command: &Command) {
        self.give(Actor::Person(person), case, command);
    }

    fn give(&self, actor: Actor, case: CaseId, command: &Command) {
        let id = CommandId(self.engine.draw());
        let done = self.engine.execute(case, actor, id, command, "sample");
        if let Err(why) = done {
            panic!("{command:?} was refused: {why}");
        }
        self.hands.pass(SignedDuration::from_secs(240));
        self.settle();
    }

    pub(crate) fn saw(&self, case: CaseId, seen: Observation) {
        self.give(Actor::House, case, &Command::Observe(Box::new(seen)));
    }

    pub(crate) fn decided(&self, case: CaseId, decision: Decision) {
        self.by(self.ada, case, &Command::Decide(Box::new(decision)));
    }

    pub(crate) fn done(&self) -> Vec<ActKind> {
        self.world.0.lock().unwrap().done.iter().map(|(_, plan)| plan.kind.clone()).collect()
    }

    /// Plans an act with the words that the house proposes; Ada and, where needed, Ben approve.
    pub(crate) fn act(&self, case: CaseId, kind: &ActKind, approve: bool) -> ActId {
        let view = self.engine.view(case, Actor::House).unwrap();
        let plan = self.engine.compose(&view.loaded.case, kind, None).unwrap();
        let (act, digest) = (ActId(self.engine.draw()), plan.digest().unwrap());
        let needs = kind.approvals(&view.loaded.case.policy.approvals);
        self.by(self.ada, case, &Command::Plan { act, plan: Box::new(plan) });
        for person in [self.ada, self.ben].into_iter().take(usize::from(needs)) {
            if approve {
                self.by(person, case, &Command::Approve { act, digest });
            }
        }
        act
    }
}

/// Seals that are easily told: what is pasted is a fingerprint and for how many days it holds.
struct Wax(World);

impl Summoner for World {
    fn connected(&self) -> bool {
        !self.away()
    }
    fn summon(&self, _: &Summons<'_>) -> Result<(), PortError> {
        Ok(())
    }
}

impl Seals for Wax {
    fn certificate(&self, armoured: &str, at: Timestamp) -> Result<Certificate, String> {
        let (fingerprint, days) = armoured.split_once(' ').ok_or("it is no certificate")?;
        let days: i64 = days.parse().map_err(|_| "no days")?;
        Ok(Certificate {
            fingerprint: fingerprint.into(),
            names: Vec::new(),
            uses: Vec::new(),
            until: Some(at + SignedDuration::from_hours(24 * days)),
            armoured: armoured.into(),
        })
    }

    fn look_up(&self, address: &Mailbox) -> Result<String, String> {
        self.0.0.lock().unwrap().looked_up += 1;
        let known = address.domain() == "example.net";
        known.then(|| format!("{} 30", "C".repeat(40))).ok_or_else(|| "no key there".into())
    }

    fn own(&self, _: &Mailbox, _: Timestamp) -> OwnKey {
        OwnKey { silent: Some("no wax".into()), ..OwnKey::default() }
    }

    fn seal(&self, _: &Call<'_>, sealing: &Sealing<'_>) -> Result<SealedMail, String> {
        let keys = sealing.key.iter().map(|key| key.fingerprint.clone()).collect();
        Ok(SealedMail { mail: b"as it went".to_vec(), keys, signer: None })
    }
}

fn assembled(
    store: Arc<dyn Store>,
    entropy: Arc<dyn Entropy>,
    hands: &Hands,
    world: &World,
) -> Engine {
    let party = || Box::new(world.clone());
    let source = || Box::new(hands.clone()) as Box<dyn TimeSource>;
    Engine::new(Parts {
        store,
        ports: Ports {
            forge: party(),
            lists: party(),
            mail: party(),
            cna: party(),
            repositories: party(),
            keys: Box::new(NoKeys),
            seals: Box::new(Wax(world.clone())),
            summoner: party(),
            feeds: Box::new(NoFeeds),
            time: vec![source(), source(), source()],
        },
        clock: Arc::new(hands.clone()),
        entropy,
        playbooks: ["contour", "minimal"]
            .map(|n| playbook::shipped(n).unwrap())
            .into_iter()
            .chain([Playbook::parse(OPEN).unwrap()])
            .collect(),
        texts: Texts::load(None).unwrap(),
    })
}

pub(crate) fn line(name: &str) -> LineKey {
    LineKey::new("contour", name)
}

/// A case with something of everything: triaged, assessed, drafted, under an agreed embargo, with
/// an objection, fixes on their way and a disclosure planned.
#[expect(clippy::too_many_lines, reason = "one story from top to bottom")]
pub(crate) fn rich_case(house: &House) -> (CaseId, Receipt) {
    let receipt = house.report(7, "Reach the admin interface through a Service", None);
    let (case, reporter) = (receipt.case, receipt.reporter);
    house.settle();
    house.saw(
        case,
        Observation::SupportedLines {
            repository: "contour".into(),
            lines: ["main", "1.16", "1.15", "1.14"].map(Into::into).into(),
            default_branch: "main".into(),
        },
    );
    house.decided(
        case,
        Decision::Triage {
            verdict: Triage::Accepted,
            reason: "We can reproduce it with the latest release.".into(),
        },
    );
    house.act(case, &ActKind::TellReporter { person: reporter, topic: Topic::Verdict }, true);
    let vulnerability = VulnId([5; 16]);
    house.decided(
        case,
        Decision::Vulnerability {
            id: vulnerability,
            title: "service names".into(),
            origin: Origin::Ours,
        },
    );
    house.decided(
        case,
        Decision::Assessment {
            vulnerability,
            vector: "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:L/A:L".parse().unwrap(),
            cwes: vec!["CWE-610".parse().unwrap()],
        },
    );
    for (name, version) in [("1.16", "1.16.1"), ("1.15", "1.15.2")] {
        let verdict = LineVerdict::Patch { version: Some(version.into()) };
        house.decided(case, Decision::Line { line: line(name), verdict });
    }
    let verdict = LineVerdict::Patch { version: None };
    house.decided(case, Decision::Line { line: line("main"), verdict });
    let why = "out of support since April".into();
    house.decided(
        case,
        Decision::Line { line: line("1.14"), verdict: LineVerdict::EndOfLife { why } },
    );
    people(house, case);
    house.decided(
        case,
        Decision::Advisory(Box::new(Advisory {
            title: Some("ExternalName Services can reach the admin interface".into()),
            details: Some("A Service of type ExternalName may name the proxy itself.".into()),
            attack_vectors: Some("Create an ExternalName Service that points at localhost.".into()),
            workarounds: Some("Forbid ExternalName Services by admission control.".into()),
            ..Advisory::default()
        })),
    );
    house.act(case, &ActKind::CreateDraft, true);
    house.saw(
        case,
        Observation::Draft(Draft {
            ghsa: "GHSA-5ph6-qq5x-7jwc".parse().unwrap(),
            url: "https://forge.example/contour/advisories/GHSA-5ph6-qq5x-7jwc".into(),
            state: DraftState::Draft,
            patched: [(line("1.16"), "1.16.1".into()), (line("1.15"), "1.15.2".into())].into(),
            credits: Vec::new(),
            vector: None,
            cwes: Vec::new(),
        }),
    );
    house.act(case, &ActKind::RequestCve { vulnerability }, true);
    let word = CveWord::Assigned { id: "CVE-2021-32783".parse().unwrap() };
    house.saw(case, Observation::Cve { vulnerability, word });
    house.saw(case, Observation::Fork { url: "https://forge.example/contour-ghsa".into() });
    house.saw(
        case,
        Observation::Access(Access {
            members: ["frida".into()].into(),
            pending: ["stranger".into()].into(),
            inherited: ["org-owner".into()].into(),
        }),
    );
    house.by(house.ada, case, &Command::OfferCredit { person: reporter });
    house.act(case, &ActKind::TellReporter { person: reporter, topic: Topic::Credit }, false);
    embargo(house, case, reporter);
    house.saw(
        case,
        Observation::Fix {
            line: line("1.16"),
            commits: vec!["5f4e3d2c1b0a99887766554433221100ffeeddcc".into()],
            place: Place::Private,
        },
    );
    house.saw(
        case,
        Observation::PublicWords {
            line: line("1.15"),
            read: vec!["backport-1.15: message".into()],
            blocks: vec!["names CVE-2021-32783".into()],
            warnings: Vec::new(),
        },
    );
    house.saw(
        case,
        Observation::Release {
            line: line("1.16"),
            release: Release {
                version: "1.16.1".into(),
                tag: "v1.16.1".into(),
                contains_fix: Some(true),
                evidence: "the fix's commit is an ancestor of the tag".into(),
                released_at: house.hands.now(),
                details: None,
            },
        },
    );
    house.saw(
        case,
        Observation::Message {
            from: Some(reporter),
            sender: "Rita".into(),
            text: "Any news?".into(),
            raw: None,
            encrypted: false,
        },
    );
    (case, receipt)
}

fn people(house: &House, case: CaseId) {
    let invite = |name: &str, organisation: Option<&str>, role: Role| {
        let person = PersonId(house.engine.draw());
        let invitation = Invitation {
            person,
            name: name.into(),
            organisation: organisation.map(Into::into),
            mailbox: Some(format!("{}@people.example", name.to_lowercase()).parse().unwrap()),
            login: organisation.is_none().then(|| name.to_lowercase()),
            roles: BTreeSet::from([role]),
        };
        house.by(house.ada, case, &Command::Invite(Box::new(invitation)));
        person
    };
    invite("Frida", None, Role::FixDeveloper);
    let kim = invite("Kim", Some("Downstream Linux"), Role::Distributor);
    let lee = invite("Lee", Some("Cloud Vendor"), Role::Distributor);
    let concerned = |person, organisation: &str| Concerned {
        person,
        organisation: organisation.into(),
        why: "ships it as an ingress".into(),
        lines: [line("1.16"), line("1.15")].into(),
    };
    house.decided(
        case,
        Decision::Distributors {
            concerned: vec![concerned(kim, "Downstream Linux"), concerned(lee, "Cloud Vendor")],
            reason: "Both ship affected lines.".into(),
        },
    );
}

fn embargo(house: &House, case: CaseId, reporter: PersonId) {
    let instant: Timestamp = "2021-06-15T16:00:00Z".parse().unwrap();
    let propose = Command::ProposeEmbargo {
        instant,
        zone: "America/New_York".into(),
        tzdata: "2021a".into(),
        answer_by: None,
    };
    house.by(house.ada, case, &propose);
    house.by(house.ada, case, &Command::AgreeEmbargo { revision: 1 });
    house.act(case, &ActKind::TellReporter { person: reporter, topic: Topic::Date(1) }, true);
    house.act(case, &ActKind::NotifyDistributors, false);
    let view = house.engine.view(case, Actor::House).unwrap();
    let distributors: Vec<_> =
        view.loaded.case.holding(Role::Distributor).map(|(id, _)| id).collect();
    let (kim, lee) = (distributors[0], distributors[1]);
    house.by(house.ada, case, &Command::Consent { person: kim, revision: 1 });
    let reason = "our freeze ends two days later".into();
    house.by(house.ada, case, &Command::Object { person: lee, revision: 1, reason });
    let id = DisclosureId(house.engine.draw());
    let mut acts = Vec::new();
    for kind in engine::usual_acts(&view.loaded.case) {
        let plan = house.engine.compose(&view.loaded.case, &kind, Some(id)).unwrap();
        acts.push((ActId(house.engine.draw()), plan));
    }
    let zone = "America/New_York".into();
    house.by(house.ben, case, &Command::PlanDisclosure { id, instant, zone, acts });
}
