//! The name of a mailbox, as commands have it: letters outside ASCII in a base64 of its own (RFC 3501,
//! 5.1.3). Names are only ever written, never read.

use std::{fmt, str::FromStr};

use data_encoding::BASE64_NOPAD;

/// Bytes of a name.
const LONGEST: usize = 250;

/// A mailbox's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Default for Name {
    fn default() -> Self {
        Self("INBOX".into())
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(
                "write the mailbox's name in one line, such as INBOX or Lists/security".into()
            );
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Name {
    pub(super) fn quoted(&self) -> String {
        let (mut text, mut shifted) = (String::new(), String::new());
        for letter in self.0.chars() {
            if matches!(letter, ' '..='~') {
                text.push_str(&shift(&mut shifted));
                match letter {
                    '&' => text.push_str("&-"),
                    '"' | '\\' => text.extend(['\\', letter]),
                    _ => text.push(letter),
                }
            } else {
                shifted.push(letter);
            }
        }
        text.push_str(&shift(&mut shifted));
        format!("\"{text}\"")
    }
}

/// Letters outside ASCII, which are gone from where they were.
fn shift(letters: &mut String) -> String {
    if letters.is_empty() {
        return String::new();
    }
    let bytes: Vec<u8> = letters.encode_utf16().flat_map(u16::to_be_bytes).collect();
    letters.clear();
    format!("&{}-", BASE64_NOPAD.encode(&bytes).replace('/', ","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_the_standard_has_it() {
        for (name, written) in [
            ("INBOX", "INBOX"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Sécurité & Co", "S&AOk-curit&AOk- &- Co"),
            ("a\"b\\c", "a\\\"b\\\\c"),
            ("🔒", "&2D3dEg-"),
        ] {
            let found: Name = name.parse().unwrap();
            assert_eq!(found.quoted(), format!("\"{written}\""));
            assert_eq!(found.to_string(), name);
        }
        for wrong in ["", "a\r\nb", "a\0", &"a".repeat(300)] {
            assert!(wrong.parse::<Name>().is_err(), "{wrong:?}");
        }
    }
}
