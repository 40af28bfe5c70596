//! Who and what there is in a drill's world, and how everybody will behave.
//!
//! Written before the drill begins and never changed by it. The addresses in here are the true
//! ones: what the house believes is compared with them.

use std::collections::BTreeSet;

use advisory::mailbox::Mailbox;
use case::people::CreditAnswer;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::history::History;

/// Everything that a world is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Setting {
    /// Decides every throw of every dice.
    pub seed: u64,
    /// True time at the beginning.
    pub begins: Timestamp,
    /// The repository's short name.
    pub repository: String,
    /// The name of its package.
    pub package: String,
    /// The team's own address, where reports come in.
    pub team: Mailbox,
    /// The distributors' list.
    pub distributors: Mailbox,
    /// The users' list.
    pub users: Mailbox,
    /// Owners of the organisation at the forge: they see every private fork.
    pub owners: BTreeSet<String>,
    /// The history that it is played on; one is made up where there is none.
    pub history: Option<History>,
    /// Supported minors with their latest release, newest first.
    pub supported: Vec<(String, String)>,
    /// A minor that gets no releases any more, with its latest one.
    pub retired: (String, String),
    /// Downstream vendors.
    pub vendors: Vec<Vendor>,
    /// People who will report a bug.
    pub reporters: Vec<Persona>,
    /// What the CNA answers.
    pub cna: CnaManner,
    /// Who can be asked about a call whose answer was lost.
    pub lookups: Lookups,
    /// Whether parties misbehave now and then.
    pub faults: bool,
}

impl Setting {
    /// The default branch.
    #[must_use]
    pub fn main(&self) -> &str {
        self.history.as_ref().map_or(MAIN, |history| &history.main)
    }

    /// The branch that holds a line.
    #[must_use]
    pub fn branch(&self, line: &str) -> String {
        let known = self.history.as_ref().and_then(|history| history.branches.get(line));
        match known {
            Some(branch) => branch.clone(),
            None if line == MAIN => line.to_owned(),
            None => format!("release-{line}"),
        }
    }

    /// Every supported line, newest first, the default branch before them.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let minors = self.supported.iter().map(|(line, _)| line.clone());
        std::iter::once(self.main().to_owned()).chain(minors).collect()
    }

    /// Nobody here made the bug up: it is in a history that exists, or in a mail that came in.
    #[must_use]
    pub fn is_real(&self) -> bool {
        self.history.is_some() || self.reporters.iter().any(|person| person.raw.is_some())
    }
}

/// The default branch of a repository that is made up.
pub const MAIN: &str = "main";

/// A downstream vendor on the distributors' list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Vendor {
    /// Its name.
    pub organisation: String,
    /// Where its copy of the list's mail goes.
    pub mailbox: Mailbox,
    /// The lines it ships.
    pub ships: Vec<String>,
    /// What it will do.
    pub manner: VendorManner,
}

/// What a vendor does with an embargoed notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VendorManner {
    /// Accepts terms and date.
    Accepts,
    /// Objects to the first date, in these words; accepts the second.
    Objects(String),
    /// Reads it and says nothing.
    Silent,
    /// Its mailbox is gone.
    Bounces,
    /// Tells the world after so long, then owns up.
    Leaks(SignedDuration),
}

/// Somebody who reports a bug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Persona {
    /// Name as it is signed.
    pub name: String,
    /// Where answers go.
    pub mailbox: Mailbox,
    /// How to be thanked; nobody answers when there is none.
    pub credit: Option<CreditAnswer>,
    /// When the report is sent, counted from the beginning.
    pub after: SignedDuration,
    /// The subject.
    pub subject: String,
    /// The words.
    pub text: String,
    /// The whole mail, where it is sent exactly as it is.
    pub raw: Option<Vec<u8>>,
}

/// Which parties can be asked whether an earlier call happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lookups {
    /// All of them.
    Everywhere,
    /// All but the mail server.
    NotMail,
    /// None of them.
    Nowhere,
}

/// What the CNA does with requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CnaManner {
    /// Gives an id, after a while.
    Assigns,
    /// Refuses, after a while.
    Declines,
}
