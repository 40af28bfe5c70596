//! A developer pushes a branch and a commit that name the case to the public repository: the guard before
//! the push stops both, and the case goes on as if nothing had been.

use case::state::Phase;
use engine::View;

use super::{
    Last, Story,
    checks::{Check, ensure, happened, on_time, only},
};
use crate::{
    stage::{DrillError, Stage},
    world::{developers::Call, record::Happened, wire::Request},
};

#[derive(Default)]
pub(super) struct ClumsyDeveloper {
    tried: bool,
}

impl Story for ClumsyDeveloper {
    fn name(&self) -> &'static str {
        "clumsy-developer"
    }

    fn about(&self) -> &'static str {
        "a developer pushes words that give the case away, and the guard stops the push"
    }

    fn practised(&self) -> bool {
        false
    }

    fn twist(&mut self, stage: &mut Stage, view: &View) -> Result<bool, DrillError> {
        let case = &view.loaded.case;
        let id = case.cve_ids().into_iter().next();
        let prepared = stage.work.prepared.contains_key(&case.id);
        let (Some(fork), Some(id)) = (case.forge.fork.clone(), id) else { return Ok(false) };
        if self.tried || !prepared || case.phase != Phase::Open {
            return Ok(false);
        }
        self.tried = true;
        let codename = case.codename.as_str();
        // As people type them.
        let branch = format!("fix-{}", codename.replace(' ', "_"));
        let message = format!("WIP: {}", id.to_string().replace('-', " "));
        let terms = format!("codename:{codename}\n{id}\n");
        stage.ask(&Request::Develop(Call::Push { fork, branch, message, terms }))?;
        Ok(true)
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        on_time(last, case)?;
        let both =
            |what: &Happened| matches!(what, Happened::Stopped { rules, .. } if rules.len() == 2);
        ensure(happened(last, both), "no guard stopped the developer for the branch and the commit")
    }
}
