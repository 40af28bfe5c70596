//! Forms of texts that CSAF's schema gives as patterns.

use crate::check::forms::uri;
use crate::check::shape::Form;

pub(super) const SOME_TEXT: Form =
    Form { called: "a text with something in it", fits: |text| !text.is_empty() };

pub(super) const CATEGORY: Form = Form {
    called: "a category, which neither begins nor ends with a blank, -, _ or .",
    fits: |text| one_line_between(text, |c| !c.is_whitespace() && !"-_.".contains(c)),
};

pub(super) const TRACKING_ID: Form = Form {
    called: "an id in one line without blanks at its ends",
    fits: |text| one_line_between(text, |c| !c.is_whitespace()),
};

pub(super) const HASH: Form = Form {
    called: "a hash in hexadecimal digits, 32 or more",
    fits: |text| text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
};

pub(super) const LOWER_HASH: Form = Form {
    called: "a hash in hexadecimal digits in lower case, 32 or more",
    fits: |text| (HASH.fits)(text) && !text.bytes().any(|byte| byte.is_ascii_uppercase()),
};

pub(super) const HASH_ALGORITHM: Form = Form {
    called: "the name of a hash algorithm in lower case, such as sha256",
    fits: |text| {
        text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !text.is_empty()
            && !text.starts_with('-')
    },
};

pub(super) const UUID: Form = Form {
    called: "a UUID of version 4 in lower case, or the one of zeros or of Fs alone",
    fits: uuid,
};

pub(super) const CWE_VERSION: Form =
    Form { called: "a version of the list of weaknesses, such as 4.13", fits: cwe_version };

pub(super) const PROBABILITY: Form = Form {
    called: "a number from 0 to 1 as a text, such as 0.97",
    fits: |text| match text.split_once('.') {
        Some(("0", rest)) => !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()),
        Some(("1", rest)) => !rest.is_empty() && rest.bytes().all(|byte| byte == b'0'),
        _ => false,
    },
};

pub(super) const EXTENSION_SCHEMA: Form = Form {
    called: "the https address of an extension's schema, which ends like _1.0.0.json",
    fits: extension_schema,
};

pub(super) const SSVC_KEY: Form = Form {
    called: "a key of SSVC",
    fits: |text| {
        let ends = |c: char| c.is_ascii_alphanumeric();
        text == "T*"
            || text.starts_with(ends)
                && text.ends_with(ends)
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    },
};

pub(super) const SSVC_NAMESPACE: Form =
    Form { called: "a namespace of SSVC", fits: ssvc_namespace };

pub(super) const SSVC_VERSION: Form = Form {
    called: "a version by Semantic Versioning",
    fits: |text| text.parse::<semver::Version>().is_ok(),
};

pub(super) const CVE_ID: Form = Form { called: "a CVE id", fits: is_cve };

pub(super) const CWE_ID: Form = Form {
    called: "a CWE id such as CWE-79",
    fits: |text| text.parse::<crate::id::CweId>().is_ok(),
};

pub(super) const PURL: Form = Form { called: "a package URL", fits: purl };

pub(super) const LOWER_PURL: Form = Form {
    called: "a package URL with its type in lower case",
    fits: |text| {
        let head = text.strip_prefix("pkg:").and_then(|rest| rest.split_once('/'));
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
        head.is_some_and(|(kind, rest)| {
            kind.starts_with(|c: char| c.is_ascii_lowercase())
                && kind.chars().all(letter)
                && !rest.is_empty()
        }) && uri(text)
    },
};

pub(super) const CPE: Form = Form { called: "a CPE name of 2.2 or 2.3", fits: cpe };

pub(super) const LANGUAGE: Form =
    Form { called: "a language tag of RFC 5646, such as en-US", fits: language };

fn one_line_between(text: &str, end: fn(char) -> bool) -> bool {
    let ends = [text.chars().next(), text.chars().next_back()];
    ends.into_iter().all(|c| c.is_some_and(end)) && !text.contains(['\n', '\r'])
}

pub(super) fn is_cve(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')).is_some_and(|(year, number)| {
        year.len() == 4 && digits(year) && number.len() >= 4 && digits(number)
    })
}

fn purl(text: &str) -> bool {
    let head = text.strip_prefix("pkg:").and_then(|rest| rest.split_once('/'));
    let letter = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    head.is_some_and(|(kind, rest)| {
        kind.chars().all(letter)
            && kind.starts_with(|c: char| !c.is_ascii_digit())
            && !rest.is_empty()
    }) && uri(text)
}

/// The schema's pattern holds a name of 2.3 by its beginning and one of 2.2 by its end alone; so
/// does this.
fn cpe(text: &str) -> bool {
    let old = text.match_indices(':').any(|(colon, _)| {
        let (head, tail) = (text.get(..colon), text.get(colon + 1..));
        let named = head.is_some_and(|head| {
            let three = head.len().checked_sub(3).and_then(|start| head.get(start..));
            three.is_some_and(|three| three.starts_with('c') && three.eq_ignore_ascii_case("cpe"))
        });
        named && tail.and_then(|tail| tail.strip_prefix('/')).is_some_and(old_parts)
    });
    old || text.strip_prefix("cpe:2.3:").is_some_and(new_parts)
}

fn old_parts(text: &str) -> bool {
    let rest = text.strip_prefix(|c| "AHOaho".contains(c)).unwrap_or(text);
    let letter = |c: char| c.is_ascii_alphanumeric() || "._-~%:".contains(c);
    rest.is_empty()
        || rest.starts_with(':') && rest.matches(':').count() <= 6 && rest.chars().all(letter)
}

/// Part, five components, a language, and four components.
fn new_parts(text: &str) -> bool {
    let mut parts = unescaped_parts(text);
    let part = parts.next().is_some_and(|part| matches!(part, "a" | "h" | "o" | "*" | "-"));
    let five = (0..5).all(|_| parts.next().is_some_and(component));
    let language = parts.next().is_some_and(|part| {
        matches!(part, "*" | "-") || {
            let (language, region) = part.split_once('-').unwrap_or((part, "US"));
            is_alpha(language, 2..=3) && (is_alpha(region, 2..=2) || is_digits(region, 3))
        }
    });
    let three = (0..3).all(|_| parts.next().is_some_and(component));
    let last = parts.next().is_some_and(|part| {
        let part = part.trim_start_matches('?');
        part.starts_with(['*', '-']) || !letters(part).is_empty()
    });
    part && five && language && three && last
}

fn unescaped_parts(text: &str) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |c| {
        let split = c == ':' && !escaped;
        escaped = c == '\\' && !escaped;
        split
    })
}

fn component(part: &str) -> bool {
    if matches!(part, "*" | "-") {
        return true;
    }
    let wild = |rest: &str| rest == "*" || rest.bytes().all(|byte| byte == b'?');
    let start = part.strip_prefix('*').unwrap_or_else(|| part.trim_start_matches('?'));
    let middle = letters(start);
    !middle.is_empty() && start.strip_prefix(middle).is_some_and(wild)
}

/// The letters and escaped signs that a text begins with.
fn letters(text: &str) -> &str {
    let mut end = 0;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let fits = if c == '\\' {
            rest.next().is_some_and(|c| c.is_ascii_punctuation() && !"-._".contains(c))
        } else {
            c.is_ascii_alphanumeric() || "-._".contains(c)
        };
        if !fits {
            break;
        }
        end = text.len() - rest.as_str().len();
    }
    text.get(..end).unwrap_or_default()
}

fn is_alpha(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_alphanumeric(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Subtags tell what they are by length and letters, so one pass decides.
fn language(text: &str) -> bool {
    if ["i-default", "i-mingo"].iter().any(|tag| text.eq_ignore_ascii_case(tag)) {
        return true;
    }
    let mut tags = text.split('-').peekable();
    let private = |tag: &&str| tag.eq_ignore_ascii_case("x");
    if tags.next_if(private).is_none() {
        let Some(first) = tags.next() else { return false };
        if is_alpha(first, 2..=3) {
            for _ in 0..3 {
                tags.next_if(|tag| is_alpha(tag, 3..=3));
            }
        } else if !is_alpha(first, 4..=8) {
            return false;
        }
        tags.next_if(|tag| is_alpha(tag, 4..=4));
        tags.next_if(|tag| is_alpha(tag, 2..=2) || is_digits(tag, 3));
        while tags.next_if(|tag| variant(tag)).is_some() {}
        while tags.next_if(|tag| is_alphanumeric(tag, 1..=1) && !private(tag)).is_some() {
            let mut any = false;
            while tags.next_if(|tag| is_alphanumeric(tag, 2..=8)).is_some() {
                any = true;
            }
            if !any {
                return false;
            }
        }
        if tags.peek().is_none() {
            return true;
        }
        if tags.next_if(private).is_none() {
            return false;
        }
    }
    tags.peek().is_some() && tags.all(|tag| is_alphanumeric(tag, 1..=8))
}

fn variant(tag: &str) -> bool {
    is_alphanumeric(tag, 5..=8)
        || is_alphanumeric(tag, 4..=4) && tag.starts_with(|c: char| c.is_ascii_digit())
}

fn uuid(text: &str) -> bool {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let hexadecimal =
        |part: &str| part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    text.split('-').map(str::len).eq(LENGTHS)
        && text.split('-').all(hexadecimal)
        && (text.split('-').nth(2).is_some_and(|version| version.starts_with('4'))
            || ["0", "f"].iter().any(|one| text.replace('-', "") == one.repeat(32)))
}

fn cwe_version(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let plain = |part: &str| digits(part) && (part == "0" || !part.starts_with('0'));
    let mut parts = text.splitn(3, '.');
    parts.next().is_some_and(|major| plain(major) && major != "0")
        && parts.next().is_some_and(plain)
        && parts.next().is_none_or(digits)
}

/// A host name of several labels in lower case.
fn host_name(text: &str) -> bool {
    let label = |label: &str| {
        let end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        (1..=63).contains(&label.len())
            && label.starts_with(end)
            && label.ends_with(end)
            && label.chars().all(|c| end(c) || c == '-')
    };
    text.contains('.') && text.split('.').all(label)
}

fn extension_schema(text: &str) -> bool {
    // The schema that all extensions share is the schema of none.
    let general = text
        .strip_prefix("https://docs.oasis-open.org/csaf/csaf/v2.1/")
        .is_some_and(|rest| format!("/{rest}").contains("/schema/extension-content.json"));
    let Some((host, path)) = text.strip_prefix("https://").and_then(|rest| rest.split_once('/'))
    else {
        return false;
    };
    let name = path.rsplit('/').next().and_then(|name| name.strip_suffix(".json"));
    let versioned = name.and_then(|name| name.rsplit_once('_')).is_some_and(|(name, version)| {
        !name.is_empty() && version.parse::<semver::Version>().is_ok()
    });
    let segment = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    !general && host_name(host) && path.split('/').all(segment) && versioned && uri(text)
}

/// A base that is registered or begins with `x_`, and after it the extensions, each with its `/`.
fn ssvc_namespace(text: &str) -> bool {
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let words =
        |text: &str| text.split(['.', '-']).all(|word| !word.is_empty() && word.chars().all(lower));
    let named = |text: &str| {
        text.split_once('#').is_some_and(|(host, part)| host_name(host) && words(part))
    };
    let (base, extensions) = text.split_once('/').map_or((text, None), |(b, e)| (b, Some(e)));
    let sound_base = base.strip_prefix("x_").map_or_else(
        || {
            let (base, part) = base.split_once('#').map_or((base, None), |(b, p)| (b, Some(p)));
            let mut letters = base.chars();
            letters.next().is_some_and(|c| c.is_ascii_lowercase())
                && letters.next().is_some_and(lower)
                && letters.next().is_some()
                && words(base)
                && part.is_none_or(words)
        },
        named,
    );
    let extension = |text: &str| match text.strip_prefix('.') {
        None => language(text),
        Some(rest) => match rest.split_once('$') {
            None => named(rest),
            Some((from, tag)) => (host_name(from) || named(from)) && language(tag),
        },
    };
    let sound_extensions = |text: &str| {
        let mut parts = text.split('/');
        parts.next().is_none_or(|first| first.is_empty() || language(first)) && parts.all(extension)
    };
    (3..=1000).contains(&text.len()) && sound_base && extensions.is_none_or(sound_extensions)
}
