//! Who wrote a mail that a list sent on under its own address.
//!
//! A list that may not send in the name of the sender's domain (DMARC, RFC 7489) writes its own address
//! into `From`, and says elsewhere who wrote. An acknowledgement to that `From` would go to the whole
//! list. What a list says there proves no more than any `From` does; where it says nothing, there is nobody to
//! answer to.

use advisory::Mailbox;
use mail_parser::{Addr, Address, Message, MessageParser};

use crate::listed::Listed;

/// Whoever wrote a mail, as it says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sender {
    pub(crate) name: String,
    pub(crate) address: Option<Mailbox>,
}

/// Where lists write who wrote, besides `Reply-To` and the address itself.
const ORIGINAL: [&str; 2] = ["X-Original-From", "X-Original-Sender"];

impl Sender {
    pub(crate) fn of(message: &Message<'_>, listed: &Listed) -> Self {
        let from = Self::first(message.from());
        let Some(address) = from.address.as_ref().filter(|from| is_of(listed, from)) else {
            return from;
        };
        let others = |it: &Self| it.address.as_ref().is_some_and(|other| !is_of(listed, other));
        let stated = ORIGINAL.iter().filter_map(|name| stated(message, name)).filter(others);
        let replies = only(answered(message).filter(others));
        let mut original = stated.chain(replies).chain(encoded(address));
        let original = original.next().unwrap_or_default();
        let name = if original.name.is_empty() { before_via(&from.name) } else { original.name };
        Self { name, address: original.address }
    }

    pub(crate) fn first(addresses: Option<&Address<'_>>) -> Self {
        addresses.and_then(Address::first).map(Self::named).unwrap_or_default()
    }

    fn named(addr: &Addr<'_>) -> Self {
        let address = addr.address().and_then(|address| address.parse().ok());
        Self { name: addr.name().unwrap_or_default().to_owned(), address }
    }
}

/// Whether an address is the list's own, or one that it made for a sender: `rita=example.org@…`.
fn is_of(listed: &Listed, address: &Mailbox) -> bool {
    let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    let post = listed.post.as_ref();
    let id = listed.list_id.as_deref().and_then(|id| id.split_once('.'));
    let by_post = post.is_some_and(|post| same(post.as_str(), address.as_str()));
    let by_id = id.is_some_and(|(local, domain)| {
        same(local, address.local()) && same(domain, address.domain())
    });
    let domains = post.map(Mailbox::domain).into_iter().chain(id.map(|(_, domain)| domain));
    let made = address.local().contains('=');
    by_post || by_id || (made && domains.into_iter().any(|domain| same(domain, address.domain())))
}

/// The sender in a header of a name that no standard knows.
fn stated(message: &Message<'_>, name: &str) -> Option<Sender> {
    let mut headers = message.headers_raw().filter(|(other, _)| other.eq_ignore_ascii_case(name));
    let (_, value) = headers.next()?;
    let header = format!("From: {}\r\n\r\n", value.trim());
    let parsed = MessageParser::default().parse_headers(header.as_bytes())?;
    Some(Sender::first(parsed.from()))
}

/// Mailman adds the sender to those.
fn answered(message: &Message<'_>) -> impl Iterator<Item = Sender> {
    message.reply_to().into_iter().flat_map(Address::iter).map(Sender::named)
}

/// Of several, nobody knows which it is.
fn only(mut senders: impl Iterator<Item = Sender>) -> Option<Sender> {
    let first = senders.next();
    first.filter(|_| senders.next().is_none())
}

/// The sender's address in the one that the list made of it.
fn encoded(address: &Mailbox) -> Option<Sender> {
    let (local, domain) = address.local().rsplit_once('=')?;
    let address = format!("{local}@{domain}").parse().ok();
    Some(Sender { name: String::new(), address })
}

/// `'Rita' via security` is Rita's.
fn before_via(name: &str) -> String {
    let name = name.split_once(" via ").map_or(name, |(before, _)| before);
    name.trim_matches(['\'', '"', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use crate::mail::read;

    const LIST: &str = "List-Id: Security <security.lists.example.org>\r\n\
                        List-Post: <mailto:security@lists.example.org>\r\n";

    /// Whom a mail with these headers is from.
    fn from(headers: &str) -> (String, Option<String>) {
        let raw = format!("{}\r\n\r\nIt crashes.\r\n", headers.trim_end());
        let reading = read(raw.as_bytes()).unwrap();
        (reading.name, reading.from.map(|from| from.to_string()))
    }

    fn rita(name: &str) -> (String, Option<String>) {
        (name.into(), Some("rita@example.com".into()))
    }

    #[test]
    fn who_wrote_is_known_whatever_a_list_makes_of_from() {
        for (headers, name) in [
            ("From: Rita <rita@example.com>\r\nReply-To: security@lists.example.org\r\n", "Rita"),
            (
                "From: Rita via Security <security@lists.example.org>\r\nReply-To: Rita R <rita@example.com>\r\n",
                "Rita R",
            ),
            (
                "From: Rita via Security <security@lists.example.org>\r\nReply-To: Security <SECURITY@lists.example.org>, rita@example.com\r\n",
                "Rita",
            ),
            (
                "From: \"'Rita' via Security\" <security@lists.example.org>\r\nX-Original-Sender: rita@example.com\r\nReply-To: security@lists.example.org\r\n",
                "Rita",
            ),
            (
                "From: x via y <security@lists.example.org>\r\nX-Original-From: Rita <rita@example.com>\r\nX-Original-Sender: other@example.com\r\n",
                "Rita",
            ),
            ("From: Rita via lists.example.org <rita=example.com@lists.example.org>\r\n", "Rita"),
            (
                "From: Rita <rita=example.com@lists.example.org>\r\nReply-To: <rita=example.com@lists.example.org>\r\n",
                "Rita",
            ),
        ] {
            assert_eq!(from(&format!("{LIST}{headers}")), rita(name), "{headers}");
        }
        let by_id = "List-Id: <security.lists.example.org>\r\n";
        let headers =
            "From: Rita via S <security@lists.example.org>\r\nReply-To: rita@example.com\r\n";
        assert_eq!(from(&format!("{by_id}{headers}")), rita("Rita"));
    }

    #[test]
    fn where_a_list_hides_who_wrote_nobody_is_answered() {
        for headers in [
            "From: Rita via Security <security@lists.example.org>\r\n",
            "From: Rita via Security <security@lists.example.org>\r\nReply-To: security@lists.example.org\r\n",
            "From: Rita via Security <security@lists.example.org>\r\nReply-To: a@example.com, b@example.com\r\n",
            "From: Rita via Security <security@lists.example.org>\r\nX-Original-From: nobody\r\n",
        ] {
            assert_eq!(from(&format!("{LIST}{headers}")), ("Rita".into(), None), "{headers}");
        }
    }

    #[test]
    fn without_a_list_from_is_what_it_says() {
        let headers =
            "From: Rita via S <security@lists.example.org>\r\nReply-To: rita@example.com\r\n";
        let (name, address) = from(headers);
        assert_eq!(
            (name.as_str(), address.as_deref()),
            ("Rita via S", Some("security@lists.example.org"))
        );
        let made = "From: Rita <rita=example.com@else.example>\r\n";
        let (_, address) = from(&format!("{LIST}{made}"));
        assert_eq!(address.as_deref(), Some("rita=example.com@else.example"));
    }
}
