//! Stories: what happens in a drill beyond the routine, and how each must end.
//!
//! A story says who is in its world, what people decide otherwise than usual, where it takes a
//! turn, and asserts its ending. The routine itself is in [`crate::hands`].

mod already_public;
mod approver_leaves;
mod checks;
mod clumsy;
mod contour;
mod distributors;
mod exploited;
mod release_fails;
mod small;
mod two_reporters;
mod two_vulnerabilities;
mod upstream;
mod word_leaks;

use advisory::mailbox::MailboxError;
use case::{
    LineKey,
    event::{Origin, Triage},
};
use engine::View;
use jiff::Timestamp;

use crate::{
    stage::{DrillError, Stage},
    world::{developers::Bug, record::Record, setting::Setting},
};

/// How everything stood when a drill was over.
pub struct Last<'a> {
    /// Every case, in the order in which they were opened.
    pub views: &'a [View],
    /// What the witness holds.
    pub records: &'a [Record],
    /// The world's setting.
    pub setting: &'a Setting,
}

/// A story.
pub trait Story: Send {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// What it is about, in a sentence.
    fn about(&self) -> &'static str;

    /// The playbook that it follows.
    fn playbook(&self) -> &'static str {
        "contour"
    }

    /// How many people are on the team.
    fn team(&self) -> usize {
        3
    }

    /// Whether visitors may play the team: not where the simulated one does something special.
    fn practised(&self) -> bool {
        true
    }

    /// Changes the world that everybody else's stories have.
    ///
    /// # Errors
    /// When the cast holds an address that is none.
    fn set(&self, _: &mut Setting) -> Result<(), MailboxError> {
        Ok(())
    }

    /// What the team makes of a report.
    fn verdict(&self, _: &View) -> Triage {
        Triage::Accepted
    }

    /// Whose bug it is.
    fn origin(&self) -> Origin {
        Origin::Ours
    }

    /// Whether vendors are told under embargo.
    fn downstream(&self) -> bool {
        true
    }

    /// Which bug of the repository a case is about.
    fn bug(&self, _: &View) -> Bug {
        Bug::Prefix
    }

    /// The date, where it is not the team's to choose.
    fn instant(&self, _: &Stage) -> Option<Timestamp> {
        None
    }

    /// The release of this line is cut from the wrong commit.
    fn botches(&self, _: &Stage, _: &LineKey) -> bool {
        false
    }

    /// The story's own turn; whether something happened.
    ///
    /// # Errors
    /// When the stage breaks.
    fn twist(&mut self, _: &mut Stage, _: &View) -> Result<bool, DrillError> {
        Ok(false)
    }

    /// The asserted ending.
    ///
    /// # Errors
    /// What is not as it must be.
    fn ending(&self, last: &Last<'_>) -> Result<(), String>;
}

/// Every story by its name.
#[must_use]
pub fn named(name: &str) -> Option<Box<dyn Story>> {
    all().into_iter().find(|story| story.name() == name)
}

/// Every story.
#[must_use]
pub fn all() -> Vec<Box<dyn Story>> {
    vec![
        Box::new(contour::Contour),
        Box::new(already_public::AlreadyPublic),
        Box::new(exploited::Exploited),
        Box::new(upstream::Upstream),
        Box::new(two_vulnerabilities::TwoVulnerabilities),
        Box::new(two_reporters::TwoReporters),
        Box::new(release_fails::ReleaseFails),
        Box::new(approver_leaves::ApproverLeaves::default()),
        Box::new(clumsy::ClumsyDeveloper::default()),
        Box::new(distributors::Objects),
        Box::new(distributors::Silent),
        Box::new(distributors::Bounces::default()),
        Box::new(distributors::Leaks),
        Box::new(word_leaks::WordLeaks::default()),
        Box::new(small::CveDeclined),
        Box::new(small::NotSecurity),
        Box::new(small::OnePerson),
    ]
}
