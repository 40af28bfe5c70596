//! Short ranges, read from the repository's own files: git takes longer to start than these to read.
//!
//! Nothing here is an error. Whatever is not as usual, such as a shallow clone, an object that is not
//! there or cannot be read, a message that is not in UTF-8 or a long range, gives `None`: then git is
//! asked, which knows all about it, and says what is wrong.

mod chain;
mod change;
mod stock;
mod text;
mod walk;

use std::{panic::resume_unwind, thread};

use self::{
    change::Change,
    stock::Stock,
    walk::{Node, Walk, newest, peeled},
};
use crate::{Before, Commit, Glimpse, Oid, Patch, Range, command::Place, refs::Listing};

/// More commits are left to git.
const MOST: usize = 256;
/// Bytes of all files that half of them change.
const BYTES: usize = 128 << 20;

/// A range, and where its commits are.
pub(crate) struct Direct<'a> {
    place: &'a Place,
    stock: Stock,
    from: Vec<Oid>,
    behind: Vec<Oid>,
}

impl<'a> Direct<'a> {
    /// For a range that ends where something begins that is left out.
    pub(crate) fn open(place: &'a Place, range: &Range) -> Option<Self> {
        let simple = !range.from_all_refs && range.most.is_none() && range.behind().is_some();
        let first = range.from.first().filter(|_| simple)?;
        let mut behind = range.without.clone();
        if let Some(remote) = range.plain_remote() {
            behind.extend(Listing::under(place, &format!("refs/remotes/{remote}")).ok()??);
        }
        let mut stock = stock(place, first)?;
        let mut peel = |oids: &[Oid]| -> Option<Vec<Oid>> {
            oids.iter().map(|oid| peeled(&mut stock, oid)).collect()
        };
        let (from, behind) = (peel(&range.from)?, peel(&behind)?);
        (!behind.is_empty()).then_some(Self { place, stock, from, behind })
    }

    /// As [`crate::Repo::changed_files`].
    pub(crate) fn files(place: &Place, oid: &Oid) -> Option<Vec<String>> {
        let mut stock = stock(place, oid)?;
        let Node { commit, tree } = Node::read(&mut stock, oid)?;
        let mut change = Change { stock: &mut stock, left: None, patch: Patch::default() };
        change.since(commit.parents.first(), &tree)?;
        Some(change.patch.files.into_keys().collect())
    }

    /// As [`crate::Repo::changes`].
    pub(crate) fn changes(mut self) -> Option<Vec<(Commit, Patch)>> {
        let mut nodes = Walk::new(&mut self.stock).range(&self.from, &self.behind, MOST)?;
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let second = nodes.split_off(if cores > 1 { nodes.len().div_ceil(2) } else { nodes.len() });
        let (place, like) = (self.place, self.from.first()?);
        let [first, second] = thread::scope(|scope| {
            let other = scope.spawn(|| changed(&mut stock(place, like)?, second));
            let first = changed(&mut self.stock, nodes);
            Some([first?, other.join().unwrap_or_else(|panic| resume_unwind(panic))?])
        })?;
        Some([first, second].concat())
    }

    /// As [`crate::Repo::before`].
    pub(crate) fn before(
        mut self,
        most: usize,
        known: impl Fn(&Oid) -> Option<Glimpse>,
    ) -> Option<Vec<Before>> {
        let found = newest(&mut self.stock, self.behind, most, known)?;
        (!found.is_empty()).then_some(found)
    }
}

/// The commits with what each changes.
fn changed(stock: &mut Stock, nodes: Vec<Node>) -> Option<Vec<(Commit, Patch)>> {
    let mut left = Some(BYTES);
    let changed = |Node { commit, tree }| {
        let mut change = Change { stock: &mut *stock, left, patch: Patch::default() };
        if !commit.is_merge() {
            change.since(commit.parents.first(), &tree)?;
        }
        left = change.left;
        let patch = change.patch;
        Some((commit, patch))
    };
    nodes.into_iter().map(changed).collect()
}

/// All objects, if their names are like this one.
fn stock(place: &Place, like: &Oid) -> Option<Stock> {
    let common = place.common_folder().ok()?;
    let whole = !common.join("shallow").exists();
    whole.then(|| Stock::open(common.join("objects"), like.as_str().len() / 2))?
}
