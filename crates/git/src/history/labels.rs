//! All commits and many tags: for every commit and every line of releases, the first release that
//! contains it.
//!
//! Releases of a line usually contain one another. So they are sorted into *chains*, in which each
//! contains all before it, and one number a chain says everything. Where a line is not linear, it
//! gets more than one chain. One pass from children to parents finds chains and numbers together.

use super::{Ancestry, History, Rank};

/// Which releases contain which commits.
#[derive(Debug)]
pub struct Labels {
    /// Chains, newest release first: what contains a release stands before it.
    chains: Vec<Chain>,
    /// For every commit a number a chain: how many releases at the chain's front contain it.
    numbers: Vec<u16>,
    /// Where each release that was asked for stands, by line and position.
    places: Vec<Vec<Place>>,
}

#[derive(Debug, Default)]
struct Chain {
    line: usize,
    /// Positions in the line.
    releases: Vec<usize>,
}

impl Chain {
    fn length(&self) -> u16 {
        u16::try_from(self.releases.len()).unwrap_or(u16::MAX)
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    chain: usize,
    number: u16,
}

/// One line's releases that contain a commit.
#[derive(Debug, Clone, Copy)]
pub struct Label<'a> {
    labels: &'a Labels,
    commit: Rank,
    line: usize,
}

impl History {
    /// Sorts the releases of each line into chains, and labels every commit with them.
    ///
    /// It takes two bytes for each commit and chain: ask for some lines at a time.
    #[must_use]
    pub fn labels(&self, lines: &[Vec<Rank>]) -> Labels {
        let mut width = lines.len().max(1);
        loop {
            match Sweep::new(self.len(), lines, width).run(&self.ancestry) {
                Some(labels) => return labels,
                // Some line is not linear: it takes more chains than lines.
                None => width *= 2,
            }
        }
    }
}

/// The pass, while it runs.
struct Sweep {
    width: usize,
    labels: Labels,
    /// Releases by commit, newest first.
    releases: Vec<(Rank, usize, usize)>,
}

impl Sweep {
    fn new(commits: usize, lines: &[Vec<Rank>], width: usize) -> Self {
        let mut releases: Vec<_> = lines
            .iter()
            .enumerate()
            .flat_map(|(line, ranks)| {
                ranks.iter().enumerate().map(move |(position, rank)| (*rank, line, position))
            })
            .collect();
        releases.sort_unstable_by(|a, b| b.cmp(a));
        let places = lines.iter().map(|ranks| vec![Place::default(); ranks.len()]).collect();
        let numbers = vec![0; commits * width];
        Self { width, labels: Labels { chains: Vec::new(), numbers, places }, releases }
    }

    /// `None` when there are more chains than the width allows.
    fn run(mut self, ancestry: &Ancestry) -> Option<Labels> {
        let releases = std::mem::take(&mut self.releases);
        let mut releases = releases.into_iter().peekable();
        for (at, parents) in ancestry.parents.iter().enumerate().rev() {
            while let Some((_, line, position)) = releases.next_if(|(rank, ..)| rank.index() == at)
            {
                self.place(at, line, position)?;
            }
            let (below, row) = self.labels.numbers.split_at_mut(at * self.width);
            let Some(row) = row.get(..self.width) else {
                continue;
            };
            for parent in ancestry.of(*parents) {
                let start = parent as usize * self.width;
                let Some(to) = below.get_mut(start..start + self.width) else {
                    continue;
                };
                to.iter_mut().zip(row).for_each(|(to, from)| *to = (*to).max(*from));
            }
        }
        // Chains that were never opened take room in each row; nobody asks for them.
        self.labels.chains.resize_with(self.width, Chain::default);
        Some(self.labels)
    }

    /// Adds a release to a chain of its line whose oldest release contains it.
    fn place(&mut self, at: usize, line: usize, position: usize) -> Option<()> {
        let row = self.labels.numbers.get_mut(at * self.width..(at + 1) * self.width)?;
        let fits = |(chain, number): (&Chain, &u16)| {
            chain.line == line && chain.length() == *number && *number < u16::MAX
        };
        let known = self.labels.chains.iter().zip(row.iter()).position(fits);
        let chain = known.unwrap_or(self.labels.chains.len());
        if known.is_none() {
            (chain < self.width).then_some(())?;
            self.labels.chains.push(Chain { line, releases: Vec::new() });
        }
        let releases = self.labels.chains.get_mut(chain)?;
        releases.releases.push(position);
        let number = releases.length();
        *row.get_mut(chain)? = number;
        let place = self.labels.places.get_mut(line)?.get_mut(position)?;
        *place = Place { chain, number };
        Some(())
    }
}

impl Labels {
    /// Which releases of a line contain `commit`.
    #[must_use]
    pub fn of(&self, commit: Rank, line: usize) -> Label<'_> {
        Label { labels: self, commit, line }
    }

    fn number(&self, commit: Rank, chain: usize) -> u16 {
        let at = commit.index() * self.chains.len() + chain;
        self.numbers.get(at).copied().unwrap_or_default()
    }
}

impl Label<'_> {
    /// Whether the release with that position in its line contains the commit.
    #[must_use]
    pub fn contains(&self, position: usize) -> bool {
        let place = self.labels.places.get(self.line).and_then(|places| places.get(position));
        place.is_some_and(|place| self.labels.number(self.commit, place.chain) >= place.number)
    }

    /// The positions of the first releases that contain the commit: one, where the line is linear.
    pub fn first(&self) -> impl Iterator<Item = usize> {
        let chains = self.labels.chains.iter().enumerate();
        chains.filter(|(_, chain)| chain.line == self.line).filter_map(|(at, chain)| {
            let number = self.labels.number(self.commit, at);
            chain.releases.get(usize::from(number).checked_sub(1)?).copied()
        })
    }
}
