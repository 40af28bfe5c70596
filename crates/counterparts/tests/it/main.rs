//! Tests of the counterparts.

mod clones;
mod openpgp;
