//! Mirrors that are brought up to date: the one place of the house that has git speak to a server.
//!
//! What is fetched is the mirror's own remote, as whoever runs the house wrote it on disk. Git runs
//! as the room `git` runs it (no hooks, no helpers, nobody's settings but the mirror's own), and a
//! mirror whose settings could start a program, lead elsewhere or hold a password is refused. A
//! password is sent to the host that it was named for and to no other, since no redirect is
//! followed; it is in git's environment, and never in a command line, a file or an error. Git may
//! take so long and store so much, then its whole process group is ended.
//!
//! Must never take an address from a page, write to anything but the mirror, or decide when to
//! fetch.

mod address;
mod leftovers;
mod origin;
mod run;
mod words;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use engine::{Clock, ports::PortError};
use git::Repo;

use crate::mail::server::Login;
pub(crate) use address::Address;
use origin::{Origin, Way};
use run::{Ended, Limits};
use words::Complaint;

/// What one fetch may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the whole fetch.
    pub fetch: Duration,
    /// For a server that says next to nothing.
    pub silence: Duration,
    /// For git's own housekeeping afterwards.
    pub housekeeping: Duration,
    /// Bytes that may be stored at a time.
    pub size: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            fetch: Duration::from_mins(15),
            silence: Duration::from_mins(1),
            housekeeping: Duration::from_hours(1),
            size: 4 << 30,
        }
    }
}

/// A server's name and port, as a mirror's address has them, in small letters: `github.com`,
/// `git.example.org:8443`.
pub type Host = String;

/// Who we are to the servers that mirrors come from.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Names and passwords, each for one host.
    pub logins: BTreeMap<Host, Login>,
    /// A file with a private SSH key; otherwise ssh takes those of its agent and of the account.
    pub ssh_key: Option<PathBuf>,
    /// A file with the keys of SSH servers; otherwise those that the account knows.
    pub known_hosts: Option<PathBuf>,
}

/// Brings mirrors up to date.
#[derive(Clone)]
pub struct Fetcher {
    access: Access,
    patience: Patience,
    clock: Arc<dyn Clock>,
    stopping: Arc<AtomicBool>,
}

/// Settings of git's that a fetch has, whatever a mirror says.
const SETTINGS: &[&str] = &[
    // No helper may be asked, and none may hear a password.
    "credential.helper=",
    "http.followRedirects=false",
    "http.sslVerify=true",
    "http.lowSpeedLimit=1000",
    "transfer.fsckObjects=true",
    "fetch.fsckObjects=true",
    "transfer.credentialsInUrl=die",
    "transfer.bundleURI=false",
    "fetch.uriProtocols=",
    // What comes is one pack, which can be watched as it grows.
    "fetch.unpackLimit=1",
    "submodule.recurse=false",
];

/// Tags and branches that are gone there are gone here; all change together or none does. The mark of
/// the last good fetch is not touched before this one is good.
const FETCH: &[&str] = &[
    "fetch",
    "--quiet",
    "--prune",
    "--no-tags",
    "--atomic",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--no-write-commit-graph",
    "--no-recurse-submodules",
    "--upload-pack=git-upload-pack",
];

/// Many small packs make git slow. In the foreground, so that it ends with us.
const HOUSEKEEPING: &[&str] =
    &["-c", "core.commitGraph=true", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"];

/// What an operator may have set for every program on the machine.
const PASSED: &[&str] =
    &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

/// The host that a mirror with these settings comes from, unless it lies on this machine.
///
/// # Errors
/// Why nothing is fetched with such settings.
#[doc(hidden)]
pub fn host_of(settings: &[(String, String)]) -> Result<Option<Host>, String> {
    Origin::read(settings).map(|origin| origin.host().map(ToOwned::to_owned))
}

impl Fetcher {
    /// With what servers are to be told.
    #[must_use]
    pub fn new(access: Access, patience: Patience, clock: Arc<dyn Clock>) -> Self {
        Self { access, patience, clock, stopping: Arc::default() }
    }

    /// Ends the fetch that is under way, and lets no other begin.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// Brings a mirror up to date.
    ///
    /// # Errors
    /// Why not, in words for people that hold no secret; then it shows what it showed before.
    pub fn fetch(&self, mirror: &Repo) -> Result<(), PortError> {
        let origin = Origin::of(mirror).map_err(PortError::Refused)?;
        let folder = mirror.git_dir();
        leftovers::clear_locks(folder, self.clock.wall());
        let limits = Limits { time: self.patience.fetch, size: self.patience.size };
        match self.run(&mut self.fetching(folder, &origin), folder, limits)? {
            Ended::Fine => {}
            Ended::Failed(said) => {
                let login = origin.host().and_then(|host| self.access.logins.get(host));
                return Err(Complaint { origin: &origin, folder, login, said: &said }.into());
            }
            Ended::TooLong => return Err(unreached("it took too long, and was broken off")),
            Ended::TooLarge => {
                let why = "more came than the house stores at a time: fetch there once by hand";
                return Err(unreached(why));
            }
            Ended::Stopped => return Err(unreached("the house was ended")),
        }
        mark(mirror)?;
        let limits = Limits { time: self.patience.housekeeping, size: u64::MAX };
        // What it did not do now, it does after another fetch.
        let _ = self.run(git::program(folder).args(HOUSEKEEPING), folder, limits)?;
        Ok(())
    }

    fn run(&self, git: &mut Command, folder: &Path, limits: Limits) -> Result<Ended, PortError> {
        let (begun, packs) = (self.clock.wall(), folder.join("objects/pack"));
        let ended = run::watched(git, &packs, limits, &*self.clock, &self.stopping);
        let ended = ended.map_err(|why| unreached(&format!("git cannot be run: {why}")))?;
        if !matches!(ended, Ended::Fine) {
            leftovers::clear_packs(&packs, begun);
        }
        Ok(ended)
    }

    fn fetching(&self, folder: &Path, origin: &Origin) -> Command {
        let mut git = git::program(folder);
        for setting in SETTINGS {
            git.args(["-c", setting]);
        }
        let silence = self.patience.silence.as_secs().max(1);
        git.args(["-c", &format!("http.lowSpeedTime={silence}")]);
        git.args(FETCH).args(["--", &origin.remote]);
        git.env("GIT_ALLOW_PROTOCOL", origin.way.protocol());
        // No file of the account's is read, such as its .netrc.
        git.env("HOME", "/dev/null").env("GIT_ASKPASS", "").env("SSH_ASKPASS", "");
        for name in PASSED {
            if let Some(value) = std::env::var_os(name) {
                git.env(name, value);
            }
        }
        match &origin.way {
            Way::Http { scheme, host } => {
                if let Some(login) = self.access.logins.get(host) {
                    git.env("GIT_CONFIG_COUNT", "1")
                        .env("GIT_CONFIG_KEY_0", format!("http.{scheme}://{host}/.extraHeader"))
                        .env(
                            "GIT_CONFIG_VALUE_0",
                            format!("Authorization: Basic {}", login.basic()),
                        );
                }
            }
            Way::Ssh { .. } => {
                if let Some(agent) = std::env::var_os("SSH_AUTH_SOCK") {
                    git.env("SSH_AUTH_SOCK", agent);
                }
                git.env("GIT_SSH_COMMAND", self.ssh()).env("GIT_SSH_VARIANT", "ssh");
            }
            Way::File { .. } => {}
        }
        git
    }

    /// The account's `config` is not read. Nobody is asked anything, and a server that nobody has
    /// made known is none. Git hands the line to a shell.
    fn ssh(&self) -> String {
        let silence = self.patience.silence.as_secs().max(4);
        let mut options = vec![
            "BatchMode=yes".to_owned(),
            "StrictHostKeyChecking=yes".into(),
            "UpdateHostKeys=no".into(),
            "ClearAllForwardings=yes".into(),
            "ForwardAgent=no".into(),
            "ControlPath=none".into(),
            "ConnectTimeout=20".into(),
            format!("ServerAliveInterval={}", silence / 4),
            "ServerAliveCountMax=4".into(),
        ];
        let file = |name: &str, path: &Path| format!("{name}=\"{}\"", path.display());
        if let Some(key) = &self.access.ssh_key {
            options.extend(["IdentitiesOnly=yes".into(), file("IdentityFile", key)]);
        }
        options.extend(self.access.known_hosts.iter().map(|at| file("UserKnownHostsFile", at)));
        let quoted = |option: &String| format!(" -o '{}'", option.replace('\'', r"'\''"));
        format!("ssh -F none{}", options.iter().map(quoted).collect::<String>())
    }
}

/// Leaves the mark of a good fetch, as git would have.
fn mark(mirror: &Repo) -> Result<(), PortError> {
    let refs = mirror.refs().map_err(|why| unreached(&format!("it cannot be read: {why}")))?;
    let Some(main) = refs.main_branch() else { return Ok(()) };
    let line = format!("{}\tnot-for-merge\tbranch '{}'\n", main.tip, main.plain());
    fs::write(mirror.git_dir().join("FETCH_HEAD"), line)
        .map_err(|why| unreached(&format!("it cannot be written: {why}")))
}

fn unreached(why: &str) -> PortError {
    PortError::Unreached(why.to_owned())
}
