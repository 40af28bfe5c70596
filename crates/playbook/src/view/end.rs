//! The disclosure and the look back.

use case::{people::Participant, state::DisclosureState};

use super::{Kind, Row, Table, Value, row, source::Source, text, texts, time, yes};

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
            let present = |person| s.case.people.get(person).is_none_or(Participant::present);
            let standing = s.case.disclosure.iter().flat_map(|plan| plan.approvals.keys());
            let count = standing.filter(|p| s.team.contains(p) && present(p)).count();
            Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
        }),
        of("needs", Kind::Int, "People who must stand behind it.", |s| {
            Value::Int(s.case.disclosure.as_ref().map_or(0, |plan| i64::from(plan.needs)))
        }),
        of("published", Kind::Bool, "The advisory was published by this house.", |s| {
            yes(s.published().is_some())
        }),
        of("published_at", Kind::Time, "When.", |s| time(s.published())),
    ],
};

pub(super) static RETROSPECTIVE: Table<Get> = Table {
    name: "retrospective",
    doc: "The look back.",
    rows: &[
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
