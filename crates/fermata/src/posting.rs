//! Lists that a house posts to itself: its options, and who it is there.

use std::{path::PathBuf, str::FromStr, sync::Arc};

use advisory::Mailbox;
use clap::Args;
use counterparts::groupsio::{Groups, Key, Token};
use engine::{Clock, ports::Lists};

use crate::{command_error::CommandError, input};

/// Which lists are posted to by an API.
#[derive(Args)]
pub(crate) struct Posting {
    /// Post to a list at groups.io: the project's address, the list's, and a file with an API key
    #[arg(long = "list-token", value_name = "FROM:LIST=FILE")]
    tokens: Vec<ListToken>,
}

/// A project, a list and a file, as they are named.
#[derive(Clone)]
struct ListToken {
    from: Mailbox,
    list: Mailbox,
    file: PathBuf,
}

impl FromStr for ListToken {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (addresses, file) = text.split_once('=')?;
            let (from, list) = addresses.split_once(':')?;
            let (from, list) = (from.parse().ok()?, list.parse().ok()?);
            (!file.is_empty()).then(|| Self { from, list, file: file.into() })
        };
        read().ok_or(
            "write FROM:LIST=FILE, such as security@example.org:distributors@lists.example.org=token",
        )
    }
}

impl ListToken {
    fn key(&self) -> Result<Key, CommandError> {
        let text = input::secret(&self.file)?;
        let wrong = |why: &str| CommandError::wrong(format!("{}: {why}", self.file.display()));
        let mut lines = text.lines().map(str::trim);
        let token = lines.next().and_then(Token::new);
        let token = token.ok_or_else(|| wrong("write the API key on the first line"))?;
        let at = lines.next().filter(|at| !at.is_empty()).map(str::to_owned);
        if lines.any(|line| !line.is_empty()) {
            return Err(wrong("after the key, write at most the address of the API"));
        }
        let (from, list) = (self.from.clone(), self.list.clone());
        Ok(Key { from, list, token, at })
    }
}

impl Posting {
    /// The lists that are posted to.
    pub(crate) fn lists(&self) -> impl Iterator<Item = &Mailbox> {
        self.tokens.iter().map(|token| &token.list)
    }

    /// These lists, and another way to all others.
    pub(crate) fn before(
        &self,
        rest: Box<dyn Lists>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Box<dyn Lists>, CommandError> {
        if self.tokens.is_empty() {
            return Ok(rest);
        }
        let keys = self.tokens.iter().map(ListToken::key).collect::<Result<Vec<_>, _>>()?;
        let groups = Groups::new(keys, Arc::clone(clock), rest).map_err(CommandError::wrong)?;
        Ok(Box::new(groups))
    }
}
