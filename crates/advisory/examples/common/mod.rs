//! Advisories in words that the judges of today know.

use advisory::{Advisory, Ecosystem};

/// The same in the words that every judge of CSAF 2.1 knows: packages of npm and cargo alone, and
/// SSVC only where it is asked for.
pub(crate) fn in_known_words(mut advisory: Advisory, ssvc: bool) -> Advisory {
    let known = |ecosystem: &mut Ecosystem| {
        *ecosystem = match ecosystem {
            Ecosystem::Go | Ecosystem::Maven => Ecosystem::Rust,
            _ => Ecosystem::Npm,
        };
    };
    advisory.packages.iter_mut().for_each(|package| known(&mut package.ecosystem));
    for vulnerability in &mut advisory.vulnerabilities {
        vulnerability.affected.iter_mut().for_each(|package| known(&mut package.ecosystem));
        vulnerability.ssvc = vulnerability.ssvc.take().filter(|_| ssvc);
    }
    advisory
}

/// When every judge knew the newest catalogue of weaknesses, 4.17.
pub(crate) const KNOWN_MOMENT: &str = "2025-06-10T14:00:00Z";
