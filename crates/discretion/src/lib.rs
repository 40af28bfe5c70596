//! What must not be said yet.
//!
//! Reads words that are about to leave the house (mails, commits, names of branches and tags)
//! and points at those that would give an embargoed case away: which word, where, why, and what
//! could be said instead. The caller feeds it the words, the case's terms and the policy; this
//! room does no I/O, decides no policy, and never prints a term by accident.
//!
//! Thin: plain text only, so nothing encoded (base64, URL and HTML escapes, archives) is opened;
//! terms are sought one after the other; of Unicode's look-alikes only wide forms, dashes and
//! invisible characters are seen through; and dates, authorship and other signs of a silent fix
//! are not weighed.

pub mod commit;
pub mod finding;
mod letters;
pub mod terms;
pub mod text;
mod vocabulary;

pub use commit::{CommitWords, check_commit};
pub use finding::{Finding, Place, Rule, Severity};
pub use terms::Terms;
pub use text::{Audience, Policy, check_text};
