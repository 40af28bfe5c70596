//! Outward acts and the disclosure, from plan to receipt.

use advisory::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ActId, DisclosureId, PersonId,
    act::{Plan, Proof},
    sealing::Sealed,
    verdict::Missing,
};

/// The life of an outward act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ActEvent {
    /// Written down, with its exact bytes.
    Planned {
        /// The act.
        act: ActId,
        /// What, to whom.
        plan: Box<Plan>,
        /// What approvals are bound to.
        digest: Digest,
        /// How many people must approve.
        needs: u8,
    },
    /// Somebody stands behind it.
    Approved {
        /// Which act.
        act: ActId,
        /// Who.
        by: PersonId,
        /// On which bytes.
        digest: Digest,
    },
    /// The call is about to be made.
    Started {
        /// Which act.
        act: ActId,
    },
    /// The mail was encrypted or signed; this is what goes out.
    Sealed {
        /// Which act.
        act: ActId,
        /// What was made.
        sealed: Sealed,
    },
    /// The world has it.
    Done {
        /// Which act.
        act: ActId,
        /// The receipt.
        proof: Proof,
    },
    /// It did not happen.
    Failed {
        /// Which act.
        act: ActId,
        /// Why.
        why: String,
    },
    /// It did not happen yet: it could not be taken now, and is tried again by itself.
    PutOff {
        /// Which act.
        act: ActId,
        /// In the counterpart's words.
        why: String,
        /// When it is tried again.
        until: Timestamp,
    },
    /// Nobody can know.
    Uncertain {
        /// Which act.
        act: ActId,
        /// Why.
        why: String,
    },
    /// A person wants it tried again, under the same key.
    Retried {
        /// Which act.
        act: ActId,
        /// Why.
        reason: String,
    },
    /// Given up.
    Cancelled {
        /// Which act.
        act: ActId,
        /// Why.
        reason: String,
    },
}

/// The life of a disclosure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum DisclosureEvent {
    /// Instant and acts in order; the acts are planned right after.
    Planned {
        /// Its id.
        id: DisclosureId,
        /// When it goes out.
        instant: Timestamp,
        /// IANA zone the instant was chosen in.
        zone: String,
        /// What goes out, in order.
        acts: Vec<ActId>,
        /// Digest over instant and acts, which approvals are bound to.
        digest: Digest,
    },
    /// Somebody stands behind all of it.
    Approved {
        /// Which one.
        id: DisclosureId,
        /// Who.
        by: PersonId,
        /// On which digest.
        digest: Digest,
    },
    /// It will go out by itself.
    Armed {
        /// Which one.
        id: DisclosureId,
    },
    /// A person says that its instant has come, where no clock but this machine's can be asked.
    TimeTold {
        /// Which one.
        id: DisclosureId,
        /// The name of who says so, as it was known then.
        name: String,
        /// By which clock.
        clock: String,
    },
    /// It is stopped.
    Held {
        /// Which one.
        id: DisclosureId,
        /// Why.
        reason: String,
    },
    /// It goes on.
    Resumed {
        /// Which one.
        id: DisclosureId,
    },
    /// Its instant came, but something is missing.
    Blocked {
        /// Which one.
        id: DisclosureId,
        /// What is missing.
        missing: Vec<Missing>,
    },
    /// It goes out now.
    Started {
        /// Which one.
        id: DisclosureId,
    },
    /// All of it is out.
    Finished {
        /// Which one.
        id: DisclosureId,
    },
    /// Given up for another plan.
    Dropped {
        /// Which one.
        id: DisclosureId,
        /// Why.
        reason: String,
    },
}

impl DisclosureEvent {
    /// The disclosure that it belongs to.
    #[must_use]
    pub fn id(&self) -> DisclosureId {
        match self {
            Self::Planned { id, .. }
            | Self::Approved { id, .. }
            | Self::Armed { id }
            | Self::TimeTold { id, .. }
            | Self::Held { id, .. }
            | Self::Resumed { id }
            | Self::Blocked { id, .. }
            | Self::Started { id }
            | Self::Finished { id }
            | Self::Dropped { id, .. } => *id,
        }
    }
}
