//! How much of an artefact is read before it is called too large.

/// Bounds of reading; memory stays within `held` and `names` together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries, folders and links among them.
    pub entries: usize,
    /// Bytes of all names together.
    pub names: usize,
    /// Bytes of one file that is compared.
    pub file: u64,
    /// Bytes of all files that are compared.
    pub held: u64,
    /// Bytes of a whole tar archive once it is unpacked.
    pub unpacked: u64,
    /// How many times larger than itself anything compressed may become, past its first mebibyte.
    pub ratio: u64,
}

/// Larger than the source of Linux or Chromium, and still read in a minute.
impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 1_000_000,
            names: 128 << 20,
            file: 32 << 20,
            held: 256 << 20,
            unpacked: 16 << 30,
            ratio: 500,
        }
    }
}

impl Limits {
    /// What something compressed to `size` bytes may become.
    pub(super) fn expanded(&self, size: u64) -> u64 {
        size.saturating_mul(self.ratio).max(1 << 20)
    }
}
