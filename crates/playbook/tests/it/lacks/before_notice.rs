//! What must be there before the distributors hear of it.

use super::*;

pub(super) const ROWS: &[Lack] = &[
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
        "the draft at the forge, read back or told",
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
];
