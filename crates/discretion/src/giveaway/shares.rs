//! How often fixes of vulnerabilities bear a sign, and ordinary commits do, in other projects.
//!
//! Measured by `cargo run --release -p discretion --example giveaway-study -- MIRRORS --table`, which
//! prints the table below; every project has the same say in it, but those with few fixes a lesser one.

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
    ("credit", 0.1778, 0.0079),
    ("bounty", 0.0136, 0.0006),
    ("review", 0.4461, 0.3672),
    ("closes", 0.1528, 0.0560),
    ("tell-tale", 0.0426, 0.0003),
    ("cherry-pick", 0.0622, 0.0030),
    ("chore", 0.2080, 0.1943),
    ("old", 0.4632, 0.1257),
    ("before-release", 0.5997, 0.2029),
    ("elsewhere", 0.3459, 0.0575),
    ("source", 0.8756, 0.6070),
    ("test", 0.4171, 0.2839),
    ("crash-file", 0.0076, 0.0011),
    ("new-author", 0.0789, 0.1997),
    ("odd-hour", 0.0459, 0.0308),
    ("overflow", 0.0383, 0.0017),
    ("overrun", 0.0167, 0.0002),
    ("overread", 0.0029, 0.0000),
    ("underflow", 0.0020, 0.0000),
    ("bound", 0.0164, 0.0020),
    ("oob", 0.0058, 0.0002),
    ("uaf", 0.0015, 0.0000),
    ("free", 0.0202, 0.0094),
    ("double", 0.0129, 0.0024),
    ("leak", 0.0179, 0.0070),
    ("disclos", 0.0025, 0.0004),
    ("inject", 0.0017, 0.0013),
    ("travers", 0.0080, 0.0009),
    ("bypass", 0.0090, 0.0008),
    ("escap", 0.0057, 0.0026),
    ("sanit", 0.0066, 0.0014),
    ("valid", 0.0377, 0.0170),
    ("invalid", 0.0127, 0.0085),
    ("check", 0.1116, 0.0508),
    ("length", 0.0241, 0.0058),
    ("size", 0.0491, 0.0111),
    ("limit", 0.0436, 0.0082),
    ("large", 0.0206, 0.0041),
    ("huge", 0.0076, 0.0008),
    ("zero", 0.0209, 0.0046),
    ("null", 0.0141, 0.0076),
    ("integer", 0.0121, 0.0021),
    ("wrap", 0.0073, 0.0082),
    ("negativ", 0.0060, 0.0016),
    ("crash", 0.0135, 0.0030),
    ("memory", 0.0176, 0.0098),
    ("heap", 0.0063, 0.0004),
    ("stack", 0.0121, 0.0026),
    ("buffer", 0.0676, 0.0074),
    ("uninit", 0.0077, 0.0016),
    ("secur", 0.0410, 0.0100),
    ("vulnerab", 0.0114, 0.0006),
    ("exploit", 0.0046, 0.0002),
    ("attack", 0.0119, 0.0007),
    ("malici", 0.0096, 0.0002),
    ("craft", 0.0025, 0.0002),
    ("untrust", 0.0087, 0.0003),
    ("hostil", 0.0015, 0.0000),
    ("denial", 0.0017, 0.0001),
    ("dos", 0.0109, 0.0011),
    ("redos", 0.0015, 0.0000),
    ("xss", 0.0015, 0.0002),
    ("csrf", 0.0015, 0.0000),
    ("ssrf", 0.0015, 0.0000),
    ("spoof", 0.0023, 0.0002),
    ("forg", 0.0023, 0.0018),
    ("smuggl", 0.0015, 0.0000),
    ("hijack", 0.0029, 0.0003),
    ("privileg", 0.0065, 0.0009),
    ("permiss", 0.0230, 0.0032),
    ("access", 0.0448, 0.0090),
    ("auth", 0.1663, 0.0821),
    ("unauth", 0.0023, 0.0006),
    ("credential", 0.0330, 0.0047),
    ("password", 0.0278, 0.0056),
    ("secret", 0.0143, 0.0039),
    ("token", 0.0092, 0.0141),
    ("cookie", 0.0259, 0.0041),
    ("redirect", 0.0115, 0.0051),
    ("host", 0.0392, 0.0120),
    ("verif", 0.0719, 0.0089),
    ("cert", 0.0303, 0.0155),
    ("prevent", 0.0371, 0.0090),
    ("reject", 0.0350, 0.0029),
    ("refus", 0.0087, 0.0004),
    ("restrict", 0.0188, 0.0015),
    ("forbid", 0.0017, 0.0008),
    ("disallow", 0.0052, 0.0006),
    ("avoid", 0.0497, 0.0176),
    ("ensure", 0.0300, 0.0137),
    ("protect", 0.0148, 0.0024),
    ("harden", 0.0031, 0.0004),
    ("unsafe", 0.0033, 0.0006),
    ("safe", 0.0290, 0.0054),
    ("danger", 0.0020, 0.0002),
    ("sensitiv", 0.0051, 0.0013),
    ("expos", 0.0047, 0.0044),
    ("strip", 0.0105, 0.0019),
    ("filter", 0.0065, 0.0095),
    ("quot", 0.0054, 0.0042),
    ("decod", 0.0269, 0.0032),
    ("pars", 0.0327, 0.0163),
    ("symlink", 0.0228, 0.0019),
    ("path", 0.0457, 0.0255),
    ("regex", 0.0015, 0.0034),
    ("recurs", 0.0034, 0.0016),
    ("infinit", 0.0074, 0.0007),
    ("exhaust", 0.0017, 0.0004),
    ("arbitrary", 0.0063, 0.0009),
    ("audit", 0.0065, 0.0010),
    ("fuzz", 0.0130, 0.0025),
];

#[cfg(test)]
mod tests {
    use super::{Sign, TABLE};

    #[test]
    fn every_row_stands_at_its_sign() {
        assert!(TABLE.iter().map(|(name, ..)| *name).eq(Sign::all().map(Sign::name)));
    }
}
