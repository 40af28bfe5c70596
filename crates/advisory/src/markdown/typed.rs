//! What people typed, so that it stays in its place on a page of Markdown.
//!
//! A short text is shown by the letter. A long one is Markdown itself and keeps its emphasis, lists,
//! tables and code; it cannot hold raw HTML, a heading above the page's own, or a block of code that
//! never ends. Only fences at the beginning of a line make blocks of code, so that this module and
//! every reader agree on where one begins. Elsewhere `<` is written as an entity, which inside a block
//! of code by indentation is seen as such: nothing worse.

use std::fmt::Write as _;

use crate::text::harmless;

/// A text on one line, every character of which is shown as it is.
pub(super) fn inline(text: &str) -> String {
    let text = harmless(text);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut written = String::with_capacity(text.len());
    // At the beginning these would make a list; `1.` is one if a blank or nothing follows.
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let numbered =
        text.get(digits + 1..).is_none_or(|rest| rest.is_empty() || rest.starts_with(' '));
    for (place, c) in text.char_indices() {
        let begins =
            place == 0 && "+-=".contains(c) || numbered && place == digits && ".)".contains(c);
        match c {
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '&' => written.push_str("&amp;"),
            // GitHub would tell somebody.
            '@' => written.push_str("&#64;"),
            c if begins || "\\`*_[]#|~$!".contains(c) => {
                written.push('\\');
                written.push(c);
            }
            c => written.push(c),
        }
    }
    written
}

/// A link, or the text of what is no address on the web.
pub(super) fn link(url: &str) -> String {
    let web = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
    if !web {
        return inline(url);
    }
    let mut written = String::from("<");
    for c in url.trim().chars() {
        if c.is_ascii_graphic() && !"<>\"`{}|\\^".contains(c) {
            written.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                // Writing to a string cannot fail.
                let _ = write!(written, "%{byte:02X}");
            }
        }
    }
    written.push('>');
    written
}

/// A text of several paragraphs, in Markdown.
pub(super) fn block(text: &str) -> String {
    let text = harmless(text);
    let mut written: Vec<String> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut fence: Option<Fence> = None;
    for line in text.trim_matches('\n').lines() {
        if let Some(open) = &fence {
            written.push(line.trim_end().to_owned());
            if open.closed_by(line) {
                fence = None;
            }
            continue;
        }
        fence = Fence::opened_by(line);
        if fence.is_some() || line.trim().is_empty() {
            written.extend(lines(&run));
            run.clear();
            written.push(line.trim_end().to_owned());
        } else {
            run.push(line);
        }
    }
    written.extend(lines(&run));
    if let Some(open) = fence {
        written.push(open.mark());
    }
    written.join("\n")
}

/// A block of code between two marks.
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let mark = line.chars().next().filter(|c| "`~".contains(*c))?;
        let length = line.chars().take_while(|c| *c == mark).count();
        let info = line.get(length..)?;
        let sound = length >= 3 && !info.contains(['`', '<', '~']);
        sound.then_some(Self { mark, length })
    }

    fn closed_by(&self, line: &str) -> bool {
        let inner = line.trim_start_matches(' ');
        let length = inner.chars().take_while(|c| *c == self.mark).count();
        line.len() - inner.len() < 4
            && length >= self.length
            && inner.chars().skip(length).all(char::is_whitespace)
    }

    fn mark(&self) -> String {
        std::iter::repeat_n(self.mark, self.length).collect()
    }
}

/// Lines without a blank one between them. Code in them keeps its `<` where every piece of code ends
/// on the line on which it begins, since only then its ends are beyond doubt.
fn lines(run: &[&str]) -> Vec<String> {
    let plain = run.iter().all(|line| pieces(line).is_some());
    run.iter()
        .map(|line| {
            let written = match pieces(line).filter(|_| plain) {
                Some(pieces) => pieces
                    .into_iter()
                    .map(|(code, piece)| if code { piece.to_owned() } else { open(piece) })
                    .collect(),
                None => open(line).replace('`', "&#96;"),
            };
            below_the_page(written.trim_end())
        })
        .collect()
}

/// The line as text and code in turn, or nothing where that is not plain.
fn pieces(line: &str) -> Option<Vec<(bool, &str)>> {
    if line.contains("\\`") || line.contains("```") {
        return None;
    }
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at_checked(start)?;
        let length = from.len() - from.trim_start_matches('`').len();
        let (mark, inside) = from.split_at_checked(length)?;
        let end = closing(inside, mark.len())?;
        let (code, after) = from.split_at_checked(length + end + length)?;
        // A cell of a table would end there.
        if code.contains('|') {
            return None;
        }
        pieces.push((false, before));
        pieces.push((true, code));
        rest = after;
    }
    pieces.push((false, rest));
    Some(pieces)
}

/// Where a run of exactly so many marks begins.
fn closing(text: &str, length: usize) -> Option<usize> {
    let mut place = 0;
    while let Some(start) = text.get(place..)?.find('`') {
        let run = text.get(place + start..)?;
        let found = run.len() - run.trim_start_matches('`').len();
        if found == length {
            return Some(place + start);
        }
        place += start + found;
    }
    None
}

/// Text outside of code: no HTML, and no fence that is not at the beginning of a line.
fn open(text: &str) -> String {
    text.replace('<', "&lt;").replace("~~~", "&#126;&#126;&#126;")
}

/// Headings become lesser than those of the page, and a line under a text makes none.
fn below_the_page(line: &str) -> String {
    let inner = line.trim_start_matches(' ');
    let level = inner.len() - inner.trim_start_matches('#').len();
    let heading = (1..=6).contains(&level)
        && inner.get(level..).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    if heading {
        let marks = "#".repeat((level + 3).min(6));
        return format!("{marks}{}", inner.get(level..).unwrap_or_default());
    }
    let under = |mark: char| !inner.is_empty() && inner.chars().all(|c| c == mark);
    if under('=') || under('-') { format!("\\{inner}") } else { line.to_owned() }
}
