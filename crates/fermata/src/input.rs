//! What a command reads: a named file, or its own stdin under the name `-`.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use crate::command_error::CommandError;

/// More than this is no text that a person wrote.
const LIMIT: u64 = 64 << 20;

/// The text of a file, or of stdin if the path is `-`.
pub(crate) fn text(path: &Path) -> Result<String, CommandError> {
    if path == Path::new("-") {
        return read(io::stdin(), "stdin");
    }
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
    read(file, &name)
}

fn read(source: impl Read, name: &str) -> Result<String, CommandError> {
    let mut bytes = Vec::new();
    let read = source.take(LIMIT + 1).read_to_end(&mut bytes);
    if read.map_err(|error| unreadable(name, &error))? as u64 > LIMIT {
        return Err(CommandError::wrong(format!("{name} is longer than 64 MiB")));
    }
    String::from_utf8(bytes).map_err(|_| {
        CommandError::wrong(format!("{name} is not UTF-8 text"))
            .hint("convert it first, for example with iconv")
    })
}

fn unreadable(name: &str, error: &io::Error) -> CommandError {
    CommandError::wrong(format!("{name} cannot be read: {error}"))
}
