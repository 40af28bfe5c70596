//! What a command reads: a named file, or its own stdin under the name `-`.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use counterparts::mail::server::Login;

use crate::command_error::CommandError;

/// More than this is no text that a person wrote.
const LIMIT: u64 = 64 << 20;

/// The text of a file, or of stdin if the path is `-`.
pub(crate) fn text(path: &Path) -> Result<String, CommandError> {
    String::from_utf8(bytes(path)?).map_err(|_| not_text(path, "UTF-8"))
}

/// The bytes of a file, or of stdin if the path is `-`.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, CommandError> {
    if is_stdin(path) {
        return read(io::stdin(), "stdin");
    }
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
    read(file, &name)
}

/// The text of a file that not everybody on this machine may read.
pub(crate) fn secret(path: &Path) -> Result<String, CommandError> {
    let name = path.display();
    let shown = fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o007 != 0);
    if shown {
        let why = format!("{name} can be read by everybody on this machine");
        return Err(CommandError::wrong(why).hint(format!("chmod 600 {name}")));
    }
    text(path)
}

/// A name and a password for a mail server, on a line each.
pub(crate) fn login(path: &Path) -> Result<Login, CommandError> {
    let text = text(path)?;
    let mut lines = text.lines();
    let login = lines.next().zip(lines.next()).and_then(|(name, word)| Login::new(name, word));
    login.ok_or_else(|| {
        let why = "write the name on the first line and the password on the second";
        CommandError::wrong(format!("{}: {why}", path.display()))
    })
}

/// What to say of bytes that are no text in the encoding that is asked for.
pub(crate) fn not_text(path: &Path, encoding: &str) -> CommandError {
    let name = if is_stdin(path) { "stdin".into() } else { path.to_string_lossy() };
    CommandError::wrong(format!("{name} is not {encoding} text"))
        .hint("convert it first, for example with iconv")
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn read(source: impl Read, name: &str) -> Result<Vec<u8>, CommandError> {
    let mut bytes = Vec::new();
    let read = source.take(LIMIT + 1).read_to_end(&mut bytes);
    if read.map_err(|error| unreadable(name, &error))? as u64 > LIMIT {
        return Err(CommandError::wrong(format!("{name} is longer than 64 MiB")));
    }
    Ok(bytes)
}

fn unreadable(name: &str, error: &io::Error) -> CommandError {
    CommandError::wrong(format!("{name} cannot be read: {error}"))
}
