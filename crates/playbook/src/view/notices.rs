//! Notices to lists: what stands in their exact words, and whether the list's archive shows them.

use advisory::Advisory;
use case::{
    act::{Act, ActKind, Recipient},
    state::Post,
};

use super::{
    Kind, Row, Table, Value, row,
    source::{Notice, Source},
    text, texts, time,
    wording::{Phrase, Words},
    yes,
};

type OfNotice = fn(&Source<'_>, Option<&Notice<'_>>) -> Value;

const fn of(name: &'static str, kind: Kind, doc: &'static str, get: OfNotice) -> Row<OfNotice> {
    row(name, kind, doc, get)
}

pub(super) static NOTICE: Table<OfNotice> = Table {
    name: "notice",
    doc: "A notice to a list: the latest of its kind that was neither given up nor failed. What \
          stands in it is looked for in the exact bytes that are approved and sent.",
    rows: &[
        of("planned", Kind::Bool, "It is written, addressed and waits or is sent.", |_, n| {
            yes(n.is_some())
        }),
        of("sent", Kind::Bool, "It was sent.", |_, n| {
            yes(n.is_some_and(|n| n.act.done_at().is_some()))
        }),
        of("sent_at", Kind::Time, "When.", |_, n| time(n.and_then(|n| n.act.done_at()))),
        of(
            "seen",
            Kind::Bool,
            "It stands in the list's archive.",
            |s, n| yes(post(s, n).is_some()),
        ),
        of("words_match", Kind::Bool, "The approved words stand there.", |s, n| {
            yes(post(s, n).is_some_and(|post| post.words_match))
        }),
        of("url", Kind::Text, "Where.", |s, n| {
            text(post(s, n).map_or("", |post| post.url.as_str()))
        }),
        of("problem", Kind::Text, "What the list's profile forbids in it.", |s, n| {
            text(n.and_then(|n| problem(s, n.act)).unwrap_or_default())
        }),
        of("description", Kind::Bool, "The advisory's description stands in it.", |s, n| {
            yes(shows(s, n, |words, a| {
                let mut own = [&a.details, &a.summary, &a.impact].into_iter().flatten().peekable();
                own.peek().is_some()
                    && own.all(|part| part.trim().is_empty() || words.hold(&Phrase::new(part)))
            }))
        }),
        of(
            "versions",
            Kind::Bool,
            "Every line that gets a patch release, other than a default branch, is named in it.",
            |s, n| {
                yes(n.is_some_and(|n| {
                    let mut to_patch = s.case.to_patch().filter(|(_, l, _)| !l.default_branch);
                    to_patch.all(|(key, _, _)| n.words.name_exactly(&key.line))
                }))
            },
        ),
        of("attack_vectors", Kind::Bool, "The advisory's attack vectors stand in it.", |s, n| {
            yes(shows(s, n, |words, a| {
                a.attack_vectors.as_ref().is_some_and(|t| words.hold(&Phrase::new(t)))
            }))
        }),
        of("workarounds", Kind::Bool, "The advisory's workarounds stand in it.", |s, n| {
            yes(shows(s, n, |words, a| {
                a.workarounds.as_ref().is_some_and(|t| words.hold(&Phrase::new(t)))
            }))
        }),
        of(
            "next_step",
            Kind::Bool,
            "Every planned version and the date to ask about, with its hour, stand in it.",
            |s, n| {
                yes(n.is_some_and(|n| {
                    let mut versions = s.case.to_patch().filter_map(|(_, _, version)| version);
                    versions.all(|version| n.words.name_exactly(version))
                        && s.question.as_ref().is_some_and(|date| n.words.tell(&date.instant))
                }))
            },
        ),
        of(
            "names_date",
            Kind::Bool,
            "The date to ask about, with its hour, stands in it.",
            |s, n| {
                yes(n.zip(s.question.as_ref()).is_some_and(|(n, date)| n.words.tell(&date.instant)))
            },
        ),
        of(
            "asks",
            Kind::Bool,
            "It asks for objections and names the deadline for the date to ask about, with its hour.",
            |s, n| {
                yes(n
                    .zip(s.question.as_ref())
                    .is_some_and(|(n, date)| n.words.ask(&date.answer_by)))
            },
        ),
        of("embargo_note", Kind::Bool, "A distributors' embargo note stands in it.", |s, n| {
            yes(n.is_some_and(|n| s.closing_notes.iter().any(|note| n.words.hold(note))))
        }),
        of("private_links", Kind::Texts, "Links in it that only the team can open.", |s, n| {
            texts(n.map(|n| private_links(s, &n.words)).unwrap_or_default())
        }),
        of(
            "in_thread",
            Kind::Bool,
            "It stands in the thread of a distributors' notice, or there was no such notice.",
            |s, n| yes(s.continues(post(s, n).map(|post| post.thread.as_str()))),
        ),
        of("unnamed_releases", Kind::Texts, "Released fixes that it does not name.", |s, n| {
            let released = s.case.to_patch().filter_map(|(_, line, _)| line.fixed_in());
            let versions = released.map(|release| release.version.as_str());
            let absent = versions.filter(|v| n.is_none_or(|n| !n.words.name_exactly(v)));
            texts(absent.collect::<Vec<_>>())
        }),
    ],
};

pub(super) fn notice(source: &Source<'_>, notice: Option<&Notice<'_>>) -> Value {
    NOTICE.record(|get| get(source, notice))
}

fn post<'a>(source: &Source<'a>, notice: Option<&Notice<'_>>) -> Option<&'a Post> {
    source.case.posts.get(&notice?.act.id)
}

/// Looks for a part of the advisory. Once the advisory was revised after the notice was sent,
/// nobody can compare them any more: what was true when it was approved stays true.
fn shows(
    source: &Source<'_>,
    notice: Option<&Notice<'_>>,
    look: impl Fn(&Words, &Advisory) -> bool,
) -> bool {
    let (Some(Notice { act, words }), Some(text)) = (notice, &source.case.advisory) else {
        return false;
    };
    let settled = act.done_at().is_some() && text.at > act.planned_at;
    settled || look(words, &text.advisory)
}

fn problem(source: &Source<'_>, act: &Act) -> Option<String> {
    let [Recipient::List { list, .. }] = act.plan.to.as_slice() else {
        return Some("the notice does not go to exactly one list".into());
    };
    let Some(profile) = source.case.policy.lists.get(list) else {
        return Some(format!("the list {list} is not known any more"));
    };
    // What has left was checked when it left; the case's ids may be newer.
    if act.done_at().is_some() {
        return None;
    }
    let embargoed = act.plan.kind == ActKind::NotifyDistributors;
    let own = source.case.cve_ids();
    let outcome = profile.check(&act.plan.to, &act.plan.payload, &own, embargoed);
    outcome.err().map(|refusal| refusal.why)
}

/// Private references of the advisory, the fork, and, before publication, the draft.
fn private_links(source: &Source<'_>, words: &Words) -> Vec<String> {
    let case = source.case;
    let references = case.advisory.iter().flat_map(|text| &text.advisory.references);
    let private = references.filter(|link| link.private).map(|link| &link.url);
    let draft = case.forge.draft.iter().filter(|_| source.published().is_none());
    let links = private.chain(case.forge.fork.iter()).chain(draft.map(|draft| &draft.url));
    links.filter(|url| words.hold(&Phrase::new(url))).cloned().collect()
}
