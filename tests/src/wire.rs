//! A way to the world that dies before or after a call that changes something.

use std::sync::Arc;

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
    pub inner: Remote,
    /// What is to go wrong.
    pub trouble: Arc<Trouble>,
}

impl Wire for BreakingWire {
    fn call(&self, request: &Request) -> Result<Response, PortError> {
        if looks_up(request) && self.trouble.plant == Some(Plant::ForgetCalls) {
            return Ok(Response::Found(Found::Missing));
        }
        if !request.changes() {
            return self.inner.call(request);
        }
        let act = request.act();
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
