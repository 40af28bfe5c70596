//! A drill that people play themselves: they are the security team, through the pages of a house
//! of its own, and everybody else is simulated.
//!
//! Time stands still while they think. [`Practice::pass`] lets the house work, lets reporters,
//! vendors and developers do what they would, and moves time on to whatever comes next.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use case::{CaseId, PersonId, Role};
use engine::{Engine, View};
use store::{Entropy, Store};

use crate::{
    DrillClock, World,
    audit::{self, Books, Truth},
    cast,
    line::Sending,
    ports::{InProcess, Wire},
    scenarios::{self, Story},
    stage::{DrillError, Props, Stage},
    world::{
        WorldError,
        developers::Look,
        record::{Record, Witness},
        wire::{Request, Response, Word},
    },
};

/// How often time moves on at most before a person is asked again.
const MOVES: u32 = 60;
/// How many things others do at most in one go.
const DEEDS: u32 = 60;

/// A drill in the hands of people.
pub struct Practice {
    stage: Stage,
    story: Box<dyn Story>,
}

/// What happened while time passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// Entries that were added to the journal by others than the people who practise.
    pub entries: u64,
    /// Cases that were opened.
    pub cases: usize,
}

impl Practice {
    /// Begins a story, in which `sending` sends the house's mail. Repositories and the witness's
    /// file are made in `folder`.
    ///
    /// # Errors
    /// When there is no such story, or its world cannot be made.
    pub fn begin(
        scenario: &str,
        seed: u64,
        folder: &Path,
        store: Arc<dyn Store>,
        entropy: Arc<dyn Entropy>,
        sending: Sending,
    ) -> Result<Self, DrillError> {
        let unknown = || DrillError::Unknown(format!("scenario {scenario}"));
        let tale = scenarios::named(scenario).ok_or_else(unknown)?;
        let mut setting = cast::setting(seed)?;
        tale.set(&mut setting)?;
        let clock = Arc::new(DrillClock::new(setting.begins));
        std::fs::create_dir_all(folder).map_err(WorldError::Folder)?;
        let witness = Witness::at(&folder.join("witness.jsonl")).map_err(WorldError::Folder)?;
        let world = World::new(setting.clone(), &folder.join("repositories"), witness)?;
        let wire: Arc<dyn Wire> = Arc::new(InProcess::new(world, clock.clone()));
        let (playbook, team) = (tale.playbook().to_owned(), tale.team());
        let plant = None;
        let props = Props { setting, wire, clock, store, entropy, playbook, team, sending, plant };
        Ok(Self { stage: Stage::set(props)?, story: tale })
    }

    /// The house in which they practise.
    #[must_use]
    pub fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.stage.engine)
    }

    /// The security team: the people who can be played.
    #[must_use]
    pub fn team(&self) -> &[PersonId] {
        &self.stage.crew.team
    }

    /// Who else is there, for those who have to invite them: what each does, name, address and
    /// account at the forge.
    #[must_use]
    pub fn cast(&self) -> Vec<String> {
        let members = [("writes the fix", cast::DEVELOPER), ("makes the releases", cast::RELEASER)];
        let members = members.map(|(does, m)| {
            format!("{}, {}, {} at the forge: {does}", m.name, m.mailbox, m.login)
        });
        let vendors = self.stage.setting.vendors.iter().map(|vendor| {
            let ships: Vec<_> = vendor.ships.iter().map(String::as_str).collect();
            format!("{}, {}: ships {}", vendor.organisation, vendor.mailbox, ships.join(" and "))
        });
        members.into_iter().chain(vendors).collect()
    }

    /// Lets time pass until somebody else has done something, or nothing comes any more.
    ///
    /// # Errors
    /// When the house or its world breaks.
    pub fn pass(&mut self) -> Result<Passed, DrillError> {
        let before = self.heads()?;
        for calm in 0..MOVES {
            self.others_act()?;
            let after = self.heads()?;
            if after != before {
                let entries = |heads: &BTreeMap<CaseId, u64>| heads.values().sum::<u64>();
                return Ok(Passed {
                    entries: entries(&after).saturating_sub(entries(&before)),
                    cases: after.len().saturating_sub(before.len()),
                });
            }
            let views = self.stage.views()?;
            self.stage.wait(&views, calm)?;
        }
        Ok(Passed { entries: 0, cases: 0 })
    }

    /// Tells the witness what a person keeps in mind, as the simulated team does by itself.
    ///
    /// # Errors
    /// When the world does not answer.
    pub fn word(&self, word: Word) -> Result<(), DrillError> {
        self.stage.word(word)
    }

    /// What the counterparts wrote down themselves.
    ///
    /// # Errors
    /// When the world does not answer.
    pub fn records(&self) -> Result<Vec<Record>, DrillError> {
        match self.stage.ask(&Request::Records)? {
            Response::Records(records) => Ok(records),
            _ => Err(DrillError::Unknown("witness".into())),
        }
    }

    /// Holds the journal against the counterparts' records.
    ///
    /// # Errors
    /// When either cannot be read.
    pub fn audit(&self) -> Result<audit::Report, DrillError> {
        let mut books = Books::read(self.stage.engine.store())?;
        let look = Look::Public(self.stage.setting.repository.clone());
        if let Response::Folder(folder) = self.stage.ask(&Request::Repository(look))? {
            books.mirror = Some(folder);
        }
        books.truth = Some(Truth::from(&self.stage.setting));
        books.witness = Some(self.records()?);
        Ok(audit::audit(&books))
    }

    fn heads(&self) -> Result<BTreeMap<CaseId, u64>, DrillError> {
        let views = self.stage.views()?;
        Ok(views.iter().map(|v| (v.loaded.case.id, v.loaded.case.head)).collect())
    }

    /// The house works; reporters, vendors and developers do what is theirs.
    fn others_act(&mut self) -> Result<(), DrillError> {
        for _ in 0..DEEDS {
            self.stage.work_off()?;
            let deeds = self.stage.deeds()?;
            let views = self.stage.views()?;
            let mut acted = false;
            for view in &views {
                acted = acted || self.developers_act(view)?;
            }
            if !deeds && !acted {
                break;
            }
        }
        self.stage.work_off()
    }

    fn developers_act(&mut self, view: &View) -> Result<bool, DrillError> {
        let theirs = [Role::FixDeveloper, Role::ReleaseManager];
        let ready: Vec<_> =
            view.checklist.ready().filter(|item| theirs.contains(&item.role)).cloned().collect();
        for item in ready {
            if self.stage.hand(&*self.story, view, &item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
