//! Outward acts: plan → confirm → receipt. Whatever leaves the house is an act, and the same few
//! states hold for all of them.

use std::{collections::BTreeMap, sync::Arc};

use advisory::{Advisory, digest::Digest, id::GhsaId, mailbox::Mailbox};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ActId, DisclosureId, Gate, PersonId, ReportId, VulnId,
    notice::Audience,
    policy::Approvals,
    sealing::{Seal, Sealed},
};

/// What a message to the reporter is about; the playbook asks for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// The triage verdict.
    Verdict,
    /// The draft exists, dates follow.
    Draft,
    /// An agreed or revised date, by its revision.
    Date(u32),
    /// The question how to be credited.
    Credit,
    /// Anything else.
    Other,
}

/// What an act does in the world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ActKind {
    /// Tell the reporter that the report arrived.
    Acknowledge {
        /// Which report.
        report: ReportId,
    },
    /// Write to a reporter.
    TellReporter {
        /// Who.
        person: PersonId,
        /// What about.
        topic: Topic,
    },
    /// Make the advisory draft at the forge.
    CreateDraft,
    /// Bring the forge's draft up to the current advisory.
    UpdateDraft,
    /// Ask for a CVE id.
    RequestCve {
        /// For which vulnerability.
        vulnerability: VulnId,
    },
    /// Make the private fork.
    CreateFork,
    /// Give exactly these people access at the forge; it replaces the list there.
    SetAccess,
    /// The embargoed notice to the distributors.
    NotifyDistributors,
    /// Remind a distributor that nobody has heard what it says to a date.
    Nudge {
        /// Who is asked for it.
        person: PersonId,
        /// Which date.
        revision: u32,
    },
    /// Publish the advisory at the forge.
    PublishAdvisory,
    /// Publish the CVE record.
    PublishCve {
        /// For which vulnerability.
        vulnerability: VulnId,
    },
    /// The notice to the broader users' list.
    NotifyUsers,
    /// The follow-up in the distributors' thread.
    FollowUp,
}

impl ActKind {
    /// The gate that must be open before the act may start, if any.
    #[must_use]
    pub fn gate(&self) -> Option<Gate> {
        match self {
            Self::NotifyDistributors | Self::Nudge { .. } => Some(Gate::Notify),
            Self::PublishAdvisory | Self::PublishCve { .. } => Some(Gate::Publish),
            Self::NotifyUsers | Self::FollowUp => Some(Gate::Announce),
            Self::Acknowledge { .. }
            | Self::TellReporter { .. }
            | Self::CreateDraft
            | Self::UpdateDraft
            | Self::RequestCve { .. }
            | Self::CreateFork
            | Self::SetAccess => None,
        }
    }

    /// The act makes the bug public and waits for the instant.
    #[must_use]
    pub fn discloses(&self) -> bool {
        matches!(
            self,
            Self::PublishAdvisory | Self::PublishCve { .. } | Self::NotifyUsers | Self::FollowUp
        )
    }

    /// In a few words, for lists and messages.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Acknowledge { .. } => "acknowledge the report",
            Self::TellReporter { topic: Topic::Verdict, .. } => "tell the reporter the verdict",
            Self::TellReporter { topic: Topic::Draft, .. } => "tell the reporter of the draft",
            Self::TellReporter { topic: Topic::Date(_), .. } => "tell the reporter the date",
            Self::TellReporter { topic: Topic::Credit, .. } => "ask the reporter about credit",
            Self::TellReporter { topic: Topic::Other, .. } => "write to the reporter",
            Self::CreateDraft => "create the advisory draft",
            Self::UpdateDraft => "update the advisory draft",
            Self::RequestCve { .. } => "request a CVE id",
            Self::CreateFork => "create the private fork",
            Self::SetAccess => "set access to the private fork",
            Self::NotifyDistributors => "notify the distributors",
            Self::Nudge { .. } => "remind a distributor of the date",
            Self::PublishAdvisory => "publish the advisory",
            Self::PublishCve { .. } => "publish the CVE record",
            Self::NotifyUsers => "notify the users",
            Self::FollowUp => "follow up with the distributors",
        }
    }

    /// Whom a notice of this kind is for.
    #[must_use]
    pub fn audience(&self) -> Audience {
        match self {
            Self::NotifyDistributors | Self::Nudge { .. } | Self::FollowUp => {
                Audience::Distributors
            }
            _ => Audience::Users,
        }
    }

    /// How many people must approve it under the given policy: at least one, unless it is the
    /// house's own acknowledgement.
    #[must_use]
    pub fn approvals(&self, policy: &Approvals) -> u8 {
        match self {
            Self::Acknowledge { .. } => 0,
            Self::PublishAdvisory | Self::PublishCve { .. } => policy.publish.max(1),
            Self::NotifyDistributors | Self::Nudge { .. } | Self::NotifyUsers | Self::FollowUp => {
                policy.notice.max(1)
            }
            _ => policy.other.max(1),
        }
    }

    /// Done at most once in a case's life: a second one would be a second acknowledgement, draft,
    /// request or publication of the same thing.
    #[must_use]
    pub fn once(&self) -> bool {
        matches!(
            self,
            Self::Acknowledge { .. }
                | Self::CreateDraft
                | Self::Nudge { .. }
                | Self::RequestCve { .. }
                | Self::PublishAdvisory
                | Self::PublishCve { .. }
        )
    }
}

/// Where an act goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Recipient {
    /// One person, at a verified address.
    Person {
        /// Who.
        person: PersonId,
        /// Where.
        mailbox: Mailbox,
        /// How the mail is sealed; `None` for one that anybody can read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seal: Option<Seal>,
    },
    /// A person who can only be reached on the receipt page.
    ReceiptPage {
        /// Who.
        person: PersonId,
    },
    /// A mailing list, by its name in the policy.
    List {
        /// The list profile's name.
        list: String,
        /// The exact address.
        mailbox: Mailbox,
        /// How the mail is sealed; `None` for one that anybody can read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seal: Option<Seal>,
    },
    /// The forge, by the project's repository.
    Forge {
        /// Repository.
        repository: String,
        /// Which advisory there, once there is one: two open cases have one each.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        advisory: Option<GhsaId>,
    },
    /// The CVE numbering authority.
    Cna,
}

impl Recipient {
    /// How the mail to it is sealed, where it is.
    #[must_use]
    pub fn seal(&self) -> Option<&Seal> {
        match self {
            Self::Person { seal, .. } | Self::List { seal, .. } => seal.as_ref(),
            _ => None,
        }
    }

    /// The person that it is.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { person, .. } | Self::ReceiptPage { person } => Some(*person),
            _ => None,
        }
    }

    /// Its address, where it has one.
    #[must_use]
    pub fn mailbox(&self) -> Option<&Mailbox> {
        match self {
            Self::Person { mailbox, .. } | Self::List { mailbox, .. } => Some(mailbox),
            _ => None,
        }
    }

    /// Whether words go to it, by mail or on a list's pages.
    #[must_use]
    pub fn gets_words(&self) -> bool {
        matches!(self, Self::Person { .. } | Self::List { .. })
    }
}

/// The exact bytes of an act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Payload {
    /// A message in words.
    Message {
        /// Subject line.
        subject: String,
        /// Body, LF line ends.
        body: String,
    },
    /// An advisory as the forge or the CNA shall have it.
    Advisory(Box<Advisory>),
    /// Accounts at the forge.
    Logins(Vec<String>),
    /// The act says all.
    Empty,
}

/// What is planned: kind, recipients and bytes, and the digest over all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What it does.
    pub kind: ActKind,
    /// To whom, in order.
    pub to: Vec<Recipient>,
    /// The exact content.
    pub payload: Payload,
    /// The disclosure that carries it out, when it is not approved by itself.
    pub under: Option<DisclosureId>,
}

impl Plan {
    /// The digest that approvals are bound to: SHA-256 over the kind, the recipients in order with
    /// the keys that their mail is encrypted to, and the plaintext payload, before any encryption or
    /// signature.
    ///
    /// # Errors
    /// When a part cannot be serialised.
    pub fn digest(&self) -> Result<Digest, serde_json::Error> {
        let kind = serde_json::to_vec(&self.kind)?;
        let to = serde_json::to_vec(&self.to)?;
        let payload = serde_json::to_vec(&self.payload)?;
        Ok(Digest::of_parts("fermata plan 1", [kind.as_slice(), &to, &payload]))
    }
}

/// What a counterpart showed for a finished act: a URL, a message id, an archive post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Which counterpart said so.
    pub by: String,
    /// Its own name for the thing: URL, message id, queue id.
    pub reference: String,
}

/// Where an act stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActState {
    /// Waits for approvals.
    Planned,
    /// May start.
    Approved {
        /// Since when.
        at: Timestamp,
    },
    /// The call is on its way; durable before it is made.
    Started {
        /// Since when.
        at: Timestamp,
    },
    /// The world has it.
    Done {
        /// Since when.
        at: Timestamp,
        /// The receipt.
        proof: Proof,
    },
    /// It did not happen and will not by itself.
    Failed {
        /// Since when.
        at: Timestamp,
        /// In the counterpart's words.
        why: String,
    },
    /// Nobody can know whether it happened; only a person goes on from here.
    Uncertain {
        /// Since when.
        at: Timestamp,
        /// What is known.
        why: String,
    },
    /// Given up before it started.
    Cancelled {
        /// Since when.
        at: Timestamp,
        /// The reason.
        why: String,
    },
}

/// A call that could not be taken when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutOff {
    /// In the counterpart's words.
    pub why: String,
    /// When it is tried again.
    pub until: Timestamp,
    /// How often in a row that was so.
    pub times: u32,
}

/// One outward act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// Its id, and the stable key of its effect.
    pub id: ActId,
    /// What is planned.
    pub plan: Plan,
    /// What approvals are bound to.
    pub digest: Digest,
    /// The revision of the case's advisory that it was planned with; 0 before there was one.
    pub advisory_revision: u32,
    /// The advisory as the case would have published it when the act was planned, where the act
    /// discloses: what its words, even those of a notice, were made from.
    #[serde(skip)]
    pub about: Option<Arc<Advisory>>,
    /// Approvals needed, fixed when it was planned.
    pub needs: u8,
    /// Who planned it, when a person did.
    pub planned_by: Option<PersonId>,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// Who stands behind it.
    pub approvals: BTreeMap<PersonId, Timestamp>,
    /// The person who wrote its receipt down, when the house did not.
    pub done_by: Option<PersonId>,
    /// Where it stands.
    pub state: ActState,
    /// Calls made so far.
    pub attempts: u32,
    /// The last call could not be taken, and the act is tried again by itself.
    pub put_off: Option<PutOff>,
    /// The mail that goes out, once it was sealed: every try sends the same.
    pub sealed: Option<Sealed>,
}

impl Act {
    /// When it was done, if it was.
    #[must_use]
    pub fn done_at(&self) -> Option<Timestamp> {
        match self.state {
            ActState::Done { at, .. } => Some(at),
            _ => None,
        }
    }

    /// Done or given up: nothing more will come of it.
    #[must_use]
    pub fn over(&self) -> bool {
        matches!(self.state, ActState::Done { .. } | ActState::Cancelled { .. })
    }

    /// Still to be carried out or on its way.
    #[must_use]
    pub fn live(&self) -> bool {
        !matches!(
            self.state,
            ActState::Done { .. } | ActState::Failed { .. } | ActState::Cancelled { .. }
        )
    }
}
