//! Some events and all commits: one bit an event, carried from parents to children.

use super::{History, MORE, NONE, Rank};

/// Events that are followed in one pass.
const LANES: usize = 128;

/// One commit's bits.
type Row = [u64; LANES / 64];

/// The answer to "is this event in that history?", for some events and all commits.
#[derive(Debug)]
pub struct Lanes {
    passes: Vec<Vec<Row>>,
}

impl History {
    /// For every commit, which of `events` are the commit itself or in its history.
    #[must_use]
    pub fn lanes(&self, events: &[Rank]) -> Lanes {
        Lanes { passes: events.chunks(LANES).map(|some| self.pass(some)).collect() }
    }

    fn pass(&self, events: &[Rank]) -> Vec<Row> {
        let mut rows = vec![Row::default(); self.len()];
        for (lane, event) in events.iter().enumerate() {
            if let Some(row) = rows.get_mut(event.index()) {
                set(row, lane);
            }
        }
        // Nothing before the first event has any of them in its history.
        let first = events.iter().map(|event| event.index()).min().unwrap_or(self.len());
        for (at, parents) in self.ancestry.parents.iter().enumerate().skip(first) {
            let (done, rest) = rows.split_at_mut(at);
            let Some(row) = rest.first_mut() else {
                break;
            };
            let [one, two] = *parents;
            gather(row, done, one);
            if two != NONE && two & MORE != 0 {
                self.ancestry.of(*parents).skip(1).for_each(|parent| gather(row, done, parent));
            } else {
                gather(row, done, two);
            }
        }
        rows
    }
}

/// What a parent has in its history, its child has too.
fn gather(row: &mut Row, done: &[Row], parent: u32) {
    if let Some(from) = done.get(parent as usize) {
        row.iter_mut().zip(from).for_each(|(to, from)| *to |= from);
    }
}

fn set(row: &mut Row, lane: usize) {
    if let Some(word) = row.get_mut(lane / 64) {
        *word |= 1 << (lane % 64);
    }
}

impl Lanes {
    /// Whether the event with that number is `at` or in its history.
    #[must_use]
    pub fn contains(&self, at: Rank, event: usize) -> bool {
        let row = self.passes.get(event / LANES).and_then(|rows| rows.get(at.index()));
        let lane = event % LANES;
        let word = row.and_then(|row| row.get(lane / 64)).copied().unwrap_or_default();
        word >> (lane % 64) & 1 == 1
    }

    /// Whether any event at all is in the history of `at`.
    #[must_use]
    pub fn contains_any(&self, at: Rank) -> bool {
        let mut rows = self.passes.iter().filter_map(|rows| rows.get(at.index()));
        rows.any(|row| row.iter().any(|word| *word != 0))
    }
}
