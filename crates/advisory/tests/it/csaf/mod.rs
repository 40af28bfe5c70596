//! CSAF documents: what is refused, what is written, and the official files as judges of both.

mod asked;
mod document;
mod document_2_1;
mod lesser_rules;
mod lesser_rules_2_1;
mod official;
mod official_2_1;
mod outside;
mod rules;
mod rules_2_1;
mod written;
