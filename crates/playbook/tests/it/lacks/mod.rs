//! What a response can lack, one row each: what happens instead, where that stops it, what the
//! refusal says, and what mends it.

mod after;
mod before_arming;
mod before_notice;
mod choices;

use case::{
    Command,
    act::{Payload, Recipient, Topic},
    event::Decision,
    observation::{Access, CveWord, Delivery, DraftState, Observation},
    rights::{Actor, Role},
};

use crate::{script::*, story::*};

/// One row.
#[derive(Clone, Copy)]
pub(crate) struct Lack {
    /// What is lacking.
    pub(crate) what: &'static str,
    pub(crate) step: &'static str,
    /// The stage at which the response is refused to go on.
    pub(crate) stops: &'static str,
    /// Words that name the missing thing.
    pub(crate) says: &'static str,
    pub(crate) instead: &'static [(&'static str, Stage)],
    pub(crate) mend: Stage,
    /// The same lack leaves other steps open as well.
    pub(crate) with_others: bool,
}

const fn lack(
    what: &'static str,
    step: &'static str,
    stops: &'static str,
    says: &'static str,
    instead: &'static [(&'static str, Stage)],
    mend: Stage,
) -> Lack {
    Lack { what, step, stops, says, instead, mend, with_others: false }
}

const fn with_others(lack: Lack) -> Lack {
    Lack { with_others: true, ..lack }
}

const SKIP: Stage = |_| Ok(());

/// The draft is read back, changed; mending brings it into order again.
fn reread(s: &mut Story) -> Told {
    s.world.draft = Story::new(s.playbook.clone()).world.draft;
    stage(s, "read-draft")
}

/// Reads the changed draft back now and in the later look.
fn misread(s: &mut Story, change: impl Fn(&mut Story)) -> Told {
    change(s);
    stage(s, "read-draft")
}

fn access(s: &mut Story, change: impl Fn(&mut Access)) -> Told {
    let mut seen = s.world.access.clone();
    change(&mut seen);
    s.seen(Observation::Access(seen))
}

fn write_without(s: &mut Story, part: &'static str) -> Told {
    s.world.notice_without.insert(part);
    stage(s, "write-notice")
}

/// Writes the notice anew, in full, under another id; what was not sent is given up.
fn rewrite(s: &mut Story) -> Told {
    let (act, reason) = (s.notice, "to write it anew".into());
    if s.case.acts[&act].done_at().is_none() {
        s.alice(Command::Cancel { act, reason })?;
    }
    s.notice = s.act_id();
    s.world.notice_without.clear();
    s.world.notice_also.clear();
    stage(s, "write-notice")
}

/// Sends a notice once more, in full.
fn resend(s: &mut Story) -> Told {
    rewrite(s)?;
    for name in ["send-notice", "see-notice", "deliver"] {
        stage(s, name)?;
    }
    Ok(())
}

fn object(s: &mut Story, revision: u32) -> Told {
    let reason = "the week of our own release".into();
    s.by(Actor::Person(BLUE), Command::Object { person: BLUE, revision, reason })
}

/// Another date is agreed without anything else.
fn redate(s: &mut Story) -> Told {
    s.world.instant = at("2026-11-17T15:00:00Z");
    propose(s)?;
    s.alice(Command::AgreeEmbargo { revision: 2 })
}

#[expect(clippy::unnecessary_wraps, reason = "it is a stage")]
fn silent_until_deadline(s: &mut Story) -> Told {
    let deadline = s.case.embargo.proposals[s.case.embargo.proposals.len() - 1].answer_by;
    s.wait_until(deadline);
    Ok(())
}

/// Drops what is armed, writes it anew with the world's words, and arms it.
pub(crate) fn replan_disclosure(s: &mut Story) -> Told {
    plan_anew(s)?;
    stage(s, "arm")
}

/// Drops the disclosure, whose words have changed, and has it approved as it is now.
fn plan_anew(s: &mut Story) -> Told {
    if s.case.disclosure.is_some() {
        s.alice(Command::Drop { id: DISCLOSURE, reason: "to write it anew".into() })?;
    }
    stage(s, "plan disclosure")
}

/// A follow-up by itself, seen in a thread.
fn follow_up(s: &mut Story, thread: &str) -> Told {
    let plan = notice(s, case::act::ActKind::FollowUp, None);
    let act = s.act_id();
    s.alice(Command::Plan { act, plan: Box::new(plan) })?;
    s.carry_out(act)?;
    s.posted(act, thread, true)
}

/// Facts without which the response may not go on.
pub(crate) fn mandatory() -> impl Iterator<Item = &'static Lack> {
    before_notice::ROWS.iter().chain(before_arming::ROWS).chain(after::ROWS)
}

/// Lines that a recorded choice closes.
pub(crate) fn choices() -> impl Iterator<Item = &'static Lack> {
    choices::ROWS.iter()
}
