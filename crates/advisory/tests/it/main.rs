//! The room's tests, one binary.
#![expect(clippy::unwrap_used, reason = "helpers outside #[test] may stop a test too")]

mod cases;
mod csaf;
mod cve;
mod cvss;
mod cwe;
mod cyclonedx;
mod diff;
mod digest;
mod document;
mod formats;
mod generated;
mod ghsa;
mod id;
mod mailbox;
mod markdown;
mod openvex;
mod oss_security;
mod osv;
mod provider;
mod published;
mod purl;
mod read;
mod renderings;
mod sample;
mod sections;
mod version;
mod versions;
mod written;
