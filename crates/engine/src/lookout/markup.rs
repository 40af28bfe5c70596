//! Feeds and pages as text: taken apart where entries begin, and with their markup removed.
//!
//! No XML is read. Nothing is expanded, nothing nests, and every reading is shorter than what came in, so
//! no document can make more work than its length. What that loses: an entity that a document defines
//! itself, and a word that markup cuts in two.

use std::borrow::Cow;

/// Entries that are told apart; the rest counts as one with the last.
const MOST_ENTRIES: usize = 2_000;
/// How often markup that is written as text within markup is removed.
const DEEP: usize = 3;

const BEGINNINGS: [&str; 2] = ["<entry", "<item"];
/// How an entry says which one it is.
const NAMES: [&str; 2] = ["id", "guid"];

/// One entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// As it stands there.
    pub raw: &'a str,
    /// What it calls itself, if it does.
    pub id: Option<Cow<'a, str>>,
    /// Where it says that it can be read.
    pub link: Option<Cow<'a, str>>,
    /// Its number, where it has one.
    pub number: Option<u64>,
    /// What it says without the escapes of the document, where that has its own.
    pub plain: Option<Cow<'a, str>>,
}

/// The entries of a feed, after what stands before the first; a document without any is one.
pub(super) fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut starts: Vec<usize> = BEGINNINGS.iter().flat_map(|tag| begins(text, tag)).collect();
    starts.sort_unstable();
    cut(text, starts).map(Entry::of).collect()
}

/// A document in pieces: what stands before the first start, and from each to the next.
pub(super) fn cut(text: &str, mut starts: Vec<usize>) -> impl Iterator<Item = &str> {
    starts.truncate(MOST_ENTRIES);
    let mut from = 0;
    let pieces = starts.into_iter().chain([text.len()]).filter_map(move |to| {
        let piece = text.get(from..to);
        from = to;
        piece
    });
    pieces.filter(|piece| !piece.trim().is_empty())
}

impl<'a> Entry<'a> {
    fn of(raw: &'a str) -> Self {
        let id = NAMES.iter().find_map(|name| inside(raw, name)).map(Cow::Borrowed);
        let link = inside(raw, "link").or_else(|| address(raw)).map(Cow::Borrowed);
        Self { raw, id, link, number: None, plain: None }
    }

    /// What it says, in every way in which it may be meant: as it stands, without the document's escapes,
    /// and without its markup.
    #[must_use]
    pub fn readings(&self) -> Vec<String> {
        match &self.plain {
            None => readings(self.raw),
            Some(plain) if *plain == self.raw => readings(self.raw),
            Some(plain) => [vec![self.raw.to_owned()], readings(plain)].concat(),
        }
    }
}

/// A text with markup as it stands, and with layer after layer of it removed.
pub(super) fn readings(raw: &str) -> Vec<String> {
    let mut all = vec![raw.to_owned()];
    let mut text = raw.replace("<![CDATA[", " ").replace("]]>", " ");
    for _ in 0..DEEP {
        let plain = without_tags(&text);
        let next = unescaped(&plain);
        let more = next != text;
        all.push(next.clone());
        text = next;
        if !more {
            break;
        }
    }
    all
}

/// Bytes as text: UTF-16 where a mark says so, and otherwise UTF-8 as far as it goes.
pub(super) fn text(bytes: &[u8]) -> String {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).filter_map(|two| two.try_into().ok().map(unit));
        String::from_utf16_lossy(&units.collect::<Vec<_>>())
    };
    match bytes {
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Where a tag begins, and not one whose name only begins like it.
fn begins<'t>(text: &'t str, tag: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(tag).map(|(at, _)| at).filter(move |at| {
        let next = text.get(at.saturating_add(tag.len())..).and_then(|rest| rest.chars().next());
        next.is_none_or(|c| c == '>' || c == '/' || c.is_whitespace())
    })
}

/// What stands within the first element of a name.
fn inside<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    let open = format!("<{name}");
    let at = begins(raw, &open).next()?;
    let (tag, rest) = raw.get(at..)?.split_once('>')?;
    if tag.ends_with('/') {
        return None;
    }
    let (said, _) = rest.split_once("</")?;
    let said = said.trim();
    (!said.is_empty() && !said.contains('<')).then_some(said)
}

/// The first address of a link.
fn address(raw: &str) -> Option<&str> {
    let at = begins(raw, "<link").next()?;
    let (tag, _) = raw.get(at..)?.split_once('>')?;
    let (_, rest) = tag.split_once("href=")?;
    let quote = rest.chars().next().filter(|c| *c == '"' || *c == '\'')?;
    rest.get(1..)?.split(quote).next().filter(|link| !link.is_empty())
}

/// Without what stands between `<` and `>`. A `<` that nothing closes is kept with what follows.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        plain.push_str(before);
        let Some((_, after)) = tag.split_once('>') else {
            plain.push_str(tag);
            return plain;
        };
        plain.push(' ');
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// The five escapes that every document may use; others the guard reads itself.
fn unescaped(text: &str) -> String {
    let plain = text.replace("&lt;", "<").replace("&gt;", ">");
    plain.replace("&quot;", "\"").replace("&#39;", "'").replace("&apos;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATOM: &str = r#"<?xml version="1.0"?><feed><title>Commits</title><id>feed</id>
<entry><id>tag:1</id><link rel="alternate" href="https://forge.example/1"/><title>One</title></entry>
<entry xml:lang="en"><id> tag:2 </id><link href='https://forge.example/2'/></entry></feed>"#;

    const RSS: &str = "<rss><channel><link>https://blog.example/</link><items/>
<item><title>A</title><link>https://blog.example/a</link><guid isPermaLink=\"false\">7</guid></item>
<item><title>B</title></item></channel></rss>";

    fn named(text: &str) -> Vec<(Option<String>, Option<String>)> {
        let owned = |said: Option<Cow<'_, str>>| said.map(Cow::into_owned);
        entries(text).into_iter().map(|entry| (owned(entry.id), owned(entry.link))).collect()
    }

    fn by(id: Option<&str>, link: Option<&str>) -> (Option<String>, Option<String>) {
        (id.map(ToOwned::to_owned), link.map(ToOwned::to_owned))
    }

    #[test]
    fn entries_are_told_apart_and_say_which_they_are() {
        let one = by(Some("tag:1"), Some("https://forge.example/1"));
        let two = by(Some("tag:2"), Some("https://forge.example/2"));
        assert_eq!(named(ATOM), [by(Some("feed"), None), one, two]);
        let blog = by(None, Some("https://blog.example/"));
        let a = by(Some("7"), Some("https://blog.example/a"));
        assert_eq!(named(RSS), [blog, a, by(None, None)]);
        assert_eq!(entries("no feed at all").len(), 1);
        assert!(entries("").is_empty());
    }

    #[test]
    fn markup_hides_nothing() {
        for text in [
            "amber <b>heron</b>",
            "&lt;b&gt;amber&lt;/b&gt; heron",
            "&amp;lt;i&amp;gt;amber&amp;lt;/i&amp;gt; heron",
            "<![CDATA[amber heron is <b>near]]>",
            "<![CDATA[<p>amber</p> heron]]>",
            "a < b: amber heron",
            "<a title=\"amber heron\">x</a>",
        ] {
            let words = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let readings = readings(text);
            let found = readings.iter().any(|text| words(text).contains("amber heron"));
            assert!(found, "{text}: {readings:?}");
        }
    }

    #[test]
    fn nothing_grows_and_nothing_is_expanded() {
        let bomb = format!(
            "<!DOCTYPE x [<!ENTITY a \"{}\"><!ENTITY b \"{}\">]><item>&b;</item>",
            "heron ".repeat(100),
            "&a;".repeat(1_000)
        );
        let open = "<".repeat(10_000);
        let deep = "<item>".repeat(10_000);
        for text in [bomb.as_str(), &open, &deep, "<item", "<link href=", "<id>", "<", "]]>"] {
            for entry in entries(text) {
                for reading in entry.readings() {
                    assert!(reading.len() <= entry.raw.len());
                }
            }
        }
        assert!(entries(&deep).len() <= MOST_ENTRIES + 1);
    }

    #[test]
    fn bytes_of_every_kind_are_text() {
        let wide: Vec<u8> = "amber".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&[&[0xFE, 0xFF], wide.as_slice()].concat()), "amber");
        let wide: Vec<u8> = "amber".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&[&[0xFF, 0xFE], wide.as_slice(), &[1]].concat()), "amber");
        assert_eq!(text(b"caf\xe9 amber"), "caf\u{fffd} amber");
    }
}
