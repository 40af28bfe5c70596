//! What the forge shows: the advisory, the private fork, who has access.

use case::{Case, Subject, act::ActKind, observation::Observation};

use super::{news, reached};
use crate::ports::Forge;

pub(super) fn look(forge: &dyn Forge, case: &Case) -> Vec<Observation> {
    let mut seen = Vec::new();
    if let Some(act) = reached(case, &ActKind::CreateDraft)
        && let Ok(Some(draft)) = forge.draft(act)
        && (news(case, Subject::Draft, case.forge.draft.as_ref() != Some(&draft)) || outdated(case))
    {
        seen.push(Observation::Draft(draft));
    }
    let told = case.told.contains_key(&Subject::Fork);
    let fork = case.forge.fork.clone().filter(|_| !told).or_else(|| {
        let url = forge.fork(reached(case, &ActKind::CreateFork)?).ok()??;
        seen.push(Observation::Fork { url: url.clone() });
        Some(url)
    });
    if let Some(fork) = fork
        && let Ok(access) = forge.access(&fork)
        && news(case, Subject::Access, case.forge.access.as_ref() != Some(&access))
    {
        seen.push(Observation::Access(access));
    }
    seen
}

/// The draft was last read before something that it must agree with: the advisory's text, or a
/// release with the fix.
fn outdated(case: &Case) -> bool {
    let releases = case.lines.values().filter_map(|line| line.fixed_in()).map(|r| r.released_at);
    let newest = releases.chain(case.advisory.as_ref().map(|text| text.at)).max();
    newest > case.forge.draft_read_at
}
