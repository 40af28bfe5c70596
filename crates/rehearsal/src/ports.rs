//! The engine's ports, filled by a simulated world.
//!
//! Each adapter turns an act into the call that a real one would make, and nothing else: no rule of
//! the house is checked here again. Mail is sent by what a live house sends it with. The world may be
//! in this process or behind a socket.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use advisory::{
    id::{CveId, GhsaId},
    mailbox::Mailbox,
};
use case::{
    ActId, VulnId,
    act::{ActKind, Payload, Plan, Proof, Recipient},
    observation::{Access, CveWord, Delivery, Draft},
};
use engine::{
    Clock,
    ports::{
        ArchivePost, Call, Cna, Counterpart, Feed, Feeds, Forge, Fork, Found, IncomingMail, Lists,
        Mail, Nature, NoKeys, Nobody, PortError, Ports, Repositories, Repository, SupportedLines,
        TimeSource,
    },
};
use jiff::Timestamp;

use crate::{
    DrillClock, World,
    line::{Dial, Sending},
    world::{
        cna, developers, forge, lists, mail,
        setting::Lookups,
        times,
        wire::{Reply, Request, Response},
    },
};

/// A way to a world.
pub trait Wire: Send + Sync {
    /// Makes a call now and waits for the answer.
    ///
    /// # Errors
    /// What the party said, or that it was not reached.
    fn call(&self, request: &Request) -> Result<Response, PortError>;
}

/// A world in this process. A slow answer moves the drill's clock on.
pub struct InProcess {
    world: Mutex<World>,
    clock: Arc<DrillClock>,
}

impl InProcess {
    /// The way to `world`, whose true time `clock` shows.
    #[must_use]
    pub fn new(world: World, clock: Arc<DrillClock>) -> Self {
        Self { world: Mutex::new(world), clock }
    }
}

impl Wire for InProcess {
    fn call(&self, request: &Request) -> Result<Response, PortError> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let Reply { took, outcome } = world.handle(self.clock.wall(), request);
        self.clock.advance_by(took);
        outcome
    }
}

/// What a house in a drill needs to reach its world.
#[derive(Clone)]
pub struct Ways {
    /// The way to everybody.
    pub wire: Arc<dyn Wire>,
    /// Who can be asked about a call whose answer was lost.
    pub lookups: Lookups,
    /// What it sends mail with.
    pub sending: Sending,
    /// Where it reads what the world says.
    pub feed: Feed,
    /// The time that the house puts on its mail.
    pub clock: Arc<dyn Clock>,
}

/// The feed of all that the world says, for a project.
#[must_use]
pub fn talk_of(project: &str) -> Feed {
    Feed { project: project.to_owned(), url: "https://talk.example/feed".into() }
}

/// All ports of a house in a drill.
#[must_use]
pub fn ports(ways: &Ways) -> Ports {
    let Ways { wire, lookups, sending, clock, feed } = ways;
    let post = || sending(Dial::new(wire), clock.clone());
    let readable = *lookups != Lookups::Nowhere;
    let mail_readable = *lookups == Lookups::Everywhere;
    let time = (0..times::COUNT).map(|source| -> Box<dyn TimeSource> {
        Box::new(SimTime { wire: wire.clone(), source, name: format!("time source {source}") })
    });
    Ports {
        forge: Box::new(SimForge { wire: wire.clone(), readable }),
        lists: Box::new(SimLists { wire: wire.clone(), post: post(), readable }),
        mail: Box::new(SimMail { wire: wire.clone(), post: post(), readable: mail_readable }),
        cna: Box::new(SimCna { wire: wire.clone(), readable }),
        repositories: Box::new(SimRepositories(wire.clone())),
        keys: Box::new(NoKeys),
        seals: Box::new(NoKeys),
        summoner: Box::new(Nobody),
        feeds: Box::new(SimFeeds { wire: wire.clone(), all: vec![feed.clone()] }),
        time: time.collect(),
    }
}

fn strange(answer: &Response) -> PortError {
    PortError::Lost(format!("an answer that does not fit: {answer:?}"))
}

fn misplaced(plan: &Plan) -> PortError {
    PortError::Refused(format!("{} is not done here", plan.kind.name()))
}

/// What can be done about a lost answer to a call that is no full replacement.
fn nature(readable: bool) -> Nature {
    if readable { Nature::Readable } else { Nature::Blind }
}

fn proof(answer: Response) -> Result<Proof, PortError> {
    match answer {
        Response::Proof(proof) => Ok(proof),
        other => Err(strange(&other)),
    }
}

fn found(answer: Response) -> Result<Found, PortError> {
    match answer {
        Response::Found(found) => Ok(found),
        other => Err(strange(&other)),
    }
}

fn published(answer: Response) -> Result<Option<String>, PortError> {
    match answer {
        Response::Published(document) => Ok(document),
        other => Err(strange(&other)),
    }
}

struct SimForge {
    wire: Arc<dyn Wire>,
    readable: bool,
}

impl SimForge {
    fn request(act: ActId, plan: &Plan) -> Option<forge::Call> {
        let [Recipient::Forge { repository, .. }] = plan.to.as_slice() else { return None };
        let repository = repository.clone();
        Some(match (&plan.kind, &plan.payload) {
            (ActKind::CreateDraft, Payload::Advisory(advisory)) => {
                forge::Call::Create { act, repository, advisory: advisory.clone() }
            }
            (ActKind::UpdateDraft, Payload::Advisory(advisory)) => {
                forge::Call::Update { act, repository, advisory: advisory.clone() }
            }
            (ActKind::PublishAdvisory, Payload::Advisory(advisory)) => {
                forge::Call::Publish { act, repository, advisory: advisory.clone() }
            }
            (ActKind::CreateFork, _) => forge::Call::Fork { act, repository },
            (ActKind::SetAccess, Payload::Logins(logins)) => {
                let logins: BTreeSet<String> = logins.iter().cloned().collect();
                forge::Call::SetAccess { act, logins }
            }
            _ => return None,
        })
    }
}

impl Counterpart for SimForge {
    fn nature(&self, plan: &Plan) -> Nature {
        match plan.kind {
            // Full replacements: once more changes nothing.
            ActKind::UpdateDraft | ActKind::SetAccess if self.readable => Nature::Repeatable,
            _ => nature(self.readable),
        }
    }

    fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
        let (act, plan) = (call.act, call.plan);
        let call = Self::request(act, plan).ok_or_else(|| misplaced(plan))?;
        proof(self.wire.call(&Request::Forge(call))?)
    }

    fn look_up(&self, act: ActId, _: &Plan) -> Result<Found, PortError> {
        found(self.wire.call(&Request::Forge(forge::Call::Find(act)))?)
    }
}

impl Forge for SimForge {
    fn published(&self, id: &GhsaId) -> Result<Option<String>, PortError> {
        published(self.wire.call(&Request::Forge(forge::Call::Published(id.clone())))?)
    }

    fn draft(&self, created: ActId) -> Result<Option<Draft>, PortError> {
        match self.wire.call(&Request::Forge(forge::Call::Draft(created)))? {
            Response::Draft(draft) => Ok(draft),
            other => Err(strange(&other)),
        }
    }

    fn fork(&self, created: ActId) -> Result<Option<String>, PortError> {
        match self.wire.call(&Request::Forge(forge::Call::ForkOf(created)))? {
            Response::Fork(fork) => Ok(fork),
            other => Err(strange(&other)),
        }
    }

    fn access(&self, fork: &str) -> Result<Access, PortError> {
        match self.wire.call(&Request::Forge(forge::Call::Access(fork.to_owned())))? {
            Response::Access(access) => Ok(access),
            other => Err(strange(&other)),
        }
    }
}

struct SimLists {
    wire: Arc<dyn Wire>,
    post: Box<dyn Counterpart>,
    readable: bool,
}

impl Counterpart for SimLists {
    fn nature(&self, plan: &Plan) -> Nature {
        if self.readable { Nature::Readable } else { self.post.nature(plan) }
    }

    fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
        self.post.perform(call)
    }

    fn look_up(&self, act: ActId, _: &Plan) -> Result<Found, PortError> {
        found(self.wire.call(&Request::Lists(lists::Call::Find(act)))?)
    }
}

impl Lists for SimLists {
    fn archive(&self, list: &Mailbox, _: Option<&Mailbox>) -> Result<Vec<ArchivePost>, PortError> {
        match self.wire.call(&Request::Lists(lists::Call::Archive(list.clone())))? {
            Response::Archive(posts) => Ok(posts),
            other => Err(strange(&other)),
        }
    }
}

struct SimMail {
    wire: Arc<dyn Wire>,
    post: Box<dyn Counterpart>,
    readable: bool,
}

impl Counterpart for SimMail {
    fn nature(&self, plan: &Plan) -> Nature {
        if self.readable { Nature::Readable } else { self.post.nature(plan) }
    }

    fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
        self.post.perform(call)
    }

    fn look_up(&self, act: ActId, _: &Plan) -> Result<Found, PortError> {
        found(self.wire.call(&Request::Mail(mail::Call::Find(act)))?)
    }
}

impl Mail for SimMail {
    fn incoming(&self, after: u64) -> Result<Vec<IncomingMail>, PortError> {
        match self.wire.call(&Request::Mail(mail::Call::Incoming(after)))? {
            Response::Incoming(mails) => Ok(mails),
            other => Err(strange(&other)),
        }
    }

    fn deliveries(&self, act: ActId) -> Result<Vec<(Mailbox, Delivery)>, PortError> {
        match self.wire.call(&Request::Mail(mail::Call::Deliveries(act)))? {
            Response::Deliveries(copies) => Ok(copies),
            other => Err(strange(&other)),
        }
    }
}

struct SimCna {
    wire: Arc<dyn Wire>,
    readable: bool,
}

impl Counterpart for SimCna {
    fn nature(&self, _: &Plan) -> Nature {
        nature(self.readable)
    }

    fn perform(&self, call: &Call<'_>) -> Result<Proof, PortError> {
        let (act, plan) = (call.act, call.plan);
        let call = match plan.kind {
            ActKind::RequestCve { vulnerability } => cna::Call::Ask { act, vulnerability },
            ActKind::PublishCve { vulnerability } => match &plan.payload {
                Payload::Advisory(advisory) => {
                    cna::Call::Publish { act, vulnerability, advisory: advisory.clone() }
                }
                _ => return Err(misplaced(plan)),
            },
            _ => return Err(misplaced(plan)),
        };
        proof(self.wire.call(&Request::Cna(call))?)
    }

    fn look_up(&self, act: ActId, _: &Plan) -> Result<Found, PortError> {
        found(self.wire.call(&Request::Cna(cna::Call::Find { act }))?)
    }
}

impl Cna for SimCna {
    fn published(&self, id: CveId) -> Result<Option<String>, PortError> {
        published(self.wire.call(&Request::Cna(cna::Call::Published { id }))?)
    }

    fn word(&self, vulnerability: VulnId) -> Result<Option<CveWord>, PortError> {
        match self.wire.call(&Request::Cna(cna::Call::Word { vulnerability }))? {
            Response::Word(word) => Ok(word),
            other => Err(strange(&other)),
        }
    }
}

struct SimRepositories(Arc<dyn Wire>);

impl SimRepositories {
    fn folder(&self, look: developers::Look) -> Result<PathBuf, PortError> {
        match self.0.call(&Request::Repository(look))? {
            Response::Folder(folder) => Ok(folder),
            other => Err(strange(&other)),
        }
    }
}

impl Repositories for SimRepositories {
    fn public(&self, repository: Repository<'_>) -> Result<PathBuf, PortError> {
        self.folder(developers::Look::Public(repository.name.to_owned()))
    }

    fn private(&self, fork: Fork<'_>) -> Result<PathBuf, PortError> {
        match fork {
            Fork::At(fork) => self.folder(developers::Look::Private(fork.to_owned())),
            Fork::Mirror { .. } => Err(fork.missing()),
        }
    }

    fn supported(&self, repository: Repository<'_>) -> Result<SupportedLines, PortError> {
        let look = developers::Look::Supported(repository.name.to_owned());
        match self.0.call(&Request::Repository(look))? {
            Response::Supported(lines, default_branch) => {
                Ok(SupportedLines { lines, default_branch })
            }
            other => Err(strange(&other)),
        }
    }

    fn branch(&self, _: Repository<'_>, line: &str) -> String {
        let look = developers::Look::Branch(line.to_owned());
        match self.0.call(&Request::Repository(look)) {
            Ok(Response::Branch(branch)) => branch,
            _ => line.to_owned(),
        }
    }
}

struct SimFeeds {
    wire: Arc<dyn Wire>,
    all: Vec<Feed>,
}

impl Feeds for SimFeeds {
    fn all(&self) -> &[Feed] {
        &self.all
    }

    fn read(&self, _: &Feed) -> Result<Vec<u8>, PortError> {
        match self.wire.call(&Request::Talk)? {
            Response::Talk(feed) => Ok(feed.into_bytes()),
            other => Err(strange(&other)),
        }
    }
}

struct SimTime {
    wire: Arc<dyn Wire>,
    source: usize,
    name: String,
}

impl TimeSource for SimTime {
    fn name(&self) -> &str {
        &self.name
    }

    fn time(&self) -> Result<Timestamp, PortError> {
        match self.wire.call(&Request::Time(self.source))? {
            Response::Time(time) => Ok(time),
            other => Err(strange(&other)),
        }
    }
}
