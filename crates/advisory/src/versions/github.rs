//! GitHub's range strings: `>= 1.0.0, < 1.2.3`, `= 1.1.6`, `> 2.1.0`.

use super::{Lower, Stretch, StretchError, Upper};

impl Stretch {
    /// In GitHub's notation.
    #[must_use]
    pub fn to_github(&self) -> String {
        if let Some(version) = self.single() {
            return format!("= {version}");
        }
        let lower = match self.lower() {
            Lower::Start => None,
            Lower::From(version) => Some(format!(">= {version}")),
            Lower::After(version) => Some(format!("> {version}")),
        };
        let upper = match self.upper() {
            Upper::Open => None,
            Upper::Before(version) => Some(format!("< {version}")),
            Upper::UpTo(version) => Some(format!("<= {version}")),
        };
        match (lower, upper) {
            (Some(lower), Some(upper)) => format!("{lower}, {upper}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => ">= 0".to_owned(),
        }
    }

    /// Reads GitHub's notation.
    ///
    /// # Errors
    /// If it is not one comparison, or a lower one and an upper one.
    pub fn from_github(text: &str) -> Result<Self, StretchError> {
        let mut lower = None;
        let mut upper = None;
        let malformed = |why: &str| StretchError::Malformed {
            notation: "a range as GitHub writes it",
            why: why.to_owned(),
        };
        for part in text.split(',') {
            let part = part.trim();
            let (sign, version) =
                part.split_at(part.find(|c| !"<>=".contains(c)).unwrap_or(part.len()));
            let version = version.trim();
            if version.is_empty() || version.contains(char::is_whitespace) {
                return Err(malformed("a comparison has a sign and one version"));
            }
            let version = version.to_owned();
            let twice = match sign {
                ">=" => lower.replace(Lower::From(version)).is_some(),
                ">" => lower.replace(Lower::After(version)).is_some(),
                "<" => upper.replace(Upper::Before(version)).is_some(),
                "<=" => upper.replace(Upper::UpTo(version)).is_some(),
                "=" => {
                    lower.replace(Lower::From(version.clone())).is_some()
                        || upper.replace(Upper::UpTo(version)).is_some()
                }
                _ => return Err(malformed("a comparison begins with <, <=, =, >= or >")),
            };
            if twice {
                return Err(malformed("it has two comparisons for the same end"));
            }
        }
        Ok(Self::new(lower.unwrap_or(Lower::Start), upper.unwrap_or(Upper::Open)))
    }
}
