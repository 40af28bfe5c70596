//! The engine: commands in, events out; effects, timers and observers around them.
//!
//! It loads a case, asks the playbook for its verdict, lets `case::decide` answer, and appends the
//! events together with list rows and jobs. The runner turns approved acts into calls on
//! [`ports`] and appends what came back. It decides nothing itself, speaks no wire protocol, and
//! runs unchanged on one thread: clock, entropy, store and ports are arguments.

mod bounce;
mod clock;
mod compose;
mod counts;
mod engine;
mod envelope;
mod error;
mod export;
mod fetched;
mod fresh;
mod front;
mod glances;
mod hands;
mod house;
mod inbox;
mod intake;
mod jobs;
mod journal;
mod letterbox;
mod listed;
mod lookout;
mod mail;
mod mbox;
mod observe;
mod opening;
mod people;
mod place;
pub mod portal;
pub mod ports;
mod preflight;
mod private;
mod project;
mod published;
mod reader;
mod reads;
mod records;
mod relate;
mod report;
mod roll;
mod runner;
mod sealing;
mod sender;
mod shelf;
mod stranger;
mod streams;
mod summary;
mod summons;
mod sweep;
mod terms;
mod unpushed;

pub use bounce::Bounces;
pub use clock::Clock;
pub use compose::{Texts, complete_advisory, compose, needed_logins, usual_acts};
pub use counts::{Counted, Ordinary};
pub use engine::{Engine, Outcome, Parts, View};
pub use error::EngineError;
pub use export::{Export, Files};
pub use fetched::{Bookmark, Fetching, Waits};
pub use fresh::Freshness;
pub use glances::commit_words;
pub use hands::WORKERS;
pub use house::{HouseEvent, OpenCall};
pub use inbox::Page;
pub use intake::{Became, HandedIn, Receipt, Submission};
pub use journal::Loaded;
pub use letterbox::Taker;
pub use listed::Listed;
pub use lookout::HeardFeed;
#[doc(hidden)]
pub use lookout::feed_entries;
pub use mail::{LARGEST_MAIL, Reading, message_id, read as read_mail};
pub use mbox::{LARGEST_MBOX, MOST_IN_MBOX, mbox};
pub use people::Contact;
pub use place::{Asked, DistributorsPlace, Word};
pub use private::{Prepared, PrivateSight};
pub use project::{Everyday, Project, ProjectEvent};
pub use published::editions;
pub use reader::{Names, Places, Reader, Unread, Weighing};
pub use reads::Read;
pub use records::{Preview, previews};
pub use relate::Moving;
pub use report::ReportEvent;
pub use roll::reminded_at;
pub use runner::Step;
pub use stranger::{Shown, Sight};
pub use summary::{Next, Summary, Turn};
pub use summons::{Round, Summoned, SummonsWish};
pub use sweep::{AlreadyRead, Sweep, Swept};
pub use terms::{OwnTerm, TermOrigin, ordinary, own_terms};
pub use unpushed::Unpushed;
