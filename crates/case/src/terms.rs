//! The words that must not be said of a case, as far as people chose them.
//!
//! Lines of a file of terms, as `fermata guard --terms` takes it; what they mean is `discretion`'s to say.
//! They tell of the bug, and so `Debug` and the view of a case that playbooks read show none of them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Chosen terms, one a line.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Terms(Vec<String>);

impl Terms {
    /// More than anybody keeps in mind.
    pub const MOST: usize = 500;
    /// The longest line, in characters.
    pub const LONGEST: usize = 200;
    /// What has fewer letters and digits stands everywhere.
    const SHORTEST: usize = 3;

    /// The lines of a text, without blanks around them, empty ones and repetitions.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut lines: Vec<String> = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if !lines.iter().any(|known| known == line) {
                lines.push(line.to_owned());
            }
        }
        Self(lines)
    }

    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.0
    }

    /// Why they cannot be looked for, if they cannot. Says none of them.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if self.0.len() > Self::MOST {
            return Some(format!("there are more than {} terms", Self::MOST));
        }
        let mut lines = (1..).zip(&self.0);
        let (number, why) = lines.find_map(|(number, line)| Some((number, fault(line)?)))?;
        Some(format!("term {number} {why}"))
    }
}

fn fault(line: &str) -> Option<String> {
    // What it is stands before it, and is none of its letters.
    let term = line.rsplit_once(':').map_or(line, |(_, term)| term);
    let letters = term.chars().filter(|c| c.is_alphanumeric()).count();
    if line.chars().any(char::is_control) || line.trim().is_empty() {
        Some("is not one line of text".to_owned())
    } else if line.chars().count() > Terms::LONGEST {
        Some(format!("is longer than {} characters", Terms::LONGEST))
    } else if letters < Terms::SHORTEST {
        Some(format!("has fewer than {} letters, and stands everywhere", Terms::SHORTEST))
    } else {
        None
    }
}

/// How many there are.
impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Terms({})", self.0.len())
    }
}
