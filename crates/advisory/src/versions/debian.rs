//! The order of Debian's versions (Debian policy, section 5.6.12).

use std::cmp::Ordering;

/// An epoch, an upstream version and a revision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version<'a> {
    epoch: u64,
    upstream: &'a str,
    revision: &'a str,
}

impl<'a> Version<'a> {
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) => (epoch.parse().ok()?, rest),
            None => (0, text),
        };
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
        let letter = |c: char| c.is_ascii_alphanumeric() || ".+~".contains(c);
        let fits = upstream.starts_with(|c: char| c.is_ascii_digit())
            && upstream.chars().all(|c| letter(c) || c == '-' || c == ':')
            && !revision.is_empty()
            && revision.chars().all(letter);
        fits.then_some(Self { epoch, upstream, revision })
    }
}

impl Ord for Version<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| part(self.upstream, other.upstream))
            .then_with(|| part(self.revision, other.revision))
    }
}

impl PartialOrd for Version<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version<'_> {}

/// Letters and digits by turns, as the policy walks them.
fn part(mut one: &str, mut other: &str) -> Ordering {
    while !one.is_empty() || !other.is_empty() {
        let (words, rest) = (split(one, false), split(other, false));
        let order = letters(words.0, rest.0);
        let (digits, others) = (split(words.1, true), split(rest.1, true));
        let order = order.then_with(|| numbers(digits.0, others.0));
        if order != Ordering::Equal {
            return order;
        }
        (one, other) = (digits.1, others.1);
    }
    Ordering::Equal
}

/// The leading digits, or the leading rest, and what follows.
fn split(text: &str, digits: bool) -> (&str, &str) {
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Numbers of any length, as texts.
pub(super) fn numbers(one: &str, other: &str) -> Ordering {
    let bare = |text: &str| text.trim_start_matches('0').len();
    let digits = |text: &'_ str| text.trim_start_matches('0').to_owned();
    bare(one).cmp(&bare(other)).then_with(|| digits(one).cmp(&digits(other)))
}

/// A tilde sorts before the end, letters before everything else.
fn letters(one: &str, other: &str) -> Ordering {
    let rank = |c: Option<char>| match c {
        Some('~') => (0, '~'),
        None => (1, ' '),
        Some(c) if c.is_ascii_alphabetic() => (2, c),
        Some(c) => (3, c),
    };
    let (mut left, mut right) = (one.chars(), other.chars());
    loop {
        let (a, b) = (left.next(), right.next());
        let order = rank(a).cmp(&rank(b));
        if order != Ordering::Equal || (a.is_none() && b.is_none()) {
            return order;
        }
    }
}
