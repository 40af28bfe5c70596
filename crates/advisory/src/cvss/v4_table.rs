//! The scores that experts gave to the 270 macro vectors of CVSS 4.0, in tenths.
//!
//! They are FIRST's, from the specification's lookup table; everything else is interpolated
//! between them. Must not hold a formula.

/// The levels of the six equivalence classes, EQ1 to EQ6.
pub(super) type Levels = [u8; 6];

/// How many levels each class has.
pub(super) const LEVELS: Levels = [3, 2, 3, 3, 3, 2];

/// The score of a macro vector, or `None` if there is no such one: a level too high, or EQ3 at 2
/// with EQ6 at 0, which contradict each other.
pub(super) fn score(levels: Levels) -> Option<u8> {
    let [.., eq3, _, _, eq6] = levels;
    let exists = levels.iter().zip(LEVELS).all(|(level, count)| *level < count);
    if !exists || (eq3, eq6) == (2, 0) {
        return None;
    }
    let place = levels
        .iter()
        .zip(LEVELS)
        .fold(0, |place, (level, count)| place * usize::from(count) + usize::from(*level));
    SCORES.get(place).copied()
}

/// In the order of the levels, EQ6 fastest; one row for each EQ3. 0 where there is no such vector.
#[rustfmt::skip]
const SCORES: [u8; 324] = [
    // EQ1 0, EQ2 0
    100, 99, 98, 95, 95, 92, 100, 96, 93, 87, 91, 81, 93, 90, 89, 80, 81, 68,
    98, 95, 95, 92, 90, 84, 93, 92, 89, 81, 81, 65, 88, 80, 78, 70, 69, 48,
    0, 92, 0, 82, 0, 72, 0, 79, 0, 69, 0, 50, 0, 69, 0, 55, 0, 27,
    // EQ1 0, EQ2 1
    99, 97, 95, 92, 92, 85, 95, 91, 90, 83, 84, 71, 92, 81, 82, 71, 72, 53,
    95, 93, 92, 85, 85, 73, 92, 82, 80, 72, 70, 59, 84, 70, 71, 52, 50, 30,
    0, 86, 0, 75, 0, 52, 0, 71, 0, 52, 0, 29, 0, 63, 0, 29, 0, 17,
    // EQ1 1, EQ2 0
    98, 95, 94, 87, 91, 81, 94, 89, 86, 74, 77, 64, 87, 75, 74, 63, 63, 49,
    94, 89, 88, 77, 76, 67, 86, 76, 74, 58, 59, 50, 72, 57, 57, 52, 52, 25,
    0, 83, 0, 70, 0, 54, 0, 65, 0, 58, 0, 26, 0, 53, 0, 21, 0, 13,
    // EQ1 1, EQ2 1
    95, 90, 88, 76, 76, 70, 90, 77, 75, 62, 61, 53, 77, 66, 68, 59, 52, 30,
    89, 78, 76, 67, 62, 58, 74, 59, 57, 57, 47, 23, 61, 52, 57, 29, 24, 16,
    0, 71, 0, 59, 0, 30, 0, 58, 0, 26, 0, 15, 0, 23, 0, 13, 0, 6,
    // EQ1 2, EQ2 0
    93, 87, 86, 72, 75, 58, 86, 74, 74, 61, 56, 34, 70, 54, 52, 40, 40, 22,
    85, 75, 74, 55, 62, 51, 72, 57, 55, 41, 46, 19, 53, 36, 34, 19, 19, 8,
    0, 64, 0, 51, 0, 20, 0, 47, 0, 21, 0, 11, 0, 24, 0, 9, 0, 4,
    // EQ1 2, EQ2 1
    88, 75, 73, 53, 60, 50, 73, 55, 59, 40, 41, 20, 54, 43, 45, 22, 20, 11,
    75, 55, 58, 45, 40, 21, 61, 51, 48, 18, 20, 9, 46, 18, 17, 7, 8, 2,
    0, 53, 0, 24, 0, 14, 0, 24, 0, 12, 0, 5, 0, 10, 0, 3, 0, 1,
];
