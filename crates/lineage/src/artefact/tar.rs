//! Tar archives, in the dialects of POSIX and GNU.

use std::{
    collections::BTreeMap,
    io::{BufReader, Read},
};

use flate2::read::MultiGzDecoder;

use super::{Fault, Held, Limits, error::shown, store::Store};

/// Everything in a tar archive is a whole number of these.
pub(super) const BLOCK: usize = 512;

/// Names longer than this, and headers about headers, are nothing that a packer writes.
const LONGEST: u64 = 1 << 20;

/// Reads a tar archive within gzip, of `size` bytes.
pub(super) fn read_gzip(bytes: impl Read, size: u64, store: Store) -> Result<Store, Fault> {
    let limits = store.limits();
    let most = limits.unpacked.min(limits.expanded(size));
    read_bounded(MultiGzDecoder::new(BufReader::new(bytes)), most, store)
}

/// Reads a tar archive.
pub(super) fn read(bytes: impl Read, store: Store) -> Result<Store, Fault> {
    let Limits { unpacked, .. } = store.limits();
    read_bounded(bytes, unpacked, store)
}

fn read_bounded(bytes: impl Read, most: u64, store: Store) -> Result<Store, Fault> {
    let mut archive = Archive { bytes, left: most, global: BTreeMap::new() };
    let mut store = archive.entries(store)?;
    store.made_from = archive.global.remove("comment").and_then(|words| {
        let is_name = |text: &str| text.parse::<git::Oid>().is_ok();
        String::from_utf8(words).ok().filter(|text| is_name(text))
    });
    Ok(store)
}

struct Archive<R> {
    bytes: R,
    /// So much may still come.
    left: u64,
    /// What holds for all entries.
    global: BTreeMap<String, Vec<u8>>,
}

/// What headers before an entry's own say of it.
#[derive(Default)]
struct Ahead {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl<R: Read> Archive<R> {
    fn entries(&mut self, mut store: Store) -> Result<Store, Fault> {
        let mut ahead = Ahead::default();
        loop {
            let block = self.block()?;
            if block.iter().all(|byte| *byte == 0) {
                self.rest()?;
                return Ok(store);
            }
            let header = Header::parse(&block)?;
            match header.kind {
                b'x' => self.extended(header.size, &mut ahead)?,
                b'g' => {
                    let records = self.small(header.size)?;
                    self.global.extend(records_of(&records)?);
                }
                b'L' => ahead.name = Some(until_nul(&self.small(header.size)?).to_vec()),
                b'K' => drop(self.small(header.size)?),
                _ => self.entry(&header, &std::mem::take(&mut ahead), &mut store)?,
            }
        }
    }

    fn entry(&mut self, header: &Header, ahead: &Ahead, store: &mut Store) -> Result<(), Fault> {
        let size = ahead.size.unwrap_or(header.size);
        let raw = ahead.name.as_ref().unwrap_or(&header.name);
        // Links and folders have no bytes of their own, whatever their size says.
        let is_file = matches!(header.kind, 0 | b'0' | b'7' | b'S');
        let size = if is_file || !matches!(header.kind, b'1'..=b'6') { size } else { 0 };
        let name = match header.kind {
            // A folder, by its kind or, in old archives, by its name.
            b'5' => {
                store.name(raw)?;
                None
            }
            0 | b'0' if raw.ends_with(b"/") => {
                store.name(raw)?;
                None
            }
            _ => store.name(raw)?,
        };
        let Some(name) = name else { return self.skip(size) };
        let padding = padding(size);
        if !is_file {
            store.put(name, Held::Link)?;
            self.skip(size)
        } else if header.kind == b'S' || ahead.sparse {
            store.put(name, Held::Unread("it is stored with holes"))?;
            self.skip(size)
        } else if store.wants(&name) {
            self.spend(size)?;
            store.take(name, &mut self.bytes, size)?;
            self.discard(padding)
        } else {
            store.put(name, Held::Unasked)?;
            self.skip(size)
        }
    }

    /// Records about the next entry.
    fn extended(&mut self, size: u64, ahead: &mut Ahead) -> Result<(), Fault> {
        for (key, value) in records_of(&self.small(size)?)? {
            match key.as_str() {
                "path" => ahead.name = Some(value),
                "size" => {
                    let text = String::from_utf8_lossy(&value);
                    let odd = || Fault::Damaged(format!("a size of {}", shown(&text)));
                    ahead.size = Some(text.parse().map_err(|_| odd())?);
                }
                key if key.starts_with("GNU.sparse.") => ahead.sparse = true,
                _ => {}
            }
        }
        Ok(())
    }

    /// A header's content.
    fn small(&mut self, size: u64) -> Result<Vec<u8>, Fault> {
        if size > LONGEST {
            return Err(Fault::TooMuch("one of its headers is longer than any name".into()));
        }
        self.spend(size)?;
        let mut content = Vec::new();
        self.bytes.by_ref().take(size).read_to_end(&mut content)?;
        if content.len() as u64 != size {
            return Err(Fault::Truncated);
        }
        self.discard(padding(size))?;
        Ok(content)
    }

    fn block(&mut self) -> Result<[u8; BLOCK], Fault> {
        self.spend(BLOCK as u64)?;
        let mut block = [0; BLOCK];
        self.bytes.read_exact(&mut block)?;
        Ok(block)
    }

    /// Passes an entry's bytes and what fills its last block.
    fn skip(&mut self, size: u64) -> Result<(), Fault> {
        self.spend(size)?;
        self.discard(size)?;
        self.discard(padding(size))
    }

    fn discard(&mut self, size: u64) -> Result<(), Fault> {
        let passed = std::io::copy(&mut self.bytes.by_ref().take(size), &mut std::io::sink())?;
        if passed == size { Ok(()) } else { Err(Fault::Truncated) }
    }

    /// What comes after the end is only filling, but a checksum stands at its end.
    fn rest(&mut self) -> Result<(), Fault> {
        let most = self.left.saturating_add(1);
        let passed = std::io::copy(&mut self.bytes.by_ref().take(most), &mut std::io::sink())?;
        self.spend(passed)
    }

    fn spend(&mut self, size: u64) -> Result<(), Fault> {
        let left = self.left.checked_sub(size);
        self.left =
            left.ok_or_else(|| Fault::TooMuch("unpacked it is beyond all measure".into()))?;
        Ok(())
    }
}

fn padding(size: u64) -> u64 {
    size.next_multiple_of(BLOCK as u64) - size
}

/// The header of an entry.
pub(super) struct Header {
    name: Vec<u8>,
    size: u64,
    kind: u8,
}

impl Header {
    pub(super) fn parse(block: &[u8; BLOCK]) -> Result<Self, Fault> {
        let field = |from: usize, to: usize| block.get(from..to).unwrap_or_default();
        // The sum is taken with blanks in its own place.
        let sum = |block: &[u8]| block.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        let summed = sum(field(0, 148)) + sum(field(156, BLOCK)) + 8 * u64::from(b' ');
        if number(field(148, 156))? != summed {
            return Err(Fault::Damaged("the sum of a header is wrong".into()));
        }
        let mut name = until_nul(field(0, 100)).to_vec();
        // GNU's own dialect has other things in the place of the prefix.
        if field(257, 263) == b"ustar\0" && block.get(345) != Some(&0) {
            let mut whole = until_nul(field(345, 500)).to_vec();
            whole.push(b'/');
            whole.append(&mut name);
            name = whole;
        }
        let kind = field(156, 157).first().copied().unwrap_or_default();
        let size = number(field(124, 136))?;
        if size > i64::MAX.unsigned_abs() {
            return Err(Fault::Damaged("the size of an entry is impossible".into()));
        }
        Ok(Self { name, size, kind })
    }
}

/// Octal digits, or GNU's binary numbers.
fn number(field: &[u8]) -> Result<u64, Fault> {
    let odd = || Fault::Damaged("a number in a header is none".into());
    if let Some((first, rest)) = field.split_first().filter(|(first, _)| **first & 0x80 != 0) {
        let digits = std::iter::once(first & 0x7f).chain(rest.iter().copied());
        return digits.into_iter().try_fold(0_u64, |value, digit| {
            let value = value.checked_mul(256).ok_or_else(odd)?;
            Ok(value + u64::from(digit))
        });
    }
    let text = field.split(|byte| matches!(byte, 0 | b' ')).find(|part| !part.is_empty());
    text.unwrap_or_default().iter().try_fold(0_u64, |value, digit| match digit {
        b'0'..=b'7' => {
            Ok(value.checked_mul(8).ok_or_else(odd)? + u64::from(digit.wrapping_sub(b'0')))
        }
        _ => Err(odd()),
    })
}

fn until_nul(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// `27 path=long/name\n`: a length that counts itself, a key and a value.
fn records_of(mut bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let odd = || Fault::Damaged("an extended header cannot be read".into());
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let blank = bytes.iter().position(|byte| *byte == b' ').ok_or_else(odd)?;
        let (digits, _) = bytes.split_at_checked(blank).ok_or_else(odd)?;
        let length = std::str::from_utf8(digits).map_err(|_| odd())?;
        let length: usize = length.parse().map_err(|_| odd())?;
        let (record, rest) = bytes.split_at_checked(length).ok_or_else(odd)?;
        let record = record.get(blank + 1..).and_then(|r| r.strip_suffix(b"\n")).ok_or_else(odd)?;
        let equals = record.iter().position(|byte| *byte == b'=').ok_or_else(odd)?;
        let (key, value) = record.split_at_checked(equals).ok_or_else(odd)?;
        let value = value.get(1..).unwrap_or_default().to_vec();
        records.push((String::from_utf8_lossy(key).into_owned(), value));
        bytes = rest;
    }
    Ok(records)
}
