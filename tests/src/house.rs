//! A drill's house as a process that can be killed: store on disk, pages on loopback, a worker,
//! and the world behind a socket in another process.

use std::{
    error::Error,
    io::{self, Write},
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::Duration,
};

use case::CommandId;
use counterparts::mail::listener::{Address, Listener};
use engine::{Clock, Contact, Engine, Parts, Project, Step, Texts};
use playbook::Settings;
use rehearsal::{
    ports::{self, Ways, Wire},
    process::Remote,
    world::setting::Lookups,
};
use serde_json::json;
use store::{KeySource, Kind, OpenError, OsEntropy, Position, SqliteStore};

use crate::{clock::LaterClock, crash::Trouble, store::BreakingStore, wire::BreakingWire};

/// Whatever goes wrong ends the process.
pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How long a worker with nothing to do waits before it looks at the time again.
const BREATH: Duration = Duration::from_millis(20);

/// Where the project's mail arrives.
pub const LETTERBOX: &str = "security@signpost.example";

/// How the data directory of a drill is opened.
#[must_use]
pub fn settings(data: &Path) -> store::Settings {
    store::Settings {
        dir: data.to_owned(),
        kind: Kind::Drill,
        key: KeySource::InDataDir,
        entropy: Arc::new(OsEntropy),
    }
}

/// Opens the store on disk, or makes it.
///
/// # Errors
/// When that does not work.
pub fn store(data: &Path) -> Result<SqliteStore> {
    let settings = settings(data);
    Ok(match SqliteStore::open(&settings) {
        Err(OpenError::Missing { .. }) => SqliteStore::create(&settings)?,
        opened => opened?,
    })
}

/// Opens the house, or makes it; its clock begins `ahead` seconds after a fixed instant.
///
/// # Errors
/// When something does not work.
pub fn open(data: &Path, world: SocketAddr, ahead: i64) -> Result<Engine> {
    let store = store(data)?;
    let trouble = Arc::new(Trouble::from_environment());
    let clock: Arc<dyn Clock> = Arc::new(LaterClock::ahead(ahead));
    let inner = Remote::real(world, Arc::clone(&clock));
    let wire: Arc<dyn Wire> = Arc::new(BreakingWire::new(inner, Arc::clone(&trouble)));
    Ok(Engine::new(Parts {
        store: Arc::new(BreakingStore::new(store, trouble)?),
        ports: ports::ports(&Ways {
            wire,
            lookups: Lookups::Everywhere,
            sending: crate::SENDING,
            clock: Arc::clone(&clock),
            feed: ports::talk_of("Signpost"),
        }),
        clock,
        entropy: Arc::new(OsEntropy),
        playbooks: playbook::shipped("contour").into_iter().collect(),
        texts: Texts::load(None)?,
    }))
}

/// The one project; made if need be.
///
/// # Errors
/// When something does not work.
pub fn project(engine: &Engine) -> Result<Project> {
    if let Some(project) = engine.projects()?.into_iter().next() {
        return Ok(project);
    }
    let book = engine.playbooks().next().ok_or("no playbook")?;
    let settings = Settings {
        project: "Signpost".into(),
        repositories: vec!["signpost".into()],
        ..Settings::default()
    };
    let first = Contact { name: "Ada".into(), mailbox: None, login: None };
    let ada = engine.add_person(&first)?;
    let id = CommandId(engine.draw());
    let project = engine.create_project(ada, &book.policy(&settings), &book.pin(), id)?;
    engine.open_letterbox(project, ada, &LETTERBOX.parse()?, CommandId(engine.draw()))?;
    Ok(engine.project(project)?)
}

/// Serves pages, takes mail and works until killed.
///
/// # Errors
/// When something does not work.
pub fn serve(engine: Engine) -> Result<()> {
    let engine = Arc::new(engine);
    let project = project(&engine)?.id;
    let worker = Arc::clone(&engine);
    std::thread::Builder::new().spawn(move || work(&worker))?;
    let anywhere = Address::Tcp(SocketAddr::from(([127, 0, 0, 1], 0)));
    let mail = Listener::start(&anywhere, Arc::<Engine>::clone(&engine))?;
    let lmtp = mail.address().to_string();
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mut out = io::stdout();
        writeln!(
            out,
            "{}",
            json!({"address": address, "lmtp": lmtp, "project": project.to_string()})
        )?;
        out.flush()?;
        let log = Arc::new(|why: &str| drop(writeln!(io::stderr(), "{why}")));
        let app = web::App { live: engine, drills: Arc::new(NoDrills), secure: false, log };
        Ok(axum::serve(listener, web::router(app)).await?)
    })
}

fn work(engine: &Engine) {
    let mut settled = Position::default();
    loop {
        match engine.step() {
            Ok(Step::Worked) => continue,
            Ok(Step::Idle) => {}
            Err(error) => drop(writeln!(io::stderr(), "{error}")),
        }
        settled = engine.store().wait(settled, BREATH).unwrap_or(settled);
    }
}

/// Does everything that is due, and ends.
///
/// # Errors
/// When something does not work.
pub fn settle(engine: &Engine) -> Result<()> {
    while engine.step()? == Step::Worked {}
    Ok(())
}

/// A drill's house has no drills of its own.
struct NoDrills;

impl web::Drills for NoDrills {
    fn scenarios(&self) -> Vec<web::Scenario> {
        Vec::new()
    }

    fn start(&self, _: &str) -> std::result::Result<String, String> {
        Err("there are no drills here".into())
    }

    fn find(&self, _: &str) -> Option<web::Drill> {
        None
    }

    fn advance(&self, _: &str) -> std::result::Result<String, String> {
        Err("there are no drills here".into())
    }
}
