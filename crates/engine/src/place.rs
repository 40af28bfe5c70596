//! A distributor's own place: what a delegate may see and say, by the secret of their link.
//!
//! It shows what was sent to their organisation, what their organisation answered, and the embargo
//! policy; nothing else of a case, and of no other organisation even that there is one. Each request
//! asks the roll anew: whoever is struck off has no place any more.

use std::collections::BTreeSet;

use advisory::Digest;
use case::{
    Actor, Case, CaseId, Command, CommandId, PersonId, ProjectId,
    act::{ActKind, Payload},
    embargo::{Channel, Consent, Given, Proposal},
    roll::{Address, Change, Delegate, Member, Standing, Terms, Way},
};
use store::{Direction, RowQuery, Scope};

use crate::{Engine, EngineError, journal, portal::Line, streams, summary};

/// Rows that are fetched at a time.
const FETCH: usize = 100;

/// A delegate's place.
#[derive(Debug, Clone, PartialEq)]
pub struct DistributorsPlace {
    /// The project's name.
    pub project: String,
    /// The organisation.
    pub member: String,
    /// It is a member; before that it only reads the embargo policy here.
    pub admitted: bool,
    /// Who they are.
    pub delegate: Delegate,
    /// The embargo policy in force, and its version.
    pub terms: Option<(usize, Terms)>,
    /// They accepted it.
    pub accepted: bool,
    /// How fresh the word is that they read their address.
    pub address: Address,
    /// What they were sent, the newest case first.
    pub cases: Vec<Asked>,
}

/// What a distributor was sent of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The case, for the answer.
    pub case: CaseId,
    /// Its codename.
    pub codename: String,
    /// The notices, as they were sent.
    pub notices: Vec<Line>,
    /// The date that the last of them asks about, with its revision.
    pub date: Option<(u32, Proposal)>,
    /// What the organisation answered to it, and who gave that answer.
    pub answer: Option<(Consent, Option<String>)>,
    /// That date is still asked about.
    pub open: bool,
    /// The advisory's address, once it is public.
    pub advisory: Option<String>,
}

/// What a delegate may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// They accept the embargo policy with this digest.
    Accept(Digest),
    /// They read the address that is written down.
    Confirm,
    /// The organisation agrees to a date.
    Agree(CaseId, u32),
    /// The organisation objects to a date.
    Object(CaseId, u32, String),
}

/// Who stands before a door that a link opens.
struct Holder {
    person: PersonId,
    change_for: case::MemberId,
    member: Member,
    delegate: Delegate,
}

impl Engine {
    /// The place of the delegate who holds this secret. What it shows of a case is recorded as read.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for any other secret, and for any other project.
    pub fn distributors_place(
        &self,
        project: ProjectId,
        secret: &str,
    ) -> Result<DistributorsPlace, EngineError> {
        let holder = self.holder(project, secret)?;
        let known = self.project(project)?;
        let (rules, now) = (&known.policy.membership, self.now().now);
        let hears = known.roll.hindrance(holder.person, rules, now).is_none();
        let terms = known.roll.in_force().map(|(version, terms)| (version, terms.clone()));
        let accepted = terms.as_ref().is_some_and(|(_, terms)| {
            holder.delegate.accepted.as_ref().is_some_and(|it| it.terms == terms.digest)
        });
        let cases = if hears { self.asked_of(&holder)? } else { Vec::new() };
        let shown = cases.iter().map(|asked| asked.case);
        self.record_reads(shown, Actor::Person(holder.person), "distributor's place")?;
        Ok(DistributorsPlace {
            project: known.policy.project,
            admitted: holder.member.standing == Standing::Admitted,
            member: holder.member.name,
            address: holder.delegate.address(rules, now),
            delegate: holder.delegate,
            terms,
            accepted,
            cases,
        })
    }

    /// Says something as the delegate who holds this secret.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for an unknown secret, and for a case that the organisation was not
    /// asked in; a refusal as for any command.
    pub fn say_there(
        &self,
        project: ProjectId,
        secret: &str,
        command: CommandId,
        word: Word,
    ) -> Result<(), EngineError> {
        let holder = self.holder(project, secret)?;
        let (member, person) = (holder.change_for, holder.person);
        match word {
            Word::Accept(terms) => {
                let change = Change::Accepted { member, person, terms, way: Way::Link };
                self.change_roll(project, person, &change, command)
            }
            Word::Confirm => {
                let mailbox = holder.delegate.mailbox.clone();
                let change = Change::Confirmed { member, person, mailbox, way: Way::Link };
                self.change_roll(project, person, &change, command)
            }
            Word::Agree(case, revision) => self.answer_by(&holder, case, revision, None, command),
            Word::Object(case, revision, reason) => {
                self.answer_by(&holder, case, revision, Some(reason), command)
            }
        }
    }

    fn answer_by(
        &self,
        holder: &Holder,
        case: CaseId,
        revision: u32,
        objection: Option<String>,
        id: CommandId,
    ) -> Result<(), EngineError> {
        let asked = self.asked_of(holder)?.into_iter().any(|asked| asked.case == case);
        let loaded = journal::load(&*self.store, case)?.case;
        let contact = contact(&loaded, &holder.member).filter(|_| asked);
        let person = contact.ok_or(EngineError::NotFound)?;
        let given = Given { by: holder.person, channel: Channel::Link };
        let command = Command::AnswerFor { person, revision, objection, given };
        let actor = Actor::Person(holder.person);
        self.execute(case, actor, id, &command, "distributor's place").map(|_| ())
    }

    fn holder(&self, project: ProjectId, secret: &str) -> Result<Holder, EngineError> {
        let roll = self.project(project)?.roll;
        let digest = Digest::of(secret.as_bytes());
        let now = self.clock.wall();
        let (id, person) = roll.by_link(&digest, now).ok_or(EngineError::NotFound)?;
        let member = roll.members.get(&id).ok_or(EngineError::NotFound)?.clone();
        let delegate = member.delegates.get(&person).ok_or(EngineError::NotFound)?.clone();
        Ok(Holder { person, change_for: id, member, delegate })
    }

    /// The cases in which one of these people is asked.
    pub(crate) fn asked(&self, people: &[PersonId]) -> Result<BTreeSet<CaseId>, EngineError> {
        let mut cases = BTreeSet::new();
        for person in people {
            let mut after = None;
            loop {
                let query = RowQuery {
                    list: summary::asked_of(*person),
                    direction: Direction::Ascending,
                    after,
                    limit: FETCH,
                };
                let found = self.store.rows(&Scope::house("place"), &query)?;
                let ids = found.rows.iter().filter_map(|row| streams::case_of(&row.stream));
                cases.extend(ids);
                after = found.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(cases)
    }

    fn asked_of(&self, holder: &Holder) -> Result<Vec<Asked>, EngineError> {
        let colleagues: Vec<PersonId> = holder.member.delegates.keys().copied().collect();
        let mut cases = Vec::new();
        for id in self.asked(&colleagues)? {
            let case = journal::load(&*self.store, id)?.case;
            if let Some(contact) = contact(&case, &holder.member) {
                cases.extend(asked(&case, contact, &holder.member).map(|it| (case.opened_at, it)));
            }
        }
        cases.sort_by_key(|(opened, _)| std::cmp::Reverse(*opened));
        Ok(cases.into_iter().map(|(_, asked)| asked).collect())
    }
}

/// The delegate through whom a member is asked in a case, while it is.
fn contact(case: &Case, member: &Member) -> Option<PersonId> {
    let mut asked = case.holding(case::Role::Distributor).map(|(person, _)| person);
    asked.find(|person| member.delegates.contains_key(person))
}

/// What a member was sent; nothing, before anything was.
fn asked(case: &Case, contact: PersonId, member: &Member) -> Option<Asked> {
    let since = case.people.get(&contact)?.since;
    let theirs = |kind: &ActKind| match kind {
        ActKind::NotifyDistributors | ActKind::FollowUp => true,
        ActKind::Nudge { person, .. } => *person == contact,
        _ => false,
    };
    // What went out before they were asked is not theirs to see; a later notice says it again.
    let sent = || case.acts_of(theirs).filter_map(|act| Some((act, act.done_at()?)));
    let theirs = || sent().filter(|(_, at)| *at >= since);
    let notices: Vec<Line> = theirs()
        .filter_map(|(act, at)| match &act.plan.payload {
            Payload::Message { subject, body } => {
                Some(Line { at, own: false, subject: subject.clone(), text: body.clone() })
            }
            _ => None,
        })
        .collect();
    let told = theirs().filter(|(act, _)| act.plan.kind == ActKind::NotifyDistributors).last();
    let (last, _) = told?;
    let numbered = (1_u32..).zip(&case.embargo.proposals);
    let date = numbered.filter(|(_, date)| date.at <= last.planned_at).last();
    let answer = date.and_then(|(revision, _)| {
        let consent = case.embargo.consents.get(&contact)?.get(&revision)?.clone();
        let by = consent.given.as_ref().and_then(|given| member.delegates.get(&given.by));
        let by = by.map(|delegate| delegate.name.clone());
        Some((consent, by))
    });
    Some(Asked {
        case: case.id,
        codename: case.codename.to_string(),
        notices,
        open: date.is_some_and(|(revision, _)| case.embargo.current() == Some(revision)),
        date: date.map(|(revision, date)| (revision, date.clone())),
        answer,
        advisory: case
            .forge
            .draft
            .as_ref()
            .filter(|_| case.facts.is_public())
            .map(|d| d.url.clone()),
    })
}
