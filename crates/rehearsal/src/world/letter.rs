//! What stands in a mail, as whoever reads it sees it.

use advisory::mailbox::Mailbox;
use case::ActId;
use mail_parser::{Address, HeaderName, Message, MessageParser};

/// A mail that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Letter {
    /// The act that its Message-ID names.
    pub(crate) act: Option<ActId>,
    /// Whom its headers name as its sender.
    pub(crate) from: Vec<Mailbox>,
    /// Everybody else whom its headers name.
    pub(crate) named: Vec<Mailbox>,
    /// The subject.
    pub(crate) subject: String,
    /// The words, in lines that end with LF.
    pub(crate) body: String,
}

/// Headers that name people, beside `From`.
const NAMING: [HeaderName<'static>; 8] = [
    HeaderName::To,
    HeaderName::Cc,
    HeaderName::Bcc,
    HeaderName::ReplyTo,
    HeaderName::Sender,
    HeaderName::ResentTo,
    HeaderName::ResentCc,
    HeaderName::ResentBcc,
];

impl Letter {
    /// Reads a mail; what is no mail says nothing.
    pub(crate) fn read(raw: &str) -> Self {
        let Some(mail) = MessageParser::default().parse(raw) else { return Self::default() };
        let act = mail.message_id().and_then(|id| id.split('@').next()?.parse().ok());
        let named = NAMING.into_iter().flat_map(|header| addresses(&mail, header)).collect();
        Self {
            act,
            from: addresses(&mail, HeaderName::From),
            named,
            subject: mail.subject().unwrap_or_default().to_owned(),
            body: mail.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        }
    }
}

fn addresses(mail: &Message<'_>, header: HeaderName<'static>) -> Vec<Mailbox> {
    let values = mail.header_values(header).filter_map(|value| value.as_address());
    let all = values.flat_map(Address::iter).filter_map(|one| one.address()?.parse().ok());
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_says_who_what_and_to_whom() {
        let act = ActId([7; 16]);
        let raw = format!(
            "From: <team@one.example>\r\nTo: <rita@two.example>\r\nCc: Ada <ada@one.example>\r\n\
             Message-ID: <{act}@fermata.invalid>\r\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n=2Edot and =\r\nmore =20\r\nbye\r\n"
        );
        let letter = Letter::read(&raw);
        assert_eq!(letter.act, Some(act));
        assert_eq!(letter.from, ["team@one.example".parse().unwrap()]);
        let named = ["rita@two.example", "ada@one.example"].map(|it| it.parse().unwrap());
        assert_eq!(letter.named, named);
        assert_eq!(letter.subject, "Grüße");
        assert_eq!(letter.body, ".dot and more  \nbye\n");
    }

    #[test]
    fn what_is_no_mail_says_nothing() {
        assert_eq!(Letter::read(""), Letter::default());
    }
}
