//! Where a command's words go: data to stdout, talk to stderr.
//!
//! A reader who closes the pipe early (`fermata … | head`) has seen enough: what is left is
//! dropped, and the exit code is the same as if everything had been read.

use std::io::{self, BufWriter, ErrorKind, Write};

use serde::Serialize;

use crate::command_error::CommandError;

/// A command's way to the outside.
pub(crate) struct Output {
    json: bool,
    data: Box<dyn Write>,
    reader_left: bool,
}

/// Every JSON document says in which version of its form it is.
#[derive(Serialize)]
struct Versioned<'a, T> {
    v: u8,
    #[serde(flatten)]
    body: &'a T,
}

impl Output {
    /// To this process's own streams.
    pub(crate) fn new(json: bool) -> Self {
        Self { json, data: Box::new(BufWriter::new(io::stdout())), reader_left: false }
    }

    /// Whether a machine will read the data.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// One line of data for a person.
    pub(crate) fn line(&mut self, line: &str) -> Result<(), CommandError> {
        self.write(&printable(line))
    }

    /// One JSON document on a line of its own, with `"v":1` in front.
    pub(crate) fn document(&mut self, body: &impl Serialize) -> Result<(), CommandError> {
        self.raw_document(&Versioned { v: 1, body })
    }

    /// One JSON document that carries its version already.
    pub(crate) fn raw_document(&mut self, document: &impl Serialize) -> Result<(), CommandError> {
        let text = serde_json::to_string(document).map_err(CommandError::wrong)?;
        self.write(&text)
    }

    /// A remark for the person, beside the data.
    #[expect(clippy::unused_self, reason = "talk belongs to a command's output like its data")]
    pub(crate) fn talk(&self, remark: &str) {
        talk(remark);
    }

    /// Sends what is still held back.
    pub(crate) fn finish(&mut self) -> Result<(), CommandError> {
        let result = self.data.flush();
        self.settle(result)
    }

    fn write(&mut self, line: &str) -> Result<(), CommandError> {
        if self.reader_left {
            return Ok(());
        }
        let result = writeln!(self.data, "{line}");
        self.settle(result)
    }

    fn settle(&mut self, result: io::Result<()>) -> Result<(), CommandError> {
        match result {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.reader_left = true;
                Ok(())
            }
            other => other.map_err(|error| {
                CommandError::wrong(format!("the answer could not be written: {error}"))
            }),
        }
    }
}

/// Talk without an [`Output`] at hand. Nobody listening is no reason to stop.
pub(crate) fn talk(remark: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(remark));
}

/// Words from reports and repositories may hold codes that steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Rows as columns two blanks apart.
pub(crate) fn columns<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(move |row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    rows.iter()
        .map(|row| {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect()
}
