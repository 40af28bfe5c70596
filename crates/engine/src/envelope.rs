//! Encrypted mails as seen from outside, and the parts of what was inside.
//!
//! Only a mail that is encrypted as a whole is ever opened: what stands beside an encrypted part
//! was written by whoever sent the mail, which need not be who wrote that part (EFAIL). Nothing is
//! put together from several parts, and nothing within HTML is looked at.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

const BEGIN: &str = "-----BEGIN PGP MESSAGE-----";
const END: &str = "-----END PGP MESSAGE-----";
/// Keys that come with a mail; more are only in hostile ones.
const MOST_KEYS: usize = 4;
/// Bytes of a key, at most.
const LARGEST_KEY: usize = 256 * 1024;

/// How a mail is encrypted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// All of it.
    Whole {
        /// The OpenPGP message.
        message: Vec<u8>,
        /// It stands in the text of the mail, so what is inside is a text and no mail.
        inline: bool,
    },
    /// Something in it.
    Part,
}

/// How a mail is encrypted, if it is.
pub(crate) fn envelope(mail: &Message<'_>) -> Option<Envelope> {
    let whole = |message: &[u8], inline| Envelope::Whole { message: message.to_vec(), inline };
    mime(mail)
        .map(|message| whole(message, false))
        .or_else(|| inline(mail).map(|message| whole(message.as_bytes(), true)))
        .or_else(|| mentions(mail).then_some(Envelope::Part))
}

/// PGP/MIME (RFC 3156, 4): a version and the message, and nothing else.
fn mime<'a>(mail: &'a Message<'_>) -> Option<&'a [u8]> {
    let root = mail.parts.first().filter(|root| is(root, "multipart", "encrypted"))?;
    let [version, message] = children(mail, root)?;
    let fits = is(version, "application", "pgp-encrypted")
        && is(message, "application", "octet-stream")
        && !matches!(message.body, PartType::Multipart(_) | PartType::Message(_));
    fits.then(|| message.contents())
}

/// One armoured block that is all of the text, alone or with keys attached.
fn inline<'a>(mail: &'a Message<'_>) -> Option<&'a str> {
    let root = mail.parts.first()?;
    let text = match &root.body {
        PartType::Text(text) => text,
        PartType::Multipart(inner) if is(root, "multipart", "mixed") => {
            let mut parts = inner.iter().map(|number| mail.part(*number));
            let first = parts.next()??;
            let keys_only = parts.all(|part| part.is_some_and(|part| is_keys(part)));
            match &first.body {
                PartType::Text(text) if keys_only => text,
                _ => return None,
            }
        }
        _ => return None,
    };
    let block = text.trim();
    let alone = block.matches("-----BEGIN PGP").count() == 1 && block.matches(END).count() == 1;
    (alone && block.starts_with(BEGIN) && block.ends_with(END)).then_some(block)
}

/// Something encrypted stands anywhere in it.
fn mentions(mail: &Message<'_>) -> bool {
    mail.parts.iter().any(|part| match &part.body {
        PartType::Message(inner) => mentions(inner),
        PartType::Text(text) => text.lines().any(|line| line.trim() == BEGIN),
        PartType::Html(text) => text.contains(BEGIN),
        _ => is(part, "multipart", "encrypted"),
    })
}

/// The keys that come with a mail. They prove nothing of whose they are.
pub(crate) fn keys(mail: &Message<'_>) -> Vec<Vec<u8>> {
    let attached = mail.parts.iter().filter(|part| is_keys(part));
    let attached = attached.map(|part| part.contents().to_vec());
    let mut keys: Vec<_> = autocrypt(mail).into_iter().chain(attached).collect();
    keys.retain(|key| key.len() <= LARGEST_KEY);
    keys.truncate(MOST_KEYS);
    keys
}

/// The key of an Autocrypt header (Autocrypt 1.1, 2.1); of several, none.
fn autocrypt(mail: &Message<'_>) -> Option<Vec<u8>> {
    let mut headers = mail.headers_raw().filter(|(name, _)| name.eq_ignore_ascii_case("Autocrypt"));
    let (_, value) = headers.next().filter(|_| headers.next().is_none())?;
    let data = value.split(';').find_map(|it| it.trim().strip_prefix("keydata="))?;
    let data: Vec<u8> = data.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    data_encoding::BASE64.decode(&data).ok()
}

/// What a signature within a mail is over: the first of two parts as it must have been written, with
/// CR LF (RFC 3156, 5), and the signature.
pub(crate) fn signed(mail: &Message<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
    let root = mail.parts.first().filter(|root| is(root, "multipart", "signed"))?;
    let [content, signature] = children(mail, root)?;
    if !is(signature, "application", "pgp-signature") {
        return None;
    }
    let place = |offset: u32| usize::try_from(offset).ok();
    let (from, to) = (place(content.offset_header)?, place(content.offset_end)?);
    let text = mail.raw_message().get(from..to)?;
    Some((with_crlf(text), signature.contents().to_vec()))
}

/// The part whose headers are the inner mail's own: what is signed, where something is.
pub(crate) fn head<'a, 'x>(mail: &'a Message<'x>) -> Option<&'a MessagePart<'x>> {
    let root = mail.parts.first()?;
    if is(root, "multipart", "signed") {
        children(mail, root).map(|[content, _]| content)
    } else {
        Some(root)
    }
}

fn with_crlf(text: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(text.len());
    let mut before = 0;
    for byte in text {
        if *byte == b'\n' && before != b'\r' {
            lines.push(b'\r');
        }
        lines.push(*byte);
        before = *byte;
    }
    lines
}

fn children<'a, 'x>(
    mail: &'a Message<'x>,
    of: &MessagePart<'x>,
) -> Option<[&'a MessagePart<'x>; 2]> {
    let PartType::Multipart(inner) = &of.body else { return None };
    let [first, second] = inner.as_slice() else { return None };
    Some([mail.part(*first)?, mail.part(*second)?])
}

fn is_keys(part: &MessagePart<'_>) -> bool {
    is(part, "application", "pgp-keys")
}

fn is(part: &MessagePart<'_>, main: &str, sub: &str) -> bool {
    part.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case(main)
            && kind.subtype().is_some_and(|found| found.eq_ignore_ascii_case(sub))
    })
}
