//! Bytes that must not end up in a log.

use std::fmt;

/// Plaintext on its way into or out of the store. Its `Debug` shows the length and nothing else.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Body(Vec<u8>);

impl Body {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Gives the bytes away.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Body {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Body {
    fn from(bytes: &[u8; N]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}

/// What became of sealed bytes when somebody read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// The plaintext.
    Open(Body),
    /// The key was dropped by [`forget`](crate::Journal::forget); the plaintext is gone for good.
    Forgotten,
}

impl Payload {
    /// The plaintext, unless it was forgotten.
    #[must_use]
    pub fn open(&self) -> Option<&Body> {
        match self {
            Self::Open(body) => Some(body),
            Self::Forgotten => None,
        }
    }

    /// The plaintext's bytes, unless it was forgotten.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        self.open().map(Body::as_bytes)
    }
}
