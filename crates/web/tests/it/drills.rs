//! Practice houses for the tests: one that is always there.

use std::sync::Arc;

use web::{Drill, Drills, Scenario};

use crate::house::House;

/// One drill with the id `sample`.
pub(crate) struct Practice(House);

impl Default for Practice {
    fn default() -> Self {
        let house = House::with_project(3);
        house.report(8, "A practice report", None);
        Self(house)
    }
}

impl Drills for Practice {
    fn scenarios(&self) -> Vec<Scenario> {
        let about = "A cooperative response: three lines, two distributors, no surprises.";
        vec![Scenario { name: "contour".into(), about: about.into() }]
    }

    fn start(&self, scenario: &str) -> Result<String, String> {
        match scenario {
            "contour" => Ok("sample".into()),
            _ => Err("there is no such drill".into()),
        }
    }

    fn find(&self, id: &str) -> Option<Drill> {
        (id == "sample").then(|| Drill {
            engine: Arc::clone(&self.0.engine),
            scenario: "contour".into(),
            hats: vec![self.0.ada, self.0.ben],
            cast: vec!["Bea, bea@project.example: writes the fix".into()],
        })
    }

    fn advance(&self, _: &str) -> Result<String, String> {
        self.0.hands.pass(jiff::SignedDuration::from_hours(1));
        self.0.settle();
        Ok("an hour passed".into())
    }
}
