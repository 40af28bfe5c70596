//! The threads that let a house work: whatever is due is done, and then they wait for the next.

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

/// How long a worker may be deaf to a request to stop.
const DEAF: Duration = Duration::from_millis(500);
/// What is due and leased to somebody else is not asked for more often than this.
const BREATH: Duration = Duration::from_millis(50);

/// Running workers: as many as it takes for none of the house's parties to hold up a publication.
pub(crate) struct Workers {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts them; `log` hears what goes wrong.
    pub(crate) fn start(
        engine: &Arc<Engine>,
        clock: &Arc<dyn Clock>,
        log: &Arc<dyn Fn(&str) + Send + Sync>,
    ) -> io::Result<Self> {
        Self::of(engine::WORKERS, engine, clock, log)
    }

    fn of(
        number: usize,
        engine: &Arc<Engine>,
        clock: &Arc<dyn Clock>,
        log: &Arc<dyn Fn(&str) + Send + Sync>,
    ) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..number).map(|number| {
            let (engine, clock, log) = (Arc::clone(engine), Arc::clone(clock), Arc::clone(log));
            let stop = Arc::clone(&stop);
            let work = move || {
                let mut settled = Position::default();
                while !stop.load(Ordering::Acquire) {
                    settled = turn(&engine, &*clock, settled, &*log);
                }
            };
            std::thread::Builder::new().name(format!("worker {number}")).spawn(work)
        });
        let threads = threads.collect::<io::Result<_>>()?;
        Ok(Self { stop, threads })
    }

    /// Lets them finish what they are at, and waits for that.
    pub(crate) fn stop(self) {
        self.stop.store(true, Ordering::Release);
        for thread in self.threads {
            let _ = thread.join();
        }
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

#[cfg(test)]
mod tests {
    use std::sync::{Condvar, Mutex};

    use case::{
        ActId, Actor, Case, Command, CommandId, Gate, Role,
        act::{ActKind, Payload, Topic},
        state::DisclosureState,
    };
    use counterparts::SystemClock;
    use engine::{View, ports::PortError};
    use jiff::{SignedDuration, Timestamp};
    use rehearsal::{
        DrillClock, Options, World,
        ports::{InProcess, Wire},
        stage::{Pace, Props, Stage},
        world::{
            mail::Call,
            record::{Happened, Witness},
            wire::{Request, Response},
        },
    };
    use store::{Kind, MemoryStore, SeededEntropy};

    use super::*;

    /// Longer than anything takes here that does not hang.
    const PATIENCE: Duration = Duration::from_secs(20);

    /// A world whose mail server falls silent when it is told to.
    struct Silent {
        world: InProcess,
        /// Whether it is silent, and how often somebody came to wait for it.
        state: Mutex<(bool, usize)>,
        changed: Condvar,
    }

    impl Wire for Silent {
        fn call(&self, request: &Request) -> Result<Response, PortError> {
            if matches!(request, Request::Mail(Call::Dial | Call::Say { .. })) {
                let mut state = self.state.lock().unwrap();
                if state.0 {
                    state.1 += 1;
                    self.changed.notify_all();
                    drop(self.changed.wait_while(state, |(silent, _)| *silent).unwrap());
                }
            }
            self.world.call(request)
        }
    }

    impl Silent {
        fn is(&self, silent: bool) {
            self.state.lock().unwrap().0 = silent;
            self.changed.notify_all();
        }

        /// Waits until somebody waits for the mail server.
        fn hangs(&self) {
            let nobody = |state: &mut (bool, usize)| state.1 == 0;
            let state = self.state.lock().unwrap();
            let (state, _) = self.changed.wait_timeout_while(state, PATIENCE, nobody).unwrap();
            assert_ne!(state.1, 0, "no mail was begun");
        }

        fn published(&self) -> bool {
            let Ok(Response::Records(records)) = self.world.call(&Request::Records) else {
                panic!("the world does not tell")
            };
            records.iter().any(|it| matches!(it.what, Happened::AdvisoryPublished { .. }))
        }
    }

    /// A house whose disclosure is armed and lacks nothing but its instant.
    fn armed(folder: &std::path::Path) -> (Stage, Arc<Silent>, View) {
        let (mut story, setting) = Options::new("contour", 1).stage().unwrap();
        let clock = Arc::new(DrillClock::new(setting.begins));
        let world = World::new(setting.clone(), folder, Witness::default()).unwrap();
        let wire = Arc::new(Silent {
            world: InProcess::new(world, clock.clone()),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let entropy = Arc::new(SeededEntropy::new(1));
        let mut stage = Stage::set(Props {
            setting,
            wire: wire.clone(),
            clock,
            store: Arc::new(MemoryStore::new(Kind::Drill, entropy.clone())),
            entropy,
            playbook: story.playbook().to_owned(),
            team: story.team(),
            sending: crate::sending::IN_A_DRILL,
            plant: None,
        })
        .unwrap();
        let mut pace = Pace::default();
        while stage.turn(&mut *story, &mut pace).unwrap() {
            for view in stage.views().unwrap() {
                let ready = view.checklist.verdict().missing(Gate::Publish).is_empty();
                if ready && instant(&view.loaded.case).is_some_and(|at| stage.now() < at) {
                    return (stage, wire, view);
                }
            }
        }
        panic!("nothing was ever armed")
    }

    fn instant(case: &Case) -> Option<Timestamp> {
        let armed = case.disclosure.as_ref().filter(|it| it.state == DisclosureState::Armed);
        armed.map(|plan| plan.instant)
    }

    /// Somebody writes to the reporter once more.
    fn write(stage: &Stage, view: &View) {
        let case = &view.loaded.case;
        let (person, _) = case.holding(Role::Reporter).next().unwrap();
        let kind = ActKind::TellReporter { person, topic: Topic::Other };
        let mut plan = Box::new(stage.engine.compose(case, &kind, None).unwrap());
        let (subject, body) = ("Soon".to_owned(), "It is nearly time.\n".to_owned());
        plan.payload = Payload::Message { subject, body };
        let act = ActId(stage.engine.draw());
        let by = Actor::Person(stage.coordinator(view).unwrap());
        let give = |command| {
            let id = CommandId(stage.engine.draw());
            stage.engine.execute(case.id, by, id, &command, "test").unwrap();
        };
        give(Command::Plan { act, plan });
        let digest = stage.again(view).unwrap().loaded.case.acts[&act].digest;
        give(Command::Approve { act, digest });
    }

    /// Whether the advisory comes out at its instant, with so many workers, while the mail server
    /// hangs.
    fn comes_out(workers: usize) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let (stage, wire, view) = armed(folder.path());
        wire.is(true);
        write(&stage, &view);
        let clock: Arc<dyn Clock> = stage.clock.clone();
        let log: Arc<dyn Fn(&str) + Send + Sync> = Arc::new(|why| println!("{why}"));
        let workers = Workers::of(workers, &stage.engine, &clock, &log).unwrap();
        wire.hangs();
        assert!(!wire.published());
        stage.clock.advance_to(instant(&view.loaded.case).unwrap());
        let (begun, patience) = (SystemClock.boot(), SignedDuration::try_from(PATIENCE).unwrap());
        let mut settled = Position::default();
        while !wire.published() && SystemClock.boot() - begun < patience {
            settled = stage.engine.store().wait(settled, BREATH).unwrap();
        }
        let published = wire.published();
        wire.is(false);
        workers.stop();
        published
    }

    #[test]
    fn a_mail_server_that_hangs_holds_up_no_publication() {
        assert!(comes_out(engine::WORKERS));
    }
}
