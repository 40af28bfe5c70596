//! Archives written byte by byte, so that tests can write what no packer would.

use std::io::Write;

use flate2::{Compression, Crc, write::DeflateEncoder, write::GzEncoder};

/// An entry of a tar archive: its kind, as tar writes it, and the size that its header claims.
pub(super) fn tar_entry(name: &[u8], kind: u8, size: u64, bytes: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    let mut put = |at: usize, bytes: &[u8]| {
        header.iter_mut().skip(at).zip(bytes).for_each(|(place, byte)| *place = *byte);
    };
    put(0, name.get(..name.len().min(100)).unwrap());
    put(100, b"0000644\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
    let sum = format!("{sum:06o}\0 ");
    header.iter_mut().skip(148).zip(sum.bytes()).for_each(|(place, byte)| *place = byte);
    let mut entry = header.to_vec();
    entry.extend(bytes);
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

pub(super) fn file(name: &str, text: &str) -> Vec<u8> {
    tar_entry(name.as_bytes(), b'0', text.len() as u64, text.as_bytes())
}

/// Entries and the end.
pub(super) fn tar(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut archive = entries.concat();
    archive.extend([0; 1024]);
    archive
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An entry of a zip archive, honest until somebody changes it.
pub(super) struct Zipped {
    pub(super) name: Vec<u8>,
    /// The name in its own header.
    pub(super) own_name: Vec<u8>,
    pub(super) method: u16,
    pub(super) flags: u16,
    pub(super) mode: u32,
    pub(super) crc: u32,
    pub(super) size: u32,
    pub(super) packed: Vec<u8>,
}

impl Zipped {
    pub(super) fn new(name: &str, text: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        let mut crc = Crc::new();
        crc.update(text);
        Self {
            name: name.into(),
            own_name: name.into(),
            method: 8,
            flags: 0,
            mode: 0o100_644,
            crc: crc.sum(),
            size: u32::try_from(text.len()).unwrap(),
            packed: encoder.finish().unwrap(),
        }
    }

    fn about(&self, name: &[u8]) -> Vec<u8> {
        let mut about = Vec::new();
        about.extend(self.flags.to_le_bytes());
        about.extend(self.method.to_le_bytes());
        about.extend([0; 4]);
        about.extend(self.crc.to_le_bytes());
        about.extend(u32::try_from(self.packed.len()).unwrap().to_le_bytes());
        about.extend(self.size.to_le_bytes());
        about.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        about.extend([0; 2]);
        about
    }

    /// As the list of contents has it.
    fn listed(&self, at: u32) -> Vec<u8> {
        let mut listed = b"PK\x01\x02\x14\x03\x14\0".to_vec();
        listed.extend(self.about(&self.name));
        listed.extend([0; 6]);
        listed.extend((self.mode << 16).to_le_bytes());
        listed.extend(at.to_le_bytes());
        listed.extend(&self.name);
        listed
    }
}

/// A zip archive. `at` may move the places that the list names.
pub(super) fn zip(entries: &[Zipped], at: impl Fn(u32) -> u32) -> Vec<u8> {
    let (mut archive, mut list) = (Vec::new(), Vec::new());
    for entry in entries {
        let place = u32::try_from(archive.len()).unwrap();
        list.extend(entry.listed(at(place)));
        archive.extend(b"PK\x03\x04\x14\0");
        archive.extend(entry.about(&entry.own_name));
        archive.extend(&entry.own_name);
        archive.extend(&entry.packed);
    }
    let (start, count) = (archive.len(), u16::try_from(entries.len()).unwrap());
    archive.extend(&list);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    archive.extend(u32::try_from(list.len()).unwrap().to_le_bytes());
    archive.extend(u32::try_from(start).unwrap().to_le_bytes());
    archive.extend([0; 2]);
    archive
}
