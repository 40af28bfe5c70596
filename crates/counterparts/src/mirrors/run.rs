//! Git while it runs: in a process group of its own, watched until it ends or has to.

use std::{
    fs,
    io::{self, Read},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use engine::Clock;
use jiff::SignedDuration;
use rustix::process::{Pid, Signal, kill_process_group};

/// Between two looks at it.
const LOOK: Duration = Duration::from_millis(50);
/// For git to take away its locks, once it is asked to end.
const TIDY: Duration = Duration::from_secs(5);
/// How much of what git says is kept, from the end.
const SAID: usize = 8 * 1024;

/// What it may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) time: Duration,
    pub(super) size: u64,
}

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Fine,
    /// With the last of what it said.
    Failed(String),
    TooLong,
    TooLarge,
    Stopped,
}

/// Runs a command to its end, or to that of its time, or of what it may store in `packs`.
pub(super) fn watched(
    command: &mut Command,
    packs: &Path,
    limits: Limits,
    clock: &dyn Clock,
    stopping: &AtomicBool,
) -> io::Result<Ended> {
    if stopping.load(Ordering::Acquire) {
        return Ok(Ended::Stopped);
    }
    let group = command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = group.stderr(Stdio::piped()).spawn()?;
    let said = listen(&mut child);
    // What lies there belongs to somebody else, or to nobody.
    let before = stored(packs);
    let until = after(clock, limits.time);
    let why = loop {
        if let Some(status) = child.try_wait()? {
            if status.success() {
                return Ok(Ended::Fine);
            }
            // A child of git's that lives on must not keep us.
            let said = said.recv_timeout(TIDY).unwrap_or_default();
            return Ok(Ended::Failed(String::from_utf8_lossy(&said).into_owned()));
        }
        if stopping.load(Ordering::Acquire) {
            break Ended::Stopped;
        }
        if clock.boot() >= until {
            break Ended::TooLong;
        }
        if stored(packs).saturating_sub(before) > limits.size {
            break Ended::TooLarge;
        }
        thread::park_timeout(LOOK);
    };
    end(&mut child, clock)?;
    Ok(why)
}

/// Ends git and all that it has started: first so that it can tidy up.
fn end(child: &mut Child, clock: &dyn Clock) -> io::Result<()> {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let tell = |signal| group.map(|group| kill_process_group(group, signal));
    let until = after(clock, TIDY);
    tell(Signal::TERM);
    while clock.boot() < until {
        if child.try_wait()?.is_some() {
            return Ok(());
        }
        thread::park_timeout(LOOK);
    }
    tell(Signal::KILL);
    child.wait().map(|_| ())
}

/// Takes in what it says, so that it never waits for us; the last of it comes when it has ended.
fn listen(child: &mut Child) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    if let Some(mut stream) = child.stderr.take() {
        let listener = move || {
            let (mut said, mut chunk) = (Vec::new(), [0; 4096]);
            while let Ok(count @ 1..) = stream.read(&mut chunk) {
                said.extend_from_slice(chunk.get(..count).unwrap_or_default());
                said.drain(..said.len().saturating_sub(SAID));
            }
            let _ = sender.send(said);
        };
        let _ = thread::Builder::new().name("git says".into()).spawn(listener);
    }
    receiver
}

/// Bytes of packs that are not whole yet.
fn stored(packs: &Path) -> u64 {
    let entries = fs::read_dir(packs).into_iter().flatten().flatten();
    let begun = entries.filter(|entry| super::leftovers::is_begun(&entry.file_name()));
    begun.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
}

fn after(clock: &dyn Clock, wait: Duration) -> SignedDuration {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    clock.boot().saturating_add(wait)
}
