//! What a drill's house sends mail with: the same as a live one, but for the socket.

use counterparts::mail::outbox::Outbox;
use rehearsal::Sending;

/// Sends by SMTP over a drill's own lines.
pub(crate) const IN_A_DRILL: Sending =
    |dial, clock| Box::new(Outbox::joined(move || dial.connect(), clock));
