//! The date: proposed, agreed, told, and changed where somebody objects.

use case::{
    Command, Role,
    act::{ActKind, Topic},
    embargo::Answer,
};
use engine::View;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::Did;
use crate::{scenarios::Story, stage::Stage, world::wire::Word};

/// The hour at which the team likes to publish.
const HOUR: i8 = 15;

impl Stage {
    /// Proposes a date where there is none, and accepts the one on the table.
    pub(super) fn date(&mut self, story: &dyn Story, view: &View) -> Did {
        let case = &view.loaded.case;
        let by = self.coordinator(view)?;
        if let Some(revision) = case.embargo.pending {
            return self.give(case.id, by, &Command::AgreeEmbargo { revision });
        }
        if case.embargo.agreed.is_some() {
            return self.tell_date(view);
        }
        let shared = self.shared_instant(view)?;
        match shared.or_else(|| story.instant(self)).or_else(|| self.instant_in(view, 11)) {
            Some(instant) => self.propose(view, instant),
            None => Ok(false),
        }
    }

    /// The date of another open case: what is released together is published together.
    fn shared_instant(&self, view: &View) -> Result<Option<Timestamp>, crate::stage::DrillError> {
        let views = self.views()?;
        let mut others = views.iter().filter(|other| other.loaded.case.id != view.loaded.case.id);
        Ok(others.find_map(|other| other.loaded.case.embargo.agreed_instant()))
    }

    /// A time of day that suits everybody, on the first day from `days` on that allows it.
    pub(crate) fn instant_in(&self, view: &View, days: i64) -> Option<Timestamp> {
        let calendar = &view.loaded.case.policy.calendar;
        (days..days.saturating_add(14)).find_map(|day| {
            let span = SignedDuration::from_hours(day.saturating_mul(24));
            let date = self.now().checked_add(span).ok()?.to_zoned(TimeZone::UTC).date();
            let instant = date.at(HOUR, 0, 0, 0).to_zoned(TimeZone::UTC).ok()?.timestamp();
            calendar.may_publish(instant).is_ok().then_some(instant)
        })
    }

    pub(crate) fn propose(&mut self, view: &View, instant: Timestamp) -> Did {
        let by = self.coordinator(view)?;
        let zone = "Europe/Berlin".to_owned();
        let tzdata = "2025b".to_owned();
        let command = Command::ProposeEmbargo { instant, zone, tzdata, answer_by: None };
        self.give(view.loaded.case.id, by, &command)
    }

    pub(super) fn tell_date(&mut self, view: &View) -> Did {
        match view.loaded.case.embargo.agreed {
            Some(revision) => self.tell(view, &Topic::Date(revision)),
            None => Ok(false),
        }
    }

    /// An objection is met with a later date, of which everybody is told anew.
    pub(super) fn buy_in(&mut self, story: &dyn Story, view: &View) -> Did {
        let case = &view.loaded.case;
        let objecting = case.holding(Role::Distributor).find(|(person, _)| {
            matches!(
                case.embargo.answer_until(*person, u32::MAX),
                Some((_, Answer::Objected { settled: None, .. }))
            )
        });
        let Some((_, participant)) = objecting else {
            // Consent belongs to one date: a new one is asked about with a new notice.
            let asked = case.acts_of(|kind| *kind == ActKind::NotifyDistributors).last();
            let since = case.embargo.current().and_then(|r| case.embargo.proposal(r));
            let stale = match (asked, since) {
                (Some(act), Some(proposal)) => act.planned_at < proposal.at || !act.over(),
                _ => false,
            };
            return if stale { self.notice(story, view) } else { Ok(false) };
        };
        let organisation = participant.organisation.clone().unwrap_or_default();
        if case.embargo.pending.is_some() || case.embargo.proposals.len() > 1 {
            return self.date(story, view);
        }
        let later = case
            .embargo
            .agreed_instant()
            .and_then(|agreed| agreed.checked_add(SignedDuration::from_hours(48)).ok())
            .filter(|instant| case.policy.calendar.may_publish(*instant).is_ok())
            .or_else(|| self.instant_in(view, 14));
        let Some(later) = later else { return Ok(false) };
        let proposed = self.propose(view, later)?;
        if proposed {
            self.word(Word::Met { organisation })?;
        }
        Ok(proposed)
    }
}
