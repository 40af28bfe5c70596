//! The room's tests, one binary.

mod id;
mod score;
