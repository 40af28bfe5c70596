//! Ids of vulnerabilities and weaknesses, as letters and digits in a row.
//!
//! An id of a known list is told by its first letters and by how many digits follow in how many
//! groups, so that a key size (`DSA 2048`) is none.

use advisory::GhsaId;

use crate::{
    finding::Rule,
    needle::starts_word,
    reading::{Gap, Letter, letters, view},
};

/// One list's ids.
#[derive(Debug)]
pub(crate) struct Shape {
    /// What they begin with.
    pub(crate) prefix: &'static str,
    pub(crate) rule: Rule,
    rest: Rest,
}

#[derive(Debug)]
enum Rest {
    Cve,
    Ghsa,
    /// Up to six digits.
    Cwe,
    /// A year and a number.
    Yearly,
    /// Groups of so many digits, from and to.
    Groups(&'static [(usize, usize)]),
}

const fn list(prefix: &'static str, rest: Rest) -> Shape {
    Shape { prefix, rule: Rule::OsvId, rest }
}

/// CVE, GHSA, CWE, the databases of OSV's schema, and lists that fixes are known by.
pub(crate) static SHAPES: [Shape; 36] = [
    Shape { prefix: "cve", rule: Rule::CveId, rest: Rest::Cve },
    Shape { prefix: "ghsa", rule: Rule::GhsaId, rest: Rest::Ghsa },
    Shape { prefix: "cwe", rule: Rule::Weakness, rest: Rest::Cwe },
    list("go", Rest::Yearly),
    list("rustsec", Rest::Yearly),
    list("pysec", Rest::Yearly),
    list("psf", Rest::Yearly),
    list("hsec", Rest::Yearly),
    list("rsec", Rest::Yearly),
    list("osv", Rest::Yearly),
    list("gsd", Rest::Yearly),
    list("mal", Rest::Yearly),
    list("euvd", Rest::Yearly),
    list("bit", Rest::Yearly),
    list("cnvd", Rest::Yearly),
    list("cnnvd", Rest::Groups(&[(6, 6), (3, 5)])),
    list("jvndb", Rest::Groups(&[(4, 4), (6, 6)])),
    list("jvn", Rest::Groups(&[(8, 8)])),
    list("rhsa", Rest::Yearly),
    list("alsa", Rest::Yearly),
    list("elsa", Rest::Yearly),
    list("rlsa", Rest::Yearly),
    list("mgasa", Rest::Yearly),
    list("alas", Rest::Yearly),
    list("asa", Rest::Groups(&[(6, 6), (1, 3)])),
    list("dsa", Rest::Groups(&[(3, 5), (1, 2)])),
    list("dla", Rest::Groups(&[(2, 5), (1, 2)])),
    list("usn", Rest::Groups(&[(3, 5), (1, 2)])),
    list("glsa", Rest::Groups(&[(6, 6), (2, 2)])),
    list("susesu", Rest::Yearly),
    list("opensusesu", Rest::Yearly),
    list("xsa", Rest::Groups(&[(1, 3)])),
    list("zdi", Rest::Groups(&[(2, 2), (3, 4)])),
    list("zdican", Rest::Groups(&[(4, 6)])),
    list("talos", Rest::Yearly),
    list("certvu", Rest::Groups(&[(5, 6)])),
];

impl Shape {
    /// What to look for: the prefix and as much of what must follow as tells it from other words.
    pub(crate) fn beginnings(&self) -> Vec<String> {
        let follow: &[&str] = match self.rest {
            Rest::Ghsa => &[""],
            Rest::Cve | Rest::Yearly => &["19", "20"],
            Rest::Cwe | Rest::Groups(_) => &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        };
        follow.iter().map(|follow| format!("{}{follow}", self.prefix)).collect()
    }

    /// The end of the id whose prefix stands right before `after`.
    pub(crate) fn end(&self, text: &[Letter], after: usize) -> Option<usize> {
        match &self.rest {
            Rest::Cve => cve_end(text, after),
            Rest::Ghsa => ghsa_end(text, after),
            Rest::Cwe => {
                groups_end(text, after, &[(1, 6)], Gap::Blank).filter(|_| self.alone(text, after))
            }
            Rest::Yearly => groups_end(text, after, &[(4, 4), (1, 8)], Gap::Signs)
                .filter(|_| self.alone(text, after)),
            Rest::Groups(groups) => {
                groups_end(text, after, groups, Gap::Signs).filter(|_| self.alone(text, after))
            }
        }
    }

    fn alone(&self, text: &[Letter], after: usize) -> bool {
        starts_word(text, after.saturating_sub(self.prefix.len()))
    }
}

/// Whether the text is nothing but an id of a list other than CVE, GHSA and CWE.
pub(crate) fn is_other_id(text: &str) -> bool {
    let letters = letters(&view(text, 0));
    let plain: String = letters.iter().map(|letter| letter.c).collect();
    SHAPES.iter().filter(|shape| shape.rule == Rule::OsvId).any(|shape| {
        plain.starts_with(shape.prefix)
            && shape.end(&letters, shape.prefix.len()) == Some(letters.len())
    })
}

fn is_digit(text: &[Letter], index: usize) -> bool {
    text.get(index).is_some_and(|letter| letter.c.is_ascii_digit())
}

/// The number goes on over a separator until it has the four digits that every id has, so that a
/// broken line does not hide one.
fn cve_end(text: &[Letter], digits: usize) -> Option<usize> {
    let shortest = digits + 8;
    if !(digits..shortest).all(|index| is_digit(text, index)) {
        return None;
    }
    let ends = |index: &usize| !is_digit(text, *index) || starts_word(text, *index);
    Some((shortest..text.len()).find(ends).unwrap_or(text.len()))
}

fn ghsa_end(text: &[Letter], groups: usize) -> Option<usize> {
    let end = groups + 12;
    let in_alphabet =
        |index| text.get(index).is_some_and(|letter: &Letter| GhsaId::ALPHABET.contains(letter.c));
    ((groups..end).all(in_alphabet) && starts_word(text, end)).then_some(end)
}

/// The end of groups of digits with no more than `most` between them.
fn groups_end(
    text: &[Letter],
    start: usize,
    groups: &[(usize, usize)],
    most: Gap,
) -> Option<usize> {
    let mut end = start;
    for (number, (from, to)) in groups.iter().enumerate() {
        let first = text.get(end)?;
        // Two groups of digits have something between them.
        let apart = number == 0 || first.gap != Gap::None;
        let goes_on =
            |index: &usize| is_digit(text, *index) && (*index == end || !starts_word(text, *index));
        let digits = (end..text.len()).take_while(goes_on).count();
        if !apart || first.gap > most || !(*from..=*to).contains(&digits) {
            return None;
        }
        end += digits;
    }
    starts_word(text, end).then_some(end)
}
