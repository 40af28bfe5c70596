//! A drill from its options to its verdict: sets the stage, plays the story, and lets the auditor
//! judge.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use case::Case;
use engine::View;
use jiff::Timestamp;
use serde::Serialize;
use store::{Entropy, Kind, MemoryStore, SeededEntropy, Store};

use crate::{
    DrillClock, World,
    audit::{self, Books, Truth},
    cast,
    history::History,
    line::Sending,
    plant::Plant,
    ports::{InProcess, Wire},
    scenarios::{self, Last, Story},
    stage::{DrillError, Limits, Props, Stage},
    timeline::Timeline,
    world::{
        developers::Look,
        faults::Fault,
        record::{Happened, Record, Witness},
        setting::Setting,
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
    /// A history that exists, instead of one that is made up.
    pub history: Option<History>,
    /// A mail that exists, as the report.
    pub report: Option<Vec<u8>>,
}

impl Options {
    /// A story in a world that is made up, where everybody does as they should.
    #[must_use]
    pub fn new(scenario: &str, seed: u64) -> Self {
        let scenario = scenario.to_owned();
        Self { scenario, seed, faults: false, plant: None, history: None, report: None }
    }

    /// The story, and the world in which it begins.
    ///
    /// # Errors
    /// [`DrillError::Unknown`] when there is no such story.
    pub fn stage(&self) -> Result<(Box<dyn Story>, Setting), DrillError> {
        let unknown = || DrillError::Unknown(format!("scenario {}", self.scenario));
        let story = scenarios::named(&self.scenario).ok_or_else(unknown)?;
        let mut setting = cast::setting(self.seed)?;
        setting.faults = self.faults;
        story.set(&mut setting)?;
        if let Some(history) = &self.history {
            cast::play_on(&mut setting, history);
        }
        if let Some(raw) = &self.report {
            cast::report(&mut setting, raw)?;
        }
        Ok((story, setting))
    }
}

/// An advisory that was published in a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Publication {
    /// The case, by its codename.
    pub case: String,
    /// When it was to be published.
    pub instant: Timestamp,
    /// When the world could read it, by true time.
    pub at: Timestamp,
}

/// How a line came out of a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineEnding {
    /// The line.
    pub line: String,
    /// The commits of its fix.
    pub fix: Vec<String>,
    /// The version that was planned.
    pub planned: Option<String>,
    /// The first release in which the fix was found.
    pub first_fixed: Option<String>,
    /// The first release that the whole history calls fixed, where the drill was on one.
    pub in_history: Option<String>,
}

/// How a drill went.
#[derive(Debug, Serialize)]
pub struct Played {
    /// The story.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// Every advisory that was published.
    pub published: Vec<Publication>,
    /// Every line that got the fix, in every case.
    pub lines: Vec<LineEnding>,
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

/// Plays a drill with the world in this process and a store in memory, or the one to `keep`; `sending`
/// sends the house's mail. Repositories and the witness's file are made in `folder`.
///
/// # Errors
/// When the drill itself breaks. A bad ending and broken laws are no error but its result.
pub fn play(
    options: &Options,
    folder: &Path,
    keep: Option<Arc<dyn Store>>,
    sending: Sending,
) -> Result<Played, DrillError> {
    let (mut story, setting) = options.stage()?;
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
        sending,
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
    let published = published(&views, &records);
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
        published,
        lines: lines(&views, options.history.as_ref()),
        timeline,
        ending,
        audit: audit::audit(&books),
        faults,
    })
}

fn published(views: &[View], records: &[Record]) -> Vec<Publication> {
    let cases = views.iter().map(|view| &view.loaded.case);
    let published = cases.filter_map(|case| {
        let plan = case.disclosure.as_ref()?;
        let public = records.iter().find(|record| {
            matches!(&record.what, Happened::AdvisoryPublished { act, .. }
                if case.acts.contains_key(act))
        })?;
        let case = case.codename.to_string();
        Some(Publication { case, instant: plan.instant, at: public.at })
    });
    published.collect()
}

fn lines(views: &[View], history: Option<&History>) -> Vec<LineEnding> {
    let cases = views.iter().map(|view| &view.loaded.case);
    let lines = cases.flat_map(Case::to_patch).map(|(key, line, planned)| {
        let past = history.and_then(|history| history.past.get(&key.line));
        LineEnding {
            line: key.line.clone(),
            fix: line.fix.declared.clone(),
            planned: planned.map(ToOwned::to_owned),
            first_fixed: line.fixed_in().map(|release| release.version.clone()),
            in_history: past.and_then(|past| past.first_fixed.clone()),
        }
    });
    lines.collect()
}
