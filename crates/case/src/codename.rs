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

/// A case's codename: two words of the shipped lists, `amber-heron`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Codename(String);

impl Codename {
    /// How many codenames there are.
    pub const COUNT: usize = FIRST.len() * SECOND.len();

    /// The codename that a drawn number stands for; numbers wrap around.
    #[must_use]
    pub fn nth(number: usize) -> Self {
        let word =
            |list: &[&'static str], n: usize| list.get(n % list.len()).copied().unwrap_or("");
        Self(format!("{}-{}", word(&FIRST, number / SECOND.len()), word(&SECOND, number)))
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

/// The text is not two words of the lists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a codename is two words of the shipped lists, such as amber-heron")]
pub struct BadCodename;

impl FromStr for Codename {
    type Err = BadCodename;
    fn from_str(text: &str) -> Result<Self, BadCodename> {
        match text.split_once('-') {
            Some((first, second)) if FIRST.contains(&first) && SECOND.contains(&second) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(BadCodename),
        }
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
