//! In the middle of the embargo somebody names the case in public: the house sees it by itself, a person
//! says what it is, and everything that was ready goes out at once.

use case::state::DisclosureState;
use case::{Command, embargo::EndedBy, event::Decision, observation::Observation, sighting::Spot};
use engine::View;

use super::{
    Last, Story,
    checks::{Check, ensure, on_time, only},
};
use crate::{
    stage::{DrillError, Stage},
    world::wire::Word,
};

#[derive(Default)]
pub(super) struct WordLeaks {
    said: bool,
}

impl Story for WordLeaks {
    fn name(&self) -> &'static str {
        "word-leaks"
    }

    fn about(&self) -> &'static str {
        "somebody names the case on a public list, and the house hears it"
    }

    fn practised(&self) -> bool {
        false
    }

    fn twist(&mut self, stage: &mut Stage, view: &View) -> Result<bool, DrillError> {
        let case = &view.loaded.case;
        let armed =
            case.disclosure.as_ref().is_some_and(|plan| plan.state == DisclosureState::Armed);
        if armed && case.facts.is_quiet() && !self.said {
            self.said = true;
            let (who, place) = ("somebody".into(), "a mailing list".into());
            // As people type it.
            let name = case.codename.as_str().replace('-', " ");
            let words = format!("What is this {name} that my vendor is so busy with?");
            stage.word(Word::Told { who, place, words })?;
            return Ok(true);
        }
        let Some(seen) = case.open_sightings().next() else { return Ok(false) };
        let by = stage.coordinator(view)?;
        let reason = "it is our codename, and they ask what it stands for".to_owned();
        let leak = Decision::Sighting { thing: seen.sighting.thing, leak: true, reason };
        stage.give(case.id, by, &Command::Decide(Box::new(leak)))?;
        let source = seen.sighting.place.clone();
        stage.give(case.id, by, &Command::Observe(Box::new(Observation::Public { source })))
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        let at = on_time(last, case)?;
        let [seen] = case.sightings.as_slice() else {
            return Err("the house did not see the word once".into());
        };
        ensure(seen.sighting.spot == Spot::Feed, "it was seen elsewhere")?;
        ensure(case.leaks.len() == 1, "the leak was not recorded once")?;
        let ended = case.embargo.ended.as_ref().ok_or("the embargo did not end")?;
        ensure(ended.by == EndedBy::World, "the world did not end the embargo")?;
        let agreed = case.embargo.agreed.and_then(|r| case.embargo.proposal(r));
        let agreed = agreed.ok_or("no date was ever agreed")?;
        ensure(at < agreed.instant, "the advisory waited for a date that had lost its sense")
    }
}
