//! The equations of CVSS 3.0 and 3.1 (sections 7.1 to 7.4 and appendix A of the specifications).
//!
//! The two differ in how they round up and in one term of the environmental score.

use super::Scores;
use super::metric::Group;
use super::parse::Chosen;
use super::{CvssVersion, weight};

const AV: usize = 0;
const AC: usize = 1;
const PR: usize = 2;
const UI: usize = 3;
const S: usize = 4;
const C: usize = 5;
const I: usize = 6;
const A: usize = 7;
const E: usize = 8;
const RL: usize = 9;
const RC: usize = 10;
const CR: usize = 11;
const IR: usize = 12;
const AR: usize = 13;
/// From a base metric to its modified twin.
const MODIFIED: usize = 14;
/// The place of `Changed` in the values of the scope.
const CHANGED: u8 = 1;

/// The scores of a vector in one of the two versions.
pub(super) fn scores(chosen: &Chosen, version: CvssVersion) -> Scores {
    let plain = Sight { chosen, version, here: false };
    let base = plain.base();
    let time = plain.time();
    let defined = |group| chosen.any(version, group);
    Scores::of(
        base,
        defined(Group::Threat).then(|| plain.round_up(base * time)),
        defined(Group::Environmental).then(|| {
            let here = Sight { here: true, ..plain };
            here.round_up(here.base() * time)
        }),
    )
}

/// A vector as its base metrics have it, or as it is `here`, in one environment.
#[derive(Clone, Copy)]
struct Sight<'a> {
    chosen: &'a Chosen,
    version: CvssVersion,
    here: bool,
}

impl Sight<'_> {
    fn level(&self, place: usize) -> Option<u8> {
        let modified = self.here.then(|| self.chosen.level(place + MODIFIED)).flatten();
        modified.or_else(|| self.chosen.level(place))
    }

    fn at(&self, place: usize, weights: &[f64]) -> f64 {
        weight(self.level(place), weights).unwrap_or_default()
    }

    /// A metric that counts as one when it is not defined.
    fn factor(&self, place: usize, weights: &[f64]) -> f64 {
        weight(self.chosen.level(place), weights).unwrap_or(1.0)
    }

    fn time(&self) -> f64 {
        self.factor(E, &[1.0, 0.97, 0.94, 0.91])
            * self.factor(RL, &[1.0, 0.97, 0.96, 0.95])
            * self.factor(RC, &[1.0, 0.96, 0.92])
    }

    fn kept(&self, impact: usize, requirement: usize) -> f64 {
        let needed = if self.here { self.factor(requirement, &[1.5, 1.0, 0.5]) } else { 1.0 };
        1.0 - self.at(impact, &[0.56, 0.22, 0.0]) * needed
    }

    fn base(&self) -> f64 {
        let changed = self.level(S) == Some(CHANGED);
        let lost = 1.0 - self.kept(C, CR) * self.kept(I, IR) * self.kept(A, AR);
        let lost = if self.here { lost.min(0.915) } else { lost };
        let impact = match (changed, self.here && self.version == CvssVersion::V3_1) {
            (false, _) => 6.42 * lost,
            (true, false) => 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02).powi(15),
            (true, true) => 7.52 * (lost - 0.029) - 3.25 * (lost * 0.9731 - 0.02).powi(13),
        };
        if impact <= 0.0 {
            return 0.0;
        }
        let rights: [f64; 3] = if changed { [0.85, 0.68, 0.5] } else { [0.85, 0.62, 0.27] };
        let exploitability = 8.22
            * self.at(AV, &[0.85, 0.62, 0.55, 0.2])
            * self.at(AC, &[0.77, 0.44])
            * self.at(PR, &rights)
            * self.at(UI, &[0.85, 0.62]);
        let sum = impact + exploitability;
        self.round_up(if changed { 1.08 * sum } else { sum }.min(10.0))
    }

    /// 3.1 rounds to five decimals first (its appendix A), so that what a processor makes of
    /// 4.02 is not 4.1. 3.0 has the bare ceiling: there only the noise of binary fractions is
    /// taken off, which exact decimal arithmetic would not have.
    fn round_up(&self, score: f64) -> f64 {
        let digits = if self.version == CvssVersion::V3_1 { 1e5 } else { 1e9 };
        let steady = (score * digits).round() / (digits / 10.0);
        // What is a whole number of tenths must not be pushed over it by the division.
        let tenths = if (steady - steady.round()).abs() < 1e-10 { steady.round() } else { steady };
        tenths.ceil() / 10.0
    }
}
