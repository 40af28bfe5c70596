//! Three clocks of others, none of them quite right.

use jiff::{SignedDuration, Timestamp};

use super::agenda::after;

/// How far each clock is off, in milliseconds.
const OFF: [i64; 3] = [-70, 40, 110];

/// How many clocks there are.
pub const COUNT: usize = OFF.len();

/// What a clock shows at a true time.
#[must_use]
pub fn shows(source: usize, at: Timestamp) -> Timestamp {
    let off = OFF.get(source).copied().unwrap_or_default();
    after(at, SignedDuration::from_millis(off))
}
