//! What must be there before the advisory goes out, and before the case is closed.

use super::*;

pub(super) const ROWS: &[Lack] = &[
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
            s.decided(Decision::Line { line: line("1.17"), verdict })?;
            replan_disclosure(s)
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
    lack(
        "a later release lost the fix",
        "releases",
        "fire",
        "a release of contour#1.15 that has the fix again: 1.15.3 lost it",
        &[("release 1.15", |s| {
            s.released("1.15", "1.15.2", Some(true))?;
            s.released("1.15", "1.15.3", Some(false))
        })],
        |s| s.released("1.15", "1.15.4", Some(true)),
    ),
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
        |s| {
            stage(s, "cve")?;
            replan_disclosure(s)
        },
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
        "the release of contour#1.15 that contains the fix, in the draft, which says “1.15.2”",
        &[
            ("release 1.15", |s| s.released("1.15", "1.15.3", Some(true))),
            ("reread-draft", |s| {
                stage(s, "reread-draft")?;
                s.world.follow_up_versions = vec!["1.16.1", "1.15.3"];
                replan_disclosure(s)
            }),
        ],
        |s| {
            s.world.draft.patched.insert(line("1.15"), "1.15.3".into());
            stage(s, "reread-draft")
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
            ("see-copies", SKIP),
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
            for name in ["fire", "publish", "see-public", "see-copies", "users", "see-users"] {
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
        "the public advisory, read back or told",
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
