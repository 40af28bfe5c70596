//! How texts pass through serde, `Debug` and rendering.
//!
//! Must not hold anything but that glue.

/// Serialises a type through `Display` and reads it back through `FromStr`, so that no file or
/// journal can bring in a value that the parser would refuse.
macro_rules! serde_as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A `Debug` that names the type and nothing in it, for values that are embargoed or name a
/// person: what is never printed cannot end up in a log.
macro_rules! debug_without_content {
    ($type:ty) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    };
}

pub(crate) use {debug_without_content, serde_as_text};

/// The text without blank ends, if there is any: a field of blanks says nothing.
pub(crate) fn paragraph(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The same below a heading, in Markdown.
pub(crate) fn headed(heading: &str, text: Option<&str>) -> Option<String> {
    paragraph(text).map(|text| format!("### {heading}\n{text}"))
}

/// What people typed, without characters that change how others are shown: control characters, and
/// those that turn the direction of writing, become U+FFFD. Line breaks stay, and tabs are blanks.
pub(crate) fn harmless(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' => ' ',
        '\u{061c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        '\n' | '\u{2028}' | '\u{2029}' => '\n',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.replace("\r\n", "\n").replace('\r', "\n").chars().map(shown).collect()
}

/// A list below a heading, in Markdown. Blank items say nothing.
pub(crate) fn bulleted<'t>(heading: &str, items: impl Iterator<Item = &'t str>) -> Option<String> {
    let items = items.map(str::trim).filter(|item| !item.is_empty());
    let items: Vec<String> = items.map(|item| format!("- {item}")).collect();
    (!items.is_empty()).then(|| format!("### {heading}\n{}", items.join("\n")))
}
