//! What somebody wants. A command becomes events in [`decide`](crate::decide()), or a refusal.
//!
//! Unknown fields are refused: a misspelt optional field must not silently mean its default.

use std::collections::BTreeSet;

use advisory::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ActId, CaseId, DisclosureId, PersonId, ReportId,
    act::{ActKind, Plan, Proof},
    embargo::Given,
    event::{Decision, ReportLink},
    observation::Observation,
    people::CreditAnswer,
    policy::Approvals,
    rights::{Permission, Role},
    sealing::{Correspondent, Sealed},
    told::Attestation,
};

/// Who shall take part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// Who.
    pub person: PersonId,
    /// Name to show.
    pub name: String,
    /// Organisation, for distributors.
    pub organisation: Option<String>,
    /// Verified address.
    pub mailbox: Option<advisory::mailbox::Mailbox>,
    /// Account at the forge.
    pub login: Option<String>,
    /// In which roles.
    pub roles: BTreeSet<Role>,
}

/// A wish to change a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Add a report to the case.
    Link(Box<ReportLink>),
    /// Take a report out again.
    Unlink {
        /// Which.
        report: ReportId,
        /// Why.
        reason: String,
    },
    /// Record that reports went to another case.
    SplitOff {
        /// The new case.
        into: CaseId,
        /// Which reports.
        reports: BTreeSet<ReportId>,
        /// Why.
        reason: String,
    },
    /// Go on as another case.
    Merge {
        /// The other case.
        into: CaseId,
        /// Why.
        reason: String,
    },
    /// Take the case back as a whole.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// End the case.
    Close {
        /// In a sentence.
        reason: String,
    },
    /// Take a closed case up again.
    Reopen {
        /// Why.
        reason: String,
    },
    /// Let more or fewer people have to stand behind what leaves the house. More is in force at
    /// once, fewer when somebody else has confirmed it.
    SetApprovals {
        /// How many.
        approvals: Approvals,
        /// Why.
        reason: String,
    },
    /// Agree to fewer approvals that somebody else proposed.
    ConfirmApprovals {
        /// The numbers that were shown.
        approvals: Approvals,
    },
    /// Write down what the world shows.
    Observe(Box<Observation>),
    /// Record a decision.
    Decide(Box<Decision>),
    /// Let somebody take part.
    Invite(Box<Invitation>),
    /// End somebody's part.
    Remove {
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// Somebody has left the project's team: what they stood behind here, they do no more.
    Left {
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// Somebody is on the project's roll of distributors no more: as one, they take part no more.
    Expel {
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// Protect mail to somebody like this from now on.
    Protect {
        /// Who.
        person: PersonId,
        /// How.
        correspondent: Box<Correspondent>,
        /// The fingerprint of the key that shall be pinned no more.
        replaces: Option<String>,
    },
    /// Ask the reporter how to be credited.
    OfferCredit {
        /// Who.
        person: PersonId,
    },
    /// Record how the reporter wants to be credited.
    AnswerCredit {
        /// Who.
        person: PersonId,
        /// How.
        answer: CreditAnswer,
    },
    /// The window for an answer has passed.
    DefaultCredit {
        /// Who.
        person: PersonId,
    },
    /// Tell what somebody saw, where no counterpart can be read.
    Attest(Box<Attestation>),
    /// Put a date on the table.
    ProposeEmbargo {
        /// The publication instant.
        instant: Timestamp,
        /// IANA zone it was chosen in.
        zone: String,
        /// Version of the time zone data.
        tzdata: String,
        /// Until when to object; the policy's window if `None`.
        answer_by: Option<Timestamp>,
    },
    /// Accept the date on the table for the project.
    AgreeEmbargo {
        /// Which revision.
        revision: u32,
    },
    /// Turn the date on the table down.
    RejectEmbargo {
        /// Which revision.
        revision: u32,
        /// Why.
        reason: String,
    },
    /// A participant accepts date and terms.
    Consent {
        /// Who.
        person: PersonId,
        /// Which revision.
        revision: u32,
    },
    /// A participant objects.
    Object {
        /// Who.
        person: PersonId,
        /// To which revision.
        revision: u32,
        /// Why.
        reason: String,
    },
    /// A distributor answers about the date, in place of what it answered before.
    AnswerFor {
        /// Who is asked for it in this case.
        person: PersonId,
        /// To which revision.
        revision: u32,
        /// Why it objects; it accepts if there is none.
        objection: Option<String>,
        /// Who said so, and how that arrived.
        given: Given,
    },
    /// A participant takes an objection back.
    WithdrawObjection {
        /// Who.
        person: PersonId,
    },
    /// The plan now meets an objection.
    MeetObjection {
        /// Whose.
        person: PersonId,
        /// How.
        how: String,
    },
    /// Go ahead in spite of an objection.
    OverrideObjection {
        /// Whose.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// End the embargo before its instant.
    EndEmbargo {
        /// Why.
        reason: String,
    },
    /// Plan an outward act.
    Plan {
        /// Its id.
        act: ActId,
        /// What, to whom.
        plan: Box<Plan>,
    },
    /// Stand behind an act.
    Approve {
        /// Which act.
        act: ActId,
        /// The digest that was shown.
        digest: Digest,
    },
    /// The effect runner is about to make the call.
    Start {
        /// Which act.
        act: ActId,
    },
    /// The mail of the call was sealed, and is about to be sent.
    Seal {
        /// Which act.
        act: ActId,
        /// What was made.
        sealed: Sealed,
    },
    /// The call succeeded, or reading back showed that it had.
    Finish {
        /// Which act.
        act: ActId,
        /// The receipt.
        proof: Proof,
    },
    /// The call failed for certain.
    Fail {
        /// Which act.
        act: ActId,
        /// Why.
        why: String,
    },
    /// The call certainly had no effect, because it could not be taken now.
    PutOff {
        /// Which act.
        act: ActId,
        /// In the counterpart's words.
        why: String,
        /// When to try again.
        until: Timestamp,
    },
    /// Nobody can know whether the call had its effect.
    Doubt {
        /// Which act.
        act: ActId,
        /// What is known.
        why: String,
    },
    /// A person found out that an uncertain act happened.
    Resolve {
        /// Which act.
        act: ActId,
        /// The proof found.
        proof: Proof,
    },
    /// A person wants a failed or uncertain act tried again.
    Retry {
        /// Which act.
        act: ActId,
        /// Why that is right.
        reason: String,
    },
    /// Give an act up.
    Cancel {
        /// Which act.
        act: ActId,
        /// Why.
        reason: String,
    },
    /// Plan the disclosure: an instant, and the acts in order.
    PlanDisclosure {
        /// Its id.
        id: DisclosureId,
        /// When it goes out.
        instant: Timestamp,
        /// IANA zone the instant was chosen in.
        zone: String,
        /// Acts in order.
        acts: Vec<(ActId, Plan)>,
    },
    /// Stand behind the disclosure as a whole.
    ApproveDisclosure {
        /// Which one.
        id: DisclosureId,
        /// The digest that was shown.
        digest: Digest,
    },
    /// Arm it.
    Arm {
        /// Which one.
        id: DisclosureId,
    },
    /// Stop it.
    Hold {
        /// Which one.
        id: DisclosureId,
        /// Why.
        reason: String,
    },
    /// Let it go on.
    Resume {
        /// Which one.
        id: DisclosureId,
    },
    /// Give it up, to plan it anew.
    Drop {
        /// Which one.
        id: DisclosureId,
        /// Why.
        reason: String,
    },
    /// Tell that the instant has come, where no clock but this machine's can be asked.
    TellTime {
        /// Which one.
        id: DisclosureId,
        /// The name of who says so.
        name: String,
        /// By which clock.
        clock: String,
    },
    /// The instant has come, says the timer.
    Fire {
        /// Which one.
        id: DisclosureId,
    },
}

impl Command {
    /// The permission that the actor must hold.
    #[must_use]
    pub fn permission(&self) -> Permission {
        use Permission as P;
        match self {
            Self::Link(_) | Self::Attest(_) => P::Observe,
            Self::Observe(seen) => {
                if seen.told_by_people() {
                    P::Observe
                } else {
                    P::Run
                }
            }
            Self::Decide(decision) => match **decision {
                Decision::Fix { .. } => P::Fix,
                Decision::Train { .. } | Decision::Burnt { .. } => P::Release,
                _ => P::Coordinate,
            },
            Self::Invite(_) | Self::Remove { .. } | Self::Protect { .. } => P::Invite,
            Self::AnswerCredit { .. }
            | Self::ProposeEmbargo { .. }
            | Self::Consent { .. }
            | Self::Object { .. }
            | Self::AnswerFor { .. }
            | Self::WithdrawObjection { .. } => P::Answer,
            Self::Plan { plan, .. } => match plan.kind {
                // The house acknowledges by itself; nobody else's word is needed for that. A reminder
                // it only prepares.
                ActKind::Acknowledge { .. } | ActKind::Nudge { .. } => P::Observe,
                _ => P::Plan,
            },
            Self::SetApprovals { .. }
            | Self::ConfirmApprovals { .. }
            | Self::Approve { .. }
            | Self::ApproveDisclosure { .. }
            | Self::Arm { .. }
            | Self::Resume { .. }
            | Self::TellTime { .. } => P::Approve,
            Self::PlanDisclosure { .. } | Self::Cancel { .. } | Self::Drop { .. } => P::Plan,
            Self::Left { .. }
            | Self::Expel { .. }
            | Self::DefaultCredit { .. }
            | Self::Start { .. }
            | Self::Seal { .. }
            | Self::Finish { .. }
            | Self::Fail { .. }
            | Self::PutOff { .. }
            | Self::Doubt { .. }
            | Self::Fire { .. } => P::Run,
            Self::Unlink { .. }
            | Self::SplitOff { .. }
            | Self::Merge { .. }
            | Self::Withdraw { .. }
            | Self::Close { .. }
            | Self::Reopen { .. }
            | Self::OfferCredit { .. }
            | Self::AgreeEmbargo { .. }
            | Self::RejectEmbargo { .. }
            | Self::MeetObjection { .. }
            | Self::OverrideObjection { .. }
            | Self::EndEmbargo { .. }
            | Self::Resolve { .. }
            | Self::Retry { .. }
            | Self::Hold { .. } => P::Coordinate,
        }
    }
}
