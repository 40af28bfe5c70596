//! The lookout: whether the public already speaks of a case that nobody is to know of.
//!
//! It looks by itself at what every mirror of a public repository shows, hears mail of public lists that
//! comes to an address of the house, and reads feeds that whoever runs the house named. Where words of a
//! case stand, that becomes an event of the case, once, and a person says what it is: place, rules and
//! time, never the word.
//!
//! What is asked of others is the same whether there is a case or not, and whoever writes where the house
//! listens gets the same answer after the same work; their words are read later. It must not decide
//! whether the bug is public, and must not change who may see a case. A name of a person alone tells
//! nothing: who finds bugs writes on lists.

mod feeds;
mod listing;
mod markup;
mod mirrors;
mod posts;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use advisory::Digest;
use case::{
    Actor, Case, CaseId, Command, CommandId, ProjectId, Role, evolve,
    observation::Observation,
    sighting::{LONGEST_PLACE, Sighted, Sighting, Spot},
};
use discretion::{Finding, Guard, Rule, Setting, Severity, Terms};
use jiff::SignedDuration;
use store::{Batch, Body, KeyClass, Scope};

use crate::{
    Engine, EngineError, Project, View, engine::Stamp, jobs::Job, journal, streams, terms::sought,
};

pub use feeds::HeardFeed;
#[doc(hidden)]
pub use feeds::entries as feed_entries;

/// Between two looks at a project's mirrors.
pub(crate) const LOOK: SignedDuration = SignedDuration::from_mins(5);
/// Between two readings of a project's feeds.
pub(crate) const READ: SignedDuration = SignedDuration::from_mins(15);

/// Characters of what others wrote that stand in a place.
const LONGEST_NAME: usize = 200;

/// What this process remembers of what it saw.
#[derive(Default)]
pub(crate) struct Lookout {
    mirrors: Mutex<BTreeMap<(ProjectId, CaseId, String), mirrors::Look>>,
    feeds: Mutex<BTreeMap<String, feeds::Heard>>,
    /// How often the history of a mirror was read.
    histories: AtomicUsize,
}

/// Something public that holds words of a case; so it is not to be printed.
#[derive(Clone)]
pub(crate) struct Found {
    spot: Spot,
    /// What tells it from any other thing.
    key: Vec<String>,
    place: String,
    rules: BTreeSet<String>,
    /// What was read, where nobody else keeps it.
    evidence: Option<Vec<u8>>,
}

impl Found {
    fn sighting(&self, evidence: Option<String>) -> Sighting {
        let named = self.key.iter().chain(&self.rules).map(String::as_bytes);
        Sighting {
            thing: Digest::of_parts("sighting", named),
            spot: self.spot,
            place: self.place.chars().take(LONGEST_PLACE).collect(),
            rules: self.rules.clone(),
            evidence,
        }
    }
}

/// Knows the words of one case.
pub(crate) struct Listener(Guard);

impl Listener {
    fn new(terms: &Terms) -> Self {
        Self(Guard::of_own_words(terms))
    }

    /// The rules by which a text holds words of the case.
    fn rules(&self, text: &str) -> BTreeSet<String> {
        telling(&self.0.text(text, &Setting::PUBLIC))
    }

    /// The same of several texts that belong together.
    fn rules_of<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> BTreeSet<String> {
        let found: Vec<Finding> =
            texts.into_iter().flat_map(|text| self.0.text(text, &Setting::PUBLIC)).collect();
        telling(&found)
    }

    /// An id or address that somebody wrote, as it may stand in a place: short, one plain word, and
    /// without any word of the case.
    fn quotable(&self, text: &str) -> Option<String> {
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?#@+=%$!".contains(c));
        let fits = plain && !text.is_empty() && text.len() <= LONGEST_NAME;
        (fits && self.0.text(text, &Setting::PUBLIC).is_empty()).then(|| text.to_owned())
    }
}

/// The names of the rules that say something: a person's name alone does not, nor what cannot be read.
fn telling(findings: &[Finding]) -> BTreeSet<String> {
    let grave = findings.iter().filter(|it| it.severity == Severity::Block);
    let rules: BTreeSet<Rule> =
        grave.map(|it| it.rule).filter(|rule| *rule != Rule::Unreadable).collect();
    if rules.iter().all(|rule| *rule == Rule::Name) {
        return BTreeSet::new();
    }
    let name = |rule| serde_json::to_value(rule).ok()?.as_str().map(ToOwned::to_owned);
    rules.into_iter().filter_map(name).collect()
}

impl Engine {
    /// Lets the house look out for every project, also for those that an earlier version set up.
    ///
    /// # Errors
    /// When the store fails.
    pub fn look_out_from_now_on(&self) -> Result<(), EngineError> {
        let now = self.clock.wall();
        for project in self.projects()? {
            let jobs = Job::of_lookout(project.id).map(|job| job.put(now));
            let jobs = jobs.into_iter().collect::<Result<_, _>>()?;
            self.store.commit(&Scope::house("lookout"), Batch { jobs, ..Batch::default() })?;
        }
        Ok(())
    }

    /// The cases of a project of which nobody is to know, each with its words.
    fn secret_cases(&self, project: &Project) -> Result<Vec<(Case, Terms)>, EngineError> {
        let cases = self.open_cases(project.id)?.into_iter();
        let cases = cases.map(|id| journal::load(&*self.store, id).map(|loaded| loaded.case));
        let secret = cases.filter(|case| case.as_ref().map_or(true, Case::is_secret));
        let with_words = |case: Case| {
            let terms = sought(&case, project);
            (case, terms)
        };
        secret.map(|case| case.map(with_words)).collect()
    }

    /// Writes down in a case what was found, each thing once; what is left because too much like it
    /// waits for an answer.
    fn tell(&self, mut case: Case, found: Vec<Found>) -> Result<Vec<Found>, EngineError> {
        let mut left = Vec::new();
        for one in found {
            let sighting = one.sighting(None);
            if case.sightings.iter().any(|seen| seen.sighting.thing == sighting.thing) {
                continue;
            }
            if !case.is_news(&sighting) {
                left.push(one);
                continue;
            }
            let evidence = one.evidence.as_ref().map(|bytes| {
                let (stream, body) = (streams::case(case.id)?, Body::from(bytes.clone()));
                let scope = Scope::house("lookout");
                let blob = self.store.put_blob(&scope, &stream, KeyClass::Content, &body)?;
                Ok::<_, EngineError>(blob.to_string())
            });
            let sighting = one.sighting(evidence.transpose()?);
            let id = CommandId(self.draw());
            let seen = Command::Observe(Box::new(Observation::Sighted(sighting.clone())));
            match self.execute(case.id, Actor::House, id, &seen, "lookout") {
                Ok(_) => {
                    let at = self.clock.wall();
                    case.sightings.push(Sighted { sighting, at, answered: None });
                }
                // Public or over since, or told by somebody else.
                Err(EngineError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(left)
    }

    /// How often this process has read the history of a mirror to look out.
    #[doc(hidden)]
    #[must_use]
    pub fn histories_read(&self) -> usize {
        self.lookout.histories.load(Ordering::Relaxed)
    }

    /// What the playbook would ask next, and of whom, if somebody said that the bug is public. Nothing
    /// is written down.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn were_it_public(&self, view: &View) -> Result<Vec<(String, Role)>, EngineError> {
        let (case, now) = (&view.loaded.case, self.now().now);
        let project = self.project(case.project)?;
        let seen = Observation::Public { source: String::new() };
        let command = Command::Observe(Box::new(seen));
        let events = self.decide(case, &project, Actor::House, &command)?;
        let id = CommandId([0; 16]);
        let stamp = Stamp { actor: Actor::House, id, source: "lookout", at: now };
        let entries = stamp.entries(case.project, case.head, &events);
        let then = entries.iter().fold(case.clone(), evolve);
        let checklist = self.playbook(&case.playbook)?.evaluate(&then, &project.team, now);
        Ok(checklist.ready().map(|item| (item.title.clone(), item.role)).collect())
    }

    /// What was read of a sighting, for whoever may see the case.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when nothing was kept, or the person may not see it.
    pub fn evidence(
        &self,
        case: CaseId,
        person: case::PersonId,
        thing: Digest,
    ) -> Result<Vec<u8>, EngineError> {
        let view = self.view_as(case, Actor::Person(person), "sighting")?;
        let mut known = view.loaded.case.sightings.iter().map(|seen| &seen.sighting);
        let found = known.find(|sighting| sighting.thing == thing).ok_or(EngineError::NotFound)?;
        self.blob_bytes(case, found.evidence.as_deref())?.ok_or(EngineError::NotFound)
    }
}

/// What a poisoned lock holds is still what was seen.
fn locked<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
