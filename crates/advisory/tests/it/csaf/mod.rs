//! CSAF documents: what is refused, what is written, and the official files as judges of both.

mod document;
mod lesser_rules;
mod official;
mod rules;
mod written;
