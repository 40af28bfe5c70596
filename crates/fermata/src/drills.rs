//! Practice houses for the pages: each a house of its own, with a store, an engine and a simulated
//! world of its own, in a folder of its own.
//!
//! Thin: they live as long as this process. Their folders stay, but are not opened again.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rehearsal::{
    Practice,
    practice::Passed,
    scenarios::{self, Story},
    stage::DrillError,
};
use store::{Entropy, KeySource, Kind, OsEntropy, Settings, SqliteStore};
use web::{Drill, Drills, Scenario};

use crate::{house::causes, sending};

/// The stories that visitors may play.
fn practised() -> impl Iterator<Item = Box<dyn Story>> {
    scenarios::all().into_iter().filter(|story| story.practised())
}

/// The drills of one house, under its data directory.
pub(crate) struct PracticeHouses {
    folder: PathBuf,
    running: Mutex<BTreeMap<String, Running>>,
}

/// Pages read the engine while time passes.
#[derive(Clone)]
struct Running {
    pages: Drill,
    practice: Arc<Mutex<Practice>>,
}

impl PracticeHouses {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, running: Mutex::default() }
    }

    fn running(&self, id: &str) -> Option<Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }
}

impl Drills for PracticeHouses {
    fn scenarios(&self) -> Vec<Scenario> {
        practised()
            .map(|story| Scenario { name: story.name().into(), about: story.about().into() })
            .collect()
    }

    fn start(&self, scenario: &str) -> Result<String, String> {
        let id = format!("{:032x}", u128::from_le_bytes(draw()));
        let running = begin(&self.folder.join(&id), scenario)?;
        let mut all = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(id.clone(), running);
        Ok(id)
    }

    fn find(&self, id: &str) -> Option<Drill> {
        self.running(id).map(|running| running.pages)
    }

    fn advance(&self, id: &str) -> Result<String, String> {
        let running = self.running(id).ok_or("there is no such drill")?;
        let mut practice = running.practice.lock().unwrap_or_else(PoisonError::into_inner);
        practice.pass().map(told).map_err(|error| causes(&error))
    }
}

fn begin(folder: &Path, scenario: &str) -> Result<Running, String> {
    let story = practised().find(|story| story.name() == scenario);
    let story = story.ok_or_else(|| format!("there is no scenario {scenario}"))?;
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let house = SqliteStore::create(&Settings {
        dir: folder.join("house"),
        kind: Kind::Drill,
        key: KeySource::InDataDir,
        entropy: Arc::clone(&entropy),
    });
    let house = Arc::new(house.map_err(|error| causes(&error))?);
    let seed = u64::from_le_bytes(draw());
    let world = folder.join("world");
    let practice = Practice::begin(scenario, seed, &world, house, entropy, sending::IN_A_DRILL);
    let practice = practice.map_err(|error: DrillError| causes(&error))?;
    let pages = Drill {
        engine: practice.engine(),
        scenario: story.about().to_owned(),
        hats: practice.team().to_vec(),
        cast: practice.cast(),
    };
    Ok(Running { pages, practice: Arc::new(Mutex::new(practice)) })
}

fn draw<const N: usize>() -> [u8; N] {
    let mut drawn = [0; N];
    OsEntropy.fill(&mut drawn);
    drawn
}

fn told(passed: Passed) -> String {
    match passed.entries {
        0 => "time passed, and nothing new happened: the next move is yours".to_owned(),
        1 => "time passed, and one thing happened".to_owned(),
        entries => format!("time passed, and {entries} things happened"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_arrives_and_the_team_is_left_to_the_visitors() {
        let folder = tempfile::tempdir().unwrap();
        let houses = PracticeHouses::new(folder.path().to_owned());
        let id = houses.start("contour").unwrap();
        let drill = houses.find(&id).unwrap();
        assert_eq!(drill.hats.len(), 3);
        let cases = || drill.engine.cases(drill.hats[0], None, 10).unwrap().cases;
        assert!(cases().is_empty());
        let mut turns = 0;
        while cases().is_empty() {
            houses.advance(&id).unwrap();
            turns += 1;
            assert!(turns < 20, "nobody reports anything");
        }
        let view = drill.engine.view(cases()[0].case, case::Actor::Person(drill.hats[0])).unwrap();
        let acknowledged = view.loaded.case.acts.values().filter(|act| act.done_at().is_some());
        assert_eq!(acknowledged.count(), 1, "the house itself has acknowledged the report");
        assert!(view.loaded.case.triage.is_none(), "nobody judges it but the visitors");
        assert!(folder.path().join(&id).join("house/journal.db").is_file());
    }

    #[test]
    fn what_happened_is_a_sentence() {
        for entries in 0..3 {
            let words = told(Passed { entries, cases: 0 });
            assert!(words.starts_with("time passed, and ") && !words.ends_with('.'), "{words}");
        }
    }

    #[test]
    fn unknown_drills_are_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let houses = PracticeHouses::new(folder.path().to_owned());
        assert!(houses.start("nonsense").is_err());
        assert!(houses.find("").is_none() && houses.advance("").is_err());
        // Here the simulated team does something special, and visitors would wait for it in vain.
        for special in ["exploited", "not-security"] {
            assert!(scenarios::named(special).is_some() && houses.start(special).is_err());
        }
        let offered = houses.scenarios();
        assert!(offered.iter().any(|story| story.name == "contour"));
        assert!(offered.iter().all(|story| scenarios::named(&story.name).is_some()));
    }
}
