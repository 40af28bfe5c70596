//! Pages for the security team and the reporter, rendered on the server.
//!
//! Everything works without JavaScript: a page is HTML and one style sheet, a change is a form. One
//! page has a script besides, which copies its words into the clipboard.
//! A form becomes commands for the engine; whether they may be carried out is decided there, and a
//! refusal comes back to the form with what was entered. Unknown and forbidden are one answer.
//! This room never reaches past `engine`, keeps nothing, and reads no clock.
//!
//! The live house stands under `/`, and each drill, a house of its own behind [`Drills`], under
//! `/drill/<id>/`, with the same pages.

mod blocking;
mod desk;
mod fault;
mod fields;
mod frame;
mod guard;
mod lobby;
mod names;
mod pages;
mod render;
mod routes;
mod sign_in;
mod throttle;
mod time;
mod view;
mod visit;
mod words;

use std::sync::Arc;

use case::{Actor, PersonId};
use engine::{Engine, View};
use jiff::Timestamp;

pub use routes::router;
pub use sign_in::{LINK, SESSION, invite};

/// A drill that is going on.
#[derive(Clone)]
pub struct Drill {
    /// Its house; never the live one.
    pub engine: Arc<Engine>,
    /// What is being practised, in a few words.
    pub scenario: String,
    /// The team of the practice house. The visitor wears one hat at a time, so that two-person
    /// rules can be practised alone. Nobody may enter a drill without any.
    pub hats: Vec<PersonId>,
    /// Who else is there to be invited, a line each: name, address, what they do.
    pub cast: Vec<String>,
}

/// What can be practised.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name: `contour`.
    pub name: String,
    /// What happens in it, in a sentence.
    pub about: String,
}

/// Practice houses. The binary provides them, so that no live page can reach a simulation.
///
/// Calls block.
pub trait Drills: Send + Sync {
    /// What can be practised.
    fn scenarios(&self) -> Vec<Scenario>;

    /// Starts a drill; its id becomes part of addresses, so it is random.
    ///
    /// # Errors
    /// In words for the person.
    fn start(&self, scenario: &str) -> Result<String, String>;

    /// A drill that was started; `None` for any other id.
    fn find(&self, id: &str) -> Option<Drill>;

    /// Lets time pass: everything that is due happens, the simulated people act, and time moves
    /// to the next thing due. What happened, as a sentence without its full stop.
    ///
    /// # Errors
    /// In words for the person.
    fn advance(&self, id: &str) -> Result<String, String>;
}

/// An entry of a case's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When the house wrote it down.
    pub at: Timestamp,
    /// Who is behind it, as the reader may know.
    pub who: String,
    /// Where it came from.
    pub source: String,
    /// What happened, in a sentence.
    pub what: String,
}

/// A case's timeline in the words of its page, the oldest entry first, with the names that this
/// reader may see. `team` is what the directory calls the project's team.
pub fn timeline(
    view: &View,
    reader: Actor,
    team: impl IntoIterator<Item = (PersonId, String)>,
) -> Vec<Told> {
    let loaded = &view.loaded;
    let names = names::Names::new(&loaded.case, reader, &view.roles, team);
    let told = |entry: &case::Entry| Told {
        at: entry.recorded_at,
        who: names.actor(entry.actor),
        source: entry.source.clone(),
        what: words::event(&entry.event, &names),
    };
    loaded.entries.iter().map(told).collect()
}

/// What the binary brings.
pub struct App {
    /// The live house.
    pub live: Arc<Engine>,
    /// Practice houses.
    pub drills: Arc<dyn Drills>,
    /// Browsers reach this over TLS: cookies are bound to it.
    pub secure: bool,
    /// Where what goes wrong inside is written. It never gets an address, a form or a secret.
    pub log: Arc<dyn Fn(&str) + Send + Sync>,
}
