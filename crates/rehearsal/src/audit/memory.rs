//! Law: nothing by memory. When the advisory became public, what the checklist stands for was
//! really there: verdicts on every line, releases that contain the fix, a CVE id or a plan
//! without, credit settled, no objection open.
//!
//! A person's override or recorded choice of a step excuses what that step stands for, from then
//! on, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use advisory::{LineStanding, Stage, Version};
use case::{
    LineKey,
    embargo::Answer,
    event::{Decision, EmbargoEvent, LineVerdict, PeopleEvent},
    observation::{CveWord, Observation},
    policy::ReleaseMode,
};
use git::{Oid, Repo};
use jiff::Timestamp;

use super::{Books, Law, Ledger, Place, Violation};
use crate::world::record::{Happened, Record};

pub(super) fn check(books: &Books, ledger: &Ledger<'_>, found: &mut Vec<Violation>) {
    for record in books.records() {
        let published = matches!(&record.what, Happened::AdvisoryPublished { act, .. }
            if ledger.acts.contains_key(act));
        if !published {
            continue;
        }
        let mut missing = releases(books, ledger, record);
        missing.extend(named(books, ledger, record));
        missing.extend(uncredited(ledger, record));
        missing.extend(settled(ledger, record.at));
        let excused = excused(ledger, record.at);
        for Missing { steps, what } in missing {
            if steps.iter().any(|step| excused.contains(step)) {
                continue;
            }
            let what = format!("{}: {what}", record.what.in_words());
            found.push(Violation { law: Law::ByMemory, at: Place::Witness(record.n), what });
        }
    }
}

/// What was not there, and the steps of which one says whether it had to be.
struct Missing {
    steps: &'static [&'static str],
    what: String,
}

impl Missing {
    fn of(steps: &'static [&'static str], what: impl Into<String>) -> Self {
        Self { steps, what: what.into() }
    }
}

/// Steps that a person had overridden, or left out by choice, at a time.
pub(super) fn excused<'a>(ledger: &Ledger<'a>, at: Timestamp) -> BTreeSet<&'a str> {
    let before = ledger.decisions.iter().filter(|(when, _)| when.at <= at);
    let steps = before.filter_map(|(_, decision)| match decision {
        Decision::Override { step, .. } | Decision::Choice { step, .. } => Some(step.0.as_str()),
        _ => None,
    });
    steps.collect()
}

/// Lines whose patch release was not there, or did not hold the fix, when the advisory came out.
fn releases(books: &Books, ledger: &Ledger<'_>, published: &Record) -> Vec<Missing> {
    let at = published.at;
    let silent = ledger.policy(at).is_some_and(|p| p.release_mode == ReleaseMode::Silent);
    if !silent || ledger.known_to_the_world(at) {
        return Vec::new();
    }
    let repo = books.mirror.as_ref().and_then(|folder| Repo::open(folder).ok());
    let verdicts = verdicts(ledger, at);
    let patched = verdicts
        .iter()
        .filter(|(_, verdict)| matches!(verdict, LineVerdict::Patch { version: Some(_) }));
    patched
        .filter(|(line, _)| !released(books.records(), ledger, line, published, repo.as_ref()))
        .map(|(line, _)| {
            Missing::of(&["releases"], format!("no release of {line} contained the fix"))
        })
        .collect()
}

/// Versions that the published advisory sends its readers to, and that were not there.
fn named(books: &Books, ledger: &Ledger<'_>, published: &Record) -> Vec<Missing> {
    let silent = ledger.policy(published.at).is_some_and(|p| p.release_mode == ReleaseMode::Silent);
    let Happened::AdvisoryPublished { advisory, .. } = &published.what else { return Vec::new() };
    if !silent {
        return Vec::new();
    }
    let lines = advisory.vulnerabilities.iter().flat_map(|v| &v.affected).flat_map(|a| &a.lines);
    let versions = lines.filter_map(|line| match &line.standing {
        LineStanding::Affected(versions) => versions.fixed(Stage::Planned),
        LineStanding::NotAffected { .. } => None,
    });
    let there = |version: &Version| {
        books.records().iter().filter(|record| record.n < published.n).any(|record| {
            matches!(&record.what, Happened::Released { version: released, .. }
                if released == version.as_str())
        })
    };
    versions
        .filter(|version| !there(version))
        .map(|version| {
            let what = format!("it names {version}, which was not released");
            Missing::of(&["recheck-draft", "releases"], what)
        })
        .collect()
}

/// Reporters who are not thanked as they, or the stated default, decided.
fn uncredited(ledger: &Ledger<'_>, published: &Record) -> Vec<Missing> {
    let Happened::AdvisoryPublished { advisory, .. } = &published.what else { return Vec::new() };
    let printed: BTreeSet<String> =
        advisory.credits.iter().map(advisory::Credit::display_name).collect();
    let mut answers = BTreeMap::new();
    for (when, event) in &ledger.people {
        if let PeopleEvent::CreditAnswered { person, answer, .. } = event
            && when.at <= published.at
        {
            answers.insert(*person, answer.line());
        }
    }
    let lacking = answers.into_values().flatten().filter(|line| !printed.contains(line));
    lacking.map(|line| Missing::of(&["credit"], format!("it does not thank {line}"))).collect()
}

fn released(
    records: &[Record],
    ledger: &Ledger<'_>,
    line: &LineKey,
    published: &Record,
    repo: Option<&Repo>,
) -> bool {
    let fixes: Vec<&String> =
        ledger.fixes().filter(|(l, _)| *l == line).map(|(_, commit)| commit).collect();
    records.iter().filter(|record| record.n < published.n).any(|record| {
        let Happened::Released { line: of, commit, .. } = &record.what else { return false };
        *of == line.line && !fixes.is_empty() && contains(repo, commit, &fixes)
    })
}

/// Whether a release holds every fix commit; without a mirror, that one exists must do.
fn contains(repo: Option<&Repo>, release: &str, fixes: &[&String]) -> bool {
    let (Some(repo), Ok(release)) = (repo, release.parse::<Oid>()) else { return true };
    fixes.iter().all(|fix| {
        fix.parse::<Oid>().is_ok_and(|fix| repo.is_ancestor(&fix, &release).unwrap_or(false))
    })
}

fn verdicts(ledger: &Ledger<'_>, at: Timestamp) -> BTreeMap<LineKey, LineVerdict> {
    let mut verdicts = BTreeMap::new();
    for (when, decision) in &ledger.decisions {
        if let Decision::Line { line, verdict } = decision
            && when.at <= at
        {
            verdicts.insert(line.clone(), verdict.clone());
        }
    }
    verdicts
}

/// What was not settled in the journal when the advisory came out.
fn settled(ledger: &Ledger<'_>, at: Timestamp) -> Vec<Missing> {
    let mut missing = Vec::new();
    let decided = |test: &dyn Fn(&Decision) -> bool| {
        ledger.decisions.iter().any(|(when, decision)| when.at <= at && test(decision))
    };
    if !decided(&|d| matches!(d, Decision::Triage { .. })) {
        missing.push(Missing::of(&["verdict"], "nobody had judged the report"));
    }
    let verdicts = verdicts(ledger, at);
    for line in supported(ledger, at) {
        if !verdicts.contains_key(&line) {
            missing.push(Missing::of(&["lines"], format!("nobody had decided about {line}")));
        }
    }
    let assigned = ledger.seen.iter().any(|(when, seen)| {
        when.at <= at && matches!(seen, Observation::Cve { word: CveWord::Assigned { .. }, .. })
    });
    let upstream = decided(&|d| {
        matches!(d, Decision::Vulnerability { origin: case::event::Origin::Upstream { .. }, .. })
    });
    if !assigned && !upstream && !decided(&|d| matches!(d, Decision::CvePlanB { .. })) {
        let what = "there was neither a CVE id nor a plan without one";
        missing.push(Missing::of(&["cve-id"], what));
    }
    let credited = ledger
        .people
        .iter()
        .any(|(when, event)| when.at <= at && matches!(event, PeopleEvent::CreditAnswered { .. }));
    if !credited && !decided(&|d| matches!(d, Decision::ReporterUnreachable { .. })) {
        missing.push(Missing::of(&["credit"], "the reporter's credit was not settled"));
    }
    if open_objection(ledger, at) && !ledger.known_to_the_world(at) {
        missing.push(Missing::of(&["buy-in"], "a distributor's objection was open"));
    }
    missing
}

fn supported(ledger: &Ledger<'_>, at: Timestamp) -> BTreeSet<LineKey> {
    let latest = ledger.seen.iter().rev().find_map(|(when, seen)| match seen {
        Observation::SupportedLines { repository, lines, .. } if when.at <= at => {
            Some(lines.iter().map(|line| LineKey::new(repository, line)).collect())
        }
        _ => None,
    });
    latest.unwrap_or_default()
}

/// Somebody's latest word on the date in force was no.
fn open_objection(ledger: &Ledger<'_>, at: Timestamp) -> bool {
    let mut open = BTreeMap::new();
    let mut current = 0;
    for (_, event) in ledger.embargo.iter().filter(|(when, _)| when.at <= at) {
        match event {
            EmbargoEvent::Agreed { revision } => current = *revision,
            EmbargoEvent::Answered { person, revision, answer, .. } => {
                let no = matches!(answer, Answer::Objected { settled: None, .. });
                open.insert(*person, (*revision, no));
            }
            EmbargoEvent::Settled { person, .. } => {
                open.remove(person);
            }
            _ => {}
        }
    }
    open.values().any(|(revision, no)| *no && *revision == current)
}
