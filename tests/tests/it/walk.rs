//! One case from its report through its disclosure to its end, with the house killed at every
//! boundary of every kind of act: each happens once, by the world's own record.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
    process::Stdio,
    sync::Arc,
};

use case::{
    ActId, Actor, Event, PersonId, ReportId, VulnId,
    act::{ActKind, Topic},
    event::ActEvent,
};
use house_tests::crash::{Place, Plant, Point};
use rehearsal::{
    DrillClock, Options,
    audit::{self, Books, Law},
    world::{record::Record, setting::Lookups},
};
use serde_json::Value;

use crate::world::{Outside, breakable};

/// Every kind of act that a full response needs. A message about anything else is carried out as
/// those about verdict, draft, date and credit are, and so is a reminder to a distributor.
fn kinds() -> Vec<&'static str> {
    let person = PersonId([0; 16]);
    let tell = |topic| ActKind::TellReporter { person, topic };
    let vulnerability = VulnId([0; 16]);
    let kinds = [
        ActKind::Acknowledge { report: ReportId([0; 16]) },
        tell(Topic::Verdict),
        tell(Topic::Draft),
        tell(Topic::Date(1)),
        tell(Topic::Credit),
        ActKind::CreateDraft,
        ActKind::UpdateDraft,
        ActKind::RequestCve { vulnerability },
        ActKind::CreateFork,
        ActKind::SetAccess,
        ActKind::NotifyDistributors,
        ActKind::PublishAdvisory,
        ActKind::PublishCve { vulnerability },
        ActKind::NotifyUsers,
        ActKind::FollowUp,
    ];
    kinds.iter().map(ActKind::name).collect()
}

/// The table: every kind at these boundaries.
fn table(points: &[Point]) -> BTreeSet<Place> {
    let row = |kind: &'static str| points.iter().map(move |point| (kind.to_owned(), *point));
    kinds().into_iter().flat_map(row).collect()
}

/// What became of one act, and who said so.
type Lives<'a> = Vec<(&'a Actor, &'a ActEvent)>;

/// What a walk left behind.
struct End {
    books: Books,
    report: audit::Report,
    records: Vec<Record>,
}

/// How far a walk goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// To the end of the story.
    Over,
    /// To the last place of the table: a house with a bug may never come to the end.
    LastDeath,
}

/// Plays a response; a house dies at each place, once, and the next one goes on.
fn walk(lookups: Lookups, plant: Option<Plant>, mut places: BTreeSet<Place>, until: Until) -> End {
    let options = Options::new("contour", 1);
    let (_, mut setting) = options.stage().unwrap();
    setting.lookups = lookups;
    let begins = setting.begins;
    let mut outside = Outside::new("contour", setting);
    while until == Until::Over || !places.is_empty() {
        let Some(place) = house(&outside, plant, &places) else { break };
        assert!(places.remove(&place), "{place:?} was not asked for");
    }
    assert_eq!(places, BTreeSet::new(), "a house that did not die is a hole in the test");
    // Whoever opens a house that died closes it properly.
    drop(house_tests::house::store(&outside.data()).unwrap());
    let (books, records) = outside.books(Arc::new(DrillClock::new(begins)));
    End { report: audit::audit(&books), books, records }
}

/// One house; where it died, or `None` when the story is over.
fn house(outside: &Outside, plant: Option<Plant>, places: &BTreeSet<Place>) -> Option<Place> {
    let mut command = breakable();
    command.arg("walk").arg(outside.folder()).arg(outside.address.to_string());
    command.env("PLACES", serde_json::to_string(places).unwrap());
    if let Some(plant) = plant {
        command.env("PLANT", plant.name());
    }
    command.stderr(Stdio::inherit());
    let mut child = command.spawn().unwrap();
    let mut words = String::new();
    child.stdout.as_mut().unwrap().read_to_string(&mut words).unwrap();
    child.wait().unwrap();
    let last: Value = serde_json::from_str(words.trim()).expect("a house's last word");
    let place = last.get("died").map(|place| serde_json::from_value(place.clone()).unwrap());
    assert!(place.is_some() || last.get("over").is_some(), "{last}");
    place
}

impl End {
    /// Acts with their kinds and what became of them, in the journal's order.
    fn acts(&self) -> BTreeMap<ActId, (ActKind, Lives<'_>)> {
        let mut acts = BTreeMap::new();
        for entry in self.books.cases.values().flatten() {
            let Event::Act(event) = &entry.event else { continue };
            if let ActEvent::Planned { act, plan, .. } = event {
                acts.insert(*act, (plan.kind.clone(), Vec::new()));
            }
            let (ActEvent::Done { act, .. }
            | ActEvent::Uncertain { act, .. }
            | ActEvent::Failed { act, .. }
            | ActEvent::Retried { act, .. }) = event
            else {
                continue;
            };
            acts.get_mut(act).unwrap().1.push((&entry.actor, event));
        }
        acts
    }

    /// No law is broken, and each act of the table is done and happened once.
    fn all_is_well(&self) {
        let violations: Vec<String> =
            self.report.violations.iter().map(ToString::to_string).collect();
        assert_eq!(violations, Vec::<String>::new());
        let acts = self.acts();
        for kind in kinds() {
            assert!(
                acts.values().any(|(known, lives)| known.name() == kind && done(lives)),
                "{kind}"
            );
        }
        for (id, (kind, lives)) in acts.iter().filter(|(_, (_, lives))| done(lives)) {
            let seen = self.records.iter().filter(|record| record.what.act() == Some(*id)).count();
            // A full replacement may be repeated; it stays the same replacement.
            let replaces = matches!(kind, ActKind::UpdateDraft | ActKind::SetAccess);
            assert!(seen == 1 || (replaces && seen > 1), "{} {seen} times", kind.name());
            assert!(lives.iter().filter(|(_, event)| is_done(event)).count() == 1);
        }
    }
}

fn is_done(event: &ActEvent) -> bool {
    matches!(event, ActEvent::Done { .. })
}

fn done(lives: &[(&Actor, &ActEvent)]) -> bool {
    lives.iter().any(|(_, event)| is_done(event))
}

#[test]
fn whatever_can_be_looked_up_or_repeated_is_completed_once_without_a_person() {
    let end = walk(Lookups::Everywhere, None, table(&Point::OF_ACT), Until::Over);
    end.all_is_well();
    let acts = end.acts();
    let mut events = acts.values().flat_map(|(_, lives)| lives);
    assert!(events.all(|(_, event)| !matches!(event, ActEvent::Uncertain { .. })));
}

#[test]
fn what_nobody_can_be_asked_about_is_uncertain_until_a_person_settles_it() {
    let end = walk(Lookups::Nowhere, None, table(&Point::OF_ACT), Until::Over);
    end.all_is_well();
    let mut doubted = BTreeSet::new();
    for (kind, lives) in end.acts().values() {
        for pair in lives.windows(2) {
            let [(_, ActEvent::Uncertain { .. }), (actor, next)] = pair else { continue };
            assert!(matches!(actor, Actor::Person(_)), "{}: {next:?}", kind.name());
            doubted.insert(kind.name());
        }
    }
    assert_eq!(doubted, kinds().into_iter().collect());
}

#[test]
fn a_house_that_forgets_its_calls_does_everything_twice() {
    // A second publication is refused by the forge, and replacements may be repeated.
    let kinds = [
        "acknowledge the report",
        "tell the reporter the verdict",
        "create the advisory draft",
        "request a CVE id",
        "create the private fork",
        "notify the distributors",
    ];
    let mut places: BTreeSet<Place> =
        kinds.iter().map(|kind| ((*kind).to_owned(), Point::CallAfter)).collect();
    places.insert(("publish the advisory".to_owned(), Point::IntentBefore));
    let end = walk(Lookups::Everywhere, Some(Plant::ForgetCalls), places, Until::LastDeath);
    let twice = end.report.violations.iter().filter(|v| v.law == Law::NothingTwice).count();
    assert_eq!(twice, kinds.len(), "{:#?}", end.report.violations);
}
