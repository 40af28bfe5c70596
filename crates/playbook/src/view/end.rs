//! The disclosure and the look back.

use case::state::{Disclosure, DisclosureState, Preflight};

use super::{Kind, Row, Table, Value, count, row, source::Source, text, texts, time, yes};

type Get = fn(&Source<'_>) -> Value;

const fn of(name: &'static str, kind: Kind, doc: &'static str, get: Get) -> Row<Get> {
    row(name, kind, doc, get)
}

pub(super) static DISCLOSURE: Table<Get> = Table {
    name: "disclosure",
    doc: "The publication.",
    rows: &[
        of(
            "state",
            Kind::Text,
            "`planned`, `armed`, `held`, `running` or `finished`; empty before a plan.",
            |s| {
                text(match s.case.disclosure.as_ref().map(|plan| &plan.state) {
                    None => "",
                    Some(DisclosureState::Planned) => "planned",
                    Some(DisclosureState::Armed) => "armed",
                    Some(DisclosureState::Held { .. }) => "held",
                    Some(DisclosureState::Running) => "running",
                    Some(DisclosureState::Finished) => "finished",
                })
            },
        ),
        of("instant", Kind::Time, "When it goes out.", |s| {
            time(s.case.disclosure.as_ref().map(|plan| plan.instant))
        }),
        of("approvals", Kind::Int, "People on the team who stand behind it now.", |s| {
            let approved = s.case.disclosure.iter().flat_map(|plan| plan.approvals.keys());
            count(approved.filter(|person| s.case.on_team(**person, s.team)).count())
        }),
        of("needs", Kind::Int, "People who must stand behind it.", |s| {
            count(s.case.disclosure.as_ref().map_or(0, |plan| plan.needs.into()))
        }),
        of("preflight_at", Kind::Time, "When it was last rehearsed.", |s| {
            time(preflight(s.case.disclosure.as_ref()).map(|preflight| preflight.at))
        }),
        of("preflight_problems", Kind::Texts, "What would have gone wrong then.", |s| {
            let problems = preflight(s.case.disclosure.as_ref()).map(|p| p.problems.clone());
            texts(problems.unwrap_or_default())
        }),
        of("published", Kind::Bool, "The advisory was published by this house.", |s| {
            yes(s.published().is_some())
        }),
        of("published_at", Kind::Time, "When.", |s| time(s.published())),
    ],
};

fn preflight(plan: Option<&Disclosure>) -> Option<&Preflight> {
    plan.and_then(|plan| plan.preflight.as_ref())
}

pub(super) static RETROSPECTIVE: Table<Get> = Table {
    name: "retrospective",
    doc: "The look back.",
    rows: &[
        of("opened", Kind::Bool, "The team set out to look back.", |s| {
            yes(s.case.retrospective_opened.is_some())
        }),
        of("written", Kind::Bool, "It is written.", |s| yes(s.case.retrospective.is_some())),
        of("at", Kind::Time, "When.", |s| time(s.case.retrospective.as_ref().map(|r| r.at))),
        of("actions", Kind::Texts, "What follows from it.", |s| {
            texts(s.case.retrospective.iter().flat_map(|r| r.actions.iter().cloned()))
        }),
        of(
            "says_none",
            Kind::Bool,
            "Its text says, with the word “none”, that nothing does.",
            |s| {
                let says = |text: &str| {
                    text.split(|c: char| !c.is_alphanumeric())
                        .any(|w| w.eq_ignore_ascii_case("none"))
                };
                yes(s.case.retrospective.as_ref().is_some_and(|r| says(&r.text)))
            },
        ),
    ],
};
