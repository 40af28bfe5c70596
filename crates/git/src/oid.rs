//! Object names.

use std::{fmt, str::FromStr};

use crate::Error;

/// The full name of an object: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(Box<str>);

impl Oid {
    /// The name as hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }

    /// The name as bytes: 20 or 32.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (pairs, _) = self.0.as_bytes().as_chunks::<2>();
        pairs.iter().map(|[high, low]| digit(*high) << 4 | digit(*low)).collect()
    }

    /// The name whose bytes these are.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let mut text = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            let digits = [byte >> 4, byte & 15].map(u32::from);
            text.extend(digits.into_iter().filter_map(|digit| char::from_digit(digit, 16)));
        }
        Self(text.into())
    }
}

/// What a lower-case hexadecimal digit stands for.
fn digit(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        _ => character.wrapping_sub(b'a').wrapping_add(10),
    }
}

impl FromStr for Oid {
    type Err = Error;

    /// Accepts full names only, in either case; abbreviations go through
    /// [`crate::Repo::resolve`], which knows whether they are ambiguous.
    fn from_str(text: &str) -> Result<Self, Error> {
        let full = matches!(text.len(), 40 | 64);
        if full && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase().into()))
        } else {
            Err(Error::NotAnObjectName(text.chars().take(80).collect()))
        }
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({})", self.0)
    }
}
