//! `vers`, package-url's notation for ranges: `vers:npm/>=1.0.0|<2.0.0|3.1.0`.
//!
//! Thin: `!=` is refused by name, since a stretch has no holes.

use std::fmt::Write as _;

use super::{Lower, Stretch, StretchError, Upper};

/// A `vers` range: the package type whose order counts, and the stretches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vers {
    /// The type, as in a package URL: `npm`, `pypi`, `deb`.
    pub scheme: String,
    /// In ascending order.
    pub stretches: Vec<Stretch>,
}

const NOTATION: &str = "a vers range";

fn malformed(why: &str) -> StretchError {
    StretchError::Malformed { notation: NOTATION, why: why.to_owned() }
}

impl Vers {
    /// The range as text.
    ///
    /// # Errors
    /// If it has no stretch, or one that spans everything beside another.
    pub fn write(&self) -> Result<String, StretchError> {
        if self.stretches.is_empty() {
            return Err(StretchError::CannotSay { notation: NOTATION, what: "that there is none" });
        }
        let mut parts = Vec::new();
        for stretch in &self.stretches {
            if let Some(version) = stretch.single() {
                parts.push(encoded(version));
                continue;
            }
            match stretch.lower() {
                Lower::Start => {}
                Lower::From(version) => parts.push(format!(">={}", encoded(version))),
                Lower::After(version) => parts.push(format!(">{}", encoded(version))),
            }
            match stretch.upper() {
                Upper::Open => {}
                Upper::Before(version) => parts.push(format!("<{}", encoded(version))),
                Upper::UpTo(version) => parts.push(format!("<={}", encoded(version))),
            }
        }
        match (parts.is_empty(), self.stretches.len()) {
            (true, 1) => parts.push("*".to_owned()),
            (true, _) => return Err(malformed("everything stands there twice")),
            _ => {}
        }
        let text = format!("vers:{}/{}", self.scheme, parts.join("|"));
        // What is read back must be the same: an open stretch before another would swallow it.
        if Self::read(&text)? == *self {
            Ok(text)
        } else {
            Err(StretchError::CannotSay { notation: NOTATION, what: "stretches that overlap" })
        }
    }

    /// Reads a range.
    ///
    /// # Errors
    /// If it is malformed, or excludes single versions.
    pub fn read(text: &str) -> Result<Self, StretchError> {
        let rest = text.strip_prefix("vers:").ok_or_else(|| malformed("it begins with vers:"))?;
        let (scheme, constraints) =
            rest.split_once('/').ok_or_else(|| malformed("a / follows the type"))?;
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
        if scheme.is_empty() || !scheme.chars().all(letter) {
            return Err(malformed("the type is in lower case"));
        }
        let mut stretches = Vec::new();
        let mut open: Option<Lower> = None;
        let parts = constraints.split('|').filter(|_| constraints != "*");
        for part in parts {
            if part.starts_with("!=") {
                return Err(StretchError::CannotSay {
                    notation: "a stretch of versions",
                    what: "that one version in it is not (!=)",
                });
            }
            let (sign, version) =
                part.split_at(part.find(|c| !"<>=".contains(c)).unwrap_or(part.len()));
            let version = decoded(version).ok_or_else(|| malformed("a version is missing"))?;
            match sign {
                "" | "=" => {
                    if let Some(lower) = open.take() {
                        stretches.push(Stretch::new(lower, Upper::Open));
                    }
                    stretches.push(Stretch::only(&version));
                }
                ">" | ">=" => {
                    let lower =
                        if sign == ">" { Lower::After(version) } else { Lower::From(version) };
                    if let Some(lower) = open.replace(lower) {
                        stretches.push(Stretch::new(lower, Upper::Open));
                    }
                }
                "<" | "<=" => {
                    let upper =
                        if sign == "<" { Upper::Before(version) } else { Upper::UpTo(version) };
                    stretches.push(Stretch::new(open.take().unwrap_or(Lower::Start), upper));
                }
                _ => return Err(malformed("a comparison is one of <, <=, =, >= and >")),
            }
        }
        if constraints == "*" {
            stretches.push(Stretch::new(Lower::Start, Upper::Open));
        }
        if let Some(lower) = open {
            stretches.push(Stretch::new(lower, Upper::Open));
        }
        Ok(Self { scheme: scheme.to_owned(), stretches })
    }
}

/// Percent-encodes what the grammar uses itself, and what is not a plain letter.
fn encoded(version: &str) -> String {
    let mut text = String::with_capacity(version.len());
    for byte in version.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~+:".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            let hex = std::str::from_utf8(&pair).ok()?;
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().filter(|version| !version.is_empty())
}
