//! What must not be said yet.
//!
//! Reads words that are about to leave the house (mails, commits, names of branches and tags)
//! and points at those that would give an embargoed case away: which words, where, why, and what
//! could be said instead. The caller feeds it the words, the case's terms and the policy; this
//! room does no I/O, decides no policy, and never prints a term by accident.
//!
//! A [`Guard`] is made once for a case's [`Terms`]. How text is taken in, whatever it is wrapped or
//! encoded in, is the business of `reading`; what the words are is that of [`terms`] and
//! `vocabulary`; how much they say, to whom and when, that of `weigh` and [`setting`].
//!
//! How much a commit looks like a silent fix, whatever its words, is for [`giveaway`] to say.
//!
//! Not here: archives, pictures and compressed data are not opened.

mod added;
mod automaton;
pub mod commit;
pub mod finding;
pub mod giveaway;
mod guard;
mod ids;
mod needle;
pub mod prior;
mod reading;
pub mod setting;
mod sought;
pub mod terms;
mod vocabulary;
mod weigh;

pub use advisory::Audience;
pub use commit::CommitWords;
pub use finding::{Finding, Place, Rule, Severity};
pub use guard::Guard;
pub use prior::Prior;
pub use reading::NotText;
pub use setting::{Policy, Setting};
pub use terms::Terms;
