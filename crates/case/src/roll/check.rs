//! What may happen to the roll, and at whose word.

use std::collections::BTreeSet;

use advisory::digest::Digest;
use jiff::Timestamp;

use super::{Change, Delegate, Member, Roll, Standing, Way};
use crate::{
    MemberId, PersonId,
    decide::{ensure, with_reason},
    policy::Membership,
    refusal::{Refusal, Rule},
    rights::Actor,
};

type Allowed = Result<(), Refusal>;

/// The longest text of an embargo policy, in bytes.
const LONGEST: usize = 64 * 1024;

impl Roll {
    /// Whether a change may be made. Nothing here is done by the house: the team answers for the
    /// roll, and a delegate, by their own link, for themself.
    ///
    /// # Errors
    /// A [`Refusal`] that names the rule and what would satisfy it.
    pub fn check(
        &self,
        change: &Change,
        actor: Actor,
        team: &BTreeSet<PersonId>,
        rules: &Membership,
        now: Timestamp,
    ) -> Allowed {
        permitted(change, actor, team)?;
        match change {
            Change::Terms { text } => self.terms_fit(text),
            Change::Asked { member, name, ships, note } => {
                self.ask(*member, name, ships)?;
                with_reason(note)
            }
            Change::Named { member, person, name, mailbox } => {
                let found = self.live(*member)?;
                ensure(!name.trim().is_empty(), Rule::BadValue, "nobody is named", "give a name")?;
                let of_others = |(id, other): &(&MemberId, &Member)| {
                    *id != member
                        && other.live()
                        && other
                            .delegates
                            .iter()
                            .any(|(who, it)| who == person || it.mailbox == *mailbox)
                };
                // Said without the other's name: who is on the roll is nobody's business but the team's.
                let taken = self.members.iter().any(|it| of_others(&it))
                    || found
                        .delegates
                        .iter()
                        .any(|(who, it)| who != person && it.mailbox == *mailbox);
                ensure(
                    !taken,
                    Rule::BadValue,
                    "this person or address stands on the roll already",
                    "give each delegate an address of their own, for one organisation",
                )
            }
            Change::Dropped { member, person, reason } => {
                self.delegate(*member, *person)?;
                with_reason(reason)
            }
            Change::Judged { member, criterion, note, .. } => {
                self.live(*member)?;
                ensure(
                    rules.criteria.iter().any(|known| known.name == *criterion),
                    Rule::Unknown,
                    "the project has no such criterion",
                    "look at the criteria again",
                )?;
                with_reason(note)
            }
            Change::Vouched { member, voucher, note } => {
                self.live(*member)?;
                self.may_vouch(*voucher, *member)?;
                with_reason(note)
            }
            Change::Admitted { member, reason } => {
                with_reason(reason)?;
                self.may_be_admitted(*member, rules)
            }
            Change::Declined { member, reason } => {
                self.standing(*member, &[Standing::Requested], "is decided on already")?;
                with_reason(reason)
            }
            Change::Suspended { member, reason } => {
                self.standing(*member, &[Standing::Admitted], "is no member now")?;
                with_reason(reason)
            }
            Change::Restored { member, reason } => {
                self.standing(*member, &[Standing::Suspended], "is not suspended")?;
                with_reason(reason)
            }
            Change::Struck { member, reason } => {
                let known = [Standing::Admitted, Standing::Suspended];
                self.standing(*member, &known, "is no member now")?;
                with_reason(reason)
            }
            Change::OffLists { member, note } => {
                let gone = [Standing::Suspended, Standing::Struck];
                self.standing(*member, &gone, "may stay on the lists")?;
                with_reason(note)
            }
            Change::LinkMade { member, person, until, .. } => {
                let found = self.delegate(*member, *person)?.0;
                ensure(
                    found.reachable(),
                    Rule::WrongState,
                    format!("{} hears of nothing now, so its people have no place", found.name),
                    "restore the organisation first",
                )?;
                ensure(*until > now, Rule::BadValue, "the link would be over", "let it last")
            }
            Change::Accepted { member, person, terms, way } => {
                self.own_word(*member, *person, way)?;
                self.terms_in_force(terms)
            }
            Change::Confirmed { member, person, mailbox, way } => {
                let delegate = self.own_word(*member, *person, way)?;
                ensure(
                    delegate.mailbox == *mailbox,
                    Rule::DigestDiffers,
                    "another address is written down now",
                    "confirm that one",
                )
            }
        }
    }

    fn terms_fit(&self, text: &str) -> Allowed {
        ensure(
            !text.trim().is_empty() && text.len() <= LONGEST,
            Rule::BadValue,
            "an embargo policy is a text of at most 64 KiB",
            "paste the policy's text",
        )?;
        let same = self.in_force().is_some_and(|(_, terms)| terms.text == text);
        ensure(!same, Rule::WrongState, "this text is in force already", "nothing is left to do")
    }

    fn terms_in_force(&self, shown: &Digest) -> Allowed {
        let Some((_, terms)) = self.in_force() else {
            return Err(Refusal::new(
                Rule::WrongState,
                "there is no embargo policy to accept",
                "ask the security team for it",
            ));
        };
        ensure(
            terms.digest == *shown,
            Rule::DigestDiffers,
            "the text that was read is not the one in force",
            "read the current embargo policy, then accept that",
        )
    }

    fn ask(&self, member: MemberId, name: &str, ships: &str) -> Allowed {
        ensure(
            !self.members.contains_key(&member),
            Rule::WrongState,
            "there is an organisation with this id",
            "draw a new id",
        )?;
        ensure(
            !name.trim().is_empty() && !ships.trim().is_empty(),
            Rule::BadValue,
            "a request says who asks and what they ship",
            "give the organisation's name, and what it ships to whom",
        )?;
        let same = |other: &Member| {
            other.live() && other.name.trim().to_lowercase() == name.trim().to_lowercase()
        };
        ensure(
            !self.members.values().any(same),
            Rule::WrongState,
            "an organisation of this name stands on the roll already",
            "go on with that one",
        )
    }

    fn may_vouch(&self, voucher: PersonId, member: MemberId) -> Allowed {
        let can = self
            .of(voucher)
            .is_some_and(|(id, other, _)| id != member && other.standing == Standing::Admitted);
        ensure(
            can,
            Rule::BadValue,
            "only a delegate of another member can vouch",
            "name somebody who is on the roll for another organisation",
        )
    }

    fn may_be_admitted(&self, member: MemberId, rules: &Membership) -> Allowed {
        let asking = [Standing::Requested];
        let found = self.standing(member, &asking, "is decided on already")?;
        for criterion in &rules.criteria {
            let judged = found.judged.get(&criterion.name);
            ensure(
                judged.is_some(),
                Rule::Membership,
                format!("nobody has judged this criterion: {}", criterion.text),
                "say whether it is met, and what shows it",
            )?;
            ensure(
                !criterion.binding || judged.is_some_and(|it| it.met),
                Rule::Membership,
                format!("this criterion is not met: {}", criterion.text),
                "decline the request, or judge the criterion anew",
            )?;
        }
        let others = |(id, other): (&MemberId, &Member)| {
            *id != member && other.standing == Standing::Admitted
        };
        // Nobody can vouch for the first one.
        if self.members.iter().any(others) {
            let voucher = found.voucher.as_ref().ok_or_else(|| {
                Refusal::new(
                    Rule::Membership,
                    format!("nobody on the roll vouches for {}", found.name),
                    "write down who does, and where they said so",
                )
            })?;
            self.may_vouch(voucher.person, member)?;
        }
        let current = self.in_force().map(|(_, terms)| terms.digest);
        let accepted = |delegate: &Delegate| {
            delegate.accepted.as_ref().is_some_and(|it| Some(it.terms) == current)
        };
        ensure(
            found.delegates.values().any(accepted),
            Rule::Membership,
            format!("nobody of {} has accepted the embargo policy in force", found.name),
            "send one of its delegates their link, or write down that they accepted",
        )
    }

    fn own_word(
        &self,
        member: MemberId,
        person: PersonId,
        way: &Way,
    ) -> Result<&Delegate, Refusal> {
        let (found, delegate) = self.delegate(member, person)?;
        ensure(
            found.live(),
            Rule::WrongState,
            format!("{} is not on the roll any more", found.name),
            "nothing is asked of its people",
        )?;
        if let Way::Told { note } = way {
            with_reason(note)?;
        }
        Ok(delegate)
    }

    fn member(&self, member: MemberId) -> Result<&Member, Refusal> {
        self.members.get(&member).ok_or_else(|| {
            Refusal::new(
                Rule::Unknown,
                "there is no such organisation on the roll",
                "look it up again",
            )
        })
    }

    fn live(&self, member: MemberId) -> Result<&Member, Refusal> {
        let found = self.member(member)?;
        ensure(
            found.live(),
            Rule::WrongState,
            format!("{} is not on the roll any more", found.name),
            "let it ask anew",
        )?;
        Ok(found)
    }

    fn standing(
        &self,
        member: MemberId,
        wanted: &[Standing],
        otherwise: &str,
    ) -> Result<&Member, Refusal> {
        let found = self.member(member)?;
        ensure(
            wanted.contains(&found.standing),
            Rule::WrongState,
            format!("{} {otherwise}", found.name),
            "look at where it stands",
        )?;
        Ok(found)
    }

    fn delegate(
        &self,
        member: MemberId,
        person: PersonId,
    ) -> Result<(&Member, &Delegate), Refusal> {
        let found = self.member(member)?;
        let delegate = found.delegates.get(&person).ok_or_else(|| {
            Refusal::new(
                Rule::Unknown,
                format!("this person is no delegate of {}", found.name),
                "name them as one first",
            )
        })?;
        Ok((found, delegate))
    }
}

/// The team keeps the roll. Of their own word a delegate gives two: that they accept the terms,
/// and that they read their address; and nobody gives those by link in their place.
fn permitted(change: &Change, actor: Actor, team: &BTreeSet<PersonId>) -> Allowed {
    let (Change::Accepted { person, way: Way::Link, .. }
    | Change::Confirmed { person, way: Way::Link, .. }) = change
    else {
        let of_team = matches!(actor, Actor::Person(person) if team.contains(&person));
        return ensure(
            of_team,
            Rule::NotPermitted,
            "only the project's security team keeps the roll",
            "ask the security team",
        );
    };
    ensure(
        actor == Actor::Person(*person),
        Rule::NotPermitted,
        "only the person whose link it is may say so by it",
        "write down how they said so",
    )
}
