//! What everybody can read of the records that this case has published.

use case::{PublicRecord, copies::SeenCopy};

use super::{Kind, Row, Table, Value, row, source::Source, text, texts, time, yes};
use crate::template::utc;

type Get = fn(PublicRecord, Option<&SeenCopy>) -> Value;

const fn of(name: &'static str, kind: Kind, doc: &'static str, get: Get) -> Row<Get> {
    row(name, kind, doc, get)
}

pub(super) static COPY: Table<Get> = Table {
    name: "copy",
    doc: "A record that this case has published, as everybody can read it.",
    rows: &[
        of("name", Kind::Text, "Which record.", |record, _| text(record.name())),
        of("seen", Kind::Bool, "The house has read it.", |_, seen| yes(seen.is_some())),
        of("agrees", Kind::Bool, "It says what was approved last.", |_, seen| {
            yes(seen.is_some_and(|seen| seen.copy.agrees()))
        }),
        of(
            "accepted",
            Kind::Bool,
            "It says otherwise, and a person takes exactly this copy as it is.",
            |_, seen| yes(seen.is_some_and(|seen| seen.accepted.is_some())),
        ),
        of("differences", Kind::Texts, "What it says otherwise, in words.", |_, seen| {
            texts(seen.iter().flat_map(|seen| seen.copy.differences.iter().cloned()))
        }),
        of("at", Kind::Time, "Since when it is seen to be so.", |_, seen| {
            time(seen.map(|seen| seen.at))
        }),
        of(
            "how",
            Kind::Text,
            "`agrees since …`, `differs since …`, or why it is accepted.",
            |_, s| text(s.map(how).unwrap_or_default()),
        ),
    ],
};

fn how(seen: &SeenCopy) -> String {
    let at = utc(seen.at);
    match &seen.accepted {
        Some(accepted) => format!("differs since {at}, and is accepted: {}", accepted.reason),
        None if seen.copy.agrees() => format!("agrees since {at}"),
        None => format!("differs since {at}"),
    }
}

pub(super) fn copies(source: &Source<'_>) -> Value {
    let records = source.case.public_records();
    let copies = &source.case.copies;
    Value::List(records.map(|one| COPY.record(|get| get(one, copies.get(&one)))).collect())
}
