//! What everybody can read of the records that a case has published, held against what was approved
//! last. An advisory's life does not end with its publication, and neither does this: it goes on
//! after the case is closed.

use advisory::{Advisory, Digest, Format, Reader, check::Weight};
use case::{
    Case, CaseId, Command, PublicRecord, PublishedCopy, act::ActKind, event::ActEvent,
    observation::Observation, state::Phase,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Engine, EngineError, journal,
    ports::{PortError, Ports},
    published,
    records::STAGE,
};

/// After something was published or changed there, before it is looked at: what is shown to
/// everybody may be kept for a while on its way.
const FIRST_LOOK: SignedDuration = SignedDuration::from_mins(10);
/// Most changes by hand come on the first day.
const FIRST_DAY: SignedDuration = SignedDuration::from_hours(24);
const ON_THE_FIRST_DAY: SignedDuration = SignedDuration::from_hours(1);
const LATER: SignedDuration = SignedDuration::from_hours(24);
/// Before a party that could not be reached is asked again.
const RETRY: SignedDuration = SignedDuration::from_mins(1);

/// When copies are to be looked at because of an act that is done; `case` is the case after it.
pub(crate) fn first_look(case: &Case, event: &ActEvent, now: Timestamp) -> Option<Timestamp> {
    let ActEvent::Done { act, .. } = event else { return None };
    let kind = &case.acts.get(act)?.plan.kind;
    let changes = PublicRecord::of(kind).is_some() || *kind == ActKind::UpdateDraft;
    let published = case.public_records().next().is_some();
    (changes && published).then(|| later(now, FIRST_LOOK))
}

impl Engine {
    /// Looks at every published copy of a case and records what is new; when to look again, unless
    /// the case speaks for nothing any more.
    pub(crate) fn watch_copies(&self, id: CaseId) -> Result<Option<Timestamp>, EngineError> {
        let case = journal::load(&*self.store, id)?.case;
        if !matches!(case.phase, Phase::Open | Phase::Closed) {
            return Ok(None);
        }
        let Some((since, ours)) = published::in_force(&case) else { return Ok(None) };
        let now = self.clock.wall();
        let mut unreached = false;
        for record in case.public_records() {
            let Ok(shown) = shown(&self.ports, &case, record) else {
                unreached = true;
                continue;
            };
            let Some(copy) = seen(&case, record, shown.as_deref(), ours, now) else { continue };
            match self.house(id, &Command::Observe(Box::new(Observation::Copy(copy))), None) {
                Ok(_) | Err(EngineError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let young = now.duration_since(since) < FIRST_DAY;
        let wait = match (unreached, young) {
            (true, _) => RETRY,
            (false, true) => ON_THE_FIRST_DAY,
            (false, false) => LATER,
        };
        Ok(Some(later(now, wait)))
    }
}

/// A record's document as everybody can read it; `None` where nothing is shown, or nobody can look.
fn shown(ports: &Ports, case: &Case, record: PublicRecord) -> Result<Option<String>, PortError> {
    let shown = match record {
        PublicRecord::Advisory => {
            case.forge.draft.as_ref().map(|draft| ports.forge.published(&draft.ghsa))
        }
        PublicRecord::Cve(vulnerability) => {
            let id = case.vulnerabilities.get(&vulnerability).and_then(|known| known.cve_id);
            id.map(|id| ports.cna.published(id))
        }
    };
    match shown {
        None | Some(Err(PortError::Absent(_))) => Ok(None),
        Some(shown) => shown,
    }
}

/// The look at one record, where it is news. What was never shown yet is on its way; what was, and
/// is no more, is gone.
fn seen(
    case: &Case,
    record: PublicRecord,
    shown: Option<&str>,
    ours: &Advisory,
    now: Timestamp,
) -> Option<PublishedCopy> {
    let before = case.copies.get(&record);
    let differences = match shown {
        Some(text) => differences(ours, now, record, text),
        None if before.is_some() => vec!["nobody can read it there any more".to_owned()],
        None => return None,
    };
    let digest = Digest::of(shown.unwrap_or_default().as_bytes());
    let copy = PublishedCopy::new(record, digest, differences);
    before.is_none_or(|before| before.copy != copy).then_some(copy)
}

/// What readers should not find in the copy, in words. What is only for information, such as a link
/// that a catalogue added, is left alone.
fn differences(ours: &Advisory, now: Timestamp, record: PublicRecord, text: &str) -> Vec<String> {
    let format = match record {
        PublicRecord::Advisory => Format::Ghsa,
        PublicRecord::Cve(_) => Format::Cve,
    };
    match format.read(text) {
        Ok(copy) => {
            let all = advisory::diff(&ours.for_audience(&Reader::public(now)), STAGE, &copy);
            let matters = all.iter().filter(|one| one.severity > Weight::Info);
            matters.map(ToString::to_string).collect()
        }
        Err(error) => vec![format!("it cannot be read: {error}")],
    }
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}
