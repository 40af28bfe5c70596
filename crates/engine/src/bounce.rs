//! Delivery status notifications (RFC 3464): which of our messages did not reach whom.
//!
//! Whoever has read a message can write a notification about it, and not only for themselves. So
//! only bad news is believed: that a message arrived is never concluded from one. Which message is
//! meant says the one that came back with it (RFC 3462), by its Message-ID; or the name that we gave
//! its envelope (RFC 3461), which is the same.

use advisory::Mailbox;
use case::{
    ActId, Case,
    act::Recipient,
    observation::{Delivery, Observation},
};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

use crate::mail::{act_of, answered};

/// Recipients of one notification; there are more only in hostile ones.
const MOST: usize = 1_000;
/// Characters of a diagnosis that are kept.
const LONGEST: usize = 300;

/// Bad news of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounces {
    /// The message, by its act, if anything of it came back.
    pub act: Option<ActId>,
    /// Whom it did not reach, as the server that gave up names them, and why.
    pub recipients: Vec<(Vec<Mailbox>, Delivery)>,
}

impl Bounces {
    /// The same of an act of a case, as the case would say it.
    pub(crate) fn of(&self, case: &Case, act: ActId) -> Vec<Observation> {
        let Some(act) = case.acts.get(&act) else { return Vec::new() };
        let person_at = |address: &Mailbox| {
            act.plan.to.iter().find_map(|to| match to {
                Recipient::Person { person, mailbox, .. } if mailbox == address => Some(*person),
                _ => None,
            })
        };
        let known = self.recipients.iter().filter_map(|(addresses, outcome)| {
            let person = addresses.iter().find_map(person_at)?;
            Some(Observation::Delivery { act: act.id, person, outcome: outcome.clone() })
        });
        known.collect()
    }
}

/// What a mail says did not arrive; `None` when it is no notification.
pub(crate) fn bounces(message: &Message<'_>) -> Option<Bounces> {
    let of_type = |part: &&MessagePart<'_>, main: &str, sub: &str| {
        part.content_type().is_some_and(|kind| {
            kind.ctype().eq_ignore_ascii_case(main)
                && kind.subtype().is_some_and(|found| found.eq_ignore_ascii_case(sub))
        })
    };
    let status = message.parts.iter().find(|part| of_type(part, "message", "delivery-status"))?;
    let returned = message.parts.iter().find_map(|part| match &part.body {
        PartType::Message(returned) => act_of(returned),
        _ if of_type(&part, "text", "rfc822-headers") => {
            act_of(&MessageParser::default().parse_headers(part.contents())?)
        }
        _ => None,
    });
    let status = String::from_utf8_lossy(status.contents());
    let groups = groups(&status);
    // The first group is about the message, each other one about a recipient.
    let named = groups.first().and_then(|group| answered(field(group, "original-envelope-id")?));
    let recipients = groups.iter().skip(1).filter_map(recipient).collect();
    Some(Bounces { act: returned.or(named), recipients })
}

type Group = Vec<(String, String)>;

/// Groups of fields with blank lines between them.
fn groups(status: &str) -> Vec<Group> {
    let mut groups = vec![Group::new()];
    for line in status.lines() {
        let Some(group) = groups.last_mut() else { break };
        if line.trim().is_empty() {
            if !group.is_empty() && groups.len() <= MOST {
                groups.push(Group::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    groups
}

fn field<'a>(group: &'a Group, name: &str) -> Option<&'a str> {
    group.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// Whom a group is about, under each of their addresses, and what became of the message.
fn recipient(group: &Group) -> Option<(Vec<Mailbox>, Delivery)> {
    let field = |name: &str| field(group, name);
    // "rfc822; rita@example.net": the type of the address or diagnosis, and it.
    let typed =
        |name: &str| field(name).map(|value| value.split_once(';').map_or(value, |it| it.1));
    // The address as it was before anybody forwarded the mail is the one that we know.
    let addresses: Vec<Mailbox> = ["original-recipient", "final-recipient"]
        .into_iter()
        .filter_map(|name| typed(name)?.trim().trim_matches(['<', '>']).parse().ok())
        .collect();
    let hard = match field("action")?.split_whitespace().next()?.to_ascii_lowercase().as_str() {
        "failed" => true,
        "delayed" => false,
        _ => return None,
    };
    let words = [field("status"), typed("diagnostic-code").map(str::trim)];
    let why: String = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let why = why.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    (!addresses.is_empty()).then_some((addresses, Delivery::Bounced { hard, why }))
}
