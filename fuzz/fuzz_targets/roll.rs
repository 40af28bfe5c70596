//! Whatever is asked of the roll of distributors in whatever order, what is allowed leaves it whole: an
//! address or a person stands for one organisation, and every change reads back from its own words.
#![no_main]

use std::collections::BTreeSet;

use advisory::{Digest, Mailbox};
use case::{
    Actor, MemberId, PersonId, Roll,
    policy::Membership,
    roll::{Change, Way},
};
use jiff::{SignedDuration, Timestamp};

const ADA: PersonId = PersonId([1; 16]);

/// A line says what, of whom, by whom, and in which words.
fn change(line: &str, roll: &Roll, now: Timestamp) -> Option<Change> {
    let mut letters = line.chars();
    let what = letters.next()?;
    let mut number = || u8::try_from(letters.next()?.to_digit(4)?).ok();
    let (member, person, other) =
        (MemberId([number()?; 16]), PersonId([9 + number()?; 16]), PersonId([9 + number()?; 16]));
    let text = letters.as_str().to_owned();
    let way = || if text.is_empty() { Way::Link } else { Way::Told { note: text.clone() } };
    let mailbox = || text.parse::<Mailbox>().ok();
    let terms = || roll.terms.last().map_or(Digest::of(b""), |terms| terms.digest);
    Some(match what {
        't' => Change::Terms { text },
        'a' => Change::Asked { member, name: text.clone(), ships: text.clone(), note: text },
        'n' => Change::Named { member, person, name: text.clone(), mailbox: mailbox()? },
        'd' => Change::Dropped { member, person, reason: text },
        'j' => {
            let known = ["users", "record", "alias", "keeps"];
            let criterion =
                known.iter().find(|known| known.starts_with(&text)).map_or(text.as_str(), |k| k);
            Change::Judged {
                member,
                criterion: criterion.to_owned(),
                met: person != other,
                note: "so".into(),
            }
        }
        'v' => Change::Vouched { member, voucher: other, note: text },
        'i' => Change::Admitted { member, reason: text },
        'x' => Change::Declined { member, reason: text },
        's' => Change::Suspended { member, reason: text },
        'r' => Change::Restored { member, reason: text },
        'k' => Change::Struck { member, reason: text },
        'o' => Change::OffLists { member, note: text },
        'l' => {
            let until = now.checked_add(SignedDuration::from_hours(1)).ok()?;
            Change::LinkMade { member, person, digest: Digest::of(text.as_bytes()), until }
        }
        'c' => Change::Accepted { member, person, terms: terms(), way: way() },
        'm' => Change::Confirmed { member, person, mailbox: mailbox()?, way: way() },
        _ => return serde_json::from_str(line).ok(),
    })
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (team, rules) = (BTreeSet::from([ADA]), Membership::default());
    let mut roll = Roll::default();
    for (number, line) in text.lines().take(200).enumerate() {
        let now = Timestamp::new(i64::try_from(number).unwrap() * 86_400, 0).unwrap();
        let Some(change) = change(line, &roll, now) else { continue };
        let written = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<Change>(&written).unwrap(), change);
        assert!(roll.check(&change, Actor::House, &team, &rules, now).is_err());
        if roll.check(&change, Actor::Person(ADA), &team, &rules, now).is_err() {
            continue;
        }
        roll.evolve(&change, Actor::Person(ADA), now);
        let live = || roll.members.values().filter(|member| member.live());
        let people: Vec<_> = live().flat_map(|member| member.delegates.keys()).collect();
        let addresses: Vec<_> =
            live().flat_map(|member| member.delegates.values().map(|it| &it.mailbox)).collect();
        assert_eq!(people.len(), people.iter().collect::<BTreeSet<_>>().len());
        assert_eq!(addresses.len(), addresses.iter().collect::<BTreeSet<_>>().len());
    }
});
