//! What a response can lack, one row each: what happens instead, where that stops it, what the
//! refusal says, and what mends it.

use case::{
    Command,
    act::{Payload, Recipient, Topic},
    event::Decision,
    observation::{Access, CveWord, Delivery, DraftState, Observation},
    rights::{Actor, Role},
};

use crate::{script::*, story::*};

/// One row.
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

fn silent_until_deadline(s: &mut Story) -> Told {
    let deadline = s.case.embargo.proposals[s.case.embargo.proposals.len() - 1].answer_by;
    s.wait_until(deadline);
    Ok(())
}

pub(crate) const MANDATORY: &[Lack] = &[
    lack(
        "nobody told the reporter that the report arrived",
        "acknowledge",
        "send-notice",
        "a reply to the reporter",
        &[("acknowledge", SKIP)],
        |s| stage(s, "acknowledge"),
    ),
    lack(
        "the acknowledgement came back for good",
        "acknowledge",
        "send-notice",
        "a reply to the reporter",
        &[("acknowledge", |s| {
            stage(s, "acknowledge")?;
            let act = s.case.act_order[0];
            let outcome = Delivery::Bounced { hard: true, why: "no such user".into() };
            s.seen(Observation::Delivery { act, person: REPORTER, outcome })
        })],
        |s| {
            let kind = case::act::ActKind::TellReporter { person: REPORTER, topic: Topic::Other };
            let words = Payload::Message { subject: "Received".into(), body: "Thanks.".into() };
            s.act(kind, vec![Recipient::ReceiptPage { person: REPORTER }], words)
        },
    ),
    with_others(lack(
        "there is no verdict",
        "verdict",
        "send-notice",
        "a verdict with a reason",
        &[("verdict", SKIP), ("tell-verdict", SKIP)],
        |s| {
            stage(s, "verdict")?;
            stage(s, "tell-verdict")
        },
    )),
    lack(
        "the reporter was not told the verdict",
        "tell-verdict",
        "send-notice",
        "a message to the reporter, written after the verdict",
        &[("tell-verdict", SKIP)],
        |s| stage(s, "tell-verdict"),
    ),
    lack(
        "the reporter was told before there was a verdict",
        "tell-verdict",
        "send-notice",
        "a message to the reporter, written after the verdict",
        &[
            ("verdict", |s| {
                s.tell(Topic::Verdict)?;
                stage(s, "verdict")
            }),
            ("tell-verdict", SKIP),
        ],
        |s| stage(s, "tell-verdict"),
    ),
    with_others(lack(
        "nobody looked at the supported lines",
        "lines",
        "send-notice",
        "a look at the supported lines of contour",
        &[
            ("look", SKIP),
            ("line main", SKIP),
            ("line 1.16", SKIP),
            ("line 1.15", SKIP),
            ("line 1.14", SKIP),
        ],
        |s| {
            for name in ["look", "line main", "line 1.16", "line 1.15", "line 1.14"] {
                stage(s, name)?;
            }
            Ok(())
        },
    )),
    lack(
        "a minor has no verdict",
        "lines",
        "send-notice",
        "a verdict on contour#1.14",
        &[("line 1.14", SKIP)],
        |s| stage(s, "line 1.14"),
    ),
    lack(
        "the default branch has no verdict",
        "lines",
        "send-notice",
        "a verdict on contour#main",
        &[("line main", SKIP)],
        |s| stage(s, "line main"),
    ),
    lack(
        "a line joins the supported ones after all was decided",
        "lines",
        "fire",
        "a verdict on contour#1.17",
        &[("reread-draft", |s| {
            stage(s, "reread-draft")?;
            s.seen(supported(&["main", "1.17", "1.16", "1.15", "1.14"]))
        })],
        |s| {
            let why = "it was cut after the fix".into();
            let verdict = case::event::LineVerdict::NotAffected { why };
            s.decided(Decision::Line { line: line("1.17"), verdict })
        },
    ),
    lack(
        "nobody decided which distributors are concerned",
        "distributors",
        "send-notice",
        "which distributors are concerned and why",
        &[("distributors", |s| {
            s.alice(invite(ACME, "Acme", "acme", Role::Distributor))?;
            s.alice(invite(BLUE, "Blue", "blue", Role::Distributor))
        })],
        |s| concerned(s, &[(ACME, "Acme", "ships it"), (BLUE, "Blue", "ships it")]),
    ),
    lack(
        "a distributor is concerned without a reason",
        "distributors",
        "send-notice",
        "why Blue is concerned",
        &[("distributors", |s| {
            stage(s, "distributors")?;
            concerned(s, &[(ACME, "Acme", "ships 1.15"), (BLUE, "Blue", " ")])
        })],
        |s| concerned(s, &[(ACME, "Acme", "ships it"), (BLUE, "Blue", "ships it")]),
    ),
    with_others(lack(
        "no vulnerability is named",
        "assess",
        "send-notice",
        "a vulnerability that the report is about",
        &[("vulnerability", SKIP), ("assess", SKIP), ("request-cve", SKIP)],
        |s| {
            for name in ["vulnerability", "assess", "request-cve"] {
                stage(s, name)?;
            }
            Ok(())
        },
    )),
    with_others(lack(
        "there is no score",
        "assess",
        "send-notice",
        "a CVSS vector and a CWE for “first”",
        &[("assess", SKIP)],
        |s| stage(s, "assess"),
    )),
    with_others(lack(
        "there is no text",
        "draft",
        "send-notice",
        "the advisory's text",
        &[("advisory", SKIP)],
        |s| {
            stage(s, "advisory")?;
            stage(s, "read-draft")?;
            rewrite(s)
        },
    )),
    lack(
        "the draft was closed at the forge",
        "draft",
        "send-notice",
        "the draft, read back from the forge",
        &[("read-draft", |s| misread(s, |s| s.world.draft.state = DraftState::Closed))],
        reread,
    ),
    lack(
        "the draft was read back before the text was revised",
        "draft",
        "send-notice",
        "a look at the draft since",
        &[("write-notice", |s| {
            stage(s, "advisory")?;
            stage(s, "write-notice")
        })],
        reread,
    ),
    lack(
        "the draft lacks the planned version of a line",
        "draft",
        "send-notice",
        "the planned version 1.15.2 of contour#1.15",
        &[("read-draft", |s| misread(s, |s| drop(s.world.draft.patched.remove(&line("1.15")))))],
        reread,
    ),
    lack(
        "the draft names another version than planned",
        "draft",
        "send-notice",
        "the planned version 1.15.2 of contour#1.15",
        &[("read-draft", |s| {
            misread(s, |s| drop(s.world.draft.patched.insert(line("1.15"), "1.15.3".into())))
        })],
        reread,
    ),
    lack(
        "the draft has another score",
        "draft",
        "send-notice",
        "the CVSS vector in the draft",
        &[("read-draft", |s| misread(s, |s| s.world.draft.vector = None))],
        reread,
    ),
    lack(
        "the draft lacks the weakness",
        "draft",
        "send-notice",
        "the weaknesses of “first” in the draft",
        &[("read-draft", |s| misread(s, |s| s.world.draft.cwes.clear()))],
        reread,
    ),
    lack(
        "no CVE id was asked for",
        "request-cve",
        "arm",
        "a request for a CVE id",
        &[("request-cve", SKIP)],
        |s| stage(s, "request-cve"),
    ),
    with_others(lack(
        "there is no private fork",
        "fork",
        "arm",
        "the private fork",
        &[("fork", SKIP)],
        |s| stage(s, "fork"),
    )),
    with_others(lack(
        "nobody looked at who has access",
        "access",
        "arm",
        "a look at who has access",
        &[("access", SKIP)],
        |s| stage(s, "access"),
    )),
    lack(
        "nobody is there to write the fix",
        "access",
        "arm",
        "somebody with an account at the forge",
        &[
            ("people", SKIP),
            ("access", |s| {
                access(s, |seen| {
                    seen.members.clear();
                    seen.pending.clear();
                })
            }),
        ],
        |s| {
            stage(s, "people")?;
            stage(s, "access")
        },
    ),
    lack(
        "somebody's account is not known",
        "access",
        "arm",
        "the accounts at the forge of Mo",
        &[("access", |s| {
            stage(s, "access")?;
            let Command::Invite(mut mo) = invite(BLUE, "Mo", "mo", Role::ReleaseManager) else {
                return Ok(());
            };
            mo.login = None;
            s.alice(Command::Invite(mo))
        })],
        |s| {
            s.alice(invite(BLUE, "Mo", "mo", Role::ReleaseManager))?;
            access(s, |seen| drop(seen.members.insert("mo".into())))
        },
    ),
    lack(
        "somebody who is needed has no access",
        "access",
        "arm",
        "invitations for dev",
        &[("access", |s| access(s, |seen| seen.pending.clear()))],
        |s| stage(s, "access"),
    ),
    lack(
        "somebody has access without being needed",
        "access",
        "arm",
        "stranger",
        &[("access", |s| access(s, |seen| drop(seen.pending.insert("stranger".into()))))],
        |s| stage(s, "access"),
    ),
    lack(
        "inherited access is not acknowledged",
        "access",
        "arm",
        "the inherited access of owner",
        &[("inherited", SKIP)],
        |s| stage(s, "inherited"),
    ),
    with_others(lack(
        "the draft was closed after the notice",
        "keep-draft",
        "arm",
        "a draft at the forge that is still a draft",
        &[("tell-date", |s| {
            stage(s, "tell-date")?;
            misread(s, |s| s.world.draft.state = DraftState::Closed)
        })],
        reread,
    )),
    lack(
        "credit is not decided",
        "credit",
        "arm",
        "a credit decision for the reporter",
        &[("credit", SKIP)],
        |s| stage(s, "credit"),
    ),
    lack(
        "the draft credits nobody",
        "credit",
        "arm",
        "the credit of the reporter in the draft",
        &[("read-draft", |s| misread(s, |s| s.world.draft.credits.clear()))],
        reread,
    ),
    lack(
        "the draft names a company that was to stay out",
        "credit",
        "arm",
        "the credit of the reporter in the draft",
        &[("read-draft", |s| {
            misread(s, |s| s.world.draft.credits = vec!["Rita Reporter (Secret Ltd)".into()])
        })],
        reread,
    ),
    lack(
        "the draft names somebody who wants to stay anonymous",
        "credit",
        "arm",
        "the credit of the reporter in the draft",
        &[("credit", |s| {
            s.alice(Command::OfferCredit { person: REPORTER })?;
            let answer = case::people::CreditAnswer::Anonymous;
            s.by(Actor::Person(REPORTER), Command::AnswerCredit { person: REPORTER, answer })
        })],
        |s| misread(s, |s| s.world.draft.credits = vec!["anonymous".into()]),
    ),
    lack(
        "the reporter was not told of the draft",
        "tell-draft",
        "arm",
        "a message to the reporter that the draft exists",
        &[("tell-draft", SKIP)],
        |s| stage(s, "tell-draft"),
    ),
    lack(
        "the notice names the CVE id, which came after it was written",
        "notice-list",
        "send-notice",
        "CVE-2021-32783",
        &[("write-notice", |s| {
            s.world.notice_also = "See CVE-2021-32783.".into();
            stage(s, "write-notice")?;
            let word = CveWord::Assigned { id: "CVE-2021-32783".parse().unwrap() };
            s.seen(Observation::Cve { vulnerability: VULN, word })
        })],
        rewrite,
    ),
    with_others(lack(
        "no date is on the table",
        "ask-buy-in",
        "send-notice",
        "a date on the table",
        &[("propose", SKIP)],
        |s| {
            propose(s)?;
            rewrite(s)
        },
    )),
    with_others(lack(
        "the notice does not name the date",
        "ask-buy-in",
        "send-notice",
        "the date 2026-11-12 14:00 UTC in the notice",
        &[("write-notice", |s| write_without(s, "date"))],
        rewrite,
    )),
    lack(
        "the notice does not ask for objections",
        "ask-buy-in",
        "send-notice",
        "a request for objections until",
        &[("write-notice", |s| write_without(s, "ask"))],
        rewrite,
    ),
    with_others(lack(
        "the notice was not sent",
        "notice",
        "arm",
        "the notice, sent",
        &[("send-notice", SKIP), ("see-notice", SKIP), ("deliver", SKIP)],
        |s| {
            for name in ["send-notice", "see-notice", "deliver"] {
                stage(s, name)?;
            }
            silent_until_deadline(s)
        },
    )),
    lack(
        "the notice is not in the archive",
        "notice",
        "arm",
        "the notice in the list's archive",
        &[("see-notice", SKIP)],
        |s| stage(s, "see-notice"),
    ),
    lack(
        "other words stand in the archive",
        "notice",
        "arm",
        "the approved words in the archive",
        &[("see-notice", |s| s.posted(s.notice, "thread-1", false))],
        |s| stage(s, "see-notice"),
    ),
    with_others(lack(
        "the date changed and the distributors were not told",
        "notice",
        "arm",
        "the date 2026-11-17 15:00 UTC in the notice that was sent",
        &[("tell-date", |s| {
            redate(s)?;
            s.tell(Topic::Date(2))
        })],
        |s| {
            resend(s)?;
            silent_until_deadline(s)
        },
    )),
    with_others(lack(
        "no date is agreed",
        "date",
        "arm",
        "an agreed date",
        &[
            ("agree", |s| {
                let reason = "not yet".into();
                s.alice(Command::RejectEmbargo { revision: 1, reason })
            }),
            ("tell-date", SKIP),
            ("wait for objections", SKIP),
        ],
        |s| {
            propose(s)?;
            s.alice(Command::AgreeEmbargo { revision: 2 })?;
            s.tell(Topic::Date(2))?;
            silent_until_deadline(s)
        },
    )),
    with_others(lack(
        "another date is on the table when the instant comes",
        "date",
        "fire",
        "an answer to the date on the table",
        &[("reread-draft", |s| {
            stage(s, "reread-draft")?;
            let (zone, tzdata) = ("UTC".into(), "2026a".into());
            let instant = at("2026-11-12T15:00:00Z");
            s.alice(Command::ProposeEmbargo { instant, zone, tzdata, answer_by: None })
        })],
        |s| s.alice(Command::RejectEmbargo { revision: 2, reason: "too late".into() }),
    )),
    lack(
        "the reporter objects to the date",
        "date",
        "arm",
        "the objection of the reporter",
        &[("tell-date", |s| {
            stage(s, "tell-date")?;
            let reason = "my talk is on the 10th".into();
            let object = Command::Object { person: REPORTER, revision: 1, reason };
            s.by(Actor::Person(REPORTER), object)
        })],
        |s| s.by(Actor::Person(REPORTER), Command::WithdrawObjection { person: REPORTER }),
    ),
    lack(
        "a distributor objects",
        "buy-in",
        "arm",
        "the objection of Blue taken back, met or overridden: the week of our own release",
        &[("tell-date", |s| {
            object(s, 1)?;
            stage(s, "tell-date")
        })],
        |s| {
            let reason = "users are at risk".into();
            s.alice(Command::OverrideObjection { person: BLUE, reason })
        },
    ),
    lack(
        "a distributor objects once all is armed",
        "buy-in",
        "fire",
        "the objection of Blue",
        &[("reread-draft", |s| {
            stage(s, "reread-draft")?;
            object(s, 1)
        })],
        |s| s.by(Actor::Person(BLUE), Command::WithdrawObjection { person: BLUE }),
    ),
    lack(
        "the notice came back from a distributor",
        "buy-in",
        "arm",
        "an answer of Blue to the date 2026-11-12 14:00 UTC, or silence after proven delivery and \
         the deadline (now: undelivered)",
        &[("deliver", |s| {
            s.delivered(ACME, Delivery::Delivered)?;
            s.delivered(BLUE, Delivery::Bounced { hard: true, why: "no such user".into() })
        })],
        |s| s.delivered(BLUE, Delivery::Delivered),
    ),
    lack(
        "nothing shows that a distributor got the notice",
        "buy-in",
        "arm",
        "(now: unproven)",
        &[("deliver", |s| s.delivered(ACME, Delivery::Delivered))],
        |s| s.delivered(BLUE, Delivery::Delivered),
    ),
    lack(
        "a distributor may still answer",
        "buy-in",
        "arm",
        "(now: waiting)",
        &[("wait for objections", SKIP)],
        silent_until_deadline,
    ),
    with_others(lack(
        "a consent belongs to an older date",
        "buy-in",
        "arm",
        "an answer of Acme to the date 2026-11-17 15:00 UTC",
        &[("tell-date", |s| {
            redate(s)?;
            s.tell(Topic::Date(2))
        })],
        |s| {
            resend(s)?;
            silent_until_deadline(s)
        },
    )),
    with_others(lack(
        "an objection to an older date was met, and the new date was not asked about",
        "buy-in",
        "arm",
        "an answer of Blue to the date 2026-11-17 15:00 UTC",
        &[("tell-date", |s| {
            object(s, 1)?;
            redate(s)?;
            s.alice(Command::MeetObjection { person: BLUE, how: "a later date".into() })?;
            s.tell(Topic::Date(2))
        })],
        |s| {
            resend(s)?;
            silent_until_deadline(s)
        },
    )),
    lack(
        "the reporter was not told the date",
        "tell-date",
        "arm",
        "a message to the reporter with the agreed date",
        &[("tell-date", SKIP)],
        |s| stage(s, "tell-date"),
    ),
    with_others(lack(
        "the reporter was told an older date",
        "tell-date",
        "arm",
        "a message to the reporter with the agreed date",
        &[("tell-date", |s| {
            stage(s, "tell-date")?;
            redate(s)
        })],
        |s| {
            s.tell(Topic::Date(2))?;
            resend(s)?;
            silent_until_deadline(s)
        },
    )),
    with_others(lack(
        "a line has no fix",
        "fixes",
        "fire",
        "a fix on contour#1.15",
        &[("fix 1.15", SKIP), ("release 1.15", SKIP)],
        |s| {
            for name in ["fix 1.15", "release 1.15", "words 1.15", "reread-draft"] {
                stage(s, name)?;
            }
            Ok(())
        },
    )),
    with_others(lack(
        "a line has no release",
        "releases",
        "fire",
        "a release of contour#1.15 that contains the fix",
        &[("release 1.15", SKIP)],
        |s| {
            for name in ["release 1.15", "words 1.15", "reread-draft"] {
                stage(s, name)?;
            }
            Ok(())
        },
    )),
    with_others(lack(
        "a release does not contain the fix",
        "releases",
        "fire",
        "a release of contour#1.15 that contains the fix",
        &[("release 1.15", |s| s.released("1.15", "1.15.2", Some(false)))],
        |s| {
            s.released("1.15", "1.15.3", Some(true))?;
            s.world.draft.patched.insert(line("1.15"), "1.15.3".into());
            s.world.follow_up_versions = vec!["1.16.1", "1.15.3"];
            stage(s, "words 1.15")?;
            stage(s, "reread-draft")?;
            replan_disclosure(s)
        },
    )),
    with_others(lack(
        "nobody can tell whether a release contains the fix",
        "releases",
        "fire",
        "a release of contour#1.15 that contains the fix",
        &[("release 1.15", |s| s.released("1.15", "1.15.2", None))],
        |s| {
            for name in ["release 1.15", "words 1.15", "reread-draft"] {
                stage(s, name)?;
            }
            Ok(())
        },
    )),
    with_others(lack(
        "the default branch lacks the fix",
        "releases",
        "fire",
        "the fix on contour#main, in public",
        &[("fix main", |s| {
            let commits = vec!["0123456789abcdef0123456789abcdef01234567".into()];
            s.decided(Decision::Fix { line: line("main"), commits })
        })],
        |s| {
            stage(s, "fix main")?;
            stage(s, "words main")
        },
    )),
    lack(
        "the guard read no public words of a line",
        "words",
        "fire",
        "the guard's look at the public words about contour#1.16",
        &[("words 1.16", SKIP)],
        |s| stage(s, "words 1.16"),
    ),
    lack(
        "the guard read a line's words before its release",
        "words",
        "fire",
        "the guard's look at the public words about contour#1.16",
        &[
            ("release 1.16", |s| {
                stage(s, "words 1.16")?;
                stage(s, "release 1.16")
            }),
            ("words 1.16", SKIP),
        ],
        |s| stage(s, "words 1.16"),
    ),
    lack(
        "a commit message names the bug",
        "words",
        "fire",
        "contour#1.16 without words that give the bug away (“ExternalName”)",
        &[("words 1.16", |s| words(s, "1.16", &["“ExternalName”"]))],
        |s| stage(s, "words 1.16"),
    ),
    lack(
        "the CNA has not answered",
        "cve-id",
        "fire",
        "a CVE id for “first” (now requested), or a plan without one",
        &[("cve", SKIP)],
        |s| stage(s, "cve"),
    ),
    lack(
        "the CNA declined",
        "cve-id",
        "fire",
        "a CVE id for “first” (now declined), or a plan without one",
        &[("cve", |s| {
            let word = CveWord::Declined { why: "out of scope".into() };
            s.seen(Observation::Cve { vulnerability: VULN, word })
        })],
        |s| {
            let plan = "publish with the GHSA id alone".into();
            s.decided(Decision::CvePlanB { vulnerability: VULN, plan })
        },
    ),
    lack(
        "the draft names a planned version that was burnt",
        "recheck-draft",
        "fire",
        "“1.15.3”, in the draft, which says “1.15.2”",
        &[("release 1.15", |s| s.released("1.15", "1.15.3", Some(true)))],
        |s| {
            s.world.draft.patched.insert(line("1.15"), "1.15.3".into());
            s.world.follow_up_versions = vec!["1.16.1", "1.15.3"];
            stage(s, "reread-draft")?;
            replan_disclosure(s)
        },
    ),
    lack(
        "the draft was not looked at since the releases",
        "recheck-draft",
        "fire",
        "a look at the draft since the release of contour#1.16",
        &[("reread-draft", SKIP)],
        |s| stage(s, "reread-draft"),
    ),
    with_others(lack(
        "nothing was published",
        "publish",
        "close",
        "the advisory, published",
        &[
            ("fire", SKIP),
            ("publish", SKIP),
            ("see-public", SKIP),
            ("users", SKIP),
            ("see-users", SKIP),
            ("follow-up", SKIP),
            ("see-follow-up", SKIP),
            ("close", |s| {
                s.alice(Command::EndEmbargo { reason: "to see what is open".into() })?;
                let (id, reason) = (DISCLOSURE, "to see what is open".into());
                s.alice(Command::Hold { id, reason })?;
                s.alice(Command::Drop { id, reason: "to see what is open".into() })?;
                stage(s, "close")
            }),
        ],
        |s| {
            replan_disclosure(s)?;
            for name in ["fire", "publish", "see-public", "users", "see-users"] {
                stage(s, name)?;
            }
            stage(s, "follow-up")?;
            stage(s, "see-follow-up")
        },
    )),
    lack(
        "the advisory was not read back as public",
        "public",
        "close",
        "the advisory, read back as public",
        &[("see-public", SKIP)],
        |s| stage(s, "see-public"),
    ),
    lack(
        "there is no follow-up",
        "follow-up",
        "close",
        "the follow-up on the distributors' list",
        &[("plan disclosure", |s| {
            s.world.disclosed.pop();
            stage(s, "plan disclosure")
        })],
        |s| follow_up(s, "thread-1"),
    ),
    lack(
        "the follow-up is not in the archive",
        "follow-up",
        "close",
        "the approved words in the list's archive",
        &[("see-follow-up", |s| s.posted_out(Out::FollowUp, "thread-1", false))],
        |s| stage(s, "see-follow-up"),
    ),
    lack(
        "the follow-up stands in another thread",
        "follow-up",
        "close",
        "the follow-up in the thread of the notice",
        &[("see-follow-up", |s| s.posted_out(Out::FollowUp, "thread-9", true))],
        |s| follow_up(s, "thread-1"),
    ),
    lack(
        "the follow-up does not name a released version",
        "follow-up",
        "close",
        "the released versions in the follow-up: 1.15.2",
        &[("plan disclosure", |s| {
            s.world.follow_up_versions = vec!["1.16.1", "1.15.20"];
            stage(s, "plan disclosure")
        })],
        |s| {
            s.world.follow_up_versions = vec!["1.16.1", "1.15.2"];
            follow_up(s, "thread-1")
        },
    ),
];

/// Holds and drops what is armed, writes it anew with the world's words, and arms it.
fn replan_disclosure(s: &mut Story) -> Told {
    if s.case.disclosure.is_some() {
        let reason = || "to write it anew".to_owned();
        s.alice(Command::Hold { id: DISCLOSURE, reason: reason() })?;
        s.alice(Command::Drop { id: DISCLOSURE, reason: reason() })?;
    }
    stage(s, "plan disclosure")?;
    stage(s, "arm")
}

/// A follow-up by itself, seen in a thread.
fn follow_up(s: &mut Story, thread: &str) -> Told {
    let plan = notice(s, case::act::ActKind::FollowUp, None);
    let act = s.act_id();
    s.alice(Command::Plan { act, plan: Box::new(plan) })?;
    s.carry_out(act)?;
    s.posted(act, thread, true)
}

/// Lines that a recorded choice closes.
pub(crate) const CHOICES: &[Lack] = &[
    choice(
        "description",
        "notice-description",
        "the advisory's description in the notice",
        &[("write-notice", |s| write_without(s, "description"))],
    ),
    choice(
        "affected versions",
        "notice-versions",
        "every line that gets a patch release",
        &[("write-notice", |s| write_without(s, "versions"))],
    ),
    choice(
        "attack vectors",
        "notice-vectors",
        "the advisory's attack vectors",
        &[("write-notice", |s| write_without(s, "vectors"))],
    ),
    choice(
        "workarounds",
        "notice-workarounds",
        "the advisory's workarounds",
        &[("write-notice", |s| write_without(s, "workarounds"))],
    ),
    choice(
        "next step",
        "notice-next-step",
        "the planned versions and the date",
        &[("write-notice", |s| write_without(s, "next-step"))],
    ),
    at_close(
        "users were not told",
        "users-notice",
        "the notice to the users' list",
        &[("plan disclosure", |s| {
            s.world.disclosed.retain(|out| *out != Out::Users);
            stage(s, "plan disclosure")
        })],
    ),
    at_close(
        "users read less",
        "users-notice",
        "the advisory's description in it",
        &[("plan disclosure", |s| {
            s.world.users_without_description = true;
            stage(s, "plan disclosure")
        })],
    ),
    at_close(
        "the embargo note went public",
        "users-notice",
        "embargo note",
        &[("plan disclosure", |s| {
            s.world.users_also =
                s.case.policy.lists["distributors"].closing_note.clone().unwrap_or_default();
            stage(s, "plan disclosure")
        })],
    ),
    at_close(
        "a private link went public",
        "users-notice",
        "fork-secret",
        &[("plan disclosure", |s| {
            s.world.users_also = "See https://forge.example.org/fork-secret".into();
            stage(s, "plan disclosure")
        })],
    ),
    at_close(
        "users' archive shows nothing",
        "users-notice",
        "the approved words in the list",
        &[("see-users", SKIP)],
    ),
    at_close("nobody looked back", "retrospective", "a retrospective", &[("retrospective", SKIP)]),
    at_close(
        "nothing follows, and nobody said so",
        "retrospective",
        "the word “none”",
        &[("retrospective", |s| {
            let text = "It went well.".into();
            s.decided(Decision::Retrospective { text, actions: vec![] })
        })],
    ),
];

const fn choice(
    what: &'static str,
    step: &'static str,
    says: &'static str,
    instead: &'static [(&'static str, Stage)],
) -> Lack {
    lack(what, step, "send-notice", says, instead, SKIP)
}

const fn at_close(
    what: &'static str,
    step: &'static str,
    says: &'static str,
    instead: &'static [(&'static str, Stage)],
) -> Lack {
    lack(what, step, "close", says, instead, SKIP)
}
