//! The names that an expression begins with.

use case::{event::Triage, policy::ReleaseMode, state::Phase, vultron::em};

use super::{
    Kind, Row, Table, Value, advisory, copies, count, embargo, end, forge, lines, notices, reports,
    row, source::Source, text, texts, time, yes,
};

type Get = fn(&Source<'_>) -> Value;

const fn top(name: &'static str, kind: Kind, doc: &'static str, get: Get) -> Row<Get> {
    row(name, kind, doc, get)
}

/// The view itself.
pub(crate) static ROOT: Table<Get> = Table {
    name: "view",
    doc: "The names that an expression begins with.",
    rows: &[
        top("now", Kind::Time, "The time of the evaluation.", |s| time(Some(s.now))),
        top("phase", Kind::Text, "`open`, `merged`, `withdrawn` or `closed`.", |s| {
            text(match s.case.phase {
                Phase::Open => "open",
                Phase::Merged { .. } => "merged",
                Phase::Withdrawn => "withdrawn",
                Phase::Closed => "closed",
            })
        }),
        top("release_mode", Kind::Text, "`silent` or `together`.", |s| {
            text(match s.case.policy.release_mode {
                ReleaseMode::Silent => "silent",
                ReleaseMode::Together => "together",
            })
        }),
        top("skipped", Kind::Texts, "Ids of steps that a recorded choice left out.", |s| {
            let chosen = s.case.waivers.iter().filter(|(_, waiver)| !waiver.overridden);
            texts(chosen.map(|(step, _)| step.0.clone()))
        }),
        top("facts", Kind::Record(&FACTS), "What the world knows.", |s| FACTS.record(|get| get(s))),
        top("reports", Kind::List(&reports::REPORT), "The reports, by arrival.", reports::reports),
        top("reporters", Kind::List(&reports::REPORTER), "Who reported.", reports::reporters),
        top("verdict", Kind::Record(&VERDICT), "The triage verdict in force.", |s| {
            VERDICT.record(|get| get(s))
        }),
        top(
            "vulnerabilities",
            Kind::List(&advisory::VULNERABILITY),
            "The vulnerabilities of this case.",
            advisory::vulnerabilities,
        ),
        top(
            "repositories",
            Kind::List(&lines::REPOSITORY),
            "The project's repositories.",
            lines::repositories,
        ),
        top(
            "lines",
            Kind::List(&lines::LINE),
            "Supported lines of all repositories, the default branches among them.",
            lines::lines,
        ),
        top(
            "distributors",
            Kind::Record(&embargo::DISTRIBUTORS),
            "Which distributors are concerned.",
            embargo::distributors,
        ),
        top(
            "advisory",
            Kind::Record(&advisory::ADVISORY),
            "The advisory's text.",
            advisory::advisory,
        ),
        top("draft", Kind::Record(&forge::DRAFT), "The forge's advisory, as read back.", |s| {
            forge::DRAFT.record(|get| get(s))
        }),
        top(
            "fork",
            Kind::Record(&forge::FORK),
            "The private fork and its people.",
            forge::private_fork,
        ),
        top("embargo", Kind::Record(&embargo::EMBARGO), "The embargo's date.", |s| {
            embargo::EMBARGO.record(|get| get(s))
        }),
        top(
            "distributors_notice",
            Kind::Record(&notices::NOTICE),
            "The embargoed notice to the distributors: the latest that was not given up.",
            |s| notices::notice(s, s.distributors_notice.as_ref()),
        ),
        top(
            "date_notice",
            Kind::Record(&notices::NOTICE),
            "The latest notice to the distributors that was sent and names the embargo's date.",
            |s| notices::notice(s, s.date_notice()),
        ),
        top(
            "users_notice",
            Kind::Record(&notices::NOTICE),
            "The notice to the broader users' list.",
            |s| notices::notice(s, s.users_notice.as_ref()),
        ),
        top(
            "follow_up",
            Kind::Record(&notices::NOTICE),
            "The follow-up on the distributors' list.",
            |s| notices::notice(s, s.follow_up.as_ref()),
        ),
        top("disclosure", Kind::Record(&end::DISCLOSURE), "The publication.", |s| {
            end::DISCLOSURE.record(|get| get(s))
        }),
        top(
            "copies",
            Kind::List(&copies::COPY),
            "The records that this case has published, as everybody can read them.",
            copies::copies,
        ),
        top("retrospective", Kind::Record(&end::RETROSPECTIVE), "The look back.", |s| {
            end::RETROSPECTIVE.record(|get| get(s))
        }),
        top("leaks", Kind::Int, "How many leaks were reported.", |s| count(s.case.leaks.len())),
    ],
};

static FACTS: Table<Get> = Table {
    name: "facts",
    doc: "What the world knows.",
    rows: &[
        top("public", Kind::Bool, "The bug is known in public.", |s| yes(s.case.facts.is_public())),
        top("exploit", Kind::Bool, "A public exploit was seen.", |s| {
            yes(s.case.facts.has_public_exploit())
        }),
        top("attacked", Kind::Bool, "Attacks were seen.", |s| yes(s.case.facts.is_attacked())),
        top("quiet", Kind::Bool, "None of the three.", |s| yes(s.case.facts.is_quiet())),
        top(
            "early",
            Kind::Bool,
            "One of the three came before the project's own publication, or the team ended the \
             embargo: nothing is kept back any more.",
            |s| yes(s.early()),
        ),
    ],
};

static VERDICT: Table<Get> = Table {
    name: "verdict",
    doc: "The triage verdict in force.",
    rows: &[
        top(
            "kind",
            Kind::Text,
            "`accepted`, `invalid`, `duplicate`, `deferred` or `not-security`; empty before it.",
            |s| {
                text(s.case.triage.as_ref().map_or("", |triaged| match triaged.verdict {
                    Triage::Accepted => "accepted",
                    Triage::Invalid => "invalid",
                    Triage::Duplicate { .. } => "duplicate",
                    Triage::Deferred => "deferred",
                    Triage::NotSecurity => "not-security",
                }))
            },
        ),
        top("reason", Kind::Text, "The reason given.", |s| {
            text(s.case.triage.as_ref().map_or("", |triaged| triaged.reason.as_str()))
        }),
        top("at", Kind::Time, "When.", |s| time(s.case.triage.as_ref().map(|t| t.at))),
    ],
};

/// Vultron's word for where the embargo stands.
pub(super) fn embargo_state(state: em::State) -> &'static str {
    match state {
        em::State::None => "none",
        em::State::Proposed => "proposed",
        em::State::Active => "active",
        em::State::Revise => "revise",
        em::State::Exited => "exited",
    }
}
