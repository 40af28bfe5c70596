//! Words as the HTML that groups.io takes and shows, and HTML as words again.
//!
//! What is written has paragraphs and line breaks and nothing else. What is read back strictly may hold
//! no more than that, so that no markup changes what somebody sees.

/// An element that a reader passes over with all that is in it.
const UNSEEN: [&str; 4] = ["head", "script", "style", "template"];
/// Elements that begin a line of their own.
const BLOCKS: [&str; 12] =
    ["p", "div", "br", "pre", "li", "ul", "ol", "tr", "table", "blockquote", "hr", "body"];

/// A text as HTML.
#[must_use]
pub fn html(text: &str) -> String {
    let mut html = String::new();
    let mut open = false;
    for line in text.lines() {
        if line.trim().is_empty() {
            if open {
                html.push_str("</p>\n");
            }
            open = false;
            continue;
        }
        html.push_str(if open { "<br>\n" } else { "<p>" });
        open = true;
        let indent = line.len().saturating_sub(line.trim_start().len());
        html.extend(std::iter::repeat_n("&nbsp;", indent));
        for c in line.trim().chars() {
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                other => html.push(other),
            }
        }
    }
    if open {
        html.push_str("</p>");
    }
    html
}

/// The lines of a text as they are compared: to the letter, but for white space.
#[must_use]
pub fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}

/// The lines that everybody sees of HTML like ours.
///
/// # Errors
/// When it holds markup that is not, in words.
pub fn strictly(html: &str) -> Result<Vec<String>, String> {
    let mut seen = Seen::default();
    let mut link: Option<(String, usize)> = None;
    for piece in Pieces(html) {
        let tag = match piece {
            Piece::Text(text) => {
                seen.say(&unescaped(text));
                continue;
            }
            Piece::Tag(tag) => tag,
        };
        let name = name(tag);
        let attributes = attributes(tag).ok_or_else(|| strange(tag))?;
        match name.as_str() {
            "a" if link.is_none() => {
                let mut address = String::new();
                for (name, value) in attributes {
                    match name.as_str() {
                        "href" => address = unescaped(&value),
                        "rel" | "target" => {}
                        _ => return Err(strange(tag)),
                    }
                }
                link = Some((address, seen.now.len()));
            }
            "/a" => {
                let (address, from) = link.take().ok_or_else(|| strange(tag))?;
                let text = seen.now.get(from..).unwrap_or_default().trim();
                if address != text && address.strip_prefix("mailto:") != Some(text) {
                    return Err(format!("a link to {address} that says {text}"));
                }
            }
            "p" | "/p" | "div" | "/div" | "br" | "br/" if attributes.is_empty() => {
                if link.is_some() {
                    return Err(strange(tag));
                }
                seen.turn();
            }
            "span" | "/span" if attributes.is_empty() => {}
            _ => return Err(strange(tag)),
        }
    }
    if link.is_some() {
        return Err("a link that nothing closes".into());
    }
    Ok(lines(&seen.whole()))
}

fn strange(tag: &str) -> String {
    format!("the markup <{}>", super::api::line(tag))
}

/// The words that somebody sees of any HTML.
#[must_use]
pub fn text(html: &str) -> String {
    let mut seen = Seen::default();
    let mut unseen: Option<String> = None;
    for piece in Pieces(html) {
        match (piece, &unseen) {
            (Piece::Text(text), None) => seen.say(&unescaped(text)),
            (Piece::Tag(tag), Some(within)) if name(tag).strip_prefix('/') == Some(within) => {
                unseen = None;
            }
            (Piece::Tag(tag), None) => {
                let name = name(tag);
                let bare = name.trim_matches('/');
                if UNSEEN.contains(&name.as_str()) {
                    unseen = Some(name);
                } else if BLOCKS.contains(&bare) {
                    seen.turn();
                } else if bare == "td" {
                    seen.say(" ");
                }
            }
            _ => {}
        }
    }
    seen.whole()
}

/// Lines as they come to be seen.
#[derive(Default)]
struct Seen {
    done: String,
    now: String,
}

impl Seen {
    fn say(&mut self, text: &str) {
        for c in text.chars() {
            let c = if c.is_whitespace() { ' ' } else { c };
            if c != ' ' || !self.now.ends_with(' ') {
                self.now.push(c);
            }
        }
    }

    fn turn(&mut self) {
        let line = std::mem::take(&mut self.now);
        if !line.trim().is_empty() {
            self.done.push_str(line.trim());
            self.done.push('\n');
        }
    }

    fn whole(mut self) -> String {
        self.turn();
        self.done
    }
}

enum Piece<'a> {
    Text(&'a str),
    /// What stands between `<` and `>`.
    Tag(&'a str),
}

/// HTML cut at its tags. A `<` that begins none is text.
struct Pieces<'a>(&'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = self.0;
        let first = rest.chars().next()?;
        if first == '<'
            && let Some(end) = tag_end(rest)
        {
            let (tag, after) = rest.split_at(end);
            self.0 = after.get(1..).unwrap_or_default();
            return Some(Piece::Tag(tag.get(1..).unwrap_or_default()));
        }
        let after = first.len_utf8();
        let next = rest.get(after..).unwrap_or_default().find('<');
        let end = next.map_or(rest.len(), |at| at.saturating_add(after));
        let (text, after) = rest.split_at(end);
        self.0 = after;
        Some(Piece::Text(text))
    }
}

/// Where the tag at the beginning ends: its `>`.
fn tag_end(text: &str) -> Option<usize> {
    let rest = text.get(1..)?;
    if rest.starts_with("!--") {
        return text.find("-->").map(|at| at.saturating_add(2));
    }
    let begins = |c: char| c.is_ascii_alphabetic() || c == '/' || c == '!' || c == '?';
    if !rest.starts_with(begins) {
        return None;
    }
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('>', None) => return Some(at),
            _ => {}
        }
    }
    None
}

/// A tag's name in small letters, with the slash before or behind it.
fn name(tag: &str) -> String {
    let name = tag.split_whitespace().next().unwrap_or_default();
    name.to_ascii_lowercase()
}

/// A tag's attributes; `None` where they cannot be told apart.
fn attributes(tag: &str) -> Option<Vec<(String, String)>> {
    let tag = tag.trim();
    let mut rest = tag.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).trim_start();
    let mut found = Vec::new();
    while !rest.is_empty() && rest != "/" {
        let (name, after) = rest.split_once('=')?;
        let quote = after.chars().next().filter(|c| *c == '"' || *c == '\'')?;
        let (value, after) = after.get(1..)?.split_once(quote)?;
        let plain = name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
        if !plain || name.is_empty() {
            return None;
        }
        found.push((name.to_ascii_lowercase(), value.to_owned()));
        rest = after.trim_start();
    }
    Some(found)
}

/// A text without its escapes; those that are not known stay.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('&') {
        plain.push_str(before);
        let known = escape.split_once(';').and_then(|(name, after)| Some((meant(name)?, after)));
        let (c, after) = known.unwrap_or(('&', escape));
        plain.push(c);
        rest = after;
    }
    plain.push_str(rest);
    plain
}

fn meant(escape: &str) -> Option<char> {
    let number = escape.strip_prefix('#');
    let wide = number.and_then(|number| number.strip_prefix(['x', 'X']));
    match (escape, number, wide) {
        ("amp", ..) => Some('&'),
        ("lt", ..) => Some('<'),
        ("gt", ..) => Some('>'),
        ("quot", ..) => Some('"'),
        ("apos", ..) => Some('\''),
        ("nbsp", ..) => Some(' '),
        (_, _, Some(wide)) => char::from_u32(u32::from_str_radix(wide, 16).ok()?),
        (_, Some(number), _) => char::from_u32(number.parse().ok()?),
        _ => None,
    }
}
