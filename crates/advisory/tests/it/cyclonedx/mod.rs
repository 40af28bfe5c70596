//! CycloneDX documents: the official documents and schema as judges, our rules, what is written.

mod official;
mod read;
mod rules;
mod written;
