//! From hits to findings: of several hits on the same bytes the gravest counts, and a word that says
//! little by itself counts by the company it keeps and by how rare it is in the project.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use memchr::{memchr_iter, memrchr};

use crate::finding::{Finding, Place, Rule, Severity};
use crate::guard::Meaning;
use crate::prior::{Prior, Rarity};
use crate::setting::Setting;
use crate::vocabulary::{Entry, Strength};

/// Words this many bytes apart are in one another's company.
pub(crate) const COMPANY: usize = 100;

/// Something that stands in a text.
pub(crate) struct Hit {
    pub(crate) bytes: Range<usize>,
    /// `None`: it cannot be read.
    pub(crate) meaning: Option<Meaning>,
    /// In letters.
    pub(crate) length: usize,
    /// It stands only in what the text encodes.
    pub(crate) encoded: bool,
}

impl Hit {
    fn rank(&self) -> u8 {
        match self.meaning {
            // No longer word that the project says every day hides one of these.
            Some(Meaning::Own(
                Rule::CveId | Rule::GhsaId | Rule::OsvId | Rule::Codename | Rule::PrivateLink,
            )) => 0,
            Some(Meaning::Own(_)) => 1,
            Some(Meaning::Id(_)) => 2,
            Some(Meaning::Word(Entry { rule: Rule::TellTale | Rule::PrivatePlace, .. })) => 3,
            Some(Meaning::Harmless) => 4,
            Some(Meaning::Identifier) => 5,
            Some(Meaning::Word(Entry { strength: Strength::Weak | Strength::Strong, .. })) => 6,
            Some(Meaning::Word(_)) => 7,
            None => 8,
        }
    }
}

impl Hit {
    /// Whether it counts only for what stands around it.
    pub(crate) fn needs_company(&self) -> bool {
        matches!(
            self.meaning,
            Some(Meaning::Identifier | Meaning::Word(Entry { strength: Strength::Weak, .. }))
        )
    }
}

/// What the hits amount to, in the order of the text.
pub(crate) fn weigh(text: &str, hits: Vec<Hit>, setting: Setting, prior: &Prior) -> Vec<Finding> {
    let hits = foremost(hits);
    let mut lines = Lines { text, at: 0, line: 1 };
    let found = hits.iter().enumerate().filter_map(|(index, hit)| {
        let (rule, severity, suggest) = judge(hit, &hits, index, setting, prior)?;
        let hidden = hit.encoded && hit.meaning.is_some();
        let why = rule.why();
        Some(Finding {
            rule,
            severity,
            place: lines.place(&hit.bytes),
            why: if hidden { format!("{why}; it is encoded here").into() } else { why.into() },
            excerpt: excerpt(text, &hit.bytes),
            suggest,
        })
    });
    found.collect()
}

/// The hits that no graver one overlaps, by their place.
fn foremost(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_unstable_by_key(|hit| (hit.bytes.start, hit.bytes.end));
    let mut kept = Vec::with_capacity(hits.len());
    let mut hits = hits.into_iter().peekable();
    while let Some(first) = hits.next() {
        let mut end = first.bytes.end;
        let mut crowd = Vec::new();
        while let Some(next) = hits.next_if(|next| next.bytes.start < end) {
            end = end.max(next.bytes.end);
            crowd.push(next);
        }
        if crowd.is_empty() {
            kept.push(first);
        } else {
            crowd.push(first);
            kept.extend(gravest(crowd));
        }
    }
    kept
}

/// The same of hits that hang together.
fn gravest(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_unstable_by_key(|hit| {
        (hit.rank(), usize::MAX - hit.length, hit.bytes.start, hit.encoded)
    });
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    hits.retain(|hit| {
        let before = taken.range(..hit.bytes.end).next_back();
        let free = before.is_none_or(|(_, end)| *end <= hit.bytes.start);
        if free {
            taken.insert(hit.bytes.start, hit.bytes.end);
        }
        free || hit.meaning.is_none()
    });
    hits.sort_by_key(|hit| hit.bytes.start);
    hits
}

type Judgement = (Rule, Severity, &'static str);

fn judge(
    hit: &Hit,
    hits: &[Hit],
    index: usize,
    setting: Setting,
    prior: &Prior,
) -> Option<Judgement> {
    let (rule, severity) = match hit.meaning {
        None => (Rule::Unreadable, Severity::Block),
        Some(Meaning::Own(rule)) => (rule, setting.own(rule)?),
        Some(Meaning::Id(shape)) if shape.rule == Rule::Weakness => {
            (shape.rule, setting.heeds_words().then_some(Severity::Warn)?)
        }
        Some(Meaning::Id(shape)) => {
            (shape.rule, setting.heeds_other_ids().then_some(Severity::Warn)?)
        }
        Some(Meaning::Identifier) => (Rule::Identifier, identifier(hits, index, setting, prior)?),
        Some(Meaning::Word(entry)) if setting.heeds_words() => {
            let said = said(entry, prior);
            let company = || company(hits, index).any(|other| other.words != entry.words);
            let speaks =
                said == Some(Strength::Strong) || (said == Some(Strength::Weak) && company());
            return speaks.then_some((entry.rule, Severity::Warn, entry.suggestion()));
        }
        Some(Meaning::Word(_) | Meaning::Harmless) => return None,
    };
    Some((rule, severity, rule.suggestion()))
}

/// How much a word says in this project; `None` if nothing.
fn said(entry: &Entry, prior: &Prior) -> Option<Strength> {
    match (entry.strength, prior.rarity(entry.words)) {
        (strength @ (Strength::Repair | Strength::Deed), _) | (strength, Rarity::Rare) => {
            Some(strength)
        }
        (Strength::Strong, Rarity::Known) => Some(Strength::Weak),
        _ => None,
    }
}

/// A name in the fix may be said, but not what was wrong there.
fn identifier(hits: &[Hit], index: usize, setting: Setting, prior: &Prior) -> Option<Severity> {
    let strongest = company(hits, index).filter_map(|entry| said(entry, prior)).max()?;
    match strongest {
        _ if !setting.heeds_words() => None,
        Strength::Repair => None,
        Strength::Deed | Strength::Weak => Some(Severity::Warn),
        Strength::Strong => Some(Severity::Block),
    }
}

/// The words of the vocabulary near a hit.
fn company(hits: &[Hit], index: usize) -> impl Iterator<Item = &'static Entry> {
    let (before, rest) = hits.split_at(index.min(hits.len()));
    let (this, after) = rest.split_at(1.min(rest.len()));
    let place = this.first().map(|hit| hit.bytes.clone()).unwrap_or_default();
    let (start, end) = (place.start, place.end);
    let near_before = before
        .iter()
        .rev()
        .take_while(move |other| start.saturating_sub(other.bytes.end) <= COMPANY);
    let near_after =
        after.iter().take_while(move |other| other.bytes.start.saturating_sub(end) <= COMPANY);
    near_before.chain(near_after).filter_map(|other| match other.meaning {
        Some(Meaning::Word(entry)) => Some(entry),
        _ => None,
    })
}

/// Finds lines and columns of places that come in order.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn place(&mut self, bytes: &Range<usize>) -> Place {
        let start = self.text.floor_char_boundary(bytes.start);
        let passed = self.text.as_bytes().get(self.at..start).unwrap_or_default();
        self.line += memchr_iter(b'\n', passed).count();
        self.at = self.at.max(start);
        let before = self.text.get(..start).unwrap_or_default();
        let line = memrchr(b'\n', before.as_bytes()).map_or(0, |at| at + 1);
        let col = before.get(line..).map_or(0, |line| line.chars().count()) + 1;
        Place { part: None, line: self.line, col, bytes: bytes.clone() }
    }
}

/// The words with up to twenty characters on either side, on one line; the middle of long ones is
/// left out.
fn excerpt(text: &str, found: &Range<usize>) -> String {
    const AROUND: usize = 20;
    const MOST: usize = 100;
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    let before = part(0..found.start).char_indices().rev().take(AROUND).last();
    let start = before.map_or(found.start, |(at, _)| at);
    let after = part(found.end..text.len()).char_indices().nth(AROUND);
    let end = after.map_or(text.len(), |(at, _)| found.end + at);
    let words = match part(found.clone()).char_indices().nth(MOST) {
        None => Cow::from(part(start..end)),
        Some((cut, _)) => {
            format!("{}…{}", part(start..found.start + cut), part(found.end..end)).into()
        }
    };
    let words = words.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let mut line = String::with_capacity(words.len());
    for (index, part) in words.split(char::is_control).enumerate() {
        line.push_str(if index > 0 { " " } else { "" });
        line.push_str(part);
    }
    line
}
