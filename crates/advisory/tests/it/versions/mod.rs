//! Orders of versions, and stretches through every notation and back.

mod notations;
mod orders;
