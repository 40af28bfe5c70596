//! The bug is known before anybody could keep it: no embargo, no private fork, and all haste.

use case::{Command, act::ActKind, observation::Observation};
use engine::View;

use super::{
    Last, Story,
    checks::{Check, ensure, happened, notified, on_time, only},
};
use crate::{
    stage::{DrillError, Stage},
    world::{record::Happened, wire::Word},
};

pub(super) struct AlreadyPublic;

impl Story for AlreadyPublic {
    fn name(&self) -> &'static str {
        "already-public"
    }

    fn about(&self) -> &'static str {
        "the bug stands in a public issue when the report arrives"
    }

    /// There is nothing to tell distributors that they could not read.
    fn downstream(&self) -> bool {
        false
    }

    fn practised(&self) -> bool {
        false
    }

    fn twist(&mut self, stage: &mut Stage, view: &View) -> Result<bool, DrillError> {
        let case = &view.loaded.case;
        if case.triage.is_none() || case.facts.is_public() {
            return Ok(false);
        }
        stage.word(Word::Told {
            who: "somebody".into(),
            place: "the public issue tracker".into(),
            words: "prefix routes match too much, see attached".into(),
        })?;
        let source = "a public issue describes the same flaw".to_owned();
        let by = stage.coordinator(view)?;
        stage.give(case.id, by, &Command::Observe(Box::new(Observation::Public { source })))
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        on_time(last, case)?;
        ensure(!notified(last), "an embargoed notice went out for a public bug")?;
        ensure(
            !happened(last, |what| matches!(what, Happened::ForkAsked { .. })),
            "a private fork was made for a public bug",
        )?;
        ensure(case.embargo.agreed.is_none(), "an embargo was agreed for a public bug")?;
        let acts = case.acts_of(|kind| *kind == ActKind::NotifyUsers);
        ensure(acts.filter(|act| act.done_at().is_some()).count() == 1, "the users know nothing")
    }
}
