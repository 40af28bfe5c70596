//! Practice houses as the pages want them, over the rehearsal's.

use std::sync::{Arc, Mutex};

use counterparts::mail::outbox::Outbox;
use rehearsal::{Practice, Sending};
use store::{Kind, MemoryStore, SeededEntropy};
use web::{Drill, Drills, Scenario};

/// At most one drill, in a folder of its own.
pub(crate) struct OneDrill {
    pub(crate) folder: std::path::PathBuf,
    pub(crate) going: Mutex<Option<Practice>>,
}

const ID: &str = "d1";

const SENDING: Sending = |dial, clock| Box::new(Outbox::joined(move || dial.connect(), clock));

impl OneDrill {
    /// Who is there to be invited, as the people page says it.
    pub(crate) fn cast(&self) -> Vec<String> {
        self.going.lock().unwrap().as_ref().map(Practice::cast).unwrap_or_default()
    }
}

impl Drills for OneDrill {
    fn scenarios(&self) -> Vec<Scenario> {
        let all = rehearsal::scenarios::all().into_iter();
        all.map(|s| Scenario { name: s.name().into(), about: s.about().into() }).collect()
    }

    fn start(&self, scenario: &str) -> Result<String, String> {
        let entropy = Arc::new(SeededEntropy::new(5));
        let store = Arc::new(MemoryStore::new(Kind::Drill, entropy.clone()));
        let begun = Practice::begin(scenario, 5, &self.folder, store, entropy, SENDING);
        *self.going.lock().unwrap() = Some(begun.map_err(|why| why.to_string())?);
        Ok(ID.into())
    }

    fn find(&self, id: &str) -> Option<Drill> {
        let going = self.going.lock().unwrap();
        let practice = going.as_ref().filter(|_| id == ID)?;
        Some(Drill {
            engine: practice.engine(),
            scenario: "contour".into(),
            hats: practice.team().to_vec(),
            cast: practice.cast(),
        })
    }

    fn advance(&self, id: &str) -> Result<String, String> {
        let mut going = self.going.lock().unwrap();
        let practice = going.as_mut().filter(|_| id == ID).ok_or("there is no such drill")?;
        let passed = practice.pass().map_err(|why| why.to_string())?;
        Ok(format!("{} entries", passed.entries))
    }
}
