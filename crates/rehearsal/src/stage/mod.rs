//! A house on a stage: an engine of its own on a drill's store, its team, and the world around it.
//!
//! The stage moves time and lets people act; what they do is written in [`crate::hands`], and what
//! makes a story special in [`crate::scenarios`]. It gives commands as the people of the drill and
//! decides nothing itself.

mod memory;
mod run;

use std::{collections::BTreeMap, sync::Arc};

use advisory::mailbox::MailboxError;
use case::{
    Actor, CaseId, Command, CommandId, PersonId, Policy, ProjectId, Role, notice::Posting,
    observation::Observation, rights, state::Phase,
};
use engine::{Clock, Contact, Engine, EngineError, Parts, Texts, View, ports::PortError};
use jiff::{SignedDuration, Timestamp};
use playbook::{Playbook, Settings};
use serde::{Deserialize, Serialize};
use store::{Entropy, Scope, Store};

use crate::{
    DrillClock,
    audit::AuditError,
    cast::{self, Member},
    dice::Dice,
    hands::Work,
    line::Sending,
    plant::Plant,
    ports::{Ways, Wire, talk_of},
    world::{
        WorldError,
        agenda::Deed,
        setting::Setting,
        wire::{Request, Response, Word},
    },
};

pub use memory::Memory;
pub use run::{Limits, Pace};

/// Why a drill could not be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum DrillError {
    /// The world could not be made.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A party could not be reached at all.
    #[error("the drill's world does not answer")]
    Wire(#[from] PortError),
    /// The house failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The auditor could not read.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The cast holds an address that is none.
    #[error(transparent)]
    Cast(#[from] MailboxError),
    /// There is no such playbook, scenario or bug.
    #[error("there is no {0}")]
    Unknown(String),
    /// Nothing moved any more before the story was over.
    #[error("the story does not go on at {at}:\n{open}")]
    Stuck {
        /// When.
        at: Timestamp,
        /// What is open, and what was refused.
        open: String,
    },
}

/// The people of the house.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Crew {
    /// The security team, in order of seniority.
    pub team: Vec<PersonId>,
    /// Writes the fix.
    pub developer: PersonId,
    /// Makes the releases.
    pub releaser: PersonId,
    /// The vendors' contacts, by organisation.
    pub vendors: BTreeMap<String, PersonId>,
    /// Names, for the timeline.
    pub names: BTreeMap<PersonId, String>,
}

/// What a stage is made of.
pub struct Props {
    /// Everything that the world is made of.
    pub setting: Setting,
    /// The way to the world.
    pub wire: Arc<dyn Wire>,
    /// True time.
    pub clock: Arc<DrillClock>,
    /// The drill's store.
    pub store: Arc<dyn Store>,
    /// Chance for the house.
    pub entropy: Arc<dyn Entropy>,
    /// The playbook's name.
    pub playbook: String,
    /// How many people are on the team.
    pub team: usize,
    /// What the house sends mail with.
    pub sending: Sending,
    /// A bug to plant.
    pub plant: Option<Plant>,
}

/// A house on a stage.
pub struct Stage {
    /// The house.
    pub engine: Arc<Engine>,
    /// The way to the world.
    pub wire: Arc<dyn Wire>,
    /// True time.
    pub clock: Arc<DrillClock>,
    /// Time as the house sees it.
    pub house: Arc<dyn Clock>,
    /// The world's setting.
    pub setting: Setting,
    /// The project.
    pub project: ProjectId,
    /// The people.
    pub crew: Crew,
    /// What the developers have done.
    pub work: Work,
    pub(crate) plant: Option<Plant>,
    pub(crate) dice: Dice,
    pub(crate) refusals: Vec<String>,
    tried: BTreeMap<(CaseId, String), (Timestamp, Vec<String>)>,
}

impl Stage {
    /// Sets the stage: an engine, a project, its people.
    ///
    /// # Errors
    /// When the playbook is unknown, or the store fails.
    pub fn set(props: Props) -> Result<Self, DrillError> {
        let (engine, book) = engine(&props)?;
        let policy = policy(&book, &props.setting);
        let crew = crew(&engine, &props.setting, props.team)?;
        let first = *crew.team.first().ok_or_else(|| DrillError::Unknown("team".into()))?;
        let draw = || CommandId(engine.draw());
        let project = engine.create_project(first, &policy, &book.pin(), draw())?;
        for person in crew.team.iter().skip(1) {
            engine.join_team(project, first, *person, draw())?;
        }
        engine.open_letterbox(project, first, &props.setting.team, draw())?;
        let now = props.clock.now();
        Ok(Self::with(props, engine, Memory { project, crew, work: Work::default(), now }))
    }

    fn with(props: Props, engine: Engine, memory: Memory) -> Self {
        let Props { setting, wire, clock, plant, .. } = props;
        let Memory { project, crew, work, .. } = memory;
        Self {
            engine: Arc::new(engine),
            wire,
            house: crate::plant::clock(plant, &clock),
            clock,
            dice: Dice::new(setting.seed, "crew"),
            setting,
            project,
            crew,
            work,
            plant,
            refusals: Vec::new(),
            tried: BTreeMap::new(),
        }
    }

    /// A call to the world.
    ///
    /// # Errors
    /// What the world says.
    pub fn ask(&self, request: &Request) -> Result<Response, DrillError> {
        Ok(self.wire.call(request)?)
    }

    /// A person says something about themselves, for the witness.
    ///
    /// # Errors
    /// When the world does not answer.
    pub fn word(&self, word: Word) -> Result<(), DrillError> {
        self.ask(&Request::Person(word)).map(|_| ())
    }

    /// Gives a command as a person. A refusal is no error: people are told no, and try something
    /// else later.
    ///
    /// # Errors
    /// When the house fails.
    pub fn give(
        &mut self,
        case: CaseId,
        person: PersonId,
        command: &Command,
    ) -> Result<bool, DrillError> {
        let id = CommandId(self.engine.draw());
        match self.engine.execute(case, Actor::Person(person), id, command, "drill") {
            Ok(_) => Ok(true),
            Err(EngineError::Refused(refusal)) => {
                let mut text = format!("{refusal}; {}", refusal.remedy);
                text.truncate(text.char_indices().nth(400).map_or(text.len(), |(at, _)| at));
                self.refusals.push(text);
                Ok(false)
            }
            Err(EngineError::NotFound | EngineError::Busy) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Every case, in the order in which they were opened, as the team sees them.
    ///
    /// # Errors
    /// When the store fails.
    pub fn views(&self) -> Result<Vec<View>, DrillError> {
        let streams = self.engine.store().streams(&Scope::house("drill"), "case/")?;
        let ids = streams.iter().filter_map(|s| s.as_str().strip_prefix("case/")?.parse().ok());
        let mut views = Vec::new();
        for id in ids {
            views.push(self.engine.view(id, Actor::House)?);
        }
        views.sort_by_key(|view| (view.loaded.case.opened_at, view.loaded.case.id));
        Ok(views)
    }

    /// One case as it is now.
    ///
    /// # Errors
    /// When the store fails.
    pub fn again(&self, view: &View) -> Result<View, DrillError> {
        Ok(self.engine.view(view.loaded.case.id, Actor::House)?)
    }

    /// Who of the team can act in a case, in order.
    #[must_use]
    pub fn on_duty(&self, view: &View) -> Vec<PersonId> {
        let case = &view.loaded.case;
        self.crew.team.iter().copied().filter(|p| case.on_team(*p, &view.team)).collect()
    }

    /// Whoever coordinates a case: the first of the team who can.
    ///
    /// # Errors
    /// When nobody is left.
    pub fn coordinator(&self, view: &View) -> Result<PersonId, DrillError> {
        let nobody = || DrillError::Unknown("team left".into());
        self.on_duty(view).first().copied().ok_or_else(nobody)
    }

    /// Carries what people of the world do to the house.
    fn carry_deed(&mut self, deed: &Deed) -> Result<(), DrillError> {
        for view in self.views()? {
            let case = &view.loaded.case;
            if case.phase != Phase::Open {
                continue;
            }
            let id = case.id;
            let (person, command) = match deed {
                Deed::AnswersCredit { reporter, answer } => {
                    let Some(person) = reporter_at(&view, reporter) else { continue };
                    (person, Command::AnswerCredit { person, answer: answer.clone() })
                }
                Deed::AcceptsDate { reporter } => {
                    let Some(person) = reporter_at(&view, reporter) else { continue };
                    let Some(revision) = case.embargo.current() else { continue };
                    (person, Command::Consent { person, revision })
                }
                Deed::Consents { organisation } => {
                    let Some(person) = self.vendor(&view, organisation) else { continue };
                    let Some(revision) = case.embargo.current() else { continue };
                    (person, Command::Consent { person, revision })
                }
                Deed::Objects { organisation, reason } => {
                    let Some(person) = self.vendor(&view, organisation) else { continue };
                    let Some(revision) = case.embargo.current() else { continue };
                    (person, Command::Object { person, revision, reason: reason.clone() })
                }
                Deed::Withdraws { organisation } => {
                    let Some(person) = self.vendor(&view, organisation) else { continue };
                    (person, Command::WithdrawObjection { person })
                }
                Deed::OwnsUp { organisation, what } => {
                    let team = self.coordinator(&view)?;
                    let leak = case::event::Decision::Leak {
                        what: what.clone(),
                        to: "the public".into(),
                        reported_by: organisation.clone(),
                    };
                    self.give(id, team, &Command::Decide(Box::new(leak)))?;
                    let source = format!("{organisation}: {what}");
                    (team, Command::Observe(Box::new(Observation::Public { source })))
                }
            };
            self.give(id, person, &command)?;
        }
        Ok(())
    }

    fn vendor(&self, view: &View, organisation: &str) -> Option<PersonId> {
        let person = *self.crew.vendors.get(organisation)?;
        view.loaded.case.roles(person).contains(&Role::Distributor).then_some(person)
    }

    /// A bug: somebody fills in the form and is told "received", and nothing is kept.
    pub(crate) fn forget_a_form(&self) -> Result<(), DrillError> {
        let bytes = advisory::digest::Digest::of(b"the form as it was filled in");
        self.word(Word::ReportSent { bytes })?;
        self.word(Word::ReceiptSeen { bytes })
    }

    /// How long it takes people to get round to something.
    pub(crate) fn pause(&mut self) {
        let span = self.dice.minutes(1, 9);
        self.clock.advance_by(span);
    }

    /// The time as people see it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.house.wall()
    }
}

fn reporter_at(view: &View, mailbox: &advisory::mailbox::Mailbox) -> Option<PersonId> {
    let case = &view.loaded.case;
    let link = case.reports.values().find(|link| link.mailbox.as_ref() == Some(mailbox))?;
    case.roles(link.reporter).contains(&rights::Role::Reporter).then_some(link.reporter)
}

fn engine(props: &Props) -> Result<(Engine, Playbook), DrillError> {
    let book = playbook::shipped(&props.playbook)
        .ok_or_else(|| DrillError::Unknown(format!("playbook {}", props.playbook)))?;
    let book = crate::plant::playbook(props.plant, book);
    let clock = crate::plant::clock(props.plant, &props.clock);
    let ways = Ways {
        wire: props.wire.clone(),
        lookups: props.setting.lookups,
        sending: props.sending,
        clock: clock.clone(),
        feed: talk_of(&name(&props.setting)),
    };
    let engine = Engine::new(Parts {
        store: props.store.clone(),
        ports: crate::plant::ports(props.plant, &ways),
        clock,
        entropy: props.entropy.clone(),
        playbooks: vec![book.clone()],
        texts: Texts::load(None)?,
    });
    Ok((engine, book))
}

/// What the project is called.
fn name(setting: &Setting) -> String {
    setting.history.as_ref().map_or("Signpost", |history| &history.name).to_owned()
}

fn policy(book: &Playbook, setting: &Setting) -> Policy {
    let settings = Settings {
        project: name(setting),
        repositories: vec![setting.repository.clone()],
        ..Settings::default()
    };
    let mut policy = book.policy(&settings);
    for profile in policy.lists.values_mut() {
        profile.address = match profile.audience {
            case::notice::Audience::Distributors => setting.distributors.clone(),
            case::notice::Audience::Users => setting.users.clone(),
        };
        profile.posting = Posting::Mail;
        profile.web = None;
    }
    policy
}

fn crew(engine: &Engine, setting: &Setting, team: usize) -> Result<Crew, DrillError> {
    let mut names = BTreeMap::new();
    let mut add = |member: &Member| -> Result<PersonId, DrillError> {
        let person = engine.add_person(&Contact {
            name: member.name.into(),
            mailbox: Some(member.mailbox.parse()?),
            login: Some(member.login.into()),
        })?;
        names.insert(person, member.name.to_owned());
        Ok(person)
    };
    let team = cast::TEAM.iter().take(team).map(&mut add).collect::<Result<_, _>>()?;
    let (developer, releaser) = (add(&cast::DEVELOPER)?, add(&cast::RELEASER)?);
    let mut vendors = BTreeMap::new();
    for vendor in &setting.vendors {
        let person = engine.add_person(&Contact {
            name: vendor.organisation.clone(),
            mailbox: Some(vendor.mailbox.clone()),
            login: None,
        })?;
        names.insert(person, vendor.organisation.clone());
        vendors.insert(vendor.organisation.clone(), person);
    }
    Ok(Crew { team, developer, releaser, vendors, names })
}

/// How long before the instant the releases are made, where they are made before it.
pub const RELEASES_BEFORE: SignedDuration = SignedDuration::from_hours(3);
