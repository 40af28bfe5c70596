//! What happened in a drill, for people: when, who, what, and the receipt.

use std::{collections::BTreeMap, fmt};

use case::{
    Actor, Entry, Event, PersonId,
    event::{
        ActEvent, Decision, DisclosureEvent, EmbargoEvent, LifeEvent, LineVerdict, PeopleEvent,
    },
    observation::{CveWord, Delivery, Observation, Place},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    audit::Books,
    world::record::{Happened, Record},
};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// The case's codename; empty for what happened in the world.
    pub case: String,
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
    /// The other side's proof, for what left the house.
    pub receipt: Option<String>,
}

/// A drill's lines, in order of time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Timeline(pub Vec<Moment>);

impl Timeline {
    /// Reads the journal and the witness.
    #[must_use]
    pub fn of(books: &Books, records: &[Record], names: &BTreeMap<PersonId, String>) -> Self {
        let mut moments: Vec<Moment> = records.iter().filter_map(outside).collect();
        for entries in books.cases.values() {
            let mut reader = Reader { names: names.clone(), ..Reader::default() };
            moments.extend(entries.iter().filter_map(|entry| reader.moment(entry)));
        }
        moments.sort_by_key(|moment| moment.at);
        Self(moments)
    }

    /// The lines that carry a receipt.
    pub fn receipts(&self) -> impl Iterator<Item = &Moment> {
        self.0.iter().filter(|moment| moment.receipt.is_some())
    }
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut day = String::new();
        for Moment { at, case: _, who, what, receipt } in &self.0 {
            let at = at.to_zoned(TimeZone::UTC);
            let today = at.strftime("%A %Y-%m-%d").to_string();
            if today != day {
                writeln!(f, "{today}")?;
                day = today;
            }
            write!(f, "  {}  {who:<14} {what}", at.strftime("%H:%M:%S"))?;
            match receipt {
                Some(receipt) => writeln!(f, "  [{receipt}]")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

/// What the world did that the journal does not tell.
fn outside(record: &Record) -> Option<Moment> {
    let told = matches!(
        record.what,
        Happened::ReportSent { .. }
            | Happened::Pushed { .. }
            | Happened::Stopped { .. }
            | Happened::Released { .. }
            | Happened::Told { .. }
            | Happened::Misbehaved(_)
    );
    told.then(|| Moment {
        at: record.at,
        case: String::new(),
        who: format!("({})", record.by),
        what: record.what.in_words(),
        receipt: None,
    })
}

#[derive(Default)]
struct Reader {
    names: BTreeMap<PersonId, String>,
    acts: BTreeMap<case::ActId, &'static str>,
    case: String,
}

impl Reader {
    fn name(&self, person: PersonId) -> String {
        self.names.get(&person).cloned().unwrap_or_else(|| "somebody".into())
    }

    fn moment(&mut self, entry: &Entry) -> Option<Moment> {
        let (what, receipt) = self.words(&entry.event)?;
        let who = match entry.actor {
            Actor::House => "Fermata".to_owned(),
            Actor::Person(person) => self.name(person),
        };
        Some(Moment { at: entry.recorded_at, case: self.case.clone(), who, what, receipt })
    }

    fn words(&mut self, event: &Event) -> Option<(String, Option<String>)> {
        let what = match event {
            Event::Life(event) => self.life(event)?,
            Event::Observed(seen) => observed(seen)?,
            Event::Attested(told) => format!("told, not read back: {}", observed(&told.seen)?),
            Event::Decided(decision) => decided(decision),
            Event::People(event) => self.people(event),
            Event::Embargo(event) => self.embargo(event),
            Event::Act(ActEvent::Done { act, proof }) => {
                let receipt = Some(format!("{}: {}", proof.by, proof.reference));
                return Some((format!("done: {}", self.act(*act)), receipt));
            }
            Event::Act(event) => self.act_event(event)?,
            Event::Disclosure(event) => disclosure(event),
        };
        Some((what, None))
    }

    fn act(&self, act: case::ActId) -> &'static str {
        self.acts.get(&act).copied().unwrap_or("an act")
    }

    fn life(&mut self, event: &LifeEvent) -> Option<String> {
        Some(match event {
            LifeEvent::Opened { codename, .. } => {
                self.case = codename.to_string();
                format!("case {codename} opened")
            }
            LifeEvent::Linked(link) => {
                self.names.insert(link.reporter, link.reporter_name.clone());
                format!("report received by {}: {}", link.channel, link.title)
            }
            LifeEvent::Merged { reason, .. } => format!("merged into another case: {reason}"),
            LifeEvent::Closed { reason } => format!("case closed: {reason}"),
            LifeEvent::Withdrawn { reason } => format!("case withdrawn: {reason}"),
            LifeEvent::Reopened { reason } => format!("case reopened: {reason}"),
            LifeEvent::LoweringProposed { reason, .. } => {
                format!("fewer approvals proposed: {reason}")
            }
            LifeEvent::ApprovalsSet { reason, .. } => format!("other approvals: {reason}"),
            LifeEvent::Unlinked { .. } | LifeEvent::SplitOff { .. } => return None,
        })
    }

    fn people(&mut self, event: &PeopleEvent) -> String {
        match event {
            PeopleEvent::Joined { person, name, .. } => {
                self.names.insert(*person, name.clone());
                format!("{name} takes part")
            }
            PeopleEvent::Removed { person, reason } => {
                format!("{} takes part no more: {reason}", self.name(*person))
            }
            PeopleEvent::Struck { person, reason } => {
                format!("{} is a distributor no more: {reason}", self.name(*person))
            }
            PeopleEvent::Protected { person, .. } => {
                format!("mail to {} is protected in another way", self.name(*person))
            }
            PeopleEvent::CreditOffered { person, .. } => {
                format!("credit offered to {}", self.name(*person))
            }
            PeopleEvent::CreditAnswered { answer, by_default, .. } => {
                let how = answer.line().unwrap_or_else(|| "anonymous".into());
                let default = if *by_default { ", by default" } else { "" };
                format!("credit: {how}{default}")
            }
        }
    }

    fn embargo(&self, event: &EmbargoEvent) -> String {
        use case::embargo::{Answer, Settlement};
        match event {
            EmbargoEvent::Proposed(proposal) => format!("date proposed: {}", proposal.instant),
            EmbargoEvent::Rejected { revision, reason } => {
                format!("date {revision} turned down: {reason}")
            }
            EmbargoEvent::Agreed { revision } => format!("date {revision} agreed"),
            EmbargoEvent::Answered { person, revision, answer, .. } => match answer {
                Answer::Accepted => format!("{} accepts date {revision}", self.name(*person)),
                Answer::Objected { reason, .. } => {
                    format!("{} objects to date {revision}: {reason}", self.name(*person))
                }
            },
            EmbargoEvent::Settled { person, settlement } => {
                let how = match settlement {
                    Settlement::Withdrawn => "withdrawn",
                    Settlement::Met { .. } => "met",
                    Settlement::Overridden { .. } => "overridden",
                };
                format!("the objection of {} is {how}", self.name(*person))
            }
            EmbargoEvent::Ended(ended) => format!("embargo over: {}", ended.why),
        }
    }

    fn act_event(&mut self, event: &ActEvent) -> Option<String> {
        Some(match event {
            ActEvent::Planned { act, plan, .. } => {
                self.acts.insert(*act, plan.kind.name());
                format!("planned: {}", plan.kind.name())
            }
            ActEvent::Approved { act, .. } => format!("approved: {}", self.act(*act)),
            ActEvent::Failed { act, why } => format!("failed: {} ({why})", self.act(*act)),
            ActEvent::PutOff { act, why, .. } => format!("put off: {} ({why})", self.act(*act)),
            ActEvent::Uncertain { act, why } => format!("uncertain: {} ({why})", self.act(*act)),
            ActEvent::Retried { act, reason } => format!("again: {} ({reason})", self.act(*act)),
            ActEvent::Cancelled { act, reason } => {
                format!("cancelled: {} ({reason})", self.act(*act))
            }
            ActEvent::Started { .. } | ActEvent::Sealed { .. } | ActEvent::Done { .. } => {
                return None;
            }
        })
    }
}

fn observed(seen: &Observation) -> Option<String> {
    Some(match seen {
        Observation::SupportedLines { lines, .. } => format!("supported: {}", lines.join(", ")),
        Observation::Draft(draft) => format!("draft {} read back: {:?}", draft.ghsa, draft.state),
        Observation::Fork { .. } => "the private fork is there".into(),
        Observation::Access(access) => {
            let (members, pending) = (access.members.len(), access.pending.len());
            format!("access: {members} in, {pending} invited")
        }
        Observation::Cve { word, .. } => match word {
            CveWord::Assigned { id } => format!("{id} assigned"),
            CveWord::Declined { why } => format!("the CNA declines: {why}"),
            CveWord::Published => "the CVE record is public".into(),
            CveWord::Rejected { why } => format!("the CVE id was rejected: {why}"),
            CveWord::Disputed { why } => format!("the CVE record is disputed: {why}"),
        },
        Observation::Post { url, words_match, .. } => {
            let match_ = if *words_match { "word for word" } else { "in other words" };
            format!("seen in the archive, {match_}: {url}")
        }
        Observation::ListCopy(copy) => {
            let how = if copy.compared.same() { "word for word" } else { "in other words" };
            format!("a copy of a notice came by a list, {how}: {}", copy.place())
        }
        Observation::Delivery { outcome, .. } => match outcome {
            Delivery::Delivered => return None,
            Delivery::Bounced { why, .. } => format!("a message came back: {why}"),
        },
        Observation::Fix { line, commits, .. } if commits.is_empty() => {
            format!("{line}: the fix is in the private fork no more")
        }
        Observation::Fix { line, place, .. } => match place {
            Place::Private => format!("{line}: the fix is in the private fork"),
            Place::Public => format!("{line}: the fix is public"),
        },
        Observation::Release { line, release } => match release.contains_fix {
            Some(true) => format!("{line}: {} contains the fix", release.tag),
            Some(false) => format!("{line}: {} does not contain the fix", release.tag),
            None => format!("{line}: {} cannot be judged", release.tag),
        },
        Observation::Reverted { line, by } if !by.is_empty() => {
            format!("{line}: the fix was taken back")
        }
        Observation::Milestone { line, milestone } => format!("{line}: {}", milestone.name()),
        Observation::PublicWords { line, blocks, .. } if blocks.is_empty() => {
            format!("{line}: the public words give nothing away")
        }
        Observation::PublicWords { line, blocks, .. } => {
            format!("{line}: the public words give it away: {}", blocks.join("; "))
        }
        Observation::Public { source } => format!("known in public: {source}"),
        Observation::Exploit { source } => format!("an exploit is public: {source}"),
        Observation::Attacks { source } => format!("attacks were seen: {source}"),
        Observation::Copy(copy) if copy.agrees() => {
            format!("{} reads as approved", copy.record.name())
        }
        Observation::Copy(copy) => {
            format!("{} says otherwise: {}", copy.record.name(), copy.differences.join("; "))
        }
        Observation::Sighted(sighting) => format!("words of the case stand in {}", sighting.place),
        Observation::Message { sender, .. } => format!("a message from {sender}"),
        _ => return None,
    })
}

fn decided(decision: &Decision) -> String {
    match decision {
        Decision::Triage { verdict, reason } => {
            format!("verdict: {verdict:?}, {reason}")
        }
        Decision::Vulnerability { title, .. } => format!("vulnerability: {title}"),
        Decision::Assessment { vector, .. } => format!("severity: {vector}"),
        Decision::CvePlanB { plan, .. } => format!("without a CVE id: {plan}"),
        Decision::Line { line, verdict } => match verdict {
            LineVerdict::Patch { version: Some(version) } => format!("{line}: patch in {version}"),
            LineVerdict::Patch { version: None } => format!("{line}: patch"),
            LineVerdict::NotAffected { why } => format!("{line}: not affected, {why}"),
            LineVerdict::EndOfLife { why } => format!("{line}: end of life, {why}"),
        },
        Decision::Distributors { concerned, reason } => {
            format!("{} distributors concerned: {reason}", concerned.len())
        }
        Decision::Advisory(_) => "the advisory is written".into(),
        Decision::Fix { line, commits } => format!("{line}: fixed by {} commit(s)", commits.len()),
        Decision::Train { .. } => "a release train is planned".into(),
        Decision::Burnt { version, why, .. } => format!("{version} is burnt: {why}"),
        Decision::InheritedAccess { .. } => "inherited access is known".into(),
        Decision::ReporterUnreachable { why, .. } => format!("reporter unreachable: {why}"),
        Decision::Choice { step, reason } => format!("left out: {step}, {reason}"),
        Decision::Override { step, reason } => format!("overridden: {step}, {reason}"),
        Decision::AcceptCopy { record, reason, .. } => {
            format!("{} is taken as it is: {reason}", record.name())
        }
        Decision::Sighting { leak, reason, .. } => {
            let verdict = if *leak { "a leak" } else { "nothing" };
            format!("what was seen in public is {verdict}: {reason}")
        }
        Decision::SettleListCopies { reason, .. } => format!("copies looked at: {reason}"),
        Decision::PrivateWork { repository, .. } => {
            format!("where {repository} is worked on in private")
        }
        Decision::Terms { terms } => format!("{} term(s) for the guard", terms.lines().len()),
        Decision::Leak { what, reported_by, .. } => format!("leak: {what} (says {reported_by})"),
        Decision::RetrospectiveOpened { .. } => "retrospective opened".into(),
        Decision::Retrospective { actions, .. } => {
            format!("retrospective written, {} action(s)", actions.len())
        }
        Decision::Correction { seq, text } => format!("correction of {seq}: {text}"),
        Decision::Rules { reason, .. } => format!("other rules: {reason}"),
    }
}

fn disclosure(event: &DisclosureEvent) -> String {
    match event {
        DisclosureEvent::Planned { instant, acts, .. } => {
            format!("disclosure planned for {instant}, {} acts", acts.len())
        }
        DisclosureEvent::Approved { .. } => "disclosure approved".into(),
        DisclosureEvent::Armed { .. } => "disclosure armed".into(),
        DisclosureEvent::TimeTold { clock, .. } => format!("the instant has come, by {clock}"),
        DisclosureEvent::Held { reason, .. } => format!("disclosure held: {reason}"),
        DisclosureEvent::Resumed { .. } => "disclosure resumed".into(),
        DisclosureEvent::Blocked { missing, .. } => {
            let open: Vec<String> = missing.iter().map(|m| m.step.to_string()).collect();
            format!("the instant has come, but these are open: {}", open.join(", "))
        }
        DisclosureEvent::Started { .. } => "disclosure begins".into(),
        DisclosureEvent::Finished { .. } => "disclosure finished".into(),
        DisclosureEvent::Dropped { reason, .. } => format!("disclosure dropped: {reason}"),
    }
}
