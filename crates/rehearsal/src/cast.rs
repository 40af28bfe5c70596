//! The people of a drill, and the bug that they will have to deal with.
//!
//! Project, vendors and reporters are made up. A scenario starts from [`setting`] and changes what
//! its story needs.

use std::collections::BTreeSet;

use advisory::mailbox::{Mailbox, MailboxError};
use case::people::CreditAnswer;
use jiff::{SignedDuration, Timestamp};

use crate::{
    dice::Dice,
    history::History,
    world::setting::{CnaManner, Lookups, Persona, Setting, Vendor, VendorManner},
};

/// A person of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Name.
    pub name: &'static str,
    /// Address.
    pub mailbox: &'static str,
    /// Account at the forge.
    pub login: &'static str,
}

/// The security team.
pub const TEAM: [Member; 3] = [
    Member { name: "Ada Admin", mailbox: "ada@signpost.example", login: "ada-admin" },
    Member { name: "Tom Triage", mailbox: "tom@signpost.example", login: "tom-triage" },
    Member { name: "Eve Example", mailbox: "eve@signpost.example", login: "eve-example" },
];
/// Writes the fix.
pub const DEVELOPER: Member =
    Member { name: "Bea Builder", mailbox: "bea@signpost.example", login: "bea-builds" };
/// Makes the releases.
pub const RELEASER: Member =
    Member { name: "Rob Release", mailbox: "rob@signpost.example", login: "rob-release" };
/// Owns the organisation at the forge, and so sees every private fork.
pub const OWNER: &str = "olga-owner";

/// The report, as its first finder writes it.
const REPORT: &str = "Hello,

a route with the prefix /public also matches /publicity and, with a crafted path, leads past the
authentication of the route beside it. Steps:

1. create an HTTPProxy with the prefix /public and no authorization policy
2. create another one with the prefix / and an authorization policy
3. request /public../admin/

The second route's policy is never asked. I looked at internal/route/prefix.go: the prefix is
compared without regard to the end of a path element. All supported releases seem to have this.

I have told nobody else.
";

/// The same bug, seen by somebody else.
const OTHER_REPORT: &str = "Hi team,

our scanner got an answer from an endpoint that should ask for a token. It seems that prefix
matching in routes is too generous: /api also takes /apiary. Is that known?
";

/// A drill's setting where everybody cooperates.
///
/// # Errors
/// Never in practice: the addresses are fixed.
pub fn setting(seed: u64) -> Result<Setting, MailboxError> {
    let mut dice = Dice::new(seed, "cast");
    // A Monday morning of 2026, and then some: deadlines fall on different days for each seed.
    let monday = Timestamp::from_second(1_772_434_800).unwrap_or(Timestamp::UNIX_EPOCH);
    let begins = monday.saturating_add(dice.minutes(0, 96 * 60)).unwrap_or(monday);
    Ok(Setting {
        seed,
        begins,
        repository: "signpost".into(),
        package: "github.com/signpost-drill/signpost".into(),
        team: "security@signpost.example".parse()?,
        distributors: "signpost-distributors-announce@lists.example".parse()?,
        users: "signpost-users@lists.example".parse()?,
        owners: BTreeSet::from([OWNER.to_owned()]),
        history: None,
        supported: vec![
            ("1.17".into(), "1.17.0".into()),
            ("1.16".into(), "1.16.1".into()),
            ("1.15".into(), "1.15.1".into()),
        ],
        retired: ("1.14".into(), "1.14.2".into()),
        vendors: vec![
            vendor("Harbor Linux", "psirt@harbor.example", &["1.15"])?,
            vendor("Kitecloud", "security@kitecloud.example", &["1.17", "1.16"])?,
            vendor("Meadow Systems", "product-security@meadow.example", &["1.16"])?,
        ],
        reporters: vec![finder()?],
        cna: CnaManner::Assigns,
        lookups: Lookups::NotMail,
        faults: false,
    })
}

/// The one who finds the bug.
///
/// # Errors
/// Never in practice: the address is fixed.
pub fn finder() -> Result<Persona, MailboxError> {
    let (name, company) = ("Fiona Finder".to_owned(), Some("Example Research".to_owned()));
    Ok(Persona {
        name: name.clone(),
        mailbox: "fiona@research.example".parse()?,
        credit: Some(CreditAnswer::Named { name, company }),
        after: SignedDuration::from_mins(7),
        subject: "Authorization can be bypassed with a crafted path".into(),
        text: REPORT.into(),
        raw: None,
    })
}

/// Somebody who finds the same bug a day later.
///
/// # Errors
/// Never in practice: the address is fixed.
pub fn second_finder() -> Result<Persona, MailboxError> {
    let name = "Sam Second".to_owned();
    Ok(Persona {
        name: name.clone(),
        mailbox: "sam@scanner.example".parse()?,
        credit: Some(CreditAnswer::NamedWithoutCompany { name }),
        after: SignedDuration::from_hours(26),
        subject: "Token check skipped".into(),
        text: OTHER_REPORT.into(),
        raw: None,
    })
}

/// Plays on a history that exists: its lines, shipped by the same vendors in turn.
pub(crate) fn play_on(setting: &mut Setting, history: &History) {
    setting.repository.clone_from(&history.name);
    setting.package = history.module.clone().unwrap_or_else(|| history.name.clone());
    setting.supported.clone_from(&history.supported);
    let lines: Vec<&String> = history.supported.iter().map(|(line, _)| line).collect();
    for (number, vendor) in setting.vendors.iter_mut().enumerate() {
        let line = lines.get(number.checked_rem(lines.len()).unwrap_or_default());
        vendor.ships = line.map(|line| (*line).clone()).into_iter().collect();
    }
    setting.history = Some(history.clone());
}

/// Has the first reporter send a mail that exists, exactly as it is.
///
/// # Errors
/// Never in practice: the address is fixed.
pub(crate) fn report(setting: &mut Setting, raw: &[u8]) -> Result<(), MailboxError> {
    let read = engine::read_mail(raw).unwrap_or_default();
    // Whoever gives no address that can be answered is told nothing, and has nothing to say.
    let nobody = "nobody@unreachable.example".parse()?;
    let name = Some(read.name.clone()).filter(|name| !name.trim().is_empty());
    let person = Persona {
        name: read.name,
        mailbox: read.from.unwrap_or(nobody),
        credit: Some(match name {
            Some(name) => CreditAnswer::Named { name, company: None },
            None => CreditAnswer::Anonymous,
        }),
        after: SignedDuration::from_mins(7),
        subject: read.subject,
        text: read.text,
        raw: Some(raw.to_vec()),
    };
    match setting.reporters.first_mut() {
        Some(first) => *first = person,
        None => setting.reporters.push(person),
    }
    Ok(())
}

fn vendor(organisation: &str, mailbox: &str, ships: &[&str]) -> Result<Vendor, MailboxError> {
    let mailbox: Mailbox = mailbox.parse()?;
    let ships = ships.iter().map(ToString::to_string).collect();
    let organisation = organisation.to_owned();
    Ok(Vendor { organisation, mailbox, ships, manner: VendorManner::Accepts })
}
