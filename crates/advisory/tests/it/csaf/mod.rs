//! CSAF documents: what is refused, what is written, and the official files as judges of both.

mod official;
mod rules;
mod written;
