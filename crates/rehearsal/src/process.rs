//! The world as a process of its own, so that it outlives a house that is killed.
//!
//! One JSON document a line over a loopback connection; a connection carries one call. The witness
//! is on disk before an answer leaves. Nothing here authenticates: listen on loopback only.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    time::Duration,
};

use engine::{Clock, ports::PortError};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    DrillClock, World,
    ports::Wire,
    world::wire::{Reply, Request, Response},
};

/// How long the process waits for the rest of a call. A house that was killed half-way must not
/// keep the others waiting.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Serialize, Deserialize)]
struct Call {
    at: Timestamp,
    request: Request,
}

/// Answers calls until one says [`Request::Stop`]. True time is that of `clock`, or without one
/// what the callers say, as in a drill with compressed time.
///
/// # Errors
/// When the listener fails. A connection that breaks is the caller's loss, not an error.
pub fn serve(
    listener: &TcpListener,
    world: &mut World,
    clock: Option<&dyn Clock>,
) -> io::Result<()> {
    for connection in listener.incoming() {
        if let Ok(true) = one_call(&connection?, world, clock) {
            break;
        }
    }
    Ok(())
}

/// Answers one call; whether it asked to stop.
fn one_call(
    connection: &TcpStream,
    world: &mut World,
    clock: Option<&dyn Clock>,
) -> io::Result<bool> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_nodelay(true)?;
    let mut text = String::new();
    BufReader::new(connection).read_line(&mut text)?;
    let call: Call = serde_json::from_str(&text)?;
    let at = clock.map_or(call.at, Clock::wall);
    let reply = world.handle(at, &call.request);
    let mut answer = serde_json::to_string(&reply)?;
    answer.push('\n');
    let mut writer = connection;
    writer.write_all(answer.as_bytes())?;
    Ok(call.request == Request::Stop)
}

/// The way to a world in another process. With a drill's clock, a slow answer moves that on;
/// without one, `clock` only stamps the calls.
pub struct Remote {
    address: SocketAddr,
    clock: Arc<dyn Clock>,
    drill: Option<Arc<DrillClock>>,
}

impl Remote {
    /// A way for a drill with compressed time.
    #[must_use]
    pub fn compressed(address: SocketAddr, clock: Arc<DrillClock>) -> Self {
        Self { address, clock: clock.clone(), drill: Some(clock) }
    }

    /// A way for a house that runs in real time.
    #[must_use]
    pub fn real(address: SocketAddr, clock: Arc<dyn Clock>) -> Self {
        Self { address, clock, drill: None }
    }

    fn exchange(&self, request: &Request) -> Result<Reply, PortError> {
        let unreached = |error: io::Error| PortError::Unreached(error.to_string());
        let lost = |error: io::Error| PortError::Lost(error.to_string());
        let connection = TcpStream::connect(self.address).map_err(unreached)?;
        connection.set_nodelay(true).map_err(unreached)?;
        let call = Call { at: self.clock.wall(), request: request.clone() };
        let mut text = serde_json::to_string(&call).map_err(|e| unreached(e.into()))?;
        text.push('\n');
        (&connection).write_all(text.as_bytes()).map_err(lost)?;
        let mut answer = String::new();
        BufReader::new(&connection).read_line(&mut answer).map_err(lost)?;
        serde_json::from_str(&answer).map_err(|e| lost(e.into()))
    }
}

impl Wire for Remote {
    fn call(&self, request: &Request) -> Result<Response, PortError> {
        let Reply { took, outcome } = self.exchange(request)?;
        if let Some(clock) = &self.drill
            && took > SignedDuration::ZERO
        {
            clock.advance_by(took);
        }
        outcome
    }
}
