//! A way to the world that dies before or after a call that changes something.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use case::ActId;
use engine::ports::{Found, PortError};
use rehearsal::{
    ports::Wire,
    process::Remote,
    world::{
        cna, forge, lists, mail,
        wire::{Request, Response},
    },
};

use crate::crash::{Plant, Point, Trouble};

/// The way.
pub struct BreakingWire {
    /// The unbroken one.
    inner: Remote,
    /// What is to go wrong.
    trouble: Arc<Trouble>,
    /// The act whose mail each conversation is about.
    mails: Mutex<BTreeMap<u64, ActId>>,
}

impl BreakingWire {
    /// A way that breaks as `trouble` says.
    #[must_use]
    pub fn new(inner: Remote, trouble: Arc<Trouble>) -> Self {
        Self { inner, trouble, mails: Mutex::default() }
    }

    /// The act that a call is about. Of a mail that stands in its headers, before its end is said.
    fn act(&self, request: &Request) -> Option<ActId> {
        let Request::Mail(mail::Call::Say { line, bytes }) = request else { return request.act() };
        let mut mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(bytes);
        let named = text.lines().find_map(|line| line.strip_prefix("Message-ID: <"));
        if let Some(act) = named.and_then(|id| id.split('@').next()?.parse().ok()) {
            mails.insert(*line, act);
        }
        mails.get(line).copied()
    }
}

impl Wire for BreakingWire {
    fn call(&self, request: &Request) -> Result<Response, PortError> {
        if looks_up(request) && self.trouble.plant == Some(Plant::ForgetCalls) {
            return Ok(Response::Found(Found::Missing));
        }
        let act = self.act(request);
        if !request.changes() {
            return self.inner.call(request);
        }
        if let Some(act) = act {
            self.trouble.reach(Point::CallBefore, act);
        }
        self.trouble.pass(Point::CallBefore);
        let answer = self.inner.call(request);
        self.trouble.pass(Point::CallAfter);
        if let Some(act) = act {
            self.trouble.reach(Point::CallAfter, act);
        }
        answer
    }
}

fn looks_up(request: &Request) -> bool {
    matches!(
        request,
        Request::Forge(forge::Call::Find(_))
            | Request::Lists(lists::Call::Find(_))
            | Request::Mail(mail::Call::Find(_))
            | Request::Cna(cna::Call::Find { .. })
    )
}
