//! What is ordinary in one project, and what its past fixes looked like.

use std::collections::BTreeMap;

use super::shares::Shares;
use super::signs::{ALL, Sign, Signs, who};
use super::{Circumstances, Glance, Reason, Score};

/// The least number of commits from which anything is concluded.
const ENOUGH: usize = 200;
/// How many commits of its own outweigh what is usual elsewhere; and how many fixes.
const ELSEWHERE: f64 = 20.0;
const FIXES_ELSEWHERE: f64 = 30.0;
/// No sign is worth more than its bounds, since they do not come alone: for a borne one, and for one
/// that is lacking.
const BORNE: (f64, f64) = (-0.5, 2.5);
const LACKING: (f64, f64) = (-1.5, 1.5);
/// An author with fewer commits is seldom seen.
const KNOWN: usize = 2;

/// A project's own ways.
#[derive(Clone, Default)]
pub struct Habits {
    elsewhere: Shares,
    customs: Customs,
    ordinary: Counts,
    fixes: Counts,
    /// Of the ordinary commits, by size.
    weights: Vec<f64>,
}

/// Who commits when.
#[derive(Clone, Default)]
pub(super) struct Customs {
    commits: usize,
    authors: BTreeMap<String, usize>,
    hours: [usize; 24],
    /// The commits that are looked at are among those that were learned from.
    own: bool,
}

impl Customs {
    fn of(past: &[Glance<'_>]) -> Self {
        let mut customs = Self { commits: past.len(), ..Self::default() };
        for glance in past {
            *customs.authors.entry(who(glance.words).to_owned()).or_default() += 1;
            if let Some(hour) = customs.hours.get_mut(hour(&glance.circumstances)) {
                *hour += 1;
            }
        }
        customs
    }

    pub(super) fn is_new(&self, author: &str) -> bool {
        let author = author.rsplit_once('<').map_or(author, |(_, address)| address);
        let known = self.authors.get(author).copied().unwrap_or(0);
        self.commits > 0 && known < KNOWN + usize::from(self.own)
    }

    /// Whether fewer than one commit in a hundred is written at such an hour.
    pub(super) fn is_odd(&self, circumstances: &Circumstances) -> bool {
        let times = self.hours.get(hour(circumstances)).copied().unwrap_or(0);
        times * 100 < self.commits
    }
}

fn hour(circumstances: &Circumstances) -> usize {
    let local = circumstances.authored.saturating_add(i64::from(circumstances.offset) * 60);
    usize::try_from(local.rem_euclid(24 * 60 * 60) / (60 * 60)).unwrap_or(0)
}

#[derive(Clone)]
struct Counts {
    commits: u32,
    signs: [u32; ALL],
}

impl Default for Counts {
    fn default() -> Self {
        Self { commits: 0, signs: [0; ALL] }
    }
}

impl Counts {
    fn of(commits: &[Signs]) -> Self {
        let mut counts = Self::default();
        for signs in commits {
            counts.commits += 1;
            for (sign, count) in Sign::all().zip(&mut counts.signs) {
                *count += u32::from(signs.bears(sign));
            }
        }
        counts
    }

    /// The share that bears a sign, where elsewhere so many of `pseudo` commits do.
    fn share(&self, sign: Sign, elsewhere: f64, pseudo: f64) -> f64 {
        let count = self.signs.get(sign.0).copied().unwrap_or(0);
        let share = (elsewhere * pseudo + f64::from(count)) / (pseudo + f64::from(self.commits));
        share.clamp(0.0005, 0.9995)
    }
}

impl Habits {
    /// Learns from ordinary commits of the project, a few hundred at least, and from fixes of
    /// vulnerabilities that it made public before, if it knows them.
    #[must_use]
    pub fn of(ordinary: &[Glance<'_>], fixes: &[Glance<'_>]) -> Self {
        Self::beside(Shares::measured(), ordinary, fixes)
    }

    /// The same where other projects' ways are known otherwise.
    #[must_use]
    pub fn beside(elsewhere: Shares, ordinary: &[Glance<'_>], fixes: &[Glance<'_>]) -> Self {
        let mut customs = Customs { own: true, ..Customs::of(ordinary) };
        let signs: Vec<Signs> = ordinary.iter().map(|g| Signs::of(g, &customs)).collect();
        customs.own = false;
        let of_fixes: Vec<Signs> = fixes.iter().map(|g| Signs::of(g, &customs)).collect();
        let mut habits = Self {
            elsewhere,
            customs,
            ordinary: Counts::of(&signs),
            fixes: Counts::of(&of_fixes),
            weights: Vec::new(),
        };
        habits.weights = signs.into_iter().map(|signs| habits.weight(signs)).collect();
        habits.weights.sort_by(f64::total_cmp);
        habits
    }

    /// The signs that a commit bears.
    #[must_use]
    pub fn signs(&self, glance: &Glance<'_>) -> Vec<Sign> {
        let signs = Signs::of(glance, &self.customs);
        Sign::all().filter(|sign| signs.bears(*sign)).collect()
    }

    /// How much a commit looks like a silent fix here.
    #[must_use]
    pub fn score(&self, glance: &Glance<'_>) -> Score {
        let signs = Signs::of(glance, &self.customs);
        let all = Sign::all().map(|sign| {
            let borne = signs.bears(sign);
            Reason { sign, borne, times: self.logarithm(sign, borne).exp() }
        });
        // That it does not say a word is no reason anybody would give.
        let told = |reason: &Reason| reason.times > 1.1 && (reason.borne || !reason.sign.is_word());
        let mut reasons: Vec<Reason> = all.filter(told).collect();
        reasons.sort_by(|a, b| b.times.total_cmp(&a.times));
        let weight = self.weight(signs);
        let enough = self.weights.len() >= ENOUGH;
        Score { weight, share: enough.then(|| self.share(weight)), reasons }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand commits")]
    fn share(&self, weight: f64) -> f64 {
        let below = self.weights.partition_point(|known| *known < weight);
        let count = self.weights.len();
        (count - below) as f64 / count as f64
    }

    fn weight(&self, signs: Signs) -> f64 {
        Sign::all().map(|sign| self.logarithm(sign, signs.bears(sign))).sum()
    }

    /// The likelihood ratio of one sign, as a logarithm.
    fn logarithm(&self, sign: Sign, borne: bool) -> f64 {
        let (fixes, ordinary) = self.elsewhere.of(sign);
        let fixes = self.fixes.share(sign, fixes, FIXES_ELSEWHERE);
        let ordinary = self.ordinary.share(sign, ordinary, ELSEWHERE);
        if borne {
            (fixes / ordinary).ln().clamp(BORNE.0, BORNE.1)
        } else {
            ((1.0 - fixes) / (1.0 - ordinary)).ln().clamp(LACKING.0, LACKING.1)
        }
    }
}
