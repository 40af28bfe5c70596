//! The mailbox that a house reads by IMAP: its options, and the thread that reads it.

use std::{path::PathBuf, sync::Arc};

use clap::Args;
use counterparts::mail::imap::{self, Fetcher, Name, Patience, Server, Source, Trust};
use engine::{Clock, Engine};

use crate::{command_error::CommandError, identities::Identities};

/// Which mailbox is read, and by whom.
#[derive(Args)]
pub(crate) struct Mailbox {
    /// A mailbox that is read by IMAP: tls:HOST, starttls:HOST, ADDRESS:PORT or unix:PATH
    #[arg(long = "imap", value_name = "ADDR", requires = "whose", value_parser = imap::server)]
    server: Option<Server>,

    /// A file with the name and the password for it, on a line each
    #[arg(long = "imap-login", value_name = "FILE", requires = "server", group = "whose")]
    login: Option<PathBuf>,

    /// A file with what gets tokens for it by OAuth 2.0, instead of a password
    #[arg(long = "imap-oauth", value_name = "FILE", requires = "server", group = "whose")]
    oauth: Option<PathBuf>,

    /// Its name there [default: INBOX]
    #[arg(long = "imap-mailbox", value_name = "NAME", requires = "server")]
    name: Option<Name>,
}

impl Mailbox {
    /// What is to be read, if anything is.
    pub(crate) fn source(
        &self,
        identities: &mut Identities,
    ) -> Result<Option<Source>, CommandError> {
        let Some(server) = self.server.clone() else { return Ok(None) };
        let identity = identities.of(self.login.as_deref(), self.oauth.as_deref())?;
        let Some(identity) = identity else { return Ok(None) };
        let trust = match &server {
            Server::Here(_) => None,
            Server::There(..) => Some(Trust::of_this_machine().map_err(CommandError::wrong)?),
        };
        let mailbox = self.name.clone().unwrap_or_default();
        Ok(Some(Source { server, trust, identity, mailbox, patience: Patience::default() }))
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
