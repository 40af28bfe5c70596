//! The thread that calls people: once a minute it looks for whom something waits.

use std::{
    io,
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use engine::Engine;

use crate::house::causes;

const BETWEEN: Duration = Duration::from_mins(1);

/// The running thread. A mail server that hangs holds up nobody else.
pub(crate) struct Summoner {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Summoner {
    /// Starts it; `url` is where the pages are, and `log` hears what goes wrong.
    pub(crate) fn start(
        engine: &Arc<Engine>,
        url: &str,
        log: &Arc<dyn Fn(&str) + Send + Sync>,
    ) -> io::Result<Self> {
        let (engine, url, log) = (Arc::clone(engine), url.to_owned(), Arc::clone(log));
        let (stop, stopped) = channel();
        let work = move || {
            while stopped.recv_timeout(BETWEEN) == Err(RecvTimeoutError::Timeout) {
                match engine.summon_teams(&url) {
                    Ok(round) if round.failed > 0 => log(&format!(
                        "the mail server did not take {} of the mails that call people",
                        round.failed
                    )),
                    Ok(_) => {}
                    Err(error) => log(&format!("nobody could be called: {}", causes(&error))),
                }
            }
        };
        let thread = std::thread::Builder::new().name("summoner".into()).spawn(work)?;
        Ok(Self { stop, thread })
    }

    /// Lets it finish the call that it is at.
    pub(crate) fn stop(self) {
        drop(self.stop);
        let _ = self.thread.join();
    }
}
