//! Lists at groups.io, against a server of the tests' own.

#[expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of a test fails like the test"
)]
mod house;
mod page;
mod posting;
#[expect(clippy::indexing_slicing, reason = "a helper of a test fails like the test")]
pub(crate) mod server;

use std::{sync::Arc, time::Duration};

use advisory::Mailbox;
use counterparts::groupsio::{Groups, Key, Token};
use engine::{Clock, ports::Lists};

use self::server::{Groups as Server, TOKEN};

const FROM: &str = "security@example.org";
const LIST: &str = "distributors@lists.example.org";

fn mailbox(text: &str) -> Mailbox {
    text.parse().unwrap()
}

fn key(server: &Server) -> Key {
    let token = Token::new(TOKEN).unwrap();
    Key { from: mailbox(FROM), list: mailbox(LIST), token, at: Some(server.url()) }
}

/// Longer than anything takes here that does not hang.
const PATIENCE: Duration = Duration::from_secs(20);

fn groups(server: &Server, clock: Arc<dyn Clock>, patience: Duration) -> Groups {
    let rest: Box<dyn Lists> = counterparts::ports("nowhere".into(), None).lists;
    Groups::trusting(vec![key(server)], clock, rest, &[], patience).unwrap()
}
