//! What must be there before the disclosure is armed.

use super::*;

pub(super) const ROWS: &[Lack] = &[
    lack(
        "no CVE id was asked for",
        "request-cve",
        "arm",
        "a request for a CVE id",
        &[("request-cve", SKIP), ("cve", SKIP)],
        |s| {
            stage(s, "request-cve")?;
            stage(s, "cve")?;
            plan_anew(s)
        },
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
            access(s, |seen| {
                seen.members.insert("mo".into());
            })
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
        &[("access", |s| {
            access(s, |seen| {
                seen.pending.insert("stranger".into());
            })
        })],
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
        |s| {
            stage(s, "credit")?;
            plan_anew(s)
        },
    ),
    lack(
        "the reporter was never asked about credit",
        "credit",
        "arm",
        "the reporter has not been asked",
        &[("credit", |s| s.alice(Command::OfferCredit { person: REPORTER }))],
        |s| {
            s.tell(Topic::Credit)?;
            let answer =
                case::people::CreditAnswer::NamedWithoutCompany { name: "Rita Reporter".into() };
            s.by(Actor::Person(REPORTER), Command::AnswerCredit { person: REPORTER, answer })?;
            plan_anew(s)
        },
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
    with_others(lack(
        "the notice was not sent",
        "notice",
        "arm",
        "a notice that names the date 2026-11-12 14:00 UTC, sent",
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
        "a notice that names the date 2026-11-17 15:00 UTC, sent",
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
];
