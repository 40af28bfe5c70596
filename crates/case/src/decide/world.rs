//! What the world shows. Facts are not refused; only references to things that are not there are.

use super::{Context, Outcome, decision::known, ensure, unknown};
use crate::{
    ActId, Case, Event, LineKey, Refusal,
    act::{Act, ActKind, ActState},
    embargo::{Ended, EndedBy},
    event::EmbargoEvent,
    notice::{ListCopy, MOST_COPIES, may_be_there},
    observation::{CveWord, Draft, DraftState, Observation, Place},
    opening::Outcome as Opened,
    refusal::Rule,
    told::{Attestation, Subject},
    vultron::{cs, rules},
};

/// A fact about the world. What is public, exploited or attacked ends the embargo at once.
pub(super) fn observe(case: &Case, seen: &Observation, context: &Context<'_>) -> Outcome {
    about_known_things(case, seen)?;
    Ok(shown(case, seen, Event::Observed(Box::new(seen.clone())), context))
}

/// What a person saw where nobody can be read from here. No reading is replaced by it.
pub(super) fn attest(case: &Case, told: &Attestation, context: &Context<'_>) -> Outcome {
    context.person()?;
    if let Observation::Milestone { line, .. } = &told.seen {
        on_its_way(case, line)?;
    } else {
        unread(case, &told.seen, context)?;
    }
    let said = [&told.name, &told.place, &told.note];
    ensure(
        said.iter().all(|words| !words.trim().is_empty()),
        Rule::ReasonNeeded,
        "what is told needs a place and a note",
        "say where you saw it, and what you saw there in your own words",
    )?;
    about_known_things(case, &told.seen)?;
    if let Some(subject) = Subject::of(&told.seen) {
        after_its_act(case, subject)?;
    }
    Ok(shown(case, &told.seen, Event::Attested(Box::new(told.clone())), context))
}

/// Something whose party only people can reach, and that the house has never read.
fn unread(case: &Case, seen: &Observation, context: &Context<'_>) -> Result<(), Refusal> {
    let subject = Subject::of(seen).ok_or_else(|| {
        Refusal::new(
            Rule::NotPermitted,
            "this cannot be told: it is read, or there is a form of its own for it",
            "let the repository show lines, fixes and releases; its clone must be there and fresh",
        )
    })?;
    ensure(
        context.by_hand.contains(&subject.party()),
        Rule::NotPermitted,
        format!("this house reads {} itself", subject.party().name()),
        "wait for it to be read",
    )?;
    ensure(
        case.told.contains_key(&subject) || !known_before(case, subject),
        Rule::NotPermitted,
        format!("the house has read {} itself, and nobody's word replaces that", subject.name()),
        "override the step with a reason, where the playbook allows it",
    )
}

/// Review, tests and the like are of commits that somebody named, on a line that gets the fix.
fn on_its_way(case: &Case, line: &LineKey) -> Result<(), Refusal> {
    let (_, line, _) =
        case.to_patch().find(|(key, ..)| *key == line).ok_or_else(|| unknown("line to patch"))?;
    ensure(
        !line.fix.declared.is_empty(),
        Rule::WrongState,
        "nobody has said which commits the fix is",
        "declare the fix on this line first",
    )
}

fn known_before(case: &Case, subject: Subject) -> bool {
    match subject {
        Subject::Draft => case.forge.draft.is_some(),
        Subject::Fork => case.forge.fork.is_some(),
        Subject::Access => case.forge.access.is_some(),
        Subject::Post(act) => case.posts.contains_key(&act),
        Subject::Delivery(act, person) => {
            case.deliveries.get(&act).is_some_and(|people| people.contains_key(&person))
        }
    }
}

/// What is told of is there because of an act that has its receipt.
fn after_its_act(case: &Case, subject: Subject) -> Result<(), Refusal> {
    let made = |kind: &ActKind| case.acts_of(|known| known == kind).any(|a| a.done_at().is_some());
    let (there, wanted) = match subject {
        Subject::Draft => (made(&ActKind::CreateDraft), "the creation of the draft"),
        Subject::Fork => (made(&ActKind::CreateFork), "the creation of the private fork"),
        Subject::Access => (case.forge.fork.is_some(), "the private fork itself"),
        Subject::Post(act) | Subject::Delivery(act, _) => {
            let done = case.acts.get(&act).is_some_and(|a| a.done_at().is_some());
            (done, "that somebody sent it")
        }
    };
    ensure(
        there,
        Rule::WrongState,
        format!("there is nothing to tell of yet: {wanted} is not written down"),
        "record the proof of that first",
    )
}

/// The event of what the world showed, and what ends with it.
fn shown(case: &Case, seen: &Observation, event: Event, context: &Context<'_>) -> Vec<Event> {
    let mut events = vec![event];
    let facts = seen.fact().and_then(|fact| cs::observe(case.facts, fact)).map(|(facts, _)| facts);
    if let Some(facts) = facts
        && rules::embargo_must(case.embargo.state, facts).is_some()
    {
        let (by, why) = if our_own(case, seen) {
            (EndedBy::Disclosure, "the advisory is public".to_owned())
        } else {
            (EndedBy::World, format!("the world knows ({facts})"))
        };
        let ended = Ended { at: context.clock.now, by, why };
        events.push(Event::Embargo(EmbargoEvent::Ended(ended)));
    }
    events
}

/// What is found published is what this house had begun to publish: the receipt is only not here
/// yet, or was lost.
fn our_own(case: &Case, seen: &Observation) -> bool {
    let kind = match seen {
        Observation::Draft(Draft { state: DraftState::Published, .. }) => ActKind::PublishAdvisory,
        Observation::Cve { vulnerability, word: CveWord::Published } => {
            ActKind::PublishCve { vulnerability: *vulnerability }
        }
        _ => return false,
    };
    let on_its_way =
        |act: &Act| matches!(act.state, ActState::Started { .. } | ActState::Uncertain { .. });
    case.acts_of(|known| *known == kind).any(on_its_way)
}

fn about_known_things(case: &Case, seen: &Observation) -> Result<(), Refusal> {
    let known_act =
        |act: &ActId| case.acts.contains_key(act).then_some(()).ok_or_else(|| unknown("act"));
    match seen {
        Observation::Cve { vulnerability, .. } => known(case, vulnerability),
        Observation::Post { act, compared, .. } => {
            known_act(act)?;
            ensure(
                compared.as_ref().is_none_or(|compared| compared.is_bounded()),
                Rule::BadValue,
                "the differences are longer than what is written down",
                "leave the rest off",
            )
        }
        Observation::Delivery { act, .. } => known_act(act),
        Observation::ListCopy(copy) => list_copy(case, copy),
        Observation::Deadline { report, .. } => {
            case.reports.contains_key(report).then_some(()).ok_or_else(|| unknown("report"))
        }
        Observation::Preflight { disclosure, .. } => case
            .disclosure
            .as_ref()
            .filter(|plan| plan.id == *disclosure)
            .map(|_| ())
            .ok_or_else(|| unknown("disclosure")),
        Observation::Copy(copy) => {
            ensure(
                case.public_records().any(|record| record == copy.record),
                Rule::WrongState,
                format!("{} is not published by this case", copy.record.name()),
                "wait for the receipt of its publication",
            )?;
            ensure(
                copy.is_bounded(),
                Rule::BadValue,
                "the differences are longer than what is written down",
                "leave the rest off, and say how many they are",
            )
        }
        Observation::Opening(opening) => {
            let known = case.is_encrypted(opening.letter);
            known.then_some(()).ok_or_else(|| unknown("encrypted mail"))?;
            ensure(
                !matches!(case.opening(opening.letter), Some(Opened::Opened(_))),
                Rule::WrongState,
                "the mail was opened already",
                "read what was inside",
            )?;
            ensure(
                opening.is_bounded(),
                Rule::BadValue,
                "the text is longer than what is written down",
                "cut it; the bytes are kept whole",
            )
        }
        Observation::Sighted(sighting) => {
            ensure(
                case.is_secret(),
                Rule::WrongState,
                "nobody need be kept from knowing of this case any more",
                "there is nothing to tell",
            )?;
            ensure(
                case.is_news(sighting),
                Rule::WrongState,
                "this was told, or as many like it wait for an answer",
                "answer those first",
            )?;
            ensure(
                sighting.is_bounded(),
                Rule::BadValue,
                "a sighting needs a rule, and is longer than what is written down",
                "cut it; the bytes are kept whole",
            )
        }
        Observation::Fix { commits, place, .. } => ensure(
            !commits.is_empty() || *place == Place::Private,
            Rule::BadValue,
            "what was public cannot be private again",
            "what took it back is seen as such",
        ),
        Observation::SupportedLines { lines, default_branch, .. } => ensure(
            lines.contains(default_branch),
            Rule::BadValue,
            "the default branch is not among the lines",
            "list it as a line under its own name",
        ),
        _ => Ok(()),
    }
}

/// A copy of something that may be on a list, of which not too many are written down already.
fn list_copy(case: &Case, copy: &ListCopy) -> Result<(), Refusal> {
    let act = case.acts.get(&copy.act).ok_or_else(|| unknown("act"))?;
    ensure(
        may_be_there(act),
        Rule::WrongState,
        "the notice was not approved, or goes to no list",
        "read the mail, and find out how its words got there",
    )?;
    let mut before = case.list_copies.get(&copy.act).into_iter().flatten();
    if copy.opened.is_some() {
        ensure(
            before.any(|seen| seen.holds(copy)),
            Rule::WrongState,
            "no copy came that holds this, or it was compared already",
            "read the mail",
        )?;
    } else {
        ensure(
            before.filter(|seen| seen.copy.opened.is_none()).count() < MOST_COPIES,
            Rule::WrongState,
            "enough copies of this notice are written down",
            "read the mail",
        )?;
    }
    ensure(
        copy.is_bounded(),
        Rule::BadValue,
        "the copy is longer than what is written down",
        "leave the rest off",
    )
}
