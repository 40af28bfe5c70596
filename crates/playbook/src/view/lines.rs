//! Supported lines, their fixes and their releases.

use case::{
    LineKey,
    event::LineVerdict,
    observation::Release,
    state::{Line, Words},
};

use super::{Kind, Row, Table, Value, row, source::Source, text, texts, time, yes};

type OfRepository = fn(&Source<'_>, &str) -> Value;

const fn repository(
    name: &'static str,
    kind: Kind,
    doc: &'static str,
    get: OfRepository,
) -> Row<OfRepository> {
    row(name, kind, doc, get)
}

pub(super) static REPOSITORY: Table<OfRepository> = Table {
    name: "repository",
    doc: "A repository of the project.",
    rows: &[
        repository("name", Kind::Text, "Its short name.", |_, name| text(name)),
        repository("looked_at", Kind::Bool, "Its supported lines were read from it.", |s, name| {
            yes(s.case.lines.iter().any(|(key, line)| key.repository == name && line.supported))
        }),
    ],
};

pub(super) fn repositories(source: &Source<'_>) -> Value {
    let names = source.case.policy.repositories.iter();
    Value::List(names.map(|name| REPOSITORY.record(|get| get(source, name))).collect())
}

type OfLine = fn(&Source<'_>, &LineKey, &Line) -> Value;

const fn line(name: &'static str, kind: Kind, doc: &'static str, get: OfLine) -> Row<OfLine> {
    row(name, kind, doc, get)
}

pub(super) static LINE: Table<OfLine> = Table {
    name: "line",
    doc: "One supported line of one repository. Lines that are supported no more are left out.",
    rows: &[
        line("key", Kind::Text, "`contour#1.15`.", |_, key, _| text(key.to_string())),
        line("repository", Kind::Text, "The repository's short name.", |_, key, _| {
            text(&key.repository)
        }),
        line("name", Kind::Text, "`1.15`, or the default branch's name.", |_, key, _| {
            text(&key.line)
        }),
        line("default_branch", Kind::Bool, "It is the default branch.", |_, _, l| {
            yes(l.default_branch)
        }),
        line(
            "verdict",
            Kind::Text,
            "`patch`, `not-affected` or `end-of-life`; empty before it.",
            |_, _, l| {
                text(match l.verdict {
                    None => "",
                    Some(LineVerdict::Patch { .. }) => "patch",
                    Some(LineVerdict::NotAffected { .. }) => "not-affected",
                    Some(LineVerdict::EndOfLife { .. }) => "end-of-life",
                })
            },
        ),
        line("why", Kind::Text, "The reason, where it gets no patch release.", |_, _, l| {
            text(match &l.verdict {
                Some(LineVerdict::NotAffected { why } | LineVerdict::EndOfLife { why }) => why,
                _ => "",
            })
        }),
        line("patch", Kind::Bool, "It gets the fix.", |_, _, l| {
            yes(matches!(l.verdict, Some(LineVerdict::Patch { .. })))
        }),
        line(
            "planned",
            Kind::Text,
            "The version that is to hold the fix; empty for a default branch without one.",
            |_, _, l| text(planned(l).unwrap_or_default()),
        ),
        line(
            "fix",
            Kind::Text,
            "Where its fix was seen: `public`, `private`, `declared` or nowhere.",
            |_, _, l| {
                text(if !l.fix.public.is_empty() {
                    "public"
                } else if !l.fix.private.is_empty() {
                    "private"
                } else if l.fix.declared.is_empty() {
                    ""
                } else {
                    "declared"
                })
            },
        ),
        line("fix_public_at", Kind::Time, "When the fix was first seen in public.", |_, _, l| {
            time(l.fix.public_at)
        }),
        line("released", Kind::Bool, "Any release was seen since the case began.", |_, _, l| {
            yes(!l.releases.is_empty())
        }),
        line("fixed_in", Kind::Text, "The first release found to contain the fix.", |_, _, l| {
            text(l.fixed_in().map_or("", |release| release.version.as_str()))
        }),
        line(
            "lost_in",
            Kind::Text,
            "The newest release, where it lacks the fix that an earlier one has.",
            |_, _, l| text(l.lost_in().map_or("", |release| release.version.as_str())),
        ),
        line("reverted", Kind::Bool, "The fix was taken back on its branch.", |_, _, l| {
            yes(!l.fix.reverted_by.is_empty())
        }),
        line("fixed_at", Kind::Time, "When that release became public.", |_, _, l| {
            time(l.fixed_in().map(|release| release.released_at))
        }),
        line("fix_evidence", Kind::Text, "How the fix was found in it.", |_, _, l| {
            text(l.fixed_in().map_or("", |release: &Release| release.evidence.as_str()))
        }),
        line(
            "in_draft",
            Kind::Text,
            "The patched version that the forge's advisory names for it.",
            |s, key, _| {
                let draft = s.case.forge.draft.as_ref();
                text(draft.and_then(|d| d.patched.get(key)).map_or("", String::as_str))
            },
        ),
        line(
            "words_read",
            Kind::Bool,
            "The guard read the public words about its fix, after all of them were public.",
            |_, _, l| yes(l.words.as_ref().is_some_and(|words| fresh(l, words))),
        ),
        line("words_give_away", Kind::Texts, "What the guard found in them.", |_, _, l| {
            texts(l.words.iter().flat_map(|words| words.blocks.iter().cloned()))
        }),
    ],
};

pub(super) fn lines(source: &Source<'_>) -> Value {
    let supported = source.case.lines.iter().filter(|(_, line)| line.supported);
    Value::List(supported.map(|(key, l)| LINE.record(|get| get(source, key, l))).collect())
}

fn planned(line: &Line) -> Option<&str> {
    match &line.verdict {
        Some(LineVerdict::Patch { version }) => version.as_deref(),
        _ => None,
    }
}

fn fresh(line: &Line, words: &Words) -> bool {
    let released = line.fixed_in().map(|release| release.released_at);
    line.fix.public_at.is_none_or(|at| words.at >= at) && released.is_none_or(|at| words.at >= at)
}
