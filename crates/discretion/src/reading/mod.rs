//! From what is written to what is read: every way in which a reader, or a reader's program, may take
//! a text in, with a map back to the bytes of the original.
//!
//! Nothing is ever unpacked, so no reading is longer than what was written; layers are undone to a
//! fixed depth, and what lies deeper is said to be unread. Must not know what is sought.

mod base64;
mod document;
mod escapes;
mod fold;
mod letters;
mod sieve;
mod view;

pub(crate) use document::Document;
pub use document::NotText;
pub(crate) use letters::{Gap, Letter, letters, plain_letters, spelt};
pub(crate) use sieve::{encoded, widened, without_breaks};
pub(crate) use view::{View, view};

/// How many layers of encoding are undone.
const DEPTH: usize = 4;

/// The readings of a stretch of text, itself the first.
pub(crate) struct Readings {
    pub(crate) views: Vec<View>,
    /// Nothing encoded is left in the deepest of them.
    pub(crate) whole: bool,
}

/// Reads a stretch in every way: as it stands, with escapes undone, with base64 undone, and so on
/// inwards, since a mail's body may hold a link that holds a token.
pub(crate) fn readings(view: View) -> Readings {
    let mut readings = Readings { views: vec![view], whole: true };
    let mut layer = 0..1;
    for depth in 0..=DEPTH {
        let outer = readings.views.get(layer.clone()).unwrap_or_default();
        let inner = |view: &View| [escapes::undone(view), base64::undone(view, depth < 2)];
        let mut inner: Vec<View> = outer.iter().flat_map(inner).flatten().collect();
        inner.dedup();
        inner.retain(|view| !readings.views.contains(view));
        if inner.is_empty() {
            return readings;
        }
        if depth == DEPTH {
            readings.whole = false;
            return readings;
        }
        let start = readings.views.len();
        readings.views.append(&mut inner);
        layer = start..readings.views.len();
    }
    readings
}
