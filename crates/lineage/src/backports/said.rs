//! What a commit says about itself and others, in a form that is small enough to keep.
//!
//! Text that is only compared is kept as its digest: a clone that holds embargoed work leaves no
//! words of it elsewhere. It must never be taken for proof: two texts may share a digest.

use git::Commit;
use sha2::{Digest, Sha256};

use crate::message;

/// Everything in a commit's own words that the search uses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Said {
    /// Author and author's date; none of this for a merge.
    pub(super) traits: Option<Traits>,
    /// Commits that this one was copied from, takes back, repairs; as hexadecimal text.
    pub(super) origins: Vec<String>,
    pub(super) reverted: Vec<String>,
    pub(super) repaired: Vec<String>,
    /// Pull requests that it takes back.
    pub(super) reverted_requests: Vec<u64>,
    /// The subject that it says it takes back, where it names nothing else.
    pub(super) taken_back: Option<u64>,
}

/// By what a commit resembles its copies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Traits {
    pub(super) author: u64,
    /// `None` for a subject that tells nothing.
    pub(super) subject: Option<u64>,
    pub(super) listed: Vec<u64>,
    pub(super) mentions: Vec<u64>,
    pub(super) request: Option<u64>,
}

impl Said {
    pub(super) fn of(commit: &Commit) -> Self {
        let message = &commit.message;
        let reverted = message::reverted(message);
        let reverted_requests = message::reverted_requests(message);
        let is_named = !(reverted.is_empty() && reverted_requests.is_empty());
        let taken_back = message::taken_back(commit.subject()).filter(|text| tells(text));
        Self {
            traits: (!commit.is_merge()).then(|| Traits::of(commit)),
            origins: message::origins(message),
            reverted,
            repaired: message::repaired(message),
            reverted_requests,
            taken_back: taken_back.filter(|_| !is_named).map(|subject| digest(&subject)),
        }
    }

    /// One line of words: each begins with a letter that says what it is.
    pub(super) fn write(&self, line: &mut String) {
        let mut word = |letter: &str, text: &str| line.extend([" ", letter, text]);
        if let Some(traits) = &self.traits {
            word("a", &hex(traits.author));
            traits.subject.iter().for_each(|subject| word("s", &hex(*subject)));
            traits.listed.iter().for_each(|subject| word("l", &hex(*subject)));
            traits.mentions.iter().for_each(|number| word("m", &number.to_string()));
            traits.request.iter().for_each(|number| word("n", &number.to_string()));
        }
        self.origins.iter().for_each(|name| word("o", name));
        self.reverted.iter().for_each(|name| word("v", name));
        self.repaired.iter().for_each(|name| word("f", name));
        self.reverted_requests.iter().for_each(|number| word("w", &number.to_string()));
        self.taken_back.iter().for_each(|subject| word("t", &hex(*subject)));
    }

    pub(super) fn read<'a>(words: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut said = Self::default();
        for word in words {
            let (letter, text) = word.split_at_checked(1)?;
            if "aslmn".contains(letter) {
                said.traits.get_or_insert_default().read(letter, text)?;
                continue;
            }
            match letter {
                "o" => said.origins.push(text.to_owned()),
                "v" => said.reverted.push(text.to_owned()),
                "f" => said.repaired.push(text.to_owned()),
                "t" => said.taken_back = Some(from_hex(text)?),
                "w" => said.reverted_requests.push(text.parse().ok()?),
                _ => return None,
            }
        }
        Some(said)
    }
}

impl Traits {
    pub(super) fn of(commit: &Commit) -> Self {
        let when = commit.author.when;
        let email = commit.author.email.to_lowercase();
        let telling = |subject: &String| tells(subject);
        Self {
            author: digest(&format!("{email} {} {}", when.seconds, when.offset)),
            subject: Some(message::normal_subject(commit.subject()))
                .filter(telling)
                .map(|subject| digest(&subject)),
            listed: message::listed_subjects(commit.body())
                .iter()
                .filter(|subject| tells(subject))
                .map(|subject| digest(subject))
                .collect(),
            mentions: message::requests(&commit.message),
            request: message::own_request(commit.subject()),
        }
    }

    fn read(&mut self, letter: &str, text: &str) -> Option<()> {
        match letter {
            "a" => self.author = from_hex(text)?,
            "s" => self.subject = Some(from_hex(text)?),
            "l" => self.listed.push(from_hex(text)?),
            "m" => self.mentions.push(text.parse().ok()?),
            "n" => self.request = Some(text.parse().ok()?),
            _ => return None,
        }
        Some(())
    }
}

/// A subject of one word is a habit, not a clue.
fn tells(subject: &str) -> bool {
    subject.split(' ').filter(|word| word.len() > 1).count() >= 2
}

/// The first eight bytes of a text's SHA-256.
pub(super) fn digest(text: &str) -> u64 {
    let bytes: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let first = bytes.first_chunk::<8>().copied().unwrap_or_default();
    u64::from_be_bytes(first)
}

pub(super) fn hex(digest: u64) -> String {
    format!("{digest:x}")
}

pub(super) fn from_hex(text: &str) -> Option<u64> {
    u64::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_survives_being_kept() {
        let traits = Traits {
            author: u64::MAX,
            subject: Some(0),
            listed: vec![1, 2],
            mentions: vec![7],
            request: Some(12),
        };
        let said = Said {
            traits: Some(traits),
            origins: vec!["0123abc".into()],
            reverted: vec!["0123abd".into(), "0123abe".into()],
            repaired: vec!["0123abf".into()],
            reverted_requests: vec![9],
            taken_back: Some(u64::MAX / 3),
        };
        for said in [said, Said::default()] {
            let mut line = String::new();
            said.write(&mut line);
            assert_eq!(Said::read(line.split_whitespace()), Some(said));
        }
        assert_eq!(Said::read(["ax"].into_iter()), None);
    }
}
