//! The scoring of CVSS 4.0 (the specification's section 8), in whole numbers.
//!
//! A vector belongs to a macro vector, whose score the experts gave. From it is taken, for each
//! way down to the next macro vector, the share that the vector lies below the most severe one
//! of its own; the mean of those counts. Whole numbers, because FIRST's own script of 2024-08
//! rounds 522 base vectors wrongly with binary fractions.

use super::Scores;
use super::parse::Chosen;
use super::v4_table::{self, Levels};

const AV: usize = 0;
const AC: usize = 1;
const AT: usize = 2;
const PR: usize = 3;
const UI: usize = 4;
const VC: usize = 5;
const VI: usize = 6;
const VA: usize = 7;
const SC: usize = 8;
const SI: usize = 9;
const SA: usize = 10;
const E: usize = 11;
const CR: usize = 12;
const IR: usize = 13;
const AR: usize = 14;
/// From a base metric to its modified twin.
const MODIFIED: usize = 15;

/// A common multiple of every depth and of every number of ways down.
const SHARES: i32 = 840 * 60;

/// How severe each metric is, 0 being the worst, with what is not defined filled in.
///
/// The levels are the places of the values in their lists. For the systems beyond, 0 is
/// `Safety`, which only the modified metrics have.
struct Severities {
    exploit: [u8; 3],
    conditions: [u8; 2],
    impact: [u8; 3],
    needs: [u8; 3],
    beyond: [u8; 3],
    maturity: u8,
}

impl Severities {
    fn of(chosen: &Chosen) -> Self {
        let at = |place: usize| {
            let modified = chosen.level(place + MODIFIED);
            modified.or_else(|| chosen.level(place)).unwrap_or_default()
        };
        let beyond = |place: usize, has_safety: bool| match chosen.level(place + MODIFIED) {
            Some(level) if has_safety => level,
            Some(level) => level + 1,
            None => chosen.level(place).unwrap_or_default() + 1,
        };
        // Not defined counts as the worst: attacked, and high requirements.
        let worst = |place: usize| chosen.level(place).unwrap_or_default();
        Self {
            exploit: [at(AV), at(PR), at(UI)],
            conditions: [at(AC), at(AT)],
            impact: [at(VC), at(VI), at(VA)],
            needs: [worst(CR), worst(IR), worst(AR)],
            beyond: [beyond(SC, false), beyond(SI, true), beyond(SA, true)],
            maturity: worst(E),
        }
    }

    /// Whether nothing is lost anywhere.
    fn harmless(&self) -> bool {
        self.impact == [2; 3] && self.beyond == [3; 3]
    }

    /// The six equivalence classes (the specification's tables 24 to 29).
    fn levels(&self) -> Levels {
        let [av, pr, ui] = self.exploit;
        let [vc, vi, va] = self.impact;
        let [sc, si, sa] = self.beyond;
        let eq1 = match (av, pr, ui) {
            (0, 0, 0) => 0,
            (3, _, _) => 2,
            (0, _, _) | (_, 0, _) | (_, _, 0) => 1,
            _ => 2,
        };
        let eq2 = u8::from(self.conditions != [0, 0]);
        let eq3 = match (vc, vi, va) {
            (0, 0, _) => 0,
            (0, _, _) | (_, 0, _) | (_, _, 0) => 1,
            _ => 2,
        };
        let eq4 = match (sc.min(si).min(sa), si.min(sa)) {
            (_, 0) => 0,
            (1, _) => 1,
            _ => 2,
        };
        let all_of_what_matters =
            self.needs.iter().zip(self.impact).any(|(need, impact)| (*need, impact) == (0, 0));
        [eq1, eq2, eq3, eq4, self.maturity, u8::from(!all_of_what_matters)]
    }
}

/// The score of a vector.
pub(super) fn scores(chosen: &Chosen) -> Scores {
    Scores::of_tenths(tenths(&Severities::of(chosen)))
}

fn tenths(severities: &Severities) -> u8 {
    if severities.harmless() {
        return 0;
    }
    let levels = severities.levels();
    let Some(score) = v4_table::score(levels) else { return 0 };
    let score = i32::from(score);
    let [eq1, eq2, eq3, eq4, eq5, eq6] = levels;
    let [vc, vi, va] = severities.impact;
    let [cr, ir, ar] = severities.needs;
    // For each way down: the score at its end, how far the vector lies along it, how long it is.
    let ways = [
        (
            v4_table::score([eq1 + 1, eq2, eq3, eq4, eq5, eq6]),
            below(worst_exploit(eq1), severities.exploit),
            [1, 4, 5],
            eq1,
        ),
        (
            v4_table::score([eq1, eq2 + 1, eq3, eq4, eq5, eq6]),
            below(worst_conditions(eq2), severities.conditions),
            [1, 2, 2],
            eq2,
        ),
        (
            next_impact(levels),
            below(worst_impact(eq3, eq6), [vc, vi, va, cr, ir, ar]),
            if eq6 == 0 { [7, 8, 8] } else { [6, 8, 10] },
            eq3,
        ),
        (
            v4_table::score([eq1, eq2, eq3, eq4 + 1, eq5, eq6]),
            below(worst_beyond(eq4), severities.beyond),
            [6, 5, 4],
            eq4,
        ),
        (v4_table::score([eq1, eq2, eq3, eq4, eq5 + 1, eq6]), 0, [1, 1, 1], eq5),
    ];
    let mut open = 0;
    let mut taken = 0;
    for (next, distance, depths, level) in ways {
        let Some(next) = next else { continue };
        let depth = depths.get(usize::from(level)).copied().unwrap_or(1);
        open += 1;
        taken += (score - i32::from(next)) * i32::from(distance) * (SHARES / 60 / depth);
    }
    let mean = taken * (60 / open.max(1));
    let exact = score * SHARES - mean;
    let rounded = (exact + SHARES / 2).div_euclid(SHARES);
    u8::try_from(rounded.clamp(0, 100)).unwrap_or_default()
}

/// EQ3 and EQ6 go down together, and where both can, the higher end counts.
fn next_impact([eq1, eq2, eq3, eq4, eq5, eq6]: Levels) -> Option<u8> {
    let lower_impact = v4_table::score([eq1, eq2, eq3 + 1, eq4, eq5, eq6]);
    let lower_needs = v4_table::score([eq1, eq2, eq3, eq4, eq5, eq6 + 1]);
    match (eq3, eq6) {
        (0, 0) => lower_impact.max(lower_needs),
        (1, 0) => lower_needs,
        _ => lower_impact,
    }
}

/// How many steps the vector lies below the first of the most severe ones that is nowhere
/// less severe than it.
fn below<const N: usize>(worst: &[[u8; N]], vector: [u8; N]) -> u8 {
    worst
        .iter()
        .find(|worst| worst.iter().zip(vector).all(|(worst, level)| level >= *worst))
        .map(|worst| worst.iter().zip(vector).map(|(worst, level)| level - worst).sum())
        .unwrap_or_default()
}

/// AV, PR, UI.
fn worst_exploit(eq1: u8) -> &'static [[u8; 3]] {
    match eq1 {
        0 => &[[0, 0, 0]],
        1 => &[[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        _ => &[[3, 0, 0], [1, 1, 1]],
    }
}

/// AC, AT.
fn worst_conditions(eq2: u8) -> &'static [[u8; 2]] {
    if eq2 == 0 { &[[0, 0]] } else { &[[1, 0], [0, 1]] }
}

/// VC, VI, VA, CR, IR, AR.
fn worst_impact(eq3: u8, eq6: u8) -> &'static [[u8; 6]] {
    match (eq3, eq6) {
        (0, 0) => &[[0, 0, 0, 0, 0, 0]],
        (0, _) => &[[0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1]],
        (1, 0) => &[[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]],
        (1, _) => &[
            [1, 0, 1, 0, 1, 0],
            [1, 0, 0, 0, 1, 1],
            [0, 1, 0, 1, 0, 1],
            [0, 1, 1, 1, 0, 0],
            [1, 1, 0, 0, 0, 1],
        ],
        _ => &[[1, 1, 1, 0, 0, 0]],
    }
}

/// SC, SI, SA, with safety at 0.
fn worst_beyond(eq4: u8) -> &'static [[u8; 3]] {
    match eq4 {
        0 => &[[1, 0, 0]],
        1 => &[[1, 1, 1]],
        _ => &[[2, 2, 2]],
    }
}
