//! Due dates: so much time after something that happened, or is going to.

use case::Case;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// What a due date is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Anchor {
    /// The first report arrived.
    Report,
    /// The verdict was given.
    Verdict,
    /// The forge's draft was first seen.
    Draft,
    /// The deadline to object to the embargo's date.
    AnswerBy,
    /// The instant of publication.
    Instant,
    /// The advisory was published.
    Published,
}

/// How long after it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Span {
    BusinessDays(u32),
    Hours(u32),
    /// The policy's time to acknowledge, in business days.
    AcknowledgeWithin,
}

/// A due date.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    pub(crate) after: Anchor,
    pub(crate) span: Span,
}

impl Due {
    /// The instant, once what it is counted from is known.
    pub(crate) fn at(self, case: &Case, published: Option<Timestamp>) -> Option<Timestamp> {
        let from = self.after.at(case, published)?;
        let days = |days| case.policy.calendar.add_business_days(from, days).ok();
        match self.span {
            Span::BusinessDays(count) => days(count),
            Span::Hours(hours) => from.checked_add(SignedDuration::from_hours(hours.into())).ok(),
            Span::AcknowledgeWithin => days(case.policy.acknowledge_within),
        }
    }
}

impl Anchor {
    fn at(self, case: &Case, published: Option<Timestamp>) -> Option<Timestamp> {
        let embargo = &case.embargo;
        let current = embargo.agreed.or(embargo.pending).and_then(|r| embargo.proposal(r));
        match self {
            Self::Report => case.reports.values().map(|report| report.received_at).min(),
            Self::Verdict => case.triage.as_ref().map(|triaged| triaged.at),
            Self::Draft => case.forge.draft_seen_at,
            Self::AnswerBy => current.map(|proposal| proposal.answer_by),
            Self::Instant => {
                let planned = case.disclosure.as_ref().map(|plan| plan.instant);
                planned.or(current.map(|proposal| proposal.instant))
            }
            Self::Published => published,
        }
    }
}
