//! Tests of the counterparts.

mod openpgp;
