//! The engine itself: its parts, and the one path by which a command becomes events.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::AtomicU16},
};

use advisory::Imprint;
use case::{
    ActId, Actor, Case, CaseId, Command, CommandId, Context, Entry, Event, PersonId, ProjectId,
    Refusal, Role, Roll,
    act::{Act, ActState},
    event::SCHEMA,
    refusal::Rule,
    rights::{Permission, may},
    sealing::Book,
};
use jiff::Timestamp;
use playbook::{Checklist, Playbook};
use store::{Batch, Entropy, Expected, Fence, LockState, RowChange, Scope, Seq, Store};

use crate::{
    Clock, EngineError,
    clock::Timekeeper,
    compose::Texts,
    counts::Counts,
    fetched::Fetches,
    fresh::Mirrors,
    hands::Hands,
    jobs, journal,
    journal::Loaded,
    lookout::Lookout,
    observe::Looks,
    ports::{LocalClone, OwnKey, Party, Ports},
    project::Project,
    shelf::Shelf,
    streams, summary,
};

/// What an engine is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The world.
    pub ports: Ports,
    /// The machine's clocks.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// The playbooks that this program ships. Cases that are pinned to another text follow the one
    /// that the house has kept.
    pub playbooks: Vec<Playbook>,
    /// Texts of messages.
    pub texts: Texts,
}

/// Takes commands, keeps the journal, and deals with the world.
pub struct Engine {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) ports: Ports,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) shelf: Shelf,
    pub(crate) texts: Texts,
    pub(crate) timekeeper: Timekeeper,
    pub(crate) looks: Looks,
    pub(crate) hands: Hands,
    pub(crate) histories: Option<git::Cache>,
    pub(crate) fetches: Fetches,
    pub(crate) lookout: Lookout,
    pub(crate) mirrors: Mirrors,
    pub(crate) counts: Counts,
    /// The number of the codename that was last found free.
    pub(crate) numbered: AtomicU16,
}

/// What a command led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The case's last event number after the command.
    pub head: u64,
    /// The events that followed from it.
    pub events: Vec<Event>,
    /// The command had been given before; these are the events of the first time.
    pub repeated: bool,
}

/// A case as somebody who may read it sees it.
#[derive(Debug, Clone)]
pub struct View {
    /// The case and its entries.
    pub loaded: Loaded,
    /// The playbook's checklist for it, now.
    pub checklist: Checklist,
    /// The viewer's roles.
    pub roles: BTreeSet<Role>,
    /// The project's team.
    pub team: BTreeSet<PersonId>,
    /// How the project signs what it publishes, once somebody said so.
    pub imprint: Option<Imprint>,
    /// The parties of which only people can tell here.
    pub unconnected: BTreeSet<Party>,
    /// Mail goes out by itself.
    pub mails: bool,
    /// Acts that this house posts on a list's own pages.
    pub posted: BTreeSet<ActId>,
    /// Where the project's repositories are read.
    pub clones: BTreeMap<String, LocalClone>,
    /// How mail to the project's lists is protected.
    pub book: Book,
    /// The project's distributors.
    pub roll: Roll,
    /// The house's own key for the project's mail.
    pub own_key: OwnKey,
    /// What keeps approved acts from going now.
    pub waits: BTreeMap<ActId, Refusal>,
    /// When this was true.
    pub now: Timestamp,
}

/// How often a command is decided anew when others change the case at the same moment.
pub(crate) const TRIES: usize = 8;

impl Engine {
    /// An engine of the given parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            store: parts.store,
            ports: parts.ports,
            clock: parts.clock,
            entropy: parts.entropy,
            shelf: Shelf::new(parts.playbooks),
            texts: parts.texts,
            timekeeper: Timekeeper::default(),
            looks: Looks::default(),
            hands: Hands::default(),
            histories: None,
            fetches: Fetches::default(),
            lookout: Lookout::default(),
            mirrors: Mirrors::default(),
            counts: Counts::default(),
            numbered: AtomicU16::new(1),
        }
    }

    /// Keeps what public repositories say of their histories in `cache`, so that a new process need not
    /// read all of it again. Whatever is missing or damaged there is read anew; of private forks
    /// nothing is kept.
    #[must_use]
    pub fn keeping(self, cache: git::Cache) -> Self {
        Self { histories: Some(cache), ..self }
    }

    /// The time that decisions are made by.
    #[must_use]
    pub fn now(&self) -> case::Clock {
        self.timekeeper.read(&*self.clock)
    }

    /// The store, for sessions and maintenance.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The parties of which only people can tell here, for one project.
    #[must_use]
    pub fn unconnected(&self, project: &Project) -> BTreeSet<Party> {
        self.ports.unconnected(project)
    }

    /// Whether mail of a project goes out by itself.
    ///
    /// # Errors
    /// When the store fails.
    pub fn mails(&self, project: ProjectId) -> Result<bool, EngineError> {
        let port = &self.ports.mail;
        // One that shows what becomes of its mails has an address of its own.
        Ok(port.connected() && (port.shows() || self.sender(project)?.is_some()))
    }

    fn posted(&self, case: &Case) -> Result<BTreeSet<ActId>, EngineError> {
        let from = self.sender(case.project)?;
        let acts = case.acts.values();
        let posted = acts.filter(|act| self.ports.lists.posts(&act.plan, from.as_ref()));
        Ok(posted.map(|act| act.id).collect())
    }

    /// Sixteen random bytes for a new id.
    #[must_use]
    pub fn draw(&self) -> [u8; 16] {
        streams::draw(&*self.entropy)
    }

    /// Gives a command to a case, on behalf of an actor. A repeated command id gets the first
    /// answer and changes nothing.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the rule; [`EngineError::NotFound`] also when the actor may
    /// not know of the case; others when the store fails.
    pub fn execute(
        &self,
        case: CaseId,
        actor: Actor,
        id: CommandId,
        command: &Command,
        source: &str,
    ) -> Result<Outcome, EngineError> {
        self.execute_fenced(case, actor, id, command, source, None)
    }

    pub(crate) fn execute_fenced(
        &self,
        case: CaseId,
        actor: Actor,
        id: CommandId,
        command: &Command,
        source: &str,
        fence: Option<&Fence>,
    ) -> Result<Outcome, EngineError> {
        for _ in 0..TRIES {
            let loaded = journal::load(&*self.store, case)?;
            if let Some(first) = repeated(&loaded, id) {
                return Ok(first);
            }
            let project = self.project(loaded.case.project)?;
            let decided = self.decide(&loaded.case, &project, actor, command);
            let events = decided.map_err(|e| hide(e, &loaded.case, &project, actor))?;
            self.may_call_its_own(&loaded.case, &project, actor, command)?;
            let stamp = Stamp { actor, id, source, at: self.clock.wall() };
            match self.append(&loaded.case, &project, events, &stamp, fence) {
                Err(EngineError::Busy) => {}
                other => return other,
            }
        }
        Err(EngineError::Busy)
    }

    pub(crate) fn decide(
        &self,
        case: &Case,
        project: &Project,
        actor: Actor,
        command: &Command,
    ) -> Result<Vec<Event>, EngineError> {
        if matches!(command, Command::Start { .. } | Command::Fire { .. }) {
            self.unlocked()?;
        }
        let clock = self.now();
        let verdict =
            self.playbook(&case.playbook)?.evaluate(case, &project.team, clock.now).verdict();
        let by_hand = self.unconnected(project);
        let (team, book, roll) = (&project.team, &project.book, &project.roll);
        let (verdict, by_hand) = (&verdict, &by_hand);
        let context = Context { actor, clock, team, verdict, by_hand, book, roll };
        Ok(case::decide(case, command, &context)?)
    }

    fn append(
        &self,
        case: &Case,
        project: &Project,
        events: Vec<Event>,
        stamp: &Stamp<'_>,
        fence: Option<&Fence>,
    ) -> Result<Outcome, EngineError> {
        if events.is_empty() {
            return Ok(Outcome { head: case.head, events, repeated: false });
        }
        let entries = stamp.entries(case.project, case.head, &events);
        let after = entries.iter().fold(case.clone(), case::evolve);
        let expected = Expected::Exact(Seq(case.head));
        let appended = journal::append(case.id, expected, stamp.id, &entries)?;
        self.keep(&after.playbook)?;
        let batch = Batch {
            appends: vec![appended],
            rows: self.rows(&after, &events, project)?,
            jobs: jobs::following(&after, &events, stamp.at)?,
            fences: fence.cloned().into_iter().collect(),
        };
        self.store.commit(&Scope::house("engine"), batch)?;
        Ok(Outcome { head: after.head, events, repeated: false })
    }

    /// What lists show of a case from now on, after these events.
    pub(crate) fn rows(
        &self,
        case: &Case,
        events: &[Event],
        project: &Project,
    ) -> Result<Vec<RowChange>, EngineError> {
        let playbook = self.playbook(&case.playbook)?;
        let mut rows = summary::rows(case, project, &playbook, self.now().now)?;
        rows.extend(summary::of_acts(case.id, events)?);
        Ok(rows)
    }

    /// A case as `actor` may see it. The read is in the journal before this returns.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when there is none, or the actor may not know of it.
    pub fn view(&self, case: CaseId, actor: Actor) -> Result<View, EngineError> {
        self.view_as(case, actor, "case")
    }

    /// The same, where what is shown has another name in the record of reads.
    pub(crate) fn view_as(
        &self,
        case: CaseId,
        actor: Actor,
        what: &str,
    ) -> Result<View, EngineError> {
        let loaded = journal::load(&*self.store, case)?;
        let project = self.project(loaded.case.project)?;
        let roles = loaded.case.roles_of(actor, &project.team);
        if !may(actor, &roles, Permission::Read) {
            return Err(EngineError::NotFound);
        }
        if actor != Actor::House {
            self.record_read(case, actor, what)?;
        }
        let now = self.now().now;
        let checklist =
            self.playbook(&loaded.case.playbook)?.evaluate(&loaded.case, &project.team, now);
        let unconnected = self.unconnected(&project);
        let waits = self.waits(&loaded.case, &project)?;
        let mails = self.mails(loaded.case.project)?;
        let posted = self.posted(&loaded.case)?;
        let imprint = project.imprint.map(|(imprint, _)| imprint);
        let own_key = self.own_key(loaded.case.project)?;
        let Project { team, clones, book, roll, .. } = project;
        Ok(View {
            loaded,
            checklist,
            roles,
            team,
            imprint,
            unconnected,
            mails,
            posted,
            clones,
            book,
            roll,
            own_key,
            waits,
            now,
        })
    }

    /// What would refuse the acts that are approved by themselves, if they went now.
    fn waits(
        &self,
        case: &Case,
        project: &Project,
    ) -> Result<BTreeMap<ActId, Refusal>, EngineError> {
        let approved =
            |act: &&Act| act.plan.under.is_none() && matches!(act.state, ActState::Approved { .. });
        let mut waits = BTreeMap::new();
        for act in case.acts.values().filter(approved) {
            match self.decide(case, project, Actor::House, &Command::Start { act: act.id }) {
                Ok(_) | Err(EngineError::Locked) => {}
                Err(EngineError::Refused(refusal)) => {
                    waits.insert(act.id, refusal);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(waits)
    }

    /// Refuses when the house is locked.
    pub(crate) fn unlocked(&self) -> Result<(), EngineError> {
        match self.store.lock_state() {
            LockState::Unlocked => Ok(()),
            LockState::Locked(_) => Err(EngineError::Locked),
        }
    }
}

/// Who, when, from where: what all entries of one command share.
pub(crate) struct Stamp<'a> {
    pub(crate) actor: Actor,
    pub(crate) id: CommandId,
    pub(crate) source: &'a str,
    pub(crate) at: Timestamp,
}

impl Stamp<'_> {
    pub(crate) fn entries(&self, project: ProjectId, head: u64, events: &[Event]) -> Vec<Entry> {
        let numbered = (head.saturating_add(1)..).zip(events);
        numbered
            .map(|(seq, event)| Entry {
                v: SCHEMA,
                seq,
                project,
                actor: self.actor,
                occurred_at: self.at,
                recorded_at: self.at,
                source: self.source.to_owned(),
                command: self.id,
                event: event.clone(),
            })
            .collect()
    }
}

fn repeated(loaded: &Loaded, id: CommandId) -> Option<Outcome> {
    let mut of_command = loaded.entries.iter().filter(|e| e.command == id);
    let events: Vec<Event> = of_command.clone().map(|e| e.event.clone()).collect();
    let head = of_command.next_back()?.seq;
    Some(Outcome { head, events, repeated: true })
}

/// What may not be done by somebody who may not even see the case looks like an unknown case.
pub(crate) fn hide(
    error: EngineError,
    case: &Case,
    project: &Project,
    actor: Actor,
) -> EngineError {
    match error {
        EngineError::Refused(refusal)
            if refusal.rule == Rule::NotPermitted
                && !may(actor, &case.roles_of(actor, &project.team), Permission::Read) =>
        {
            EngineError::NotFound
        }
        other => other,
    }
}
