//! Lines that a recorded choice closes.

use super::*;

pub(super) const ROWS: &[Lack] = &[
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
        &[
            // Known before, the note would have been refused.
            ("plan disclosure", |s| {
                let note = s.case.policy.lists.get_mut("distributors");
                s.world.users_also =
                    note.and_then(|list| list.closing_note.take()).unwrap_or_default();
                stage(s, "plan disclosure")
            }),
            ("see-users", |s| {
                let note = Some(s.world.users_also.clone());
                s.case
                    .policy
                    .lists
                    .entry("distributors".into())
                    .and_modify(|list| list.closing_note = note);
                stage(s, "see-users")
            }),
        ],
    ),
    at_close(
        "a private link went public",
        "users-notice",
        "moved-secret",
        &[
            ("plan disclosure", |s| {
                s.world.users_also = "See https://forge.example.org/moved-secret".into();
                stage(s, "plan disclosure")
            }),
            // Known before, the link would have been refused.
            ("see-users", |s| {
                let url = "https://forge.example.org/moved-secret".into();
                s.seen(Observation::Fork { url })?;
                stage(s, "see-users")
            }),
        ],
    ),
    at_close(
        "users' archive shows nothing",
        "users-notice",
        "the approved words in the list",
        &[("see-users", SKIP)],
    ),
    at_close(
        "nobody looked at what everybody can read",
        "copies",
        "a look at the advisory at the forge",
        &[("see-copies", SKIP)],
    ),
    at_close(
        "everybody can read something else",
        "copies",
        "a word that the other copy is right: credits",
        &[("see-copies", |s| s.copied(b"edited", &["credits: the other does not say it"]))],
    ),
    at_close(
        "an accepted copy was edited once more",
        "copies",
        "a word that the other copy is right: title",
        &[("see-copies", |s| {
            s.copied(b"edited", &["credits: the other does not say it"])?;
            s.accepted(b"edited")?;
            s.copied(b"once more", &["title: they say different things"])
        })],
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
