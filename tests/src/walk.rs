//! A story that is played in a process that can be killed at any place of it, and taken up again by
//! the next one: the house's store, the people's memory and the world outlive it.

use std::{
    fs,
    io::{self, Write},
    net::SocketAddr,
    path::Path,
    sync::Arc,
};

use engine::ports::PortError;
use jiff::{SignedDuration, Timestamp};
use rehearsal::{
    DrillClock,
    ports::Wire,
    process::Remote,
    scenarios,
    stage::{Limits, Memory, Pace, Props, Stage},
    world::{
        setting::Setting,
        wire::{Request, Response},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::OsEntropy;

use crate::{crash::Trouble, house::Result, store::BreakingStore, wire::BreakingWire};

/// Longer than the lease of a dead house.
const LEASE: SignedDuration = SignedDuration::from_mins(6);

/// What is played, kept where house and world find it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tale {
    /// The story's name.
    pub scenario: String,
    /// Its world.
    pub setting: Setting,
}

impl Tale {
    /// The tale of a folder.
    ///
    /// # Errors
    /// When there is none.
    pub fn read(folder: &Path) -> Result<Self> {
        Ok(serde_json::from_slice(&fs::read(folder.join("tale.json"))?)?)
    }

    /// Keeps it in a folder.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn keep(&self, folder: &Path) -> Result<()> {
        Ok(fs::write(folder.join("tale.json"), serde_json::to_vec(self)?)?)
    }
}

/// Plays the tale of a folder from where it stands to its end, or until it is killed.
///
/// # Errors
/// When something does not work.
pub fn go(folder: &Path, world: SocketAddr) -> Result<()> {
    let Tale { scenario, setting } = Tale::read(folder)?;
    let mut story = scenarios::named(&scenario).ok_or("no such story")?;
    let kept = folder.join("people.json");
    let memory: Option<Memory> = match fs::read(&kept) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let clock = Arc::new(DrillClock::new(setting.begins));
    let trouble = Arc::new(Trouble::from_environment());
    let inner = Remote::compressed(world, clock.clone());
    let wire: Arc<dyn Wire> = Arc::new(BreakingWire::new(inner, Arc::clone(&trouble)));
    let props = Props {
        wire: Arc::clone(&wire),
        clock: Arc::clone(&clock),
        store: Arc::new(BreakingStore::new(crate::house::store(&folder.join("data"))?, trouble)?),
        // A house that begins again must not draw the ids that it has drawn before.
        entropy: Arc::new(OsEntropy),
        playbook: story.playbook().to_owned(),
        team: story.team(),
        sending: crate::SENDING,
        plant: None,
        setting,
    };
    let mut stage = match memory {
        None => Stage::set(props)?,
        Some(memory) => {
            clock.advance_to(latest(&*wire, &memory)?.checked_add(LEASE)?);
            Stage::again_with(props, memory)?
        }
    };
    let mut pace = Pace::default();
    let limits = Limits::default();
    for _ in 0..limits.turns {
        let next = folder.join("people.next");
        fs::write(&next, serde_json::to_vec(&stage.memory())?)?;
        fs::rename(&next, &kept)?;
        if !stage.turn(&mut *story, &mut pace)? {
            return Ok(writeln!(io::stdout(), "{}", json!({"over": true}))?);
        }
        if pace.calm > limits.calm {
            break;
        }
    }
    Err("the story does not end".into())
}

/// The last time that anybody knows of.
fn latest(wire: &dyn Wire, memory: &Memory) -> std::result::Result<Timestamp, PortError> {
    let seen = match wire.call(&Request::Records)? {
        Response::Records(records) => records.last().map(|record| record.at),
        _ => None,
    };
    Ok(seen.map_or(memory.now, |seen| seen.max(memory.now)))
}
