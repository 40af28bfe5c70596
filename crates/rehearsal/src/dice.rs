//! Chance that a seed decides. Every party throws dice of its own, so that a fault more or less
//! changes nothing about what the others do.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// A generator (Steele, Lea and Flood's SplitMix64): small, fast, and good for nothing secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dice(u64);

impl Dice {
    /// The dice of the party `label` in the drill `seed`.
    #[must_use]
    pub fn new(seed: u64, label: &str) -> Self {
        // FNV-1a, so that equal seeds give different parties different throws.
        let label = label.bytes().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| {
            (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)
        });
        let mut dice = Self(seed ^ label);
        dice.throw();
        dice
    }

    /// 64 bits.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: u64) -> u64 {
        self.throw().checked_rem(end).unwrap_or(0)
    }

    /// A span of whole seconds from `least` to `most`.
    pub fn seconds(&mut self, least: u32, most: u32) -> SignedDuration {
        let room = u64::from(most.saturating_sub(least)).saturating_add(1);
        let extra = i64::try_from(self.below(room)).unwrap_or(0);
        SignedDuration::from_secs(i64::from(least).saturating_add(extra))
    }

    /// A span of whole minutes from `least` to `most`, and some seconds.
    pub fn minutes(&mut self, least: u32, most: u32) -> SignedDuration {
        self.seconds(least.saturating_mul(60), most.saturating_mul(60).saturating_add(59))
    }

    /// Puts a list in another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            let other = self.below(u64::try_from(end).unwrap_or(0).saturating_add(1));
            list.swap(end, usize::try_from(other).unwrap_or(0));
        }
    }
}
