//! The thread that lets a house work: whatever is due is done, and then it waits for the next.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use engine::{Clock, Engine, EngineError, Step};
use store::Position;

use crate::house::causes;

/// How long the worker may be deaf to a request to stop.
const DEAF: Duration = Duration::from_millis(500);
/// What is due and leased to somebody else is not asked for more often than this.
const BREATH: Duration = Duration::from_millis(50);

/// A running worker.
pub(crate) struct Worker {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts one; `log` hears what goes wrong.
    pub(crate) fn start(
        engine: Arc<Engine>,
        clock: Arc<dyn Clock>,
        log: Arc<dyn Fn(&str) + Send + Sync>,
    ) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let work = move || {
            let mut settled = Position::default();
            while !seen.load(Ordering::Acquire) {
                settled = turn(&engine, &*clock, settled, &*log);
            }
        };
        let thread = std::thread::Builder::new().name("worker".into()).spawn(work)?;
        Ok(Self { stop, thread })
    }

    /// Lets it finish what it is at, and waits for that.
    pub(crate) fn stop(self) {
        self.stop.store(true, Ordering::Release);
        let _ = self.thread.join();
    }
}

/// Does one thing, or waits until there may be one to do.
fn turn(
    engine: &Engine,
    clock: &dyn Clock,
    settled: Position,
    log: &(dyn Fn(&str) + Send + Sync),
) -> Position {
    let until = match engine.step() {
        Ok(Step::Worked) => return settled,
        Ok(Step::Idle) => until_due(engine, clock),
        Err(error) => Err(error),
    };
    let patience = until.unwrap_or_else(|error| {
        log(&format!("a job could not be worked on: {}", causes(&error)));
        DEAF
    });
    // A store that cannot even wait has said so above, and will again.
    engine.store().wait(settled, patience).unwrap_or(settled)
}

fn until_due(engine: &Engine, clock: &dyn Clock) -> Result<Duration, EngineError> {
    let due = engine.next_due()?;
    let left = due.map(|due| due.duration_since(clock.wall()));
    let left = left.and_then(|left| Duration::try_from(left).ok());
    // What is due already and was not given to us belongs to somebody for a while.
    Ok(if due.is_some() { left.unwrap_or(BREATH).clamp(BREATH, DEAF) } else { DEAF })
}
