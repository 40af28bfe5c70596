//! A playbook: the process as data.

use std::collections::BTreeMap;

use advisory::digest::Digest;
use case::{
    Gate, Policy, StepId, event::PlaybookPin, notice::ListProfile, policy::ReleaseMode,
    rights::Role,
};

use crate::{ParseError, action::Action, due::Due, expr::Expr, file, parse, template::Template};

/// A parsed and checked playbook.
#[derive(Debug, Clone)]
pub struct Playbook {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) digest: Digest,
    pub(crate) source: String,
    pub(crate) release_mode: ReleaseMode,
    pub(crate) policy: file::Policy,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) steps: Vec<Step>,
}

/// What a project brings to a playbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The project's public name.
    pub project: String,
    /// Repositories with supported lines, by short name.
    pub repositories: Vec<String>,
    /// The project's own list profiles; one of the same name replaces the playbook's.
    pub lists: BTreeMap<String, ListProfile>,
}

/// Whether a group of steps applies at all.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) is: Expr,
    pub(crate) otherwise: Template,
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    pub(crate) id: StepId,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) role: Role,
    pub(crate) optional: bool,
    pub(crate) overridable: bool,
    pub(crate) gates: Vec<Gate>,
    pub(crate) action: Option<Action>,
    /// Conditions, by their place.
    pub(crate) when: Vec<usize>,
    /// Earlier steps, by their place.
    pub(crate) after: Vec<usize>,
    pub(crate) due: Option<Due>,
    pub(crate) waits: Vec<Wait>,
    pub(crate) clauses: Vec<Clause>,
}

/// Somebody else has the next move.
#[derive(Debug, Clone)]
pub(crate) struct Wait {
    pub(crate) condition: Expr,
    pub(crate) whom: Template,
}

/// One piece of evidence, or one for each element of a list.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    pub(crate) each: Option<Expr>,
    pub(crate) is: Expr,
    pub(crate) missing: Template,
    pub(crate) shows: Option<Template>,
}

impl Playbook {
    /// Reads a playbook's file.
    ///
    /// # Errors
    /// A [`ParseError`] with everything that is wrong in it, by line and column.
    pub fn parse(source: &str) -> Result<Self, ParseError> {
        parse::parse(source)
    }

    /// Its name: `contour`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its title for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// SHA-256 of its file.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Its file, to the byte.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What a case that follows it is pinned to.
    #[must_use]
    pub fn pin(&self) -> PlaybookPin {
        PlaybookPin { name: self.name.clone(), digest: self.digest }
    }

    /// Its steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The lists of the project that it was written for, if it was written for one.
    #[must_use]
    pub fn lists(&self) -> &BTreeMap<String, ListProfile> {
        &self.policy.lists
    }

    /// The policy that a case of this project begins with.
    #[must_use]
    pub fn policy(&self, settings: &Settings) -> Policy {
        let mut lists = self.policy.lists.clone();
        lists.extend(settings.lists.clone());
        Policy {
            project: settings.project.clone(),
            release_mode: self.release_mode,
            approvals: self.policy.approvals,
            acknowledge_within: self.policy.acknowledge_within,
            longest_embargo_days: self.policy.longest_embargo_days,
            objection_window: self.policy.objection_window,
            calendar: self.policy.calendar.clone(),
            credit_default: self.policy.credit_default,
            credit_window: self.policy.credit_window,
            lists,
            membership: self.policy.membership.clone(),
            repositories: settings.repositories.clone(),
        }
    }
}

impl Step {
    /// Its id: `tell-verdict`.
    #[must_use]
    pub fn id(&self) -> &StepId {
        &self.id
    }

    /// What is to be done, in a few words.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Which line of the process it stands for, and what to mind; may be empty.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The gates it keeps shut while it is open.
    #[must_use]
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// A recorded choice closes it.
    #[must_use]
    pub fn optional(&self) -> bool {
        self.optional
    }
}
