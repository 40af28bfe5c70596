//! Which commits a range has, newest first.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
};

use super::stock::Stock;
use crate::{Before, Commit, Glimpse, Kind, Oid};

/// So many commits are looked at for a range, and no more.
const LOOKED_AT: usize = 20_000;

/// So many commits that are left out and older than all of a range are looked at, since clocks go wrong:
/// one may yet lead to the range. Git is as patient. If it is not enough, the range is too long.
const PATIENCE: usize = 6;

/// A commit, and the folder that it is about.
pub(super) struct Node {
    pub(super) commit: Commit,
    pub(super) tree: Oid,
}

impl Node {
    pub(super) fn read(stock: &mut Stock, oid: &Oid) -> Option<Self> {
        let object = stock.get(oid).filter(|object| object.kind == Kind::Commit)?;
        let text = object.bytes.as_slice();
        let tree = text.strip_prefix(b"tree ")?.split(|byte| *byte == b'\n').next()?;
        let tree = str::from_utf8(tree).ok()?.parse().ok()?;
        // What is not written in UTF-8, git converts.
        let head = text.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
        let plain = head.into_iter().all(|line| !line.starts_with(b"encoding "));
        let commit = plain.then(|| Commit::parse(oid.clone(), text))?.ok()?;
        Some(Self { commit, tree })
    }
}

/// The commit behind an object: itself, or what a chain of tags leads to.
pub(super) fn peeled(stock: &mut Stock, oid: &Oid) -> Option<Oid> {
    const LONGEST: usize = 64;
    let mut oid = oid.clone();
    for _ in 0..LONGEST {
        let object = stock.get(&oid)?;
        match object.kind {
            Kind::Commit => return Some(oid),
            Kind::Tag => {
                let line = object.bytes.split(|byte| *byte == b'\n').next()?;
                oid = str::from_utf8(line.strip_prefix(b"object ")?).ok()?.parse().ok()?;
            }
            Kind::Tree | Kind::Blob => return None,
        }
    }
    None
}

/// What `from` reaches, newest first: so many, or all. What is known already is not read.
pub(super) fn newest(
    stock: &mut Stock,
    from: Vec<Oid>,
    most: usize,
    known: impl Fn(&Oid) -> Option<Glimpse>,
) -> Option<Vec<Before>> {
    let (mut names, mut met, mut open) = (HashSet::new(), Vec::new(), BinaryHeap::new());
    let (mut next, mut listed) = (from, Vec::new());
    loop {
        next.retain(|oid| names.insert(oid.clone()));
        for oid in next {
            let before = match known(&oid) {
                Some(glimpse) => (glimpse, Before::Known(oid)),
                None => read_before(stock, &oid)?,
            };
            let (Glimpse { parents, seconds }, before) = before;
            open.push((seconds, Reverse(met.len())));
            met.push(Some((parents, before)));
        }
        match open.pop() {
            Some((_, Reverse(place))) if listed.len() < most && met.len() < LOOKED_AT => {
                let (parents, before) = met.get_mut(place)?.take()?;
                listed.push(before);
                next = parents;
            }
            Some(_) if listed.len() < most => return None,
            _ => return Some(listed),
        }
    }
}

fn read_before(stock: &mut Stock, oid: &Oid) -> Option<(Glimpse, Before)> {
    let commit = Node::read(stock, oid)?.commit;
    Some((Glimpse::of(&commit), Before::Read(commit)))
}

/// Commits that were met, from the newest on.
pub(super) struct Walk<'a> {
    stock: &'a mut Stock,
    met: Vec<Met>,
    places: HashMap<Oid, usize>,
    /// By when they were made, and of the same time the first that was met.
    open: BinaryHeap<(i64, Reverse<usize>)>,
    /// How many in there are not left out.
    wanted: usize,
}

struct Met {
    node: Node,
    left_out: bool,
    is_open: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(stock: &'a mut Stock) -> Self {
        let (met, places, open) = (Vec::new(), HashMap::new(), BinaryHeap::new());
        Self { stock, met, places, open, wanted: 0 }
    }

    /// What `from` reaches and `behind` does not, children before parents; at most so many.
    pub(super) fn range(mut self, from: &[Oid], behind: &[Oid], most: usize) -> Option<Vec<Node>> {
        for oid in behind {
            self.meet(oid, true)?;
        }
        for oid in from {
            self.meet(oid, false)?;
        }
        let mut listed = Vec::new();
        let (mut oldest, mut patience) = (i64::MAX, PATIENCE);
        while let Some((time, Reverse(place))) = self.open.pop() {
            let over = self.wanted == 0 && time < oldest;
            patience = if over { patience - 1 } else { PATIENCE };
            if patience == 0 {
                break;
            }
            let met = self.met.get_mut(place)?;
            met.is_open = false;
            let left_out = met.left_out;
            if !left_out {
                self.wanted -= 1;
                listed.push(place);
                oldest = oldest.min(time);
            }
            for parent in self.met.get(place)?.node.commit.parents.clone() {
                self.meet(&parent, left_out)?;
            }
        }
        listed.retain(|place| self.met.get(*place).is_some_and(|met| !met.left_out));
        (listed.len() <= most).then(|| self.sorted(&listed))?
    }

    fn meet(&mut self, oid: &Oid, left_out: bool) -> Option<()> {
        let mut open = vec![oid.clone()];
        while let Some(oid) = open.pop() {
            let Some(place) = self.places.get(&oid) else {
                self.enter(oid, left_out)?;
                continue;
            };
            let met = self.met.get_mut(*place)?;
            if !left_out || met.left_out {
                continue;
            }
            met.left_out = true;
            if met.is_open {
                self.wanted -= 1;
            } else {
                // It was listed too early, and so were those that it leads to.
                open.extend(met.node.commit.parents.iter().cloned());
            }
        }
        Some(())
    }

    fn enter(&mut self, oid: Oid, left_out: bool) -> Option<()> {
        let node = Node::read(self.stock, &oid)?;
        let place = self.met.len();
        self.open.push((node.commit.committer.when.seconds, Reverse(place)));
        self.places.insert(oid, place);
        self.met.push(Met { node, left_out, is_open: true });
        self.wanted += usize::from(!left_out);
        (place < LOOKED_AT).then_some(())
    }

    /// Children before parents, whatever their clocks said.
    fn sorted(mut self, listed: &[usize]) -> Option<Vec<Node>> {
        let mut children: HashMap<usize, usize> = listed.iter().map(|place| (*place, 0)).collect();
        let parents = |walk: &Self, place: usize| -> Option<Vec<usize>> {
            let parents = &walk.met.get(place)?.node.commit.parents;
            Some(parents.iter().filter_map(|parent| walk.places.get(parent).copied()).collect())
        };
        for place in listed {
            for parent in parents(&self, *place)? {
                children.entry(parent).and_modify(|count| *count += 1);
            }
        }
        let mut ready: Vec<usize> =
            listed.iter().rev().filter(|place| children.get(place) == Some(&0)).copied().collect();
        let mut order = Vec::with_capacity(listed.len());
        while let Some(place) = ready.pop() {
            order.push(place);
            for parent in parents(&self, place)?.into_iter().rev() {
                if let Some(count) = children.get_mut(&parent) {
                    *count -= 1;
                    ready.extend((*count == 0).then_some(parent));
                }
            }
        }
        let mut met: Vec<Option<Node>> = self.met.drain(..).map(|met| Some(met.node)).collect();
        order.into_iter().map(|place| met.get_mut(place)?.take()).collect()
    }
}
