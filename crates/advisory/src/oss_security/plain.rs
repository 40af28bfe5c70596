//! Text in 72 columns that no program between here and the reader has a reason to change.
//!
//! No line ends in a blank (`format=flowed` would join it to the next), and none begins with a blank,
//! `>` or `From ` (a blank would be taken off, a `>` be a quotation, and a mailbox would mark the
//! third). Code stands behind `| ` for that reason, and is the only thing beside single long words that
//! may be wider.

use crate::text::harmless;

const WIDTH: usize = 72;

/// A text on one line, with plain quotation marks and dashes.
pub(super) fn one_line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Typographic signs in the way in which ASCII has them. Letters stay.
fn plain(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' => written.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' => written.push('"'),
            '\u{2010}'..='\u{2013}' | '\u{2212}' => written.push('-'),
            '\u{2014}' | '\u{2015}' => written.push_str("--"),
            '\u{2022}' => written.push('*'),
            '\u{2026}' => written.push_str("..."),
            '\u{2192}' => written.push_str("->"),
            '\u{2264}' => written.push_str("<="),
            '\u{2265}' => written.push_str(">="),
            '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{ad}' => {}
            c if c.is_whitespace() && c != '\n' => written.push(' '),
            c => written.push(c),
        }
    }
    written
}

/// A text in the making.
#[derive(Default)]
pub(super) struct Text(Vec<String>);

impl Text {
    /// A heading, below a blank line.
    pub(super) fn heading(&mut self, heading: &str) {
        self.blank();
        self.0.push(heading.to_owned());
        self.0.push("-".repeat(heading.len()));
    }

    /// A text of several paragraphs below a heading.
    pub(super) fn headed(&mut self, heading: &str, text: &str) {
        self.heading(heading);
        self.blocks(text);
    }

    /// A text of several paragraphs, below a blank line.
    pub(super) fn paragraphs(&mut self, text: &str) {
        self.blank();
        self.blocks(text);
    }

    /// Lines that stay lines, where they are not too long.
    pub(super) fn lines(&mut self, text: &str) {
        for line in plain(text).lines() {
            if line.trim().is_empty() {
                self.blank();
            } else {
                self.wrap(line.split_whitespace());
            }
        }
    }

    /// An address, alone on its line.
    pub(super) fn link(&mut self, url: &str) {
        self.wrap(plain(url).split_whitespace());
    }

    /// The whole, ending in one newline.
    pub(super) fn finish(self) -> String {
        let mut text = self.0.join("\n");
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }

    fn blank(&mut self) {
        if self.0.last().is_some_and(|last| !last.is_empty()) {
            self.0.push(String::new());
        }
    }

    /// Lines of a paragraph flow together, but for items of lists. Code between fences stays.
    fn blocks(&mut self, text: &str) {
        let text = plain(text);
        let mut flowing: Vec<&str> = Vec::new();
        let mut code = false;
        for line in text.lines() {
            let fence = line.trim_start().starts_with("```");
            if fence || code || line.trim().is_empty() || is_item(line) {
                self.wrap(flowing.drain(..));
            }
            match (fence, code) {
                (true, _) => code = !code,
                (false, true) => self.0.push(format!("| {line}").trim_end().to_owned()),
                (false, false) if line.trim().is_empty() => self.blank(),
                (false, false) => flowing.extend(line.split_whitespace()),
            }
        }
        self.wrap(flowing.into_iter());
    }

    fn wrap<'w>(&mut self, words: impl Iterator<Item = &'w str>) {
        let mut line = String::new();
        for word in words {
            let fits = line.chars().count() + 1 + word.chars().count() <= WIDTH;
            let last = line.rsplit(' ').next().unwrap_or_default();
            let alone = is_link(word) || is_link(last);
            if line.is_empty() {
                line = begun_with(word);
            } else if fits && !alone {
                line.push(' ');
                line.push_str(word);
            } else if let Some((full, last)) = line.rsplit_once(' ').filter(|(_, last)| {
                // A word that cannot begin a line takes the one before it along.
                let both = last.chars().count() + 1 + word.chars().count() <= WIDTH;
                !alone && both && begun_with(word) != word && begun_with(last) == *last
            }) {
                let next = format!("{last} {word}");
                self.0.push(full.to_owned());
                line = next;
            } else {
                self.0.push(std::mem::replace(&mut line, begun_with(word)));
            }
        }
        if !line.is_empty() {
            self.0.push(line);
        }
    }
}

/// The word as it may begin a line.
fn begun_with(word: &str) -> String {
    let changed = word.starts_with('>') || word == "From";
    if changed { format!("| {word}") } else { word.to_owned() }
}

fn is_link(word: &str) -> bool {
    word.contains("https://") || word.contains("http://")
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered =
        digits.len() < line.len() && (digits.starts_with(". ") || digits.starts_with(") "));
    numbered || ["- ", "* ", "+ ", "> "].iter().any(|mark| line.starts_with(mark))
}
