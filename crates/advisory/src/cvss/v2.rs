//! The equations of CVSS 2.0 (the guide's section 3.2), for reading old records.
//!
//! The guide rounds to one decimal half up; what is left of binary fractions just below a half
//! is counted as the half.

use super::Scores;
use super::metric::Group;
use super::parse::Chosen;
use super::{CvssVersion, weight};

const AV: usize = 0;
const AC: usize = 1;
const AU: usize = 2;
const C: usize = 3;
const I: usize = 4;
const A: usize = 5;
const E: usize = 6;
const RL: usize = 7;
const RC: usize = 8;
const CDP: usize = 9;
const TD: usize = 10;
const CR: usize = 11;
const IR: usize = 12;
const AR: usize = 13;

/// The scores of a vector.
pub(super) fn scores(chosen: &Chosen) -> Scores {
    let at = |place: usize, weights: &[f64], undefined: f64| {
        weight(chosen.level(place), weights).unwrap_or(undefined)
    };
    let loss =
        |place: usize, requirement: f64| 1.0 - at(place, &[0.660, 0.275, 0.0], 0.0) * requirement;
    let impact = 10.41 * (1.0 - loss(C, 1.0) * loss(I, 1.0) * loss(A, 1.0));
    let exploitability = 20.0
        * at(AV, &[1.0, 0.646, 0.395], 0.0)
        * at(AC, &[0.71, 0.61, 0.35], 0.0)
        * at(AU, &[0.704, 0.56, 0.45], 0.0);
    let base_of = |impact: f64| {
        let f = if impact == 0.0 { 0.0 } else { 1.176 };
        round((0.6 * impact + 0.4 * exploitability - 1.5) * f)
    };
    let temporal_of = |base: f64| {
        round(
            base * at(E, &[1.0, 0.95, 0.9, 0.85], 1.0)
                * at(RL, &[1.0, 0.95, 0.90, 0.87], 1.0)
                * at(RC, &[1.0, 0.95, 0.90], 1.0),
        )
    };
    let need = |place: usize| at(place, &[1.51, 1.0, 0.5], 1.0);
    let here = 10.41 * (1.0 - loss(C, need(CR)) * loss(I, need(IR)) * loss(A, need(AR)));
    let adjusted = temporal_of(base_of(here.min(10.0)));
    let environmental = round(
        (adjusted + (10.0 - adjusted) * at(CDP, &[0.5, 0.4, 0.3, 0.1, 0.0], 0.0))
            * at(TD, &[1.0, 0.75, 0.25, 0.0], 1.0),
    );
    let base = base_of(impact);
    let defined = |group| chosen.any(CvssVersion::V2_0, group);
    Scores::of(
        base,
        defined(Group::Threat).then(|| temporal_of(base)),
        defined(Group::Environmental).then_some(environmental),
    )
}

fn round(score: f64) -> f64 {
    (score * 10.0 + 1e-9).round() / 10.0
}
