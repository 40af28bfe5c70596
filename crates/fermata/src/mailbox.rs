//! The mailbox that a house reads by IMAP: its options, and the thread that reads it.

use std::{path::PathBuf, sync::Arc};

use clap::Args;
use counterparts::mail::imap::{self, Account, Fetcher, Name, Patience, Server, Source, Trust};
use engine::{Clock, Engine};

use crate::{command_error::CommandError, input};

/// Which mailbox is read, and by whom.
#[derive(Args)]
pub(crate) struct Mailbox {
    /// A mailbox that is read by IMAP: tls:HOST, starttls:HOST, ADDRESS:PORT or unix:PATH
    #[arg(long = "imap", value_name = "ADDR", requires = "login", value_parser = imap::server)]
    server: Option<Server>,

    /// A file with the name and the password for it, on a line each
    #[arg(long = "imap-login", value_name = "FILE", requires = "server")]
    login: Option<PathBuf>,

    /// Its name there [default: INBOX]
    #[arg(long = "imap-mailbox", value_name = "NAME", requires = "server")]
    name: Option<Name>,
}

impl Mailbox {
    /// What is to be read, if anything is.
    pub(crate) fn source(&self) -> Result<Option<Source>, CommandError> {
        let (Some(server), Some(file)) = (&self.server, &self.login) else { return Ok(None) };
        let trust = match server {
            Server::Here(_) => None,
            Server::There(..) => Some(Trust::of_this_machine().map_err(CommandError::wrong)?),
        };
        let mailbox = self.name.clone().unwrap_or_default();
        let account = Account { login: input::login(file)?, mailbox };
        Ok(Some(Source { server: server.clone(), trust, account, patience: Patience::default() }))
    }
}

/// Begins to read it; `log` hears what goes wrong.
pub(crate) fn read(
    source: Source,
    engine: &Arc<Engine>,
    clock: &Arc<dyn Clock>,
    log: &Arc<dyn Fn(&str) + Send + Sync>,
) -> std::io::Result<Fetcher> {
    Fetcher::start(source, Arc::<Engine>::clone(engine), Arc::clone(clock), Arc::clone(log))
}
