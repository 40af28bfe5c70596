//! Which of a step's evidence was told by people and not read back.
//!
//! An expression says by the fields that it reads what it rests on; what rests on something told
//! carries that beside its evidence, whatever words a playbook has for it.

use std::collections::BTreeSet;

use case::{Subject, Told};

use crate::{expr::Expr, playbook::Clause, template::utc, view::Source};

/// What of a step's evidence was told: by whom, when, where it was seen.
pub(crate) fn told(clauses: &[Clause], source: &Source<'_>) -> Vec<String> {
    if source.case.told.is_empty() {
        return Vec::new();
    }
    let subjects: BTreeSet<Subject> =
        clauses.iter().flat_map(|clause| rests_on(clause, source)).collect();
    let told = subjects.into_iter().filter_map(|subject| {
        let told = source.case.told.get(&subject)?;
        let (by, place, note) = (by(told), &told.place, &told.note);
        Some(format!("{}: {by}, not read back; seen at {place} ({note})", subject.name()))
    });
    told.collect()
}

/// Who told something, and when.
pub(crate) fn by(told: &Told) -> String {
    format!("told by {} on {}", told.name, utc(told.at))
}

fn rests_on(clause: &Clause, source: &Source<'_>) -> BTreeSet<Subject> {
    let mut subjects = BTreeSet::new();
    let parts = clause.each.iter().chain([&clause.is]);
    let uses: BTreeSet<_> = parts.flat_map(Expr::uses).copied().collect();
    let reads_post = ["seen", "words_match", "url", "in_thread"]
        .iter()
        .any(|field| uses.contains(&("notice", *field)));
    for (record, field) in &uses {
        match (*record, *field) {
            ("draft", _)
            | ("line" | "vulnerability", "in_draft")
            | ("reporter", "credit_mirrored") => {
                subjects.insert(Subject::Draft);
            }
            ("fork", "seen") => {
                subjects.insert(Subject::Fork);
            }
            (
                "fork",
                "access_read" | "shut_out" | "uninvited" | "pending" | "inherited_unknown",
            ) => {
                subjects.insert(Subject::Access);
            }
            ("view", notice) if reads_post => {
                subjects.extend(source.notice(notice).map(|n| Subject::Post(n.act.id)));
            }
            ("distributor", "standing" | "delivered") => {
                let about = source.date_notice().map(|notice| notice.act.id);
                let of_it = |subject: &&Subject| matches!(subject, Subject::Delivery(act, _) if Some(*act) == about);
                subjects.extend(source.case.told.keys().filter(of_it));
            }
            _ => {}
        }
    }
    subjects
}
