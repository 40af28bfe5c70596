//! The bounded world: what a state is, which moves lead out of it, and a gate of our own.

use std::collections::BTreeSet;

use advisory::{digest::Digest, mailbox::Mailbox};
use case::{
    Case, Command, Context, DisclosureId, Event, Gate, Party, PersonId, PublicRecord,
    PublishedCopy, Refusal,
    act::{Act, ActKind, ActState, Plan, Recipient},
    decide,
    embargo::Answer,
    event::{Decision, LineVerdict, Triage},
    observation::{DraftState, Observation},
    people::{CreditAnswer, Standing},
    rights::{Actor, Role},
    state::{Disclosure, DisclosureState, Phase},
    vultron::em,
};
use jiff::Timestamp;

use super::monitor::Monitor;
use crate::desk::{
    self, ANNA, BERT, CLEO, DORA, Desk, EGON, RITA, advisory, decision, disclose, early_date,
    late_date, line, notice, observe, patch, person, proof, propose, publication_of, release,
    start, triage,
};

pub(super) const TEAM: [PersonId; 3] = [ANNA, BERT, CLEO];
pub(super) const DISTRIBUTORS: [PersonId; 2] = [DORA, EGON];
pub(super) const MOMENTS: usize = 3;

pub(super) fn moment(tick: usize) -> Timestamp {
    [start(), early_date(), late_date()][tick]
}

/// Whether the house asks other clocks, or a person looks at one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Clocks {
    Asked,
    ByHand,
}

/// A state: the case, who is on the project's team, what time it is, and what the monitor saw.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) case: Case,
    pub(super) team: BTreeSet<PersonId>,
    pub(super) tick: usize,
    pub(super) monitor: Monitor,
    /// What nobody can be asked about but a person.
    pub(super) by_hand: BTreeSet<Party>,
    /// Acts and disclosures ever planned; the next ids come from here.
    drawn: u16,
}

impl Node {
    /// A reported case whose vulnerability and lines are known, in a house that asks other clocks
    /// or in one that must be told the time.
    pub(super) fn first(clocks: Clocks) -> Self {
        let mut desk = Desk::new();
        desk.anna(desk::vulnerability());
        desk.house(desk::cve_assigned());
        desk.house(desk::supported_lines());
        desk.anna(desk::concerned(&DISTRIBUTORS));
        let monitor = Monitor::new();
        let by_hand = match clocks {
            Clocks::Asked => BTreeSet::new(),
            Clocks::ByHand => [Party::Clocks].into(),
        };
        Self { case: desk.case, team: desk.team, tick: 0, monitor, by_hand, drawn: 0 }
    }

    pub(super) fn gone(&self, who: PersonId) -> bool {
        !self.team.contains(&who)
            || self.case.people.get(&who).is_some_and(|p| p.standing == Standing::Removed)
    }

    fn deferred(&self) -> bool {
        self.case.triage.as_ref().is_some_and(|triage| triage.verdict == Triage::Deferred)
    }

    fn notice_open(&self) -> bool {
        let mut open = self.case.acts.values().filter(|act| !act.over());
        open.any(|act| act.plan.kind == ActKind::NotifyDistributors)
    }

    fn approves_an_act(&self, who: PersonId) -> bool {
        self.case.acts.values().any(|act| !act.over() && act.approvals.contains_key(&who))
    }

    fn approves_the_disclosure(&self, who: PersonId) -> bool {
        let plan = self.case.disclosure.as_ref();
        plan.is_some_and(|plan| {
            plan.state != DisclosureState::Finished && plan.approvals.contains_key(&who)
        })
    }

    fn somebody(&self) -> Actor {
        person(TEAM.into_iter().find(|p| !self.gone(*p)).unwrap())
    }

    /// How far the facts are that only open gates: from nothing (0) to both lines fixed (7).
    fn progress(&self) -> u8 {
        let case = &self.case;
        let released = |name| case.lines.get(&line(name)).is_some_and(|l| !l.releases.is_empty());
        let judged = |name| case.lines.get(&line(name)).is_some_and(|l| l.verdict.is_some());
        let steps = [
            case.triage.is_some(),
            judged("main"),
            judged("1.30"),
            case.forge.draft.is_some(),
            fixed(case, "main"),
            released("1.30"),
            fixed(case, "1.30"),
        ];
        u8::try_from(steps.iter().take_while(|done| **done).count()).unwrap()
    }
}

fn fixed(case: &Case, name: &str) -> bool {
    case.lines.get(&line(name)).is_some_and(|line| line.fixed_in().is_some())
}

/// Whether a gate is open, from the facts of the case alone.
pub(super) fn open(case: &Case, gate: Gate) -> bool {
    let lines = ["main", "1.30"].map(line);
    let decided = lines.iter().all(|line| {
        let verdict = case.lines.get(line).and_then(|l| l.verdict.as_ref());
        matches!(verdict, Some(LineVerdict::Patch { .. }))
    });
    let read_back = case.forge.draft.is_some();
    let released = fixed(case, "main") && fixed(case, "1.30");
    let opposed = DISTRIBUTORS.iter().any(|who| objects(case, *who));
    let accepted = case.triage.as_ref().is_some_and(|t| t.verdict == Triage::Accepted);
    match gate {
        Gate::Notify => decided && read_back,
        // The release mode is silent: releases come before the instant, not before arming.
        Gate::Arm => decided && read_back && !opposed,
        Gate::Publish => decided && read_back && released && !opposed,
        Gate::Announce => case.facts.is_public(),
        Gate::Close => {
            let looked = |record| case.copies.get(&record).is_some_and(|seen| !seen.open());
            !accepted
                || (case.retrospective.is_some()
                    && case.facts.is_public()
                    && case.public_records().all(looked))
        }
    }
}

fn objects(case: &Case, who: PersonId) -> bool {
    let current = case.embargo.current().and_then(|revision| case.embargo.answer(who, revision));
    matches!(current, Some(Answer::Objected { settled: None, .. }))
}

/// One move: whose wish it is, by which clock and verdict it is judged, and whether a case may
/// count on it to reach its end.
pub(super) struct Move {
    pub(super) actor: Actor,
    pub(super) step: Step,
    pub(super) trusted: bool,
    pub(super) stale: bool,
    pub(super) hopeful: bool,
}

/// What a move does.
pub(super) enum Step {
    /// A command.
    Command(Command),
    /// Time goes on.
    Tick,
    /// Somebody leaves the project's team.
    Leave(PersonId),
}

impl Move {
    fn new(actor: Actor, command: Command) -> Self {
        let step = Step::Command(command);
        Self { actor, step, trusted: true, stale: false, hopeful: true }
    }

    fn unhopeful(mut self) -> Self {
        self.hopeful = false;
        self
    }

    /// The move as it is, and on a verdict from when nothing was known to be missing.
    fn fresh_and_stale(actor: Actor, command: &Command) -> [Self; 2] {
        let each = || Self::new(actor, command.clone());
        [each(), Self { stale: true, ..each() }]
    }

    /// The same, and by a clock that cannot be trusted.
    fn in_all_lights(actor: Actor, command: &Command) -> [Self; 3] {
        let [fresh, stale] = Self::fresh_and_stale(actor, command);
        [fresh, stale, Self { trusted: false, ..Self::new(actor, command.clone()) }]
    }
}

/// The real `decide`.
pub(super) fn honest(
    case: &Case,
    command: &Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    decide(case, command, context)
}

/// Every move out of a state.
pub(super) fn moves(node: &Node) -> Vec<Move> {
    let mut moves = Vec::with_capacity(48);
    if node.case.phase != Phase::Open {
        return moves;
    }
    facts(node, &mut moves);
    people(node, &mut moves);
    embargo(node, &mut moves);
    plans(node, &mut moves);
    acts(node, &mut moves);
    disclosure(node, &mut moves);
    copies(node, &mut moves);
    let somebody = node.somebody();
    if node.case.facts.is_public() && node.case.retrospective.is_none() {
        let written = Decision::Retrospective { text: "we learned".into(), actions: vec![] };
        moves.push(Move::new(somebody, decision(written)));
    }
    moves.extend(Move::fresh_and_stale(somebody, &Command::Close { reason: "done".into() }));
    moves
}

fn facts(node: &Node, moves: &mut Vec<Move>) {
    let somebody = node.somebody();
    let text = || decision(Decision::Advisory(Box::new(advisory("Skipped authorisation"))));
    let next = match node.progress() {
        0 => Some((somebody, triage(Triage::Accepted))),
        1 => Some((somebody, patch("main"))),
        2 => Some((somebody, patch("1.30"))),
        3 if node.case.advisory.is_none() => Some((somebody, text())),
        3 => Some((Actor::House, desk::draft(DraftState::Draft))),
        4 => Some((Actor::House, release("main", true))),
        5 => Some((Actor::House, release("1.30", false))),
        6 => Some((Actor::House, release("1.30", true))),
        _ => None,
    };
    // Releases come when no plan waits for approvals: they change nothing about those.
    let planned = |plan: &Disclosure| plan.state == DisclosureState::Planned;
    let waits = node.notice_open() || node.case.disclosure.as_ref().is_some_and(planned);
    // Only here, before any line is judged, is the report put off and taken up again.
    if node.progress() == 1 {
        let other = if node.deferred() { Triage::Accepted } else { Triage::Deferred };
        moves.push(Move { hopeful: node.deferred(), ..Move::new(somebody, triage(other)) });
    }
    let next = next.filter(|_| !node.deferred());
    if let Some((actor, command)) = next.filter(|_| node.progress() < 4 || !waits) {
        moves.push(Move::new(actor, command));
    }
    // A revision, or a word about credit, when it would slip past the approvals of a disclosure that
    // waits for its instant.
    let waits = node.case.disclosure.as_ref().is_some_and(|plan| {
        matches!(plan.state, DisclosureState::Planned | DisclosureState::Armed)
    });
    if node.progress() == 7 && waits && node.case.outdated_disclosure().is_empty() {
        moves.push(Move::new(somebody, text()));
        if node.case.credit.is_empty() {
            let answer = CreditAnswer::NamedWithoutCompany { name: "Rita".into() };
            let credit = Command::AnswerCredit { person: RITA, answer };
            moves.push(Move::new(person(RITA), credit).unhopeful());
        }
    }
    if node.tick + 1 < MOMENTS && node.progress() > 2 {
        moves.push(Move { step: Step::Tick, ..Move::new(Actor::House, text()) });
    }
    if !node.case.facts.is_public() {
        let seen = observe(Observation::Public { source: "a blog".into() });
        moves.push(Move::new(Actor::House, seen).unhopeful());
    }
}

/// What is shown of the advisory once it is out: what was approved, or one thing otherwise and,
/// when that was accepted, another. Looked at when nothing else is on its way.
fn copies(node: &Node, moves: &mut Vec<Move>) {
    let published = node.case.public_records().next().is_some();
    let in_works = node.case.acts.values().any(|act| !act.over());
    if published == in_works {
        return;
    }
    let look = |copy| Move::new(Actor::House, observe(Observation::Copy(copy)));
    let Some(seen) = node.case.copies.get(&PublicRecord::Advisory) else {
        moves.extend([look(shown(SAME)), look(shown(OTHER))]);
        return;
    };
    if seen.accepted.is_some() && seen.copy == shown(OTHER) {
        moves.push(look(shown(ANOTHER)).unhopeful());
    }
    let accept = |digest| {
        let (record, reason) = (PublicRecord::Advisory, "it is right as well".into());
        decision(Decision::AcceptCopy { record, digest, reason })
    };
    if seen.accepted.is_none() {
        for digest in [seen.copy.digest, Digest::of(b"something else")] {
            moves.push(Move::new(node.somebody(), accept(digest)));
        }
    }
}

const SAME: u8 = 0;
const OTHER: u8 = 1;
const ANOTHER: u8 = 2;

/// A published copy that says what was approved, or one or another thing otherwise.
fn shown(which: u8) -> PublishedCopy {
    let differences = (which != SAME).then(|| format!("credits: {which}"));
    PublishedCopy::new(PublicRecord::Advisory, Digest::of(&[which]), differences)
}

fn people(node: &Node, moves: &mut Vec<Move>) {
    let somebody = node.somebody();
    let away = TEAM.into_iter().find(|who| node.gone(*who));
    let Some(away) = away else {
        // It matters from when enough people stand behind something.
        let armed = node.case.disclosure.as_ref().is_some_and(|plan| {
            matches!(plan.state, DisclosureState::Armed | DisclosureState::Running)
        });
        let approved = |act: &Act| !act.over() && act.approvals.len() >= usize::from(act.needs);
        let solo = |act: &&Act| act.plan.under.is_none();
        if !armed && !node.case.acts.values().filter(solo).any(approved) {
            return;
        }
        for who in TEAM {
            let other = person(TEAM.into_iter().find(|p| *p != who).unwrap());
            let remove = Command::Remove { person: who, reason: "moves on".into() };
            moves.push(Move::new(other, remove).unhopeful());
            let leave = Step::Leave(who);
            moves.push(Move {
                step: leave,
                ..Move::new(other, Command::OfferCredit { person: who }).unhopeful()
            });
        }
        return;
    };
    if node.team.contains(&away) {
        let back = case::command::Invitation {
            person: away,
            name: "back again".into(),
            organisation: None,
            mailbox: None,
            login: None,
            roles: [Role::Team].into(),
        };
        moves.push(Move::new(somebody, Command::Invite(Box::new(back))));
    }
}

fn embargo(node: &Node, moves: &mut Vec<Move>) {
    let embargo = &node.case.embargo;
    let somebody = node.somebody();
    let reason = || "because".to_owned();
    for instant in [early_date(), late_date()] {
        let on_table = embargo.pending.and_then(|r| embargo.proposal(r)).map(|p| p.instant);
        if on_table != Some(instant) {
            moves.push(Move::new(somebody, propose(instant)));
        }
    }
    if let Some(revision) = embargo.pending {
        moves.push(Move::new(somebody, Command::AgreeEmbargo { revision }));
        moves.push(Move::new(somebody, Command::RejectEmbargo { revision, reason: reason() }));
    }
    if embargo.in_force() {
        moves.push(Move::new(somebody, Command::EndEmbargo { reason: reason() }).unhopeful());
    }
    if !told(node) {
        return;
    }
    for who in DISTRIBUTORS {
        if let Some(revision) = embargo.current() {
            let object = Command::Object { person: who, revision, reason: reason() };
            moves.push(Move::new(person(who), object).unhopeful());
        }
        if objects(&node.case, who) {
            moves.push(Move::new(person(who), Command::WithdrawObjection { person: who }));
            let over = Command::OverrideObjection { person: who, reason: reason() };
            moves.push(Move::new(somebody, over).unhopeful());
        }
    }
}

fn told(node: &Node) -> bool {
    node.case
        .acts_of(|kind| *kind == ActKind::NotifyDistributors)
        .any(|act| act.done_at().is_some())
}

/// What may be planned now. The notice is settled before anything is published; beside what is in
/// the works, a second publication is tried, which must not be had.
fn plans(node: &Node, moves: &mut Vec<Move>) {
    let somebody = node.somebody();
    let next = node.drawn + 1;
    let planned = |plan| Command::Plan { act: desk::act(next), plan: Box::new(plan) };
    let in_works = node.case.acts.values().any(|act| !act.over());
    let progress = node.progress();
    if !in_works && !told(node) && !node.case.facts.is_public() && matches!(progress, 3 | 4 | 7) {
        moves.push(Move::new(somebody, planned(notice())));
        moves.extend(bad_notices().map(|bad| Move::new(somebody, planned(bad))));
    }
    let public = node.case.facts.is_public();
    // Whoever can still be told of an embargo is told before the disclosure is planned.
    let embargo = node.case.embargo.state;
    let too_late = embargo == em::State::None && node.tick + 1 == MOMENTS;
    let settled = told(node) || public || too_late || embargo == em::State::Exited;
    if node.case.advisory.is_none() || node.notice_open() || !settled {
        return;
    }
    let publishing =
        node.case.acts.values().any(|act| act.live() && act.plan.kind == ActKind::PublishAdvisory);
    if in_works && !publishing {
        return;
    }
    if matches!(progress, 3 | 4 | 7) {
        let instants = [early_date(), late_date()];
        for instant in instants.into_iter().skip(usize::from(in_works)) {
            let publication = publication_of(&node.case);
            moves.push(Move::new(somebody, disclose(publication, next, instant, next)));
        }
    }
    if progress == 7 && (in_works || public || node.tick == 0) {
        moves.push(Move::new(somebody, planned(publication_of(&node.case))));
    }
}

/// One letter away from the distributors' list.
pub(super) fn astray() -> Mailbox {
    desk::mailbox("distributor@lists.example.org")
}

/// A notice that names the CVE id, and one to an address that a client "corrected".
fn bad_notices() -> [Plan; 2] {
    let (mut naming, mut lost) = (notice(), notice());
    let words = format!("It is {}.\n\n{}", desk::CVE, desk::NOTE);
    naming.payload = desk::message("[vs] amber heron #security", &words);
    lost.to = vec![Recipient::List { list: "distributors".into(), mailbox: astray(), seal: None }];
    [naming, lost]
}

fn acts(node: &Node, moves: &mut Vec<Move>) {
    let somebody = node.somebody();
    let why = || "because".to_owned();
    for act in
        node.case.acts.values().filter(|act| !matches!(act.state, ActState::Cancelled { .. }))
    {
        let id = act.id;
        if act.over() {
            moves.push(Move::new(Actor::House, Command::Start { act: id }));
            continue;
        }
        moves.extend(Move::in_all_lights(Actor::House, &Command::Start { act: id }));
        match act.state {
            ActState::Planned | ActState::Approved { .. } if act.plan.under.is_none() => {
                for who in TEAM {
                    let approve = Command::Approve { act: id, digest: act.digest };
                    moves.push(Move::new(person(who), approve));
                }
                let other = Digest::of(b"something else");
                moves.push(Move::new(somebody, Command::Approve { act: id, digest: other }));
                let outsider = Command::Approve { act: id, digest: act.digest };
                moves.push(Move::new(person(DORA), outsider));
            }
            ActState::Started { .. } => {
                moves.push(Move::new(Actor::House, Command::Finish { act: id, proof: proof() }));
                moves.push(Move::new(Actor::House, Command::Fail { act: id, why: why() }));
                let until = moment(0);
                moves.push(Move::new(Actor::House, Command::PutOff { act: id, why: why(), until }));
                moves.push(Move::new(Actor::House, Command::Doubt { act: id, why: why() }));
            }
            ActState::Uncertain { .. } => {
                moves.push(Move::new(somebody, Command::Resolve { act: id, proof: proof() }));
            }
            _ => {}
        }
        moves.push(Move::new(somebody, Command::Retry { act: id, reason: why() }));
        moves.push(Move::new(somebody, Command::Cancel { act: id, reason: why() }));
    }
}

fn disclosure(node: &Node, moves: &mut Vec<Move>) {
    let Some(plan) = &node.case.disclosure else {
        return;
    };
    if plan.state == DisclosureState::Finished {
        return;
    }
    let somebody = node.somebody();
    let (id, reason): (DisclosureId, _) = (plan.id, || "because".to_owned());
    for who in TEAM {
        let approve = Command::ApproveDisclosure { id, digest: plan.digest };
        moves.push(Move::new(person(who), approve));
    }
    let other = Digest::of(b"something else");
    moves.push(Move::new(somebody, Command::ApproveDisclosure { id, digest: other }));
    moves.push(Move::new(somebody, Command::Hold { id, reason: reason() }));
    if plan.time_told.is_none() {
        let tell = |clock: &str| Command::TellTime { id, name: "Anna".into(), clock: clock.into() };
        moves.push(Move::new(somebody, tell("time.gov")));
        moves.push(Move::new(somebody, tell("")));
        moves.push(Move::new(Actor::House, tell("its own")));
    }
    moves.push(Move::new(somebody, Command::Resume { id }));
    moves.push(Move::new(somebody, Command::Drop { id, reason: reason() }));
    moves.extend(Move::fresh_and_stale(somebody, &Command::Arm { id }));
    moves.extend(Move::in_all_lights(Actor::House, &Command::Fire { id }));
}

impl Node {
    /// Draws the ids that a command has used up.
    pub(super) fn draw(&mut self, command: &Command) {
        match command {
            Command::Plan { .. } => self.drawn += 1,
            Command::PlanDisclosure { .. } => self.drawn += 2,
            _ => {}
        }
    }

    /// What the future depends on, and nothing else: times, numbers and who of several people on
    /// the same footing is left out.
    pub(super) fn key(&self) -> Vec<u8> {
        let case = &self.case;
        let embargo = &case.embargo;
        let date = |revision: Option<u32>| {
            let instant = revision.and_then(|r| embargo.proposal(r)).map(|p| p.instant);
            u8::from(instant == Some(early_date())) + 2 * u8::from(instant == Some(late_date()))
        };
        let mut key = vec![
            u8::from(case.phase == Phase::Open),
            self.progress() * 2 + u8::from(case.advisory.is_some()),
            u8::try_from(self.tick).unwrap(),
            embargo.state as u8,
            date(embargo.agreed.filter(|_| embargo.in_force())),
            date(embargo.pending),
            u8::from(self.deferred()) * 8
                + u8::from(case.facts.is_public()) * 4
                + u8::from(told(self) && !case.facts.is_public()) * 2
                + u8::from(case.retrospective.is_some()),
        ];
        let plan = case.disclosure.as_ref().filter(|p| p.state != DisclosureState::Finished);
        if let Some(plan) = plan {
            let state = match plan.state {
                DisclosureState::Planned => 1,
                DisclosureState::Armed => 2,
                DisclosureState::Held { .. } => 3,
                DisclosureState::Running => 4,
                DisclosureState::Finished => 5,
            };
            let marks = u8::from(plan.time_told.is_some()) * 4
                + u8::from(plan.started_at.is_some()) * 2
                + u8::from(!plan.blocked.is_empty());
            key.extend([state, marks, u8::from(plan.instant == late_date())]);
        }
        let live: Vec<_> = case.act_order.iter().filter_map(|id| case.acts.get(id)).collect();
        for act in live.iter().filter(|act| !act.over()) {
            let state = match act.state {
                ActState::Planned => 1,
                ActState::Approved { .. } => 2,
                ActState::Started { .. } => 3,
                ActState::Done { .. } => 4,
                ActState::Failed { .. } => 5,
                ActState::Uncertain { .. } => 6,
                ActState::Cancelled { .. } => 7,
            };
            let kind = match act.plan.kind {
                ActKind::PublishAdvisory => 1,
                ActKind::NotifyUsers => 2,
                _ => act.digest.as_bytes()[0],
            };
            let revised = u8::from(act.advisory_revision != case.advisory_revision());
            // Of what an advisory repeats, only these two change here after something is planned.
            let other_facts = u8::from(act.about.as_ref().is_some_and(|then| {
                then.credits.len() != case.credit.len()
                    || then.ghsa.is_some() != case.forge.draft.is_some()
            }));
            let tried = u8::from(act.attempts > 0);
            let under = u8::from(act.plan.under.is_some());
            key.extend([kind, state, other_facts * 8 + under * 4 + revised * 2 + tried]);
        }
        let mut team = TEAM.map(|who| {
            let solo = self.approves_an_act(who);
            let whole = self.approves_the_disclosure(who);
            let removed = case.people.get(&who).is_some_and(|p| !p.present());
            [
                u8::from(self.team.contains(&who)) * 2 + u8::from(removed),
                u8::from(solo) * 2 + u8::from(whole),
                self.monitor.standing(who),
            ]
        });
        team.sort_unstable();
        key.extend(team.as_flattened());
        key.push(u8::from(!case.credit.is_empty()));
        key.extend(
            case.copies.values().flat_map(|seen| {
                [seen.copy.digest.as_bytes()[0], u8::from(seen.accepted.is_some())]
            }),
        );
        let mut distributors = DISTRIBUTORS
            .map(|who| u8::from(objects(case, who)) * 8 + case.embargo.consent(who) as u8);
        distributors.sort_unstable();
        key.extend(distributors);
        key.extend(self.monitor.key());
        key
    }
}
