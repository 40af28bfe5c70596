//! Texts and numbers that stand all over a BOM.

use crate::check::forms::{DATE_TIME, IRI_REFERENCE, date};
use crate::check::shape::{Bounds, Form, Shape, items, unique};

/// The name of a place in the document, which others refer to, or such a reference.
pub(super) const REF: Shape =
    Shape::Text(Form { called: "a reference, which is not empty", fits: |text| !text.is_empty() });
pub(super) const REFS: Shape = Shape::List(&items(REF));
pub(super) const UNIQUE_REFS: Shape = Shape::List(&unique(REF));

pub(super) const VERSION: Shape = Shape::Length(0, 1024);
pub(super) const RANGE: Shape = Shape::Length(1, 4096);
pub(super) const ADDRESS: Shape = Shape::Text(IRI_REFERENCE);
pub(super) const TIME: Shape = Shape::Text(DATE_TIME);
pub(super) const DATE: Shape =
    Shape::Text(Form { called: "a date such as 2021-07-22", fits: date });
pub(super) const MAIL: Shape = Shape::Text(Form { called: "a mail address", fits: mail });

/// A whole number of either sign.
pub(super) const INTEGER: Shape =
    Shape::Number(Bounds { whole: true, least: f64::NEG_INFINITY, most: f64::INFINITY });
pub(super) const NUMBER: Shape =
    Shape::Number(Bounds { whole: false, least: f64::NEG_INFINITY, most: f64::INFINITY });
/// How sure somebody is, or how far something conforms.
pub(super) const SHARE: Shape = Shape::Number(Bounds { whole: false, least: 0.0, most: 1.0 });

pub(super) const SERIAL: Shape =
    Shape::Text(Form { called: "a UUID as a URN in lower case, urn:uuid:…", fits: serial });
pub(super) const HASH_VALUE: Shape = Shape::Text(Form {
    called: "a hash of 16, 20, 32, 48 or 64 bytes in hexadecimal digits",
    fits: |text| {
        [32, 40, 64, 96, 128].contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
    },
});
pub(super) const MEDIA_TYPE: Shape = Shape::Text(Form {
    called: "a media type in lower case, such as text/plain",
    fits: |text| {
        let part = |part: &str| {
            let letter =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-+.".contains(c);
            !part.is_empty() && part.chars().all(letter)
        };
        text.split_once('/').is_some_and(|(kind, rest)| part(kind) && part(rest))
    },
});
pub(super) const LOCALE: Shape = Shape::Text(Form {
    called: "a language, or one with a region: en or en-US",
    fits: |text| {
        let (language, region) = text.split_once('-').unwrap_or((text, "XX"));
        language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase()) && country(region)
    },
});
pub(super) const COUNTRY: Shape =
    Shape::Text(Form { called: "a code of two capital letters", fits: country });
pub(super) const PATENT_NUMBER: Shape =
    Shape::Text(Form { called: "a patent's number of 2 to 30 characters", fits: patent_number });
pub(super) const CRE: Shape = Shape::Text(Form {
    called: "an id of the Common Requirements Enumeration, CRE:616-305 for example",
    fits: |text| {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let parts = text.strip_prefix("CRE:").and_then(|rest| rest.split_once('-'));
        parts.is_some_and(|(one, other)| digits(one) && digits(other))
    },
});
/// Licences and exceptions share a member.
pub(super) const LICENCE_ID: Shape = Shape::Text(Form {
    called: "an id of the SPDX licence list; a licence without one has a name",
    fits: |text| {
        // A `+` is for expressions, but for the old ids of GNU licences that end in one.
        let or_later = |name: &str| {
            text.strip_suffix('+') == Some(name)
                && (name.starts_with("GPL-") || name.starts_with("LGPL-"))
                && name.ends_with(|c: char| c.is_ascii_digit())
        };
        spdx::license_id(text).is_some_and(|id| id.name == text || or_later(id.name))
            || spdx::exception_id(text).is_some_and(|id| id.name == text)
    },
});

fn serial(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("urn:uuid:") else { return false };
    let hex = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    uuid.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && uuid.split('-').all(hex)
}

fn country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn patent_number(text: &str) -> bool {
    let end = |c: char| c.is_ascii_alphanumeric();
    let inside = |c: char| end(c) || "-/.()".contains(c) || c.is_whitespace() || c == '\u{feff}';
    (2..=30).contains(&text.chars().count())
        && text.starts_with(end)
        && text.ends_with(end)
        && text.chars().all(inside)
}

/// RFC 5321 with letters of any script. Whether the domain may exist is not asked.
fn mail(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let atom = |part: &str| {
        let letter = |c: char| {
            c.is_alphanumeric()
                || "!#$%&'*+-/=?^_`{|}~".contains(c)
                || (!c.is_ascii() && !c.is_control())
        };
        !part.is_empty() && part.chars().all(letter)
    };
    let quoted = |text: &str| {
        let mut escaped = false;
        let sound = text.chars().all(|c| {
            let plain = escaped || !"\"\\".contains(c);
            escaped = !escaped && c == '\\';
            !c.is_control() && (plain || escaped)
        });
        sound && !escaped
    };
    let inner = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let local_is_sound = inner.map_or_else(|| local.split('.').all(atom), quoted);
    local.len() <= 64 && local_is_sound && host(domain)
}

fn host(domain: &str) -> bool {
    if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let six = literal.get(..5).is_some_and(|tag| tag.eq_ignore_ascii_case("IPv6:"));
        return match literal.get(5..).filter(|_| six) {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => literal.parse::<std::net::Ipv4Addr>().is_ok(),
        };
    }
    let label = |label: &str| {
        let third = label.chars().skip(2).take(2).eq(['-', '-']);
        let letter = |c: char| c.is_alphanumeric() || c == '-';
        (1..=63).contains(&label.len())
            && label.chars().all(letter)
            && !label.starts_with('-')
            && !label.ends_with('-')
            && !third
    };
    domain.len() <= 253 && domain.split('.').all(label)
}
