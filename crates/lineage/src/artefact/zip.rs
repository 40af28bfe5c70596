//! Zip archives, read by their list of contents at the end.
//!
//! Archives beyond 4 GiB or 65,534 entries (zip64) are not read, nor what is encrypted.

use std::{
    collections::BTreeMap,
    io::{Read, Seek, SeekFrom},
};

use flate2::{Crc, read::DeflateDecoder};

use super::{Fault, Held, error::shown, store::Store};

/// The record at the end, without the comment behind it.
const END: usize = 22;
/// An entry in the list, without name, extra fields and comment.
const LISTED: usize = 46;
/// An entry's own header, without name and extra fields.
const LOCAL: usize = 30;

/// Reads a zip archive of `size` bytes.
pub(super) fn read(
    mut bytes: impl Read + Seek,
    size: u64,
    mut store: Store,
) -> Result<Store, Fault> {
    let entries = list(&mut bytes, size, &mut store)?;
    apart(&entries)?;
    for entry in entries {
        let Some(name) = entry.name.clone() else { continue };
        let mode = entry.attributes >> 16;
        if mode & 0o170_000 == 0o120_000 {
            store.put(name, Held::Link)?;
        } else if !store.wants(&name) {
            store.put(name, Held::Unasked)?;
        } else if entry.flags & 1 != 0 {
            store.put(name, Held::Unread("it is encrypted"))?;
        } else if !matches!(entry.method, STORED | DEFLATED) {
            store.put(name, Held::Unread("it is compressed in an unusual way"))?;
        } else {
            take(&mut bytes, &entry, &name, &mut store)?;
        }
    }
    Ok(store)
}

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// An entry as the list has it.
struct Entry {
    raw: Vec<u8>,
    /// `None` for folders, and for names that cannot be compared.
    name: Option<String>,
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    attributes: u32,
    at: u64,
}

fn list(bytes: &mut (impl Read + Seek), size: u64, store: &mut Store) -> Result<Vec<Entry>, Fault> {
    let (end_at, end) = end(bytes, size)?;
    let record = Fields(&end);
    let (count, length, at) = (record.u16(10)?, record.u32(12)?, record.u32(16)?);
    if count == u16::MAX || length == u32::MAX || at == u32::MAX {
        return Err(Fault::Foreign("a zip64 archive"));
    }
    if record.u16(4)? != 0 || record.u16(8)? != count {
        return Err(Fault::Foreign("one part of a divided zip archive"));
    }
    let (length, at) = (u64::from(length), u64::from(at));
    if at + length != end_at {
        return Err(Fault::Damaged("its list of contents is not where its end says".into()));
    }
    if length > store.limits().held {
        return Err(Fault::TooMuch("its list of contents alone is beyond measure".into()));
    }
    let mut listing = Vec::new();
    bytes.seek(SeekFrom::Start(at))?;
    bytes.by_ref().take(length).read_to_end(&mut listing)?;
    let mut rest = listing.as_slice();
    let mut entries = Vec::new();
    for _ in 0..count {
        let entry = Entry::listed(&mut rest, at, store)?;
        entries.push(entry);
    }
    if rest.is_empty() { Ok(entries) } else { Err(Fault::Damaged("it lists too much".into())) }
}

/// The record at the end, and where it stands. A comment of up to 64 KiB may follow it, which could
/// hold the mark of another: the one that reaches to the end of the file counts.
fn end(bytes: &mut (impl Read + Seek), size: u64) -> Result<(u64, Vec<u8>), Fault> {
    const MARK: &[u8] = b"PK\x05\x06";
    let longest = (END + usize::from(u16::MAX)) as u64;
    let from = size.saturating_sub(longest);
    bytes.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    bytes.take(longest).read_to_end(&mut tail)?;
    let mut found = tail.windows(END).enumerate().filter(|(at, record)| {
        let comment = Fields(record).u16(20).map(usize::from);
        record.starts_with(MARK) && comment.is_ok_and(|comment| at + END + comment == tail.len())
    });
    match (found.next(), found.next()) {
        (Some((at, record)), None) => Ok((from + at as u64, record.to_vec())),
        (Some(_), Some(_)) => Err(Fault::Hostile("it has two ends".into())),
        (None, _) => Err(Fault::Truncated),
    }
}

impl Entry {
    fn listed(rest: &mut &[u8], before: u64, store: &mut Store) -> Result<Self, Fault> {
        let (fixed, tail) = rest.split_at_checked(LISTED).ok_or(Fault::Truncated)?;
        if !fixed.starts_with(b"PK\x01\x02") {
            return Err(Fault::Damaged("its list of contents cannot be read".into()));
        }
        let fields = Fields(fixed);
        let name = usize::from(fields.u16(28)?);
        let behind = usize::from(fields.u16(30)?) + usize::from(fields.u16(32)?);
        let (raw, tail) = tail.split_at_checked(name).ok_or(Fault::Truncated)?;
        *rest = tail.split_at_checked(behind).ok_or(Fault::Truncated)?.1;
        let (packed, size, at) = (fields.u32(20)?, fields.u32(24)?, fields.u32(42)?);
        if [packed, size, at].contains(&u32::MAX) {
            return Err(Fault::Foreign("a zip64 archive"));
        }
        let is_folder = raw.ends_with(b"/");
        let entry = Self {
            name: store.name(raw)?.filter(|_| !is_folder),
            raw: raw.to_vec(),
            flags: fields.u16(8)?,
            method: fields.u16(10)?,
            crc: fields.u32(16)?,
            packed: packed.into(),
            size: size.into(),
            attributes: fields.u32(38)?,
            at: at.into(),
        };
        if entry.least_end() > before {
            return Err(Fault::Damaged("an entry reaches into the list of contents".into()));
        }
        Ok(entry)
    }

    /// Where it ends at the earliest.
    fn least_end(&self) -> u64 {
        self.at + (LOCAL + self.raw.len()) as u64 + self.packed
    }
}

/// Entries that share bytes are how a small archive becomes a huge one.
fn apart(entries: &[Entry]) -> Result<(), Fault> {
    let mut parts = BTreeMap::new();
    for entry in entries {
        if parts.insert(entry.at, entry.least_end()).is_some() {
            return Err(Fault::Hostile("two of its entries are one".into()));
        }
    }
    let mut covered = 0;
    for (at, end) in parts {
        if at < covered {
            return Err(Fault::Hostile("its entries overlap".into()));
        }
        covered = end;
    }
    Ok(())
}

fn take(
    bytes: &mut (impl Read + Seek),
    entry: &Entry,
    name: &str,
    store: &mut Store,
) -> Result<(), Fault> {
    bytes.seek(SeekFrom::Start(entry.at))?;
    let mut fixed = [0; LOCAL];
    bytes.read_exact(&mut fixed)?;
    let fields = Fields(&fixed);
    let mut raw = Vec::new();
    bytes.by_ref().take(fields.u16(26)?.into()).read_to_end(&mut raw)?;
    // A program that reads from the front must see what one sees that reads the list.
    if !fixed.starts_with(b"PK\x03\x04") || raw != entry.raw || fields.u16(8)? != entry.method {
        let name = shown(name);
        return Err(Fault::Hostile(format!("{name} is something else than its list says")));
    }
    bytes.seek(SeekFrom::Current(fields.u16(28)?.into()))?;
    if entry.size > store.limits().expanded(entry.packed) {
        let name = shown(name);
        return Err(Fault::TooMuch(format!("unpacked, {name} is beyond all measure")));
    }
    let packed = bytes.take(entry.packed);
    let mut checked = match entry.method {
        DEFLATED => Checked::new(Box::new(DeflateDecoder::new(packed)) as Box<dyn Read + '_>),
        _ => Checked::new(Box::new(packed)),
    };
    store.take(name.to_owned(), &mut checked, entry.size)?;
    // One byte more tells whether it ends where the list says.
    let more = checked.read(&mut [0])? > 0;
    if more || checked.crc.sum() != entry.crc {
        let name = shown(name);
        return Err(Fault::Damaged(format!("{name} is not what its checksum says")));
    }
    Ok(())
}

/// What was read, and its checksum.
struct Checked<'a> {
    bytes: Box<dyn Read + 'a>,
    crc: Crc,
}

impl<'a> Checked<'a> {
    fn new(bytes: Box<dyn Read + 'a>) -> Self {
        Self { bytes, crc: Crc::new() }
    }
}

impl Read for Checked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.crc.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// Little-endian numbers at their places.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn u16(&self, at: usize) -> Result<u16, Fault> {
        let bytes = self.0.get(at..at + 2).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u16::from_le_bytes).ok_or(Fault::Truncated)
    }

    fn u32(&self, at: usize) -> Result<u32, Fault> {
        let bytes = self.0.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u32::from_le_bytes).ok_or(Fault::Truncated)
    }
}
