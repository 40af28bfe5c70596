//! Where random bytes come from.
//!
//! The only file in Fermata that may ask the operating system for randomness; everybody else
//! takes an [`Entropy`].

use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// A source of random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `buf` with random bytes.
    fn fill(&self, buf: &mut [u8]);
}

/// The operating system's generator: what a live house uses.
#[derive(Debug, Default, Clone, Copy)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the `Entropy` that others are sent to")]
    #[expect(clippy::panic, reason = "without randomness nothing can be sealed, ever")]
    fn fill(&self, buf: &mut [u8]) {
        if let Err(error) = getrandom::fill(buf) {
            panic!("the operating system gives no random bytes: {error}");
        }
    }
}

/// The same bytes for the same seed: for drills, simulations and tests. It never guards a secret.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: [u8; 32],
    block: Mutex<u64>,
}

impl SeededEntropy {
    /// A generator that depends on `seed` alone.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let seed = Sha256::new()
            .chain_update(b"fermata seeded entropy 1")
            .chain_update(seed.to_le_bytes())
            .finalize();
        Self { seed: seed.into(), block: Mutex::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buf: &mut [u8]) {
        let mut block = self.block.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in buf.chunks_mut(32) {
            *block += 1;
            let bytes =
                Sha256::new().chain_update(self.seed).chain_update(block.to_le_bytes()).finalize();
            for (to, from) in chunk.iter_mut().zip(bytes) {
                *to = from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(entropy: &SeededEntropy, count: usize) -> Vec<u8> {
        let mut buf = vec![0; count];
        entropy.fill(&mut buf);
        buf
    }

    #[test]
    fn a_seed_decides_every_byte() {
        let (one, same, other) =
            (SeededEntropy::new(1), SeededEntropy::new(1), SeededEntropy::new(2));
        let first = draw(&one, 100);
        assert_eq!(first, draw(&same, 100));
        assert_ne!(first, draw(&one, 100), "a generator does not repeat itself");
        assert_ne!(first, draw(&other, 100));
    }
}
