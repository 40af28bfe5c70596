//! What stands before an entry of a pack.

use super::Kind;

/// Bytes of the longest: a size, and the name of another object.
pub(crate) const LONGEST: usize = 48;

pub(crate) enum Stored {
    Whole(Kind),
    /// As what differs from an earlier entry, so many bytes before.
    Before(u64),
    /// As what differs from an object of that name.
    From(Vec<u8>),
}

pub(crate) struct Head {
    pub(crate) stored: Stored,
    /// Bytes of what follows, once it is unpacked.
    pub(crate) size: u64,
    /// Bytes of the head itself.
    pub(crate) length: usize,
}

impl Head {
    /// Reads it off the front of an entry of which names have so many bytes.
    pub(crate) fn read(bytes: &[u8], width: usize) -> Option<Self> {
        let mut bytes = bytes.iter().copied();
        let all = bytes.len();
        let first = bytes.next()?;
        let mut size = u64::from(first & 15);
        let (mut more, mut shift) = (first & 0x80 != 0, 4);
        while more {
            let byte = bytes.next()?;
            size |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            more = byte & 0x80 != 0;
        }
        let stored = match first >> 4 & 7 {
            1 => Stored::Whole(Kind::Commit),
            2 => Stored::Whole(Kind::Tree),
            3 => Stored::Whole(Kind::Blob),
            4 => Stored::Whole(Kind::Tag),
            6 => {
                let mut byte = bytes.next()?;
                let mut distance = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = bytes.next()?;
                    distance = (distance.checked_add(1)? << 7) | u64::from(byte & 0x7f);
                }
                Stored::Before(distance)
            }
            7 => {
                let name: Vec<u8> = bytes.by_ref().take(width).collect();
                (name.len() == width).then_some(Stored::From(name))?
            }
            _ => return None,
        };
        Some(Self { stored, size, length: all - bytes.len() })
    }
}
