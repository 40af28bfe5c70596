//! The baseline: how many different words of a fixed list a message has, whatever else is known.

const KEYWORDS: [&str; 26] = [
    "secur", "vulnerab", "exploit", "attack", "malici", "overflow", "oob", "overread", "uaf",
    "inject", "travers", "bypass", "denial", "dos", "xss", "csrf", "ssrf", "spoof", "smuggl",
    "privileg", "crafted", "untrust", "unauth", "sanit", "leak", "double",
];

/// A word counts if it begins with one of the list.
pub(crate) fn count(message: &str) -> f64 {
    let message = message.to_lowercase();
    let words: Vec<&str> = message.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let said = |keyword: &&&str| words.iter().any(|word| word.starts_with(**keyword));
    KEYWORDS.iter().filter(said).count() as f64
}
