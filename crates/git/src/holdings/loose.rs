//! Objects that lie in files of their own: `kind SP size NUL content`, deflated.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use flate2::read::ZlibDecoder;

use super::{Kind, Piece, listing};
use crate::{Error, Oid, Result, command::LIMIT};

pub(super) struct Loose {
    pub(super) name: Vec<u8>,
    path: PathBuf,
}

/// All of them in a folder of objects.
pub(super) fn all(objects: &Path, width: usize) -> Result<Vec<Loose>> {
    let mut found = Vec::new();
    for folder in listing(objects)? {
        let Some(first) = digits(&folder, 2) else { continue };
        for path in listing(&folder)? {
            // Git leaves unfinished files there.
            let Some(rest) = digits(&path, width * 2 - 2) else { continue };
            let oid: Oid = format!("{first}{rest}").parse()?;
            found.push(Loose { name: oid.bytes(), path });
        }
    }
    Ok(found)
}

/// The name of a file, if it is so many hexadecimal digits.
fn digits(path: &Path, count: usize) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    (name.len() == count && name.bytes().all(|b| b.is_ascii_hexdigit())).then_some(name)
}

impl Loose {
    pub(super) fn read(&self, mut take: impl FnMut(&Piece<'_>)) -> Result<()> {
        let broken = || Error::BrokenObject(Oid::from_bytes(&self.name).to_string());
        let mut bytes = Vec::new();
        unpack(File::open(&self.path)?, LIMIT, &mut bytes).map_err(|_| broken())?;
        if bytes.len() as u64 > LIMIT {
            return Err(Error::TooMuch { what: "loose object".into(), limit: LIMIT });
        }
        let (kind, content) = parted(&bytes).ok_or_else(broken)?;
        let all = 0..content.len();
        take(&Piece { name: &self.name, kind, bytes: content, fresh: std::slice::from_ref(&all) });
        Ok(())
    }
}

/// Reads all that a file holds; if that is more than `limit`, more than `limit` of it.
pub(crate) fn unpack(file: File, limit: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    ZlibDecoder::new(file).take(limit + 1).read_to_end(bytes)?;
    Ok(())
}

/// What it is, and its content. `None`: it is damaged.
pub(crate) fn parted(bytes: &[u8]) -> Option<(Kind, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let (head, content) = (bytes.get(..end)?, bytes.get(end + 1..)?);
    let (kind, size) = std::str::from_utf8(head).ok()?.split_once(' ')?;
    (size.parse() == Ok(content.len())).then_some((Kind::named(kind)?, content))
}
