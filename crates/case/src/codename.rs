//! Two words that stand for a case where its bug must not be named: in subjects, branches, chat and
//! calendars. Drawn from lists of ours that have nothing to do with software.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de};

const FIRST: [&str; 64] = [
    "amber", "autumn", "bashful", "birch", "brisk", "calm", "cedar", "chalk", "clover", "copper",
    "coral", "dapper", "dusty", "early", "ember", "fallow", "fern", "gentle", "gilded", "hazel",
    "hushed", "indigo", "ivory", "jolly", "juniper", "kindly", "lilac", "linen", "lunar", "maple",
    "mellow", "merry", "misty", "mossy", "nimble", "oaken", "ochre", "olive", "opal", "pale",
    "pearly", "plain", "plum", "quiet", "rosy", "russet", "saffron", "sandy", "silver", "sleepy",
    "slender", "snowy", "sober", "solar", "spry", "sunny", "tawny", "teal", "tidy", "velvet",
    "wheaten", "willow", "winter", "woolen",
];

const SECOND: [&str; 64] = [
    "anchor", "badger", "barley", "beacon", "bellows", "bramble", "bugle", "candle", "canoe",
    "cello", "cricket", "curlew", "dahlia", "dormouse", "easel", "falcon", "fiddle", "finch",
    "garnet", "goblet", "harbor", "heron", "hillock", "iris", "jackdaw", "kettle", "kite",
    "lantern", "lark", "lichen", "loom", "magpie", "mallet", "marten", "meadow", "mitten",
    "nutmeg", "oboe", "orchard", "osprey", "otter", "parsley", "pebble", "pigeon", "plover",
    "quilt", "quince", "raven", "rowan", "saddle", "sorrel", "sparrow", "spindle", "starling",
    "sundial", "teapot", "thimble", "thistle", "trellis", "tulip", "viola", "walnut", "weaver",
    "wren",
];

/// A case's codename: two words of the shipped lists, `amber-heron`; with a number from 2 on where a
/// house has used them up, `amber-heron-2`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Codename(String);

impl Codename {
    /// How many codenames there are without a number.
    pub const COUNT: usize = FIRST.len() * SECOND.len();

    /// The codename that a drawn number stands for; numbers wrap around.
    #[must_use]
    pub fn nth(number: usize) -> Self {
        let word =
            |list: &[&'static str], n: usize| list.get(n % list.len()).copied().unwrap_or("");
        Self(format!("{}-{}", word(&FIRST, number / SECOND.len()), word(&SECOND, number)))
    }

    /// The same words, used for the `number`th time; the first time they stand alone.
    #[must_use]
    pub fn numbered(self, number: u16) -> Self {
        let words = self.0.splitn(3, '-').take(2).collect::<Vec<_>>().join("-");
        Self(if number < 2 { words } else { format!("{words}-{number}") })
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Codename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Codename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not two words of the lists, with or without a number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a codename is two words of the shipped lists, such as amber-heron")]
pub struct BadCodename;

impl FromStr for Codename {
    type Err = BadCodename;
    fn from_str(text: &str) -> Result<Self, BadCodename> {
        let parts: Vec<&str> = text.split('-').collect();
        let (first, second, number) = match *parts.as_slice() {
            [first, second] => (first, second, 1),
            [first, second, number] => (first, second, number.parse().map_err(|_| BadCodename)?),
            _ => return Err(BadCodename),
        };
        let name = Self(format!("{first}-{second}")).numbered(number);
        let known = FIRST.contains(&first) && SECOND.contains(&second);
        // Only one way of writing it is the name: no `-1`, no `-02`.
        if known && name.0 == text { Ok(name) } else { Err(BadCodename) }
    }
}

impl Serialize for Codename {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Codename {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}
