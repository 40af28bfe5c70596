//! The way to the drill's mail server, as a stream of bytes: what a socket is to a real one.

use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    sync::Arc,
};

use engine::{Clock, ports::Counterpart};

use crate::{
    ports::Wire,
    world::{
        mail,
        smtp::Heard,
        wire::{Request, Response},
    },
};

/// What a house sends its mail with, around a way to the mail server. Whoever sets a stage hands it
/// in: the one of live houses. This room has no client of its own, so that a drill cannot speak
/// otherwise than they do.
pub type Sending = fn(Dial, Arc<dyn Clock>) -> Box<dyn Counterpart>;

/// Begins conversations with the mail server.
#[derive(Clone)]
pub struct Dial(Arc<dyn Wire>);

impl Dial {
    pub(crate) fn new(wire: &Arc<dyn Wire>) -> Self {
        Self(Arc::clone(wire))
    }

    /// A conversation of its own.
    ///
    /// # Errors
    /// When the world is not reached.
    pub fn connect(&self) -> io::Result<Line> {
        match self.0.call(&Request::Mail(mail::Call::Dial)) {
            Ok(Response::Line { number, heard }) => {
                let mut line =
                    Line { wire: self.0.clone(), number, unread: VecDeque::new(), closed: false };
                line.hears(heard);
                Ok(line)
            }
            Ok(_) => Err(io::ErrorKind::InvalidData.into()),
            Err(error) => Err(io::Error::new(io::ErrorKind::ConnectionRefused, error)),
        }
    }
}

/// A conversation with the mail server.
pub struct Line {
    wire: Arc<dyn Wire>,
    number: u64,
    unread: VecDeque<u8>,
    closed: bool,
}

impl Line {
    fn hears(&mut self, heard: Heard) {
        self.unread.extend(heard.words.into_bytes());
        self.closed = heard.closed;
    }
}

impl Write for Line {
    /// Says all of it. A server that only hangs up at that is an error here and now.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
        if self.closed {
            return Err(reset());
        }
        let say = mail::Call::Say { line: self.number, bytes: bytes.to_vec() };
        match self.wire.call(&Request::Mail(say)) {
            Ok(Response::Heard(heard)) => self.hears(heard),
            Ok(_) => return Err(io::ErrorKind::InvalidData.into()),
            Err(error) => return Err(io::Error::other(error)),
        }
        if self.closed && self.unread.is_empty() { Err(reset()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Line {
    /// Everything is answered at once: when nothing is there, nothing will come.
    fn read(&mut self, chunk: &mut [u8]) -> io::Result<usize> {
        if self.unread.is_empty() && !self.closed {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.unread.read(chunk)
    }
}
