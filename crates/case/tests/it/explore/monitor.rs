//! An independent witness: from events alone it keeps its own books, and says what broke a law.
//!
//! It asks neither `decide` nor the case what was approved, agreed or held; of the case it uses the
//! facts that gates are made of.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use advisory::digest::Digest;
use case::{
    ActId, Case, Clock, Command, Event, Gate, Party, PersonId,
    act::{ActKind, Payload, Plan, Recipient},
    embargo::Ended,
    event::{ActEvent, Decision, DisclosureEvent, EmbargoEvent, LifeEvent, PeopleEvent},
    observation::Observation,
    rights::Actor,
};
use jiff::Timestamp;

use super::world::open;
use crate::desk;

const NEEDED: usize = 2;

/// What the monitor knows of one act.
#[derive(Clone)]
struct Known {
    plan: Rc<Plan>,
    digest: Digest,
    said: Said,
    approved: BTreeSet<PersonId>,
    tried: bool,
    call: Call,
}

/// What became of an act's call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    None,
    Flying,
    /// Nobody can know whether it landed: only a person goes on.
    Doubted,
    Landed,
}

impl Known {
    fn flying(&self) -> bool {
        matches!(self.call, Call::Flying | Call::Doubted)
    }

    fn done(&self) -> bool {
        self.call == Call::Landed
    }

    /// No call is under way, or a person says what became of it.
    fn abandoned(&self, truth: &Truth<'_>) -> Verdict {
        let by_a_person = self.call == Call::Doubted && matches!(truth.actor, Actor::Person(_));
        demand(!self.flying() || by_a_person, "a call under way was forgotten")
    }
}

/// How often each thing was said that an advisory repeats.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Said {
    text: u8,
    credit: u8,
}

/// What it knows of a published copy.
#[derive(Clone, Copy)]
struct Seen {
    digest: Digest,
    open: bool,
}

/// What it knows of the disclosure.
#[derive(Clone)]
struct Whole {
    instant: Timestamp,
    acts: Vec<ActId>,
    digest: Digest,
    approved: BTreeSet<PersonId>,
    armed: bool,
    running: bool,
    held: bool,
    /// When somebody looked at another clock, and the instant had come.
    told: Option<Timestamp>,
}

/// The witness's books.
#[derive(Clone, Default)]
pub(super) struct Monitor {
    acts: BTreeMap<ActId, Known>,
    disclosure: Option<Whole>,
    removed: BTreeSet<PersonId>,
    proposed: Vec<Timestamp>,
    agreed: Option<Timestamp>,
    on_table: bool,
    /// There was an embargo, and it is over.
    ended: bool,
    public: bool,
    /// The copy of the advisory that was seen last.
    copy: Option<Seen>,
    /// What was said so far.
    said: Said,
}

/// Who did something, when, and who was on the team: as it truly was.
pub(super) struct Truth<'a> {
    pub(super) actor: Actor,
    pub(super) clock: Clock,
    pub(super) by_hand: &'a BTreeSet<Party>,
    pub(super) team: &'a BTreeSet<PersonId>,
    pub(super) command: &'a Command,
    /// The case before the command.
    pub(super) case: &'a Case,
}

type Verdict = Result<(), String>;

fn demand(holds: bool, otherwise: &str) -> Verdict {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

impl Monitor {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Writes an event down; `Err` names the law that it broke.
    pub(super) fn watch(&mut self, event: &Event, truth: &Truth<'_>) -> Verdict {
        match event {
            Event::Act(event) => self.act(event, truth),
            Event::Disclosure(event) => self.disclosure(event, truth),
            Event::Embargo(event) => self.embargo(event, truth),
            Event::People(PeopleEvent::Removed { person, .. }) => {
                self.removed.insert(*person);
                for act in self.acts.values_mut() {
                    act.approved.remove(person);
                }
                if let Some(whole) = &mut self.disclosure {
                    whole.approved.remove(person);
                }
                Ok(())
            }
            Event::People(PeopleEvent::Joined { person, .. }) => {
                self.removed.remove(person);
                Ok(())
            }
            Event::Observed(seen) if let Observation::Copy(copy) = &**seen => {
                demand(self.published(), "a copy of what was never published")?;
                let (digest, open) = (copy.digest, !copy.differences.is_empty());
                let same = self.copy.is_some_and(|before| before.digest == digest);
                self.copy = self.copy.filter(|_| same).or(Some(Seen { digest, open }));
                Ok(())
            }
            Event::Observed(seen) => {
                self.public |= matches!(**seen, Observation::Public { .. });
                Ok(())
            }
            Event::Decided(decision) if let Decision::AcceptCopy { digest, .. } = &**decision => {
                let seen = self.copy.as_mut().filter(|seen| seen.digest == *digest);
                seen.ok_or("a copy was accepted that is not the one to be seen")?.open = false;
                Ok(())
            }
            Event::Decided(decision) => {
                self.said.text += u8::from(matches!(**decision, Decision::Advisory(_)));
                Ok(())
            }
            Event::People(PeopleEvent::CreditAnswered { .. }) => {
                self.said.credit += 1;
                Ok(())
            }
            Event::Life(LifeEvent::Closed { .. }) => self.closed(truth),
            _ => Ok(()),
        }
    }

    fn embargo(&mut self, event: &EmbargoEvent, truth: &Truth<'_>) -> Verdict {
        match event {
            EmbargoEvent::Proposed(proposal) => {
                demand(!self.public, "an embargo on what the world knows")?;
                demand(!self.ended, "an embargo after its end")?;
                demand(proposal.instant > truth.clock.now, "a date in the past")?;
                self.proposed.push(proposal.instant);
                self.on_table = true;
            }
            EmbargoEvent::Agreed { revision } => {
                self.agreed = Some(self.proposed[usize::try_from(*revision).unwrap() - 1]);
                self.on_table = false;
            }
            EmbargoEvent::Rejected { .. } => self.on_table = false,
            EmbargoEvent::Ended(Ended { .. }) => {
                self.agreed = None;
                self.on_table = false;
                self.ended = true;
            }
            EmbargoEvent::Answered { .. } | EmbargoEvent::Settled { .. } => {}
        }
        Ok(())
    }

    fn present(&self, who: PersonId, truth: &Truth<'_>) -> bool {
        truth.team.contains(&who) && !self.removed.contains(&who)
    }

    fn enough(&self, approved: &BTreeSet<PersonId>, truth: &Truth<'_>) -> Verdict {
        let present = approved.iter().filter(|who| self.present(**who, truth)).count();
        demand(present >= NEEDED, "short of the approvals in force")
    }

    /// An approval is its giver's own, given once, by somebody present, on what was shown.
    fn approval(&self, by: PersonId, digest: Digest, had: bool, truth: &Truth<'_>) -> Verdict {
        let (Command::Approve { digest: shown, .. }
        | Command::ApproveDisclosure { digest: shown, .. }) = truth.command
        else {
            return Err("an approval that nobody gave".into());
        };
        demand(truth.actor == Actor::Person(by), "an approval in somebody else's name")?;
        demand(self.present(by, truth), "an approval by somebody who takes no part")?;
        demand(!had, "one person counted twice")?;
        demand(*shown == digest, "an approval of something else than was shown")
    }

    fn act(&mut self, event: &ActEvent, truth: &Truth<'_>) -> Verdict {
        match event {
            ActEvent::Planned { act, plan, .. } => {
                let known = Known {
                    digest: plan.digest().unwrap(),
                    plan: Rc::new((**plan).clone()),
                    said: self.said,
                    approved: BTreeSet::new(),
                    tried: false,
                    call: Call::None,
                };
                self.acts.insert(*act, known);
                Ok(())
            }
            ActEvent::Approved { act, by, .. } => {
                let known = &self.acts[act];
                demand(!known.flying() && !known.done(), "an approval after the call")?;
                self.approval(*by, known.digest, known.approved.contains(by), truth)?;
                self.acts.get_mut(act).unwrap().approved.insert(*by);
                Ok(())
            }
            ActEvent::Started { act } => {
                self.started(*act, truth)?;
                let known = self.acts.get_mut(act).unwrap();
                (known.tried, known.call) = (true, Call::Flying);
                Ok(())
            }
            ActEvent::Done { act, .. } => {
                let known = self.acts.get_mut(act).unwrap();
                demand(known.flying(), "done, but never started")?;
                known.call = Call::Landed;
                self.public |= known.plan.kind == ActKind::PublishAdvisory;
                Ok(())
            }
            ActEvent::Sealed { act, .. } => {
                demand(self.acts[act].flying(), "sealed, but never started")
            }
            ActEvent::Failed { act, .. } | ActEvent::PutOff { act, .. } => {
                self.acts.get_mut(act).unwrap().call = Call::None;
                Ok(())
            }
            ActEvent::Retried { act, .. } => {
                let known = self.acts.get_mut(act).unwrap();
                demand(known.tried && !known.done(), "made again, though it did not fail")?;
                known.abandoned(truth)?;
                known.call = Call::None;
                Ok(())
            }
            ActEvent::Uncertain { act, .. } => {
                self.acts.get_mut(act).unwrap().call = Call::Doubted;
                Ok(())
            }
            ActEvent::Cancelled { act, .. } => {
                let known = self.acts.remove(act).ok_or("given up twice")?;
                known.abandoned(truth)?;
                demand(!known.done(), "given up, though it is done")?;
                let whole = self.disclosure.as_ref().filter(|whole| !whole.running);
                let part = whole.is_some_and(|whole| whole.acts.contains(act));
                demand(!part, "taken out of what was approved as a whole")
            }
        }
    }

    fn started(&self, act: ActId, truth: &Truth<'_>) -> Verdict {
        let known = &self.acts[&act];
        let kind = &known.plan.kind;
        let same = || self.acts.values().filter(|other| other.plan.kind == *kind);
        demand(!same().any(|other| other.flying() || other.done()), "the same thing twice")?;
        if let Some(gate) = kind.gate() {
            demand(open(truth.case, gate), "a red gate")?;
        }
        match kind {
            ActKind::NotifyDistributors => {
                demand(self.agreed.is_some() || self.on_table, "no embargo to keep")?;
                words(&known.plan)?;
                self.enough(&known.approved, truth)
            }
            ActKind::PublishAdvisory | ActKind::NotifyUsers => {
                demand(known.said.text == self.said.text, "a text that was revised since")?;
                demand(known.said.credit == self.said.credit, "another credit than was given")?;
                demand(*kind != ActKind::NotifyUsers || self.public, "announced before published")?;
                self.disclosing(act, known, truth)
            }
            _ => Err("an act that no move plans".into()),
        }
    }

    fn disclosing(&self, act: ActId, known: &Known, truth: &Truth<'_>) -> Verdict {
        if known.plan.under.is_none() {
            demand(self.public, "made public outside of a disclosure")?;
            return self.enough(&known.approved, truth);
        }
        let whole = self.disclosure.as_ref().ok_or("no disclosure")?;
        demand(whole.running && !whole.held, "the disclosure was not going out")?;
        let told = whole.told.is_some() && truth.by_hand.contains(&Party::Clocks);
        demand(truth.clock.trusted || told, "by a clock that cannot be trusted")?;
        demand(truth.clock.now >= whole.instant, "before the instant")?;
        let agreed = self.agreed.is_none_or(|agreed| truth.clock.now >= agreed);
        demand(agreed, "before the agreed date")?;
        let mut before = whole.acts.iter().take_while(|id| **id != act);
        demand(before.all(|id| self.acts.get(id).is_none_or(Known::done)), "out of order")?;
        self.enough(&whole.approved, truth)
    }

    fn disclosure(&mut self, event: &DisclosureEvent, truth: &Truth<'_>) -> Verdict {
        if let DisclosureEvent::Planned { instant, acts, digest, .. } = event {
            demand(self.disclosure.is_none(), "a disclosure in the place of another")?;
            self.disclosure = Some(Whole {
                instant: *instant,
                acts: acts.clone(),
                digest: *digest,
                approved: BTreeSet::new(),
                armed: false,
                running: false,
                held: false,
                told: None,
            });
            return Ok(());
        }
        let whole = self.disclosure.as_ref().ok_or("no disclosure")?;
        match event {
            DisclosureEvent::Approved { by, .. } => {
                self.approval(*by, whole.digest, whole.approved.contains(by), truth)?;
            }
            DisclosureEvent::Armed { .. } => {
                demand(open(truth.case, Gate::Arm), "armed before a red gate")?;
                demand(!whole.held, "armed past a hold")?;
                self.enough(&whole.approved, truth)?;
            }
            DisclosureEvent::Resumed { .. } => demand(whole.held, "resumed, but never held")?,
            DisclosureEvent::Started { .. } => {
                demand(whole.armed && !whole.held, "fired, but not armed")?;
            }
            DisclosureEvent::TimeTold { clock, .. } => {
                demand(matches!(truth.actor, Actor::Person(_)), "the time told by nobody")?;
                demand(truth.by_hand.contains(&Party::Clocks), "told what the house asks itself")?;
                let said =
                    matches!(truth.command, Command::TellTime { clock: c, .. } if c == clock);
                demand(said && !clock.trim().is_empty(), "the time told by no clock")?;
                demand(truth.clock.now >= whole.instant, "told that the instant came before it")?;
                demand(whole.armed && !whole.held, "told the time of what is not armed")?;
            }
            DisclosureEvent::Dropped { .. } => {
                let tried = |id| self.acts.get(id).is_some_and(|act| act.tried);
                demand(!whole.acts.iter().any(tried), "dropped with a part that was tried")?;
            }
            _ => {}
        }
        let whole = self.disclosure.as_mut().ok_or("no disclosure")?;
        match event {
            DisclosureEvent::Approved { by, .. } => {
                whole.approved.insert(*by);
            }
            DisclosureEvent::Armed { .. } => whole.armed = true,
            DisclosureEvent::Held { .. } => whole.held = true,
            DisclosureEvent::Resumed { .. } => whole.held = false,
            DisclosureEvent::Started { .. } => whole.running = true,
            DisclosureEvent::TimeTold { .. } => whole.told = Some(truth.clock.now),
            DisclosureEvent::Dropped { .. } | DisclosureEvent::Finished { .. } => {
                self.disclosure = None;
            }
            _ => {}
        }
        Ok(())
    }

    fn published(&self) -> bool {
        self.acts.values().any(|act| act.done() && act.plan.kind == ActKind::PublishAdvisory)
    }

    fn closed(&self, truth: &Truth<'_>) -> Verdict {
        let looked = self.copy.is_some_and(|copy| !copy.open);
        demand(looked || !self.published(), "closed over a copy that says something else")?;
        demand(self.agreed.is_none(), "closed under an embargo")?;
        demand(open(truth.case, Gate::Close), "closed before a red gate")?;
        demand(truth.case.triage.is_some(), "closed without a verdict")?;
        let waits = self.disclosure.as_ref().is_some_and(|whole| whole.armed && !whole.held);
        demand(!waits, "closed with a disclosure armed")?;
        demand(!self.acts.values().any(Known::flying), "closed with a call under way")
    }

    /// A person's part in the books, for the key of a state.
    pub(super) fn standing(&self, who: PersonId) -> u8 {
        let solo = self.acts.values().any(|act| !act.done() && act.approved.contains(&who));
        let whole = self.disclosure.as_ref().is_some_and(|w| w.approved.contains(&who));
        u8::from(solo) * 4 + u8::from(whole) * 2 + u8::from(self.removed.contains(&who))
    }

    /// The rest of the books, for the key of a state.
    pub(super) fn key(&self) -> Vec<u8> {
        let date = match self.agreed {
            None => 0,
            Some(date) if date == desk::early_date() => 1,
            Some(_) => 2,
        };
        let whole = self.disclosure.as_ref();
        let flags = [
            self.public,
            self.on_table,
            self.ended,
            whole.is_some_and(|w| w.armed),
            whole.is_some_and(|w| w.running),
            whole.is_some_and(|w| w.held),
            whole.is_some_and(|w| w.told.is_some()),
        ];
        let mut key = vec![date];
        key.extend(flags.map(u8::from));
        let acts = self.acts.values();
        key.extend(acts.filter(|a| !a.done()).map(|a| a.call as u8 * 2 + u8::from(a.tried)));
        key.push(u8::from(self.published()));
        key.push(self.copy.map_or(0, |copy| 1 + u8::from(copy.open)));
        key
    }
}

/// The distributors' notice, to the letter of their list.
fn words(plan: &Plan) -> Verdict {
    let profile = &desk::policy().lists["distributors"];
    let Payload::Message { subject, body } = &plan.payload else {
        return Err("a notice without words".into());
    };
    let address = matches!(
        plan.to.as_slice(),
        [Recipient::List { mailbox, .. }] if *mailbox == profile.address
    );
    demand(address, "to another address than the list's")?;
    demand(!format!("{subject} {body}").contains("CVE-"), "the CVE id was named")?;
    demand(body.ends_with(desk::NOTE), "without the embargo note")
}
