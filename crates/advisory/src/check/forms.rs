//! Forms of texts that several formats share.

use super::shape::Form;

/// RFC 3339, in UTC or with an offset.
pub(crate) const DATE_TIME: Form = Form { called: "a date and time of RFC 3339", fits: date_time };

/// RFC 3339 in UTC, written with `Z`.
pub(crate) const UTC: Form = Form {
    called: "a date and time in UTC, such as 2021-07-22T15:00:00Z",
    fits: |text| text.ends_with('Z') && text.contains('T') && date_time(text),
};

/// An address with its scheme.
pub(crate) const URI: Form = Form { called: "an address with its scheme", fits: uri };

/// The same, with letters of any script (RFC 3987).
pub(crate) const IRI: Form = Form { called: "an address with its scheme", fits: iri };

/// The same, or what is left of it beside a base.
pub(crate) const IRI_REFERENCE: Form =
    Form { called: "an address, with or without its scheme", fits: iri_reference };

/// `2021-07-22`.
pub(crate) fn date(text: &str) -> bool {
    let [year, month, day] = numbers(text, '-');
    is_date(year, month, day)
}

/// `2021-07-22T15:00:00.5+02:00`; a leap second is taken at the end of a UTC day only.
pub(crate) fn date_time(text: &str) -> bool {
    let Some((date, rest)) = text.split_at_checked(10) else { return false };
    let Some((separator, rest)) = rest.split_at_checked(1) else { return false };
    let Some((time, rest)) = rest.split_at_checked(8) else { return false };
    let ([year, month, day], [hour, minute, second]) = (numbers(date, '-'), numbers(time, ':'));
    let fraction_end = match rest.strip_prefix('.') {
        None => 0,
        Some(digits) => {
            let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            if length == 0 {
                return false;
            }
            length + 1
        }
    };
    let Some((_, offset)) = rest.split_at_checked(fraction_end) else { return false };
    let Some(offset) = minutes_east(offset) else { return false };
    let leap = second == 60
        && (i32::from(hour) * 60 + i32::from(minute) - offset).rem_euclid(1440) == 1439;
    separator.eq_ignore_ascii_case("t")
        && is_date(year, month, day)
        && hour < 24
        && minute < 60
        && (second < 60 || leap)
}

fn numbers(text: &str, between: char) -> [u16; 3] {
    // A part that is not all digits becomes a number that no date or time has.
    const NONE: u16 = u16::MAX;
    let widths = [if between == '-' { 4 } else { 2 }, 2, 2];
    let mut parts = text.split(between);
    let numbers = widths.map(|width| {
        let part = parts.next().unwrap_or_default();
        let digits = part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse().unwrap_or(NONE) } else { NONE }
    });
    if parts.next().is_some() { [NONE; 3] } else { numbers }
}

fn is_date(year: u16, month: u16, day: u16) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    year <= 9999 && (1..=days).contains(&day)
}

fn minutes_east(offset: &str) -> Option<i32> {
    if offset.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = offset.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    let two = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse::<i32>().ok() } else { None }
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let east = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
    match sign {
        "+" => Some(east),
        "-" => Some(-east),
        _ => None,
    }
}

/// RFC 3986: a scheme, an authority of sound parts, and nothing that must be escaped.
pub(crate) fn uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    named && after_scheme(rest)
}

fn after_scheme(rest: &str) -> bool {
    let (authority, rest) = match rest.strip_prefix("//") {
        None => ("", rest),
        Some(rest) => rest
            .split_at_checked(rest.find(['/', '?', '#']).unwrap_or(rest.len()))
            .unwrap_or((rest, "")),
    };
    self::authority(authority) && plain(rest, "/?:@#") && rest.matches('#').count() <= 1
}

fn iri(text: &str) -> bool {
    uri(&in_ascii(text))
}

/// A colon in the first segment of a path would make it a scheme.
fn iri_reference(text: &str) -> bool {
    let text = in_ascii(text);
    let first = text.split(['/', '?', '#']).next().unwrap_or_default();
    if first.contains(':') { uri(&text) } else { after_scheme(&text) }
}

fn in_ascii(text: &str) -> String {
    let letter = |c: char| if c.is_ascii() || c.is_control() { c } else { 'x' };
    text.chars().map(letter).collect()
}

fn authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
    let (host, port) = match host.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(None) => return false,
        Some(Some((literal, port))) => {
            let address = literal.parse::<std::net::Ipv6Addr>().is_ok() || literal.starts_with('v');
            (if address { "" } else { "[" }, port)
        }
        None => host.split_at_checked(host.find(':').unwrap_or(host.len())).unwrap_or((host, "")),
    };
    let digits = port.strip_prefix(':').unwrap_or(port).bytes().all(|b| b.is_ascii_digit());
    plain(user, ":") && plain(host, "") && digits
}

/// Unreserved characters, sub-delimiters, escapes, and these.
fn plain(text: &str, also: &str) -> bool {
    let letter =
        |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=%".contains(c) || also.contains(c);
    let escape = |after: &str| {
        after.get(..2).is_some_and(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    text.chars().all(letter) && text.split('%').skip(1).all(escape)
}
