//! CycloneDX documents: the official documents and schema as judges, our rules, what is written.

mod official;
mod rules;
mod written;
