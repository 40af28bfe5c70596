//! Blob files: written whole beside their place, made durable, then moved into it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    BlobId, Body, Hash, KeyClass, Payload, StoreError, StreamId,
    logic::{open_blob, seal_blob},
};

use super::{files, writer::Shared};

/// The first line of a blob file, with the format's number.
const HEADER: &[u8] = b"FERMATA BLOB 1\n";

/// The ending of a file that is not whole yet. A crash may leave one; nothing ever reads it, and
/// opening the house removes it.
const UNFINISHED: &str = "unfinished";

fn storage(doing: &'static str) -> impl FnOnce(io::Error) -> StoreError {
    move |error| StoreError::storage(doing, error)
}

pub(super) fn write(
    shared: &Shared,
    stream: &StreamId,
    class: KeyClass,
    bytes: &Body,
) -> Result<BlobId, StoreError> {
    let (id, sealed) = seal_blob(&shared.vault, stream, class, bytes)?;
    // The key comes first: a blob whose key a crash took would be lost.
    shared.keys.flush(&shared.vault)?;
    let file = files::blob_file(&shared.blobs, stream, id);
    let there =
        matches!(read(shared, stream, id), Ok(Some(Payload::Open(found))) if found == *bytes);
    if there {
        // Whoever wrote it may not have come to this line yet.
        sync_entry(&shared.blobs, &file).map_err(storage("keep a blob"))?;
    } else {
        place(shared, &file, &sealed).map_err(storage("write a blob"))?;
    }
    Ok(id)
}

fn place(shared: &Shared, file: &Path, sealed: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut mark = [0; 8];
    shared.vault.entropy().fill(&mut mark);
    let mark = data_encoding::HEXLOWER.encode(&mark);
    let unfinished = file.with_extension(format!("{mark}.{UNFINISHED}"));
    files::write_new(&unfinished, &[HEADER, sealed])?;
    fs::rename(&unfinished, file)?;
    sync_entry(&shared.blobs, file)
}

fn sync_entry(blobs: &Path, file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        files::sync_dir(folder)?;
    }
    files::sync_dir(blobs)
}

pub(super) fn read(
    shared: &Shared,
    stream: &StreamId,
    id: BlobId,
) -> Result<Option<Payload>, StoreError> {
    let bytes = match fs::read(files::blob_file(&shared.blobs, stream, id)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(storage("read a blob")(error)),
    };
    let sealed = bytes.strip_prefix(HEADER);
    let sealed = sealed.ok_or_else(|| StoreError::damaged(format!("blob {id} of {stream}")))?;
    open_blob(&shared.vault, stream, id, sealed).map(Some)
}

/// Removes what a crash left half-written. Only for who holds the house's lock.
pub(super) fn clear_unfinished(blobs: &Path) -> io::Result<()> {
    let unfinished = |path: &PathBuf| path.extension().is_some_and(|ending| ending == UNFINISHED);
    files::blob_files(blobs)?.iter().filter(|path| unfinished(path)).try_for_each(fs::remove_file)
}

/// Opens every blob whose key is still here; how many there are.
pub(super) fn check(shared: &Shared) -> Result<u64, StoreError> {
    let mut count = 0;
    for path in files::blob_files(&shared.blobs).map_err(storage("list its blobs"))? {
        if path.extension().is_some_and(|ending| ending == UNFINISHED) {
            continue;
        }
        let damaged = || StoreError::damaged(format!("the blob file {}", path.display()));
        let name = path.file_name().and_then(|name| name.to_str());
        let id = name.and_then(|name| name.parse::<Hash>().ok()).map(BlobId).ok_or_else(damaged)?;
        let bytes = fs::read(&path).map_err(storage("read a blob"))?;
        let sealed = bytes.strip_prefix(HEADER).ok_or_else(damaged)?;
        count += 1;
        if shared.vault.is_forgotten(sealed)? {
            continue;
        }
        let (stream, _) = shared.vault.stream_of(sealed)?.ok_or_else(damaged)?;
        open_blob(&shared.vault, &stream, id, sealed)?;
    }
    Ok(count)
}

/// Copies every whole blob into a new folder, durably.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for path in files::blob_files(from)? {
        let place = path.strip_prefix(from).map(|inside| to.join(inside)).unwrap_or_default();
        if path.extension().is_some_and(|ending| ending == UNFINISHED) {
            continue;
        }
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        files::write_new(&place, &[&fs::read(&path)?])?;
        if let Some(folder) = place.parent() {
            files::sync_dir(folder)?;
        }
    }
    files::sync_dir(to)
}
