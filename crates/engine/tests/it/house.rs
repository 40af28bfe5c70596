//! A house for tests: one project, two people on its team, and a world that can be told to fail.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Barrier, Mutex},
};

use advisory::{CveId, GhsaId, Mailbox};
use case::{
    ActId, Actor, CaseId, Command, CommandId, PersonId, ProjectId, VulnId,
    act::{Plan, Proof},
    observation::{Access, CveWord, Delivery, Draft},
    opening::Standing,
    sealing::Certificate,
};
use engine::{
    Clock, Contact, Engine, EngineError, Outcome, Parts, Receipt, Step, Submission, Texts,
    ports::{
        ArchivePost, Call, Cna, Counterpart, Feed, Feeds, Forge, Fork, Found, IncomingMail, Lists,
        Mail, MailKeys, Nature, OwnKey, PortError, Ports, Repositories, Repository, SealedMail,
        Sealing, Seals, Summoner, Summons, SupportedLines, TimeSource, Unopened, Unsealed,
    },
};
use jiff::{SignedDuration, Timestamp};
use playbook::Playbook;
use store::{Kind, MemoryStore, SeededEntropy, Store};

pub(crate) const START: Timestamp = Timestamp::constant(1_800_000_000, 0);

/// Clocks that stand still until they are moved.
pub(crate) struct Hands {
    pub(crate) wall: Mutex<Timestamp>,
    pub(crate) boot: Mutex<SignedDuration>,
}

impl Hands {
    pub(crate) fn pass(&self, time: SignedDuration) {
        let mut wall = self.wall.lock().unwrap();
        *wall += time;
        *self.boot.lock().unwrap() += time;
    }
}

pub(crate) struct TestClock(pub(crate) Arc<Hands>);

impl Clock for TestClock {
    fn wall(&self) -> Timestamp {
        *self.0.wall.lock().unwrap()
    }
    fn boot(&self) -> SignedDuration {
        *self.0.boot.lock().unwrap()
    }
}

/// What the parties shall answer, and what reached them.
pub(crate) struct Script {
    pub(crate) nature: Nature,
    pub(crate) answers: Vec<Result<(), PortError>>,
    pub(crate) found: Found,
    pub(crate) calls: Vec<(ActId, Plan)>,
    pub(crate) mails: Vec<IncomingMail>,
    /// There are no connectors.
    pub(crate) by_hand: bool,
    /// What the forge shows.
    pub(crate) draft: Option<Draft>,
    /// What it shows to everybody.
    pub(crate) advisory: Result<Option<String>, PortError>,
    /// The one repository that can be read.
    pub(crate) repository: Option<Shown>,
    /// Mirrors of private repositories, by name.
    pub(crate) hidden: BTreeMap<String, PathBuf>,
    /// Those of them that were fetched.
    pub(crate) fetched_hidden: Vec<String>,
    /// Why none of them can be fetched.
    pub(crate) unfetched: Option<PortError>,
    /// What comes of fetching it, in turn; it goes well once that is used up.
    pub(crate) fetches: Vec<Result<(), PortError>>,
    /// How often it was fetched.
    pub(crate) fetched: usize,
    /// The next fetch is met here as it begins, and again before it ends.
    pub(crate) fetch_hangs: Option<Arc<Barrier>>,
    /// What comes of encrypted mail.
    pub(crate) inside: Result<Unsealed, Unopened>,
    /// Encrypted messages that were tried, and with whose keys.
    pub(crate) tried: Vec<(Vec<u8>, Option<BTreeSet<Mailbox>>)>,
    /// What signatures were said to be over.
    pub(crate) judged: Vec<Vec<u8>>,
    /// Mail can be sealed.
    pub(crate) seals: Result<(), String>,
    /// With what chance mail was sealed.
    pub(crate) seeds: Vec<[u8; 32]>,
    /// The sealed mails that calls brought.
    pub(crate) sent: Vec<Option<Vec<u8>>>,
    /// Who was called: address, subject and words.
    pub(crate) called: Vec<(String, String, String)>,
    /// Why nobody can be called.
    pub(crate) unreached: Option<PortError>,
    /// Feeds that are listened to.
    pub(crate) feeds: Vec<Feed>,
    /// What they say, or why they do not.
    pub(crate) feed: Result<Vec<u8>, PortError>,
    /// Feeds that were asked for.
    pub(crate) asked: Vec<String>,
    /// The next call is met here as it begins, and again before it is answered.
    pub(crate) hangs: Option<Arc<Barrier>>,
}

/// A repository as the house is shown it.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) mirror: PathBuf,
    /// Branches are named after them.
    pub(crate) lines: Vec<String>,
    pub(crate) default_branch: String,
    /// A mirror of the private fork.
    pub(crate) private: Option<PathBuf>,
    pub(crate) artefacts: Option<BTreeMap<String, Vec<PathBuf>>>,
}

#[derive(Clone)]
pub(crate) struct Party(pub(crate) Arc<Mutex<Script>>);

impl Counterpart for Party {
    fn connected(&self) -> bool {
        !self.0.lock().unwrap().by_hand
    }
    fn nature(&self, _: &Plan) -> Nature {
        self.0.lock().unwrap().nature
    }
    fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
        let (act, plan) = (call.act, call.plan);
        let mut script = self.0.lock().unwrap();
        if script.by_hand {
            return Err(PortError::Absent("do it by hand".into()));
        }
        script.calls.push((act, plan.clone()));
        script.sent.push(call.sealed.map(<[u8]>::to_vec));
        if let Some(barrier) = script.hangs.take() {
            drop(script);
            barrier.wait();
            barrier.wait();
            script = self.0.lock().unwrap();
        }
        let answer = if script.answers.is_empty() { Ok(()) } else { script.answers.remove(0) };
        answer.map(|()| Proof { by: "party".into(), reference: act.to_string() })
    }
    fn look_up(&self, _: ActId, _: &Plan) -> Result<Found, PortError> {
        Ok(self.0.lock().unwrap().found.clone())
    }
}

impl Forge for Party {
    fn draft(&self, _: ActId) -> Result<Option<Draft>, PortError> {
        let script = self.0.lock().unwrap();
        if script.by_hand {
            Err(PortError::Absent("look".into()))
        } else {
            Ok(script.draft.clone())
        }
    }
    fn fork(&self, _: ActId) -> Result<Option<String>, PortError> {
        Ok(None)
    }
    fn access(&self, _: &str) -> Result<Access, PortError> {
        Ok(Access::default())
    }
    fn published(&self, _: &GhsaId) -> Result<Option<String>, PortError> {
        self.0.lock().unwrap().advisory.clone()
    }
}

impl Lists for Party {
    fn archive(&self, _: &Mailbox, _: Option<&Mailbox>) -> Result<Vec<ArchivePost>, PortError> {
        Ok(Vec::new())
    }
}

impl Mail for Party {
    fn incoming(&self, after: u64) -> Result<Vec<IncomingMail>, PortError> {
        let mails = self.0.lock().unwrap().mails.clone();
        Ok(mails.into_iter().filter(|mail| mail.number > after).collect())
    }
    fn deliveries(&self, _: ActId) -> Result<Vec<(Mailbox, Delivery)>, PortError> {
        Ok(Vec::new())
    }
}

impl MailKeys for Party {
    fn open(
        &self,
        message: &[u8],
        addresses: Option<&BTreeSet<Mailbox>>,
    ) -> Result<Unsealed, Unopened> {
        let mut script = self.0.lock().unwrap();
        script.tried.push((message.to_vec(), addresses.cloned()));
        script.inside.clone()
    }
    fn judge(&self, signed: &[u8], _: &[Vec<u8>], keys: &[Vec<u8>], _: Timestamp) -> Standing {
        self.0.lock().unwrap().judged.push(signed.to_vec());
        keys.first().map_or(Standing::Bad, |key| Standing::Good {
            key: String::from_utf8_lossy(key).into_owned(),
        })
    }
}

impl Summoner for Party {
    fn connected(&self) -> bool {
        true
    }
    fn summon(&self, summons: &Summons<'_>) -> Result<(), PortError> {
        let mut script = self.0.lock().unwrap();
        let (to, text) = (summons.to.to_string(), summons.text.to_owned());
        script.called.push((to, summons.subject.to_owned(), text));
        script.unreached.clone().map_or(Ok(()), Err)
    }
}

impl Seals for Party {
    /// What is pasted is the fingerprint, and how long it holds.
    fn certificate(&self, armoured: &str, at: Timestamp) -> Result<Certificate, String> {
        let (fingerprint, days) = armoured.split_once(' ').ok_or("no certificate")?;
        let days: i64 = days.parse().map_err(|_| "no days")?;
        Ok(Certificate {
            fingerprint: fingerprint.into(),
            names: Vec::new(),
            uses: Vec::new(),
            until: Some(at + SignedDuration::from_hours(24 * days)),
            armoured: armoured.into(),
        })
    }
    fn own(&self, _: &Mailbox, _: Timestamp) -> OwnKey {
        OwnKey { signs: Some("F".repeat(40)), ..OwnKey::default() }
    }
    fn seal(&self, call: &Call<'_>, sealing: &Sealing<'_>) -> Result<SealedMail, String> {
        let mut script = self.0.lock().unwrap();
        script.seals.clone()?;
        script.seeds.push(sealing.seed);
        let key = sealing.key.map(|key| key.fingerprint.clone());
        let mail = format!("{}, {} to {key:?}", call.act, sealing.subject).into_bytes();
        Ok(SealedMail { mail, keys: key.into_iter().collect(), signer: Some("F".repeat(40)) })
    }
}

/// The feeds are those that the script named when the house was made.
struct Feeding(Party, Vec<Feed>);

impl Feeds for Feeding {
    fn all(&self) -> &[Feed] {
        &self.1
    }
    fn read(&self, feed: &Feed) -> Result<Vec<u8>, PortError> {
        let mut script = self.0.0.lock().unwrap();
        script.asked.push(feed.url.clone());
        script.feed.clone()
    }
}

impl Cna for Party {
    fn word(&self, _: VulnId) -> Result<Option<CveWord>, PortError> {
        Ok(None)
    }
    fn published(&self, _: CveId) -> Result<Option<String>, PortError> {
        Ok(None)
    }
}

impl Party {
    fn shown(&self) -> Result<Shown, PortError> {
        let shown = self.0.lock().unwrap().repository.clone();
        shown.ok_or_else(|| PortError::Absent("no repository".into()))
    }
}

impl Repositories for Party {
    fn public(&self, _: Repository<'_>) -> Result<PathBuf, PortError> {
        Ok(self.shown()?.mirror)
    }
    fn fetch(&self, _: Repository<'_>) -> Result<(), PortError> {
        let mut script = self.0.lock().unwrap();
        script.fetched += 1;
        if let Some(barrier) = script.fetch_hangs.take() {
            drop(script);
            barrier.wait();
            barrier.wait();
            script = self.0.lock().unwrap();
        }
        if script.fetches.is_empty() { Ok(()) } else { script.fetches.remove(0) }
    }
    fn private(&self, fork: Fork<'_>) -> Result<PathBuf, PortError> {
        let Fork::Mirror { name, .. } = fork else {
            let private = self.shown()?.private;
            return private.ok_or_else(|| PortError::Absent("no private fork".into()));
        };
        self.0.lock().unwrap().hidden.get(name).cloned().ok_or_else(|| fork.missing())
    }
    fn reads_private(&self) -> bool {
        true
    }
    fn fetch_private(&self, fork: Fork<'_>) -> Result<(), PortError> {
        let Fork::Mirror { name, .. } = fork else { return Err(fork.missing()) };
        let mut script = self.0.lock().unwrap();
        script.fetched_hidden.push(name.to_owned());
        script.unfetched.clone().map_or(Ok(()), Err)
    }
    fn supported(&self, _: Repository<'_>) -> Result<SupportedLines, PortError> {
        let Shown { lines, default_branch, .. } = self.shown()?;
        Ok(SupportedLines { lines, default_branch })
    }
    fn artefacts(&self, _: Repository<'_>) -> Result<BTreeMap<String, Vec<PathBuf>>, PortError> {
        let shown = self.shown()?.artefacts;
        shown.ok_or_else(|| PortError::Absent("no artefacts".into()))
    }
    fn branch(&self, _: Repository<'_>, line: &str) -> String {
        line.to_owned()
    }
}

/// Somebody else's clock: ours, with an error.
pub(crate) struct Source(pub(crate) Arc<Hands>, pub(crate) Arc<Mutex<Option<SignedDuration>>>);

impl TimeSource for Source {
    fn name(&self) -> &'static str {
        "source"
    }
    fn time(&self) -> Result<Timestamp, PortError> {
        match *self.1.lock().unwrap() {
            Some(error) => Ok(*self.0.wall.lock().unwrap() + error),
            None => Err(PortError::Unreached("silent".into())),
        }
    }
}

fn engine(
    store: Arc<dyn Store>,
    playbook: &Playbook,
    hands: &Arc<Hands>,
    script: &Arc<Mutex<Script>>,
    sources: &[Arc<Mutex<Option<SignedDuration>>>],
    seed: u64,
) -> Engine {
    let party = || Box::new(Party(Arc::clone(script)));
    let feeds = script.lock().unwrap().feeds.clone();
    let source = |error: &Arc<_>| {
        Box::new(Source(Arc::clone(hands), Arc::clone(error))) as Box<dyn TimeSource>
    };
    Engine::new(Parts {
        store,
        ports: Ports {
            forge: party(),
            lists: party(),
            mail: party(),
            cna: party(),
            repositories: party(),
            keys: party(),
            seals: party(),
            summoner: party(),
            feeds: Box::new(Feeding(Party(Arc::clone(script)), feeds)),
            time: sources.iter().map(source).collect(),
        },
        clock: Arc::new(TestClock(Arc::clone(hands))),
        entropy: Arc::new(SeededEntropy::new(seed)),
        playbooks: vec![playbook.clone()],
        texts: Texts::load(None).unwrap(),
    })
}

pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) playbook: Playbook,
    pub(crate) hands: Arc<Hands>,
    pub(crate) script: Arc<Mutex<Script>>,
    pub(crate) sources: Vec<Arc<Mutex<Option<SignedDuration>>>>,
    pub(crate) project: ProjectId,
    pub(crate) ada: PersonId,
    pub(crate) ben: PersonId,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::of(playbook::shipped("minimal").unwrap())
    }

    /// A house whose project follows a playbook.
    pub(crate) fn of(playbook: Playbook) -> Self {
        let entropy = Arc::new(SeededEntropy::new(7));
        Self::on(Arc::new(MemoryStore::new(Kind::Drill, entropy)), playbook)
    }

    /// The same on another store.
    pub(crate) fn on(store: Arc<dyn Store>, playbook: Playbook) -> Self {
        let hands = Arc::new(Hands {
            wall: Mutex::new(START),
            boot: Mutex::new(SignedDuration::from_secs(1_000)),
        });
        let script = Arc::new(Mutex::new(Script {
            nature: Nature::Readable,
            answers: Vec::new(),
            found: Found::Missing,
            calls: Vec::new(),
            mails: Vec::new(),
            by_hand: false,
            draft: None,
            advisory: Ok(None),
            repository: None,
            hidden: BTreeMap::new(),
            fetched_hidden: Vec::new(),
            unfetched: None,
            fetches: Vec::new(),
            fetched: 0,
            fetch_hangs: None,
            inside: Err(Unopened::Absent),
            tried: Vec::new(),
            judged: Vec::new(),
            seals: Ok(()),
            seeds: Vec::new(),
            sent: Vec::new(),
            called: Vec::new(),
            unreached: None,
            feeds: Vec::new(),
            feed: Ok(Vec::new()),
            asked: Vec::new(),
            hangs: None,
        }));
        let sources: Vec<_> =
            (0..3).map(|_| Arc::new(Mutex::new(Some(SignedDuration::ZERO)))).collect();
        let pin = playbook.pin();
        let policy = playbook.policy(&playbook::Settings {
            project: "Example".into(),
            repositories: vec!["example".into()],
            lists: std::collections::BTreeMap::new(),
        });
        let engine = engine(store, &playbook, &hands, &script, &sources, 8);
        let contact = |name: &str| Contact { name: name.into(), mailbox: None, login: None };
        let ada = engine.add_person(&contact("Ada")).unwrap();
        let ben = engine.add_person(&contact("Ben")).unwrap();
        let project = engine.create_project(ada, &policy, &pin, CommandId([1; 16])).unwrap();
        engine.join_team(project, ada, ben, CommandId([2; 16])).unwrap();
        Self { engine, playbook, hands, script, sources, project, ada, ben }
    }

    /// An engine of the same kind, in whose store there is nothing yet.
    pub(crate) fn without_projects(&self) -> Engine {
        let store = Arc::new(MemoryStore::new(Kind::Drill, Arc::new(SeededEntropy::new(7))));
        engine(store, &self.playbook, &self.hands, &self.script, &self.sources, 8)
    }

    /// The same house, its world and its time, on a copy of its store.
    pub(crate) fn again(&self, store: Arc<dyn Store>) -> Self {
        self.shipping(store, &self.playbook)
    }

    /// The same with a program that ships another playbook.
    pub(crate) fn shipping(&self, store: Arc<dyn Store>, playbook: &Playbook) -> Self {
        let (hands, script) = (Arc::clone(&self.hands), Arc::clone(&self.script));
        Self {
            engine: engine(store, playbook, &hands, &script, &self.sources, 9),
            playbook: playbook.clone(),
            hands,
            script,
            sources: self.sources.clone(),
            ..*self
        }
    }

    pub(crate) fn report(&self, command: u8, mailbox: Option<&str>) -> Receipt {
        self.engine
            .receive(
                self.project,
                &Submission {
                    command: CommandId([command; 16]),
                    channel: "form".into(),
                    raw: format!("raw {command}").into_bytes(),
                    name: "Rita".into(),
                    mailbox: mailbox.map(|m| m.parse().unwrap()),
                    automatic: false,
                    title: "It crashes".into(),
                    text: "Send it a comma.".into(),
                    deadline: None,
                    encrypted: false,
                },
            )
            .unwrap()
    }

    pub(crate) fn act(
        &self,
        case: CaseId,
        by: PersonId,
        command: &Command,
    ) -> Result<Outcome, EngineError> {
        let id = CommandId(self.engine.draw());
        self.engine.execute(case, Actor::Person(by), id, command, "test")
    }

    /// Runs everything that is due now; returns how many jobs that were.
    pub(crate) fn settle(&self) -> usize {
        let mut jobs = 0;
        while self.engine.step().unwrap() == Step::Worked {
            jobs += 1;
            assert!(jobs < 1_000, "the house does not come to rest");
        }
        jobs
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.hands.pass(SignedDuration::from_secs(seconds));
        self.settle();
    }

    pub(crate) fn calls(&self) -> usize {
        self.script.lock().unwrap().calls.len()
    }

    pub(crate) fn readers(&self, case: CaseId) -> BTreeSet<PersonId> {
        [self.ada, self.ben]
            .into_iter()
            .filter(|p| self.engine.view(case, Actor::Person(*p)).is_ok())
            .collect()
    }
}
