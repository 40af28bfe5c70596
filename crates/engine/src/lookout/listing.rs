//! JSON listings, such as a forge's of its issues: taken apart where entries begin.
//!
//! No JSON is checked. An entry is an object that stands in a list, where that list is the whole document or
//! a part of its outermost object; whatever stands around it goes with an entry, so that nothing is lost.
//! Nothing nests and nothing grows: every reading is shorter than what came in.

use std::{borrow::Cow, collections::BTreeMap};

use super::markup::{Entry, cut};

/// How an entry says where it can be read, the best for people first: GitHub and Gitea, GitLab, others.
const LINKS: [&str; 3] = ["html_url", "web_url", "url"];
/// How else it says which one it is.
const ID: &str = "id";
/// How forges number issues and pull requests.
const NUMBERS: [&str; 2] = ["number", "iid"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Open(char),
    Close,
    /// What stands between quotes, as it stands there.
    Text(&'a str),
    Colon,
    Comma,
    /// A number, or one of the words that need no quotes.
    Plain(&'a str),
}

/// Goes through a document, and takes whatever it finds for JSON.
struct Tokens<'a> {
    rest: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn of(text: &'a str) -> Self {
        Self { rest: text, at: 0 }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.at = self.at.saturating_add(taken.len());
        taken
    }

    fn text(&mut self) -> &'a str {
        self.take(1);
        let mut escaped = false;
        let end = self.rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let text = self.take(end.unwrap_or(self.rest.len()));
        self.take(1);
        text
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (usize, Token<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let blank = self.rest.len().saturating_sub(self.rest.trim_start().len());
        self.take(blank);
        let (at, first) = (self.at, self.rest.chars().next()?);
        if first == '"' {
            return Some((at, Token::Text(self.text())));
        }
        let single = match first {
            '{' | '[' => Token::Open(first),
            '}' | ']' => Token::Close,
            ':' => Token::Colon,
            ',' => Token::Comma,
            _ => {
                let ends = |c: char| c.is_whitespace() || "{}[]:,\"".contains(c);
                let end = self.rest.find(ends).unwrap_or(self.rest.len());
                return Some((at, Token::Plain(self.take(end))));
            }
        };
        self.take(1);
        Some((at, single))
    }
}

/// The entries of a listing, with what stands around them; `None` where the document is none.
pub(super) fn entries(text: &str) -> Option<Vec<Entry<'_>>> {
    let (mut open, mut starts) = (Vec::new(), Vec::new());
    for (at, token) in Tokens::of(text) {
        match token {
            Token::Open(bracket) => {
                if bracket == '{' && matches!(open.as_slice(), ['['] | ['{', '[']) {
                    starts.push(at);
                }
                open.push(bracket);
            }
            Token::Close => drop(open.pop()),
            // A page whose first word is no bracket.
            _ if open.is_empty() && starts.is_empty() => return None,
            _ => {}
        }
    }
    (!starts.is_empty()).then(|| cut(text, starts).map(entry).collect())
}

fn entry(raw: &str) -> Entry<'_> {
    let said = said(raw);
    let words = |name: &str| said.get(name).map(|value| unescaped(value));
    let link = LINKS.iter().find_map(|name| words(name));
    let number = NUMBERS.iter().find_map(|name| said.get(name)?.parse().ok());
    Entry { raw, id: link.clone().or_else(|| words(ID)), link, number, plain: Some(unescaped(raw)) }
}

/// What an object says of itself in one word, by its own names and not those of what it holds.
fn said(raw: &str) -> BTreeMap<&str, &str> {
    let (mut said, mut depth) = (BTreeMap::new(), 0_usize);
    let (mut last, mut name) = (None, None);
    for (_, token) in Tokens::of(raw) {
        match token {
            Token::Open(_) => depth = depth.saturating_add(1),
            Token::Close if depth <= 1 => break,
            Token::Close => depth = depth.saturating_sub(1),
            _ if depth != 1 => {}
            Token::Colon => name = last.take(),
            Token::Comma => (last, name) = (None, None),
            Token::Text(word) | Token::Plain(word) => match name.take() {
                Some(name) => drop(said.entry(name).or_insert(word)),
                None => last = Some(word),
            },
        }
        if matches!(token, Token::Open(_)) {
            (last, name) = (None, None);
        }
    }
    said
}

/// A text without the escapes that JSON has (RFC 8259, 7).
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        plain.push_str(before);
        let (letter, after) = letter(escape);
        plain.push(letter);
        rest = after;
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The letter that an escape stands for, and what follows it.
fn letter(escape: &str) -> (char, &str) {
    let mut letters = escape.chars();
    let plain = match letters.next() {
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('b' | 'f') => ' ',
        Some('u') => return coded(letters.as_str()),
        Some(other) => other,
        None => '\\',
    };
    (plain, letters.as_str())
}

/// Four digits, or twice four of them for a letter that needs two.
fn coded(digits: &str) -> (char, &str) {
    let unit = |text: &str| {
        let four = text.get(..4).filter(|four| four.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u16::from_str_radix(four, 16).ok()
    };
    let Some(first) = unit(digits) else { return ('u', digits) };
    let after = digits.get(4..).unwrap_or_default();
    let second = after.strip_prefix("\\u").and_then(unit);
    let both = second.and_then(|second| char::decode_utf16([first, second]).next()?.ok());
    match (char::from_u32(first.into()), both) {
        (Some(letter), _) => (letter, after),
        (None, Some(letter)) => (letter, after.get(6..).unwrap_or_default()),
        (None, None) => (char::REPLACEMENT_CHARACTER, after),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// As GitHub and Gitea list issues.
    const GITHUB: &str = r#"[
 {"url":"https://api.forge.example/repos/o/p/issues/12","labels":[{"id":1,"url":"x"}],
  "html_url":"https://forge.example/o/p/issues/12","number":12,
  "user":{"login":"rita","html_url":"https://forge.example/rita"},"title":"It crashes","body":"a\nb"},
 {"user":{"html_url":"https://forge.example/ben"},"number":11,"body":null,
  "html_url":"https:\/\/forge.example\/o\/p\/pull\/11"}
]"#;
    /// As GitLab does.
    const GITLAB: &str = r#"[{"id":7001,"iid":3,"author":{"id":1,"web_url":"https://lab.example/rita"},
"title":"{","web_url":"https://lab.example/o/p/-/issues/3"}]"#;
    /// JSON Feed.
    const FEED: &str = r#"{"title":"News","authors":[],"items":[{"id":"a","content_html":"<b>x</b>"},
{"id":"b","url":"https://news.example/b"}],"expired":true}"#;

    type Named<'a> = (Option<&'a str>, Option<&'a str>, Option<u64>);

    fn named<'a>(entries: &'a [Entry<'_>]) -> Vec<Named<'a>> {
        let name =
            |entry: &'a Entry<'_>| (entry.id.as_deref(), entry.link.as_deref(), entry.number);
        entries.iter().map(name).collect()
    }

    #[test]
    fn every_issue_is_an_entry_by_its_own_name() {
        let (github, gitlab) = (entries(GITHUB).unwrap(), entries(GITLAB).unwrap());
        let issue = Some("https://forge.example/o/p/issues/12");
        let pull = Some("https://forge.example/o/p/pull/11");
        let none = (None, None, None);
        assert_eq!(named(&github), [none, (issue, issue, Some(12)), (pull, pull, Some(11))]);
        let issue = Some("https://lab.example/o/p/-/issues/3");
        assert_eq!(named(&gitlab), [none, (issue, issue, Some(3))]);
        let feed = entries(FEED).unwrap();
        let b = Some("https://news.example/b");
        assert_eq!(named(&feed), [none, (Some("a"), None, None), (b, b, None)]);
        for other in ["", "<feed/>", "no JSON { at all", "[]", "{\"message\":\"gone\"}", "[[{}]]"] {
            assert_eq!(entries(other), None, "{other}");
        }
    }

    #[test]
    fn escapes_hide_nothing_and_nothing_grows() {
        for (text, said) in [
            (r"amber\nheron", "amber\nheron"),
            (r"\u0061mber \u0068er\u006Fn", "amber heron"),
            (r"\ud83d\udc31\/\\\u00e9", "\u{1f431}/\\\u{e9}"),
            (r"\ud83d \udc31 \u12 \u+123 \", "\u{fffd} \u{fffd} u12 u+123 \\"),
        ] {
            assert_eq!(unescaped(text), said);
            assert!(said.len() <= text.len());
        }
        let words = |json: &str| entries(json).unwrap()[1].readings().concat();
        assert!(words(r#"[{"body":"<b>amber<\/b> heron"}]"#).contains(" amber  heron"));
        assert!(words(r#"[{"title":"am\u0062er-heron"}]"#).contains("amber-heron"));
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,8}|[\\n\"\\\\{}\\[\\],:é]{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let list = prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from);
            let object = prop::collection::btree_map("[a-z\"\\\\{]{1,3}", inner, 0..4);
            prop_oneof![list, object.prop_map(Value::from_iter)]
        })
    }

    proptest! {
        /// Held against a reader of JSON.
        #[test]
        fn entries_are_the_objects_of_the_list(all in prop::collection::vec(json(), 0..5)) {
            let objects: Vec<&Value> = all.iter().filter(|value| value.is_object()).collect();
            let text = serde_json::to_string(&all).unwrap();
            let entries = entries(&text).unwrap_or_default();
            prop_assert_eq!(entries.len().saturating_sub(1), objects.len());
            for (entry, object) in entries.iter().skip(1).zip(objects) {
                let mut read = serde_json::Deserializer::from_str(entry.raw).into_iter::<Value>();
                prop_assert_eq!(&read.next().unwrap().unwrap(), object);
                for (name, value) in object.as_object().unwrap() {
                    let escaped = serde_json::to_string(name).unwrap();
                    let said = said(entry.raw).get(&escaped[1..escaped.len() - 1]).copied();
                    let said = said.map(|said| unescaped(said).into_owned());
                    match value {
                        Value::Object(_) | Value::Array(_) => prop_assert_eq!(said, None),
                        Value::String(text) => prop_assert_eq!(said.as_ref(), Some(text)),
                        other => prop_assert_eq!(said, Some(other.to_string())),
                    }
                }
            }
        }
    }
}
