//! The instance key: the one secret that opens all others.

use std::fmt;

use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use super::Key;
use crate::Entropy;

/// The key that wraps every data key of a house. Who holds it and `keys.db` can read everything.
#[derive(Clone)]
pub struct InstanceKey(Key);

impl InstanceKey {
    /// Draws a new key.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Key::random(entropy))
    }

    /// Reads the text form: 64 hexadecimal digits, white space around them.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(HEXLOWER.decode(text.trim().as_bytes()).ok()?);
        Key::from_slice(&bytes).map(Self)
    }

    /// The text form, to be stored with mode 0600 or in a secret store.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(HEXLOWER.encode(self.0.bytes()));
        text.push('\n');
        text
    }

    /// The key that wraps data keys.
    pub(crate) fn wrapping(&self) -> Key {
        self.0.derive("fermata wrapping key 1")
    }
}

impl fmt::Debug for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstanceKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededEntropy;

    #[test]
    fn the_text_form_reads_back_and_debug_is_silent() {
        let key = InstanceKey::generate(&SeededEntropy::new(1));
        let text = key.to_text();
        let again = InstanceKey::from_text(&text).unwrap();
        assert_eq!(again.0.bytes(), key.0.bytes());
        assert_eq!(format!("{key:?}"), "InstanceKey");
        for bad in ["", "00", &text[..62], "zz"] {
            assert!(InstanceKey::from_text(bad).is_none());
        }
    }
}
