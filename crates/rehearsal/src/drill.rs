//! A drill from its options to its verdict: sets the stage, plays the story, and lets the auditor
//! judge.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use serde::Serialize;
use store::{Entropy, Kind, MemoryStore, SeededEntropy, Store};

use crate::{
    DrillClock, World,
    audit::{self, Books, Truth},
    cast,
    plant::Plant,
    ports::{InProcess, Wire},
    scenarios::{self, Last, Story},
    stage::{DrillError, Limits, Props, Stage},
    timeline::Timeline,
    world::{
        developers::Look,
        faults::Fault,
        record::Witness,
        wire::{Request, Response},
    },
};

/// What a drill is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The story's name.
    pub scenario: String,
    /// Decides everything.
    pub seed: u64,
    /// Whether parties misbehave.
    pub faults: bool,
    /// A bug to plant.
    pub plant: Option<Plant>,
}

/// How a drill went.
#[derive(Debug, Serialize)]
pub struct Played {
    /// The story.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// What happened, for people.
    pub timeline: Timeline,
    /// What is not as the story asserts; nothing when all is well.
    pub ending: Option<String>,
    /// What the auditor found.
    #[serde(flatten)]
    pub audit: audit::Report,
    /// How often each fault has fired.
    pub faults: BTreeMap<Fault, u64>,
}

impl Played {
    /// The story ended as it must, and no law was broken.
    #[must_use]
    pub fn well(&self) -> bool {
        self.ending.is_none() && self.audit.violations.is_empty()
    }
}

/// Plays a drill with the world in this process and a store in memory, or the one to `keep`. Repositories
/// and the witness's file are made in `folder`.
///
/// # Errors
/// When the drill itself breaks. A bad ending and broken laws are no error but its result.
pub fn play(
    options: &Options,
    folder: &Path,
    keep: Option<Arc<dyn Store>>,
) -> Result<Played, DrillError> {
    let unknown = || DrillError::Unknown(format!("scenario {}", options.scenario));
    let mut story = scenarios::named(&options.scenario).ok_or_else(unknown)?;
    let mut setting = cast::setting(options.seed)?;
    setting.faults = options.faults;
    story.set(&mut setting)?;
    let clock = Arc::new(DrillClock::new(setting.begins));
    std::fs::create_dir_all(folder).map_err(crate::world::WorldError::Folder)?;
    let witness =
        Witness::at(&folder.join("witness.jsonl")).map_err(crate::world::WorldError::Folder)?;
    let world = World::new(setting.clone(), &folder.join("repositories"), witness)?;
    let wire: Arc<dyn Wire> = Arc::new(InProcess::new(world, clock.clone()));
    let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(options.seed));
    let kept = keep.unwrap_or_else(|| Arc::new(MemoryStore::new(Kind::Drill, entropy.clone())));
    if kept.kind() != Kind::Drill {
        return Err(DrillError::Unknown("drill's store: this one is live".into()));
    }
    let props = Props {
        setting,
        wire,
        clock,
        store: kept,
        entropy,
        playbook: story.playbook().to_owned(),
        team: story.team(),
        plant: options.plant,
    };
    let mut stage = Stage::set(props)?;
    if options.plant == Some(Plant::LoseReport) {
        stage.forget_a_form()?;
    }
    let stuck = match stage.play(&mut *story, Limits::default()) {
        Ok(()) => None,
        Err(stuck @ DrillError::Stuck { .. }) => Some(stuck.to_string()),
        Err(error) => return Err(error),
    };
    judge(&stage, &*story, stuck, options)
}

fn judge(
    stage: &Stage,
    story: &dyn Story,
    stuck: Option<String>,
    options: &Options,
) -> Result<Played, DrillError> {
    let mut books = Books::read(stage.engine.store())?;
    let Response::Records(records) = stage.ask(&Request::Records)? else {
        return Err(DrillError::Unknown("witness".into()));
    };
    let look = Look::Public(stage.setting.repository.clone());
    if let Response::Folder(folder) = stage.ask(&Request::Repository(look))? {
        books.mirror = Some(folder);
    }
    books.truth = Some(Truth::from(&stage.setting));
    let views = stage.views()?;
    let last = Last { views: &views, records: &records, setting: &stage.setting };
    let ending = stuck.or_else(|| story.ending(&last).err());
    let timeline = Timeline::of(&books, &records, &stage.crew.names);
    books.witness = Some(records);
    let faults = match stage.ask(&Request::Fired)? {
        Response::Fired(fired) => fired,
        _ => BTreeMap::new(),
    };
    Ok(Played {
        scenario: options.scenario.clone(),
        seed: options.seed,
        timeline,
        ending,
        audit: audit::audit(&books),
        faults,
    })
}
