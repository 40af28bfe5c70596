//! Mirrors that a house keeps fresh: its options, and who it is to the servers they come from.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use clap::Args;
use counterparts::mirrors::{Access, Fetcher, Host, Patience};
use engine::Clock;
use jiff::SignedDuration;

use crate::{command_error::CommandError, input};

/// Whether mirrors are fetched, and how.
#[derive(Args)]
pub(crate) struct Fetching {
    /// Keep these mirrors fresh: fetch each every so many minutes (10), more often while a case waits
    #[arg(long = "fetch", value_name = "MINUTES", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "10", value_parser = clap::value_parser!(u16).range(1..=1440))]
    every: Option<u16>,

    /// The name and the password for a server that mirrors come from, on a line each of a file
    #[arg(long = "fetch-login", value_name = "HOST=FILE", requires = "every")]
    logins: Vec<HostLogin>,

    /// The private SSH key for servers that mirrors come from [default: the account's own]
    #[arg(long = "fetch-key", value_name = "FILE", requires = "every")]
    key: Option<PathBuf>,

    /// A file with the SSH keys of those servers [default: those that the account knows]
    #[arg(long = "fetch-known-hosts", value_name = "FILE", requires = "every")]
    known_hosts: Option<PathBuf>,
}

/// A host and a file, as they are named.
#[derive(Clone)]
struct HostLogin {
    host: Host,
    file: PathBuf,
}

impl FromStr for HostLogin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('=').filter(|(host, file)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
            !host.is_empty() && host.chars().all(plain) && !file.is_empty()
        });
        let Some((host, file)) = parts else {
            return Err("write HOST=FILE, such as github.com=login");
        };
        Ok(Self { host: host.to_ascii_lowercase(), file: file.into() })
    }
}

impl Fetching {
    /// The minutes between two fetches, if the house fetches.
    pub(crate) fn minutes(&self) -> Option<u16> {
        self.every
    }

    /// The time between two fetches, if the house fetches.
    pub(crate) fn every(&self) -> Option<SignedDuration> {
        self.every.map(|minutes| SignedDuration::from_mins(minutes.into()))
    }

    /// What fetches, if the house does.
    pub(crate) fn fetcher(&self, clock: &Arc<dyn Clock>) -> Result<Option<Fetcher>, CommandError> {
        if self.every.is_none() {
            return Ok(None);
        }
        let mut access = Access::default();
        for HostLogin { host, file } in &self.logins {
            access.logins.insert(host.clone(), input::login(file)?);
        }
        access.ssh_key = self.key.as_deref().map(readable).transpose()?;
        access.known_hosts = self.known_hosts.as_deref().map(readable).transpose()?;
        Ok(Some(Fetcher::new(access, Patience::default(), Arc::clone(clock))))
    }
}

/// A file for ssh, which runs in the mirror's folder.
fn readable(file: &Path) -> Result<PathBuf, CommandError> {
    input::bytes(file)?;
    std::path::absolute(file).map_err(CommandError::wrong)
}
