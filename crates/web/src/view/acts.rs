//! Outward acts: the line in a list, and the panel from plan to receipt.

use advisory::Advisory;
use case::{
    ActId, Party, PersonId, Subject,
    act::{Act, ActKind, ActState, Payload, Plan, Recipient, Topic},
    observation::Delivery,
    rights::Permission,
    sealing::Sealed,
    state::Post,
    verdict::Missing,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    keys::SealView,
    lists::{self, ComparedView, Pack},
    sealed::spaced,
};
use crate::{
    desk::{Choice, Desk},
    frame::MissingStep,
    pages::case::told::{self, Word},
    time::Moment,
    words,
};

/// An act in a list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ActLine {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) to: Vec<String>,
    pub(crate) mark: &'static str,
    pub(crate) state: &'static str,
    pub(crate) approvals: usize,
    pub(crate) needs: u8,
    pub(crate) proof: Option<String>,
    pub(crate) planned_at: Moment,
}

impl ActLine {
    pub(crate) fn new(desk: &Desk<'_>, act: &Act) -> Self {
        let strange = desk.case.strange_copies().any(|seen| seen.copy.act == act.id);
        let (mark, state) = match (&act.state, act.plan.under, &act.put_off) {
            _ if strange => ("overdue", "came by its list with other words"),
            (ActState::Planned, Some(_), _) => ("waiting", "goes out with the disclosure"),
            (ActState::Approved { .. }, _, Some(_)) => ("waiting", "put off"),
            _ if desk.view.waits.contains_key(&act.id) => ("waiting", "approved, and waits"),
            (state, ..) => words::act_state(state),
        };
        let proof = match &act.state {
            ActState::Done { proof, .. } => {
                Some(format!("{}: {}", proof.by, desk.names.said_of(act.id, &proof.reference)))
            }
            _ => None,
        };
        Self {
            id: act.id.to_string(),
            name: act.plan.kind.name(),
            to: act.plan.to.iter().map(|to| desk.names.recipient(to)).collect(),
            mark,
            state,
            approvals: act.approvals.len(),
            needs: act.needs,
            proof,
            planned_at: desk.moment(act.planned_at),
        }
    }
}

/// What a plan would do: everything that a person must see before standing behind it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PlanView {
    /// What it does.
    pub(crate) name: &'static str,
    /// Which service carries it.
    pub(crate) service: &'static str,
    /// To whom, in order.
    pub(crate) to: Vec<String>,
    /// How its mail is protected.
    pub(crate) seal: Option<SealView>,
    /// Subject of a message.
    pub(crate) subject: Option<String>,
    /// The exact content.
    pub(crate) content: String,
    /// The content is words that may be changed before planning.
    pub(crate) words: bool,
    /// Whether it can be undone.
    pub(crate) undo: &'static str,
    /// How words for the users differ from what the distributors read.
    pub(crate) derived: Option<ComparedView>,
    /// What waits behind the gate before it.
    pub(crate) gate: Option<&'static str>,
    /// Digest over all of it.
    pub(crate) digest: String,
}

impl PlanView {
    pub(crate) fn new(desk: &Desk<'_>, plan: &Plan) -> Self {
        let (subject, content) = content(&plan.payload);
        Self {
            name: plan.kind.name(),
            service: service(&plan.kind),
            to: plan.to.iter().map(|to| desk.names.recipient(to)).collect(),
            seal: SealView::of(desk, plan),
            subject,
            content,
            words: matches!(plan.payload, Payload::Message { .. }),
            undo: words::undo(&plan.kind),
            derived: lists::from_distributors(desk, plan),
            gate: plan.kind.gate().map(case::Gate::guards),
            digest: plan.digest().map(|d| d.to_string()).unwrap_or_default(),
        }
    }
}

/// Somebody's approval.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Approval {
    pub(crate) by: String,
    pub(crate) at: Moment,
}

/// An act with everything about it.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one thing is shown")]
pub(crate) struct Panel {
    pub(crate) line: ActLine,
    pub(crate) plan: PlanView,
    pub(crate) approvals: Vec<Approval>,
    pub(crate) planned_by: String,
    pub(crate) disclosure: bool,
    pub(crate) receipt: Option<Receipt>,
    pub(crate) trouble: Option<String>,
    pub(crate) put_off: Option<PutOffView>,
    /// What became of each copy of a message, as far as it is known.
    pub(crate) copies: Vec<CopyLine>,
    pub(crate) may_approve: bool,
    pub(crate) may_cancel: bool,
    pub(crate) may_retry: bool,
    pub(crate) uncertain: bool,
    pub(crate) attempts: u32,
    /// The keys that open the mail as it went out; none where it is only signed.
    pub(crate) sealed: Option<Vec<String>>,
    /// What somebody takes to the list's page.
    pub(crate) pack: Option<Pack>,
    /// What came by the list.
    pub(crate) listed: Vec<lists::CopyView>,
    /// Some of it has other words, and nobody has looked.
    pub(crate) may_settle: bool,
    pub(crate) archive: Option<Archived>,
    /// Whose word it is that it stands there, where nobody could read it.
    pub(crate) archive_told: Option<Word>,
    /// People tell what they see of it in the archive.
    pub(crate) tell_post: bool,
    /// Those whose copies people tell of.
    pub(crate) tell_delivery: Vec<Choice>,
    pub(crate) missing: Vec<MissingStep>,
}

/// Where a notice was seen.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Archived {
    url: String,
    words_match: bool,
    by_mail: bool,
    /// What the house found, where it was given the words.
    compared: Option<ComparedView>,
}

impl Archived {
    fn new(post: &Post) -> Self {
        Self {
            url: post.url.clone(),
            words_match: post.words_match,
            by_mail: post.by_mail,
            compared: post.compared.as_ref().map(ComparedView::new),
        }
    }
}

/// When an act that could not be taken is tried again.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PutOffView {
    pub(crate) why: String,
    pub(crate) until: Moment,
}

/// What became of somebody's copy of a message.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CopyLine {
    pub(crate) who: String,
    pub(crate) mark: &'static str,
    pub(crate) standing: String,
    pub(crate) at: Moment,
    /// Whose word that is, where nobody could read it.
    pub(crate) told: Option<Word>,
}

fn copies(desk: &Desk<'_>, act: ActId) -> Vec<CopyLine> {
    let known = desk.case.deliveries.get(&act).into_iter().flatten();
    let line = |(person, (outcome, at)): (&PersonId, &(Delivery, Timestamp))| {
        let (mark, standing) = match outcome {
            Delivery::Delivered => ("done", "arrived".to_owned()),
            Delivery::Bounced { why, .. } => {
                ("overdue", format!("came back: {}", desk.names.said_to(*person, why)))
            }
        };
        let told = Word::on(desk, Subject::Delivery(act, *person));
        CopyLine { who: desk.names.of(*person), mark, standing, at: desk.moment(*at), told }
    };
    known.map(line).collect()
}

/// What the counterpart showed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Receipt {
    pub(crate) by: String,
    pub(crate) reference: String,
    pub(crate) at: Moment,
    /// Who wrote it down, when it was a person.
    pub(crate) written_by: Option<String>,
}

impl Panel {
    pub(crate) fn new(desk: &Desk<'_>, act: &Act) -> Self {
        let waits = act.state == ActState::Planned && act.plan.under.is_none();
        let approved = matches!(act.state, ActState::Approved { .. });
        let over = matches!(
            act.state,
            ActState::Started { .. } | ActState::Done { .. } | ActState::Cancelled { .. }
        );
        let (receipt, trouble) = match &act.state {
            ActState::Done { at, proof } => {
                let reference = desk.names.said_of(act.id, &proof.reference);
                let by = proof.by.clone();
                let written_by = act.done_by.map(|person| desk.names.of(person));
                (Some(Receipt { by, reference, at: desk.moment(*at), written_by }), None)
            }
            ActState::Failed { why, .. } | ActState::Uncertain { why, .. } => {
                (None, Some(desk.names.said_of(act.id, why)))
            }
            ActState::Cancelled { why, .. } => (None, Some(why.clone())),
            _ => {
                let waits = desk.view.waits.get(&act.id);
                (None, waits.map(|no| format!("It waits: {}; {}.", no.why, no.remedy)))
            }
        };
        let list = act.plan.to.iter().any(|to| matches!(to, Recipient::List { .. }));
        let sent_to_a_list = list && act.done_at().is_some();
        let verdict = desk.view.checklist.verdict();
        let missing = act.plan.kind.gate().map(|gate| verdict.missing(gate)).unwrap_or_default();
        Self {
            line: ActLine::new(desk, act),
            plan: PlanView { digest: act.digest.to_string(), ..PlanView::new(desk, &act.plan) },
            approvals: act
                .approvals
                .iter()
                .map(|(who, at)| Approval { by: desk.names.of(*who), at: desk.moment(*at) })
                .collect(),
            planned_by: act.planned_by.map_or("Fermata".into(), |p| desk.names.of(p)),
            disclosure: act.plan.under.is_some(),
            receipt,
            trouble,
            put_off: act.put_off.as_ref().filter(|_| approved).map(|put_off| PutOffView {
                why: desk.names.said_of(act.id, &put_off.why),
                until: desk.moment(put_off.until),
            }),
            copies: copies(desk, act.id),
            may_approve: waits
                && desk.may(Permission::Approve)
                && !act.approvals.contains_key(&desk.visit.person),
            may_cancel: !over && desk.may(Permission::Plan),
            may_retry: matches!(act.state, ActState::Failed { .. } | ActState::Uncertain { .. })
                && desk.may(Permission::Coordinate),
            uncertain: matches!(act.state, ActState::Uncertain { .. }),
            attempts: act.attempts,
            sealed: act.sealed.as_ref().filter(|_| desk.names.identity()).map(keys),
            pack: Pack::of(desk, act),
            listed: lists::copies(desk, act),
            may_settle: desk.may(Permission::Coordinate)
                && desk.case.strange_copies().any(|seen| seen.copy.act == act.id),
            archive: desk.case.posts.get(&act.id).map(Archived::new),
            archive_told: Word::on(desk, Subject::Post(act.id)),
            tell_post: sent_to_a_list && told::may(desk, Party::Lists),
            tell_delivery: if act.plan.kind == ActKind::NotifyDistributors
                && sent_to_a_list
                && told::may(desk, Party::Mail)
            {
                told::recipients(desk)
            } else {
                Vec::new()
            },
            missing: if act.state == ActState::Planned { steps(desk, missing) } else { Vec::new() },
        }
    }
}

fn keys(sealed: &Sealed) -> Vec<String> {
    sealed.keys.iter().map(|key| spaced(key)).collect()
}

/// Missing steps as pages show them.
pub(crate) fn steps(desk: &Desk<'_>, missing: &[Missing]) -> Vec<MissingStep> {
    let title = |step: &str| {
        let item = desk.view.checklist.item(step);
        item.map_or_else(|| step.to_owned(), |item| item.title.clone())
    };
    missing
        .iter()
        .map(|m| MissingStep {
            step: m.step.to_string(),
            title: title(&m.step.0),
            what: m.what.clone(),
        })
        .collect()
}

fn service(kind: &ActKind) -> &'static str {
    match kind {
        ActKind::Acknowledge { .. } | ActKind::TellReporter { .. } => {
            "mail to one person, or the receipt page"
        }
        ActKind::CreateDraft
        | ActKind::UpdateDraft
        | ActKind::CreateFork
        | ActKind::SetAccess
        | ActKind::PublishAdvisory => "the forge",
        ActKind::RequestCve { .. } | ActKind::PublishCve { .. } => "the CVE numbering authority",
        ActKind::NotifyDistributors | ActKind::NotifyUsers | ActKind::FollowUp => "a mailing list",
        ActKind::Nudge { .. } => "mail to one distributor",
    }
}

fn content(payload: &Payload) -> (Option<String>, String) {
    match payload {
        Payload::Message { subject, body } => (Some(subject.clone()), body.clone()),
        Payload::Advisory(advisory) => (None, exact(advisory)),
        Payload::Logins(logins) if logins.is_empty() => (None, "(no accounts)".into()),
        Payload::Logins(logins) => (None, logins.join("\n")),
        Payload::Empty => (None, "(nothing beyond the act itself)".into()),
    }
}

fn exact(advisory: &Advisory) -> String {
    serde_json::to_string_pretty(advisory).unwrap_or_default()
}

/// The address part of an act that can be prepared.
pub(crate) fn slug(kind: &ActKind) -> Option<String> {
    Some(match kind {
        ActKind::TellReporter { person, topic } => {
            let topic = match topic {
                Topic::Verdict => "verdict".to_owned(),
                Topic::Draft => "draft".to_owned(),
                Topic::Date(revision) => format!("date-{revision}"),
                Topic::Credit => "credit".to_owned(),
                Topic::Other => "other".to_owned(),
            };
            format!("tell/{topic}/{person}")
        }
        ActKind::CreateDraft => "create-draft".into(),
        ActKind::UpdateDraft => "update-draft".into(),
        ActKind::RequestCve { vulnerability } => format!("request-cve/{vulnerability}"),
        ActKind::CreateFork => "create-fork".into(),
        ActKind::SetAccess => "set-access".into(),
        ActKind::NotifyDistributors => "notify-distributors".into(),
        ActKind::NotifyUsers => "notify-users".into(),
        ActKind::FollowUp => "follow-up".into(),
        ActKind::Acknowledge { .. }
        | ActKind::Nudge { .. }
        | ActKind::PublishAdvisory
        | ActKind::PublishCve { .. } => return None,
    })
}

/// The act that such an address names.
pub(crate) fn from_slug(slug: &str) -> Option<ActKind> {
    let parts: Vec<&str> = slug.split('/').collect();
    Some(match *parts.as_slice() {
        ["tell", topic, person] => {
            let person = person.parse().ok()?;
            let topic = match topic {
                "verdict" => Topic::Verdict,
                "draft" => Topic::Draft,
                "credit" => Topic::Credit,
                "other" => Topic::Other,
                date => Topic::Date(date.strip_prefix("date-")?.parse().ok()?),
            };
            ActKind::TellReporter { person, topic }
        }
        ["request-cve", id] => ActKind::RequestCve { vulnerability: id.parse().ok()? },
        ["create-draft"] => ActKind::CreateDraft,
        ["update-draft"] => ActKind::UpdateDraft,
        ["create-fork"] => ActKind::CreateFork,
        ["set-access"] => ActKind::SetAccess,
        ["notify-distributors"] => ActKind::NotifyDistributors,
        ["notify-users"] => ActKind::NotifyUsers,
        ["follow-up"] => ActKind::FollowUp,
        _ => return None,
    })
}

/// The latest act of a kind that is not given up, for "already planned" remarks.
pub(crate) fn latest(desk: &Desk<'_>, kind: &ActKind) -> Option<ActLine> {
    let act: Option<&Act> = desk
        .case
        .acts_of(|k| k == kind)
        .filter(|a| !matches!(a.state, ActState::Cancelled { .. }))
        .last();
    act.map(|act| ActLine::new(desk, act))
}

/// Something that can be prepared: its address, its name, and what became of an earlier one.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Offer {
    pub(crate) slug: String,
    pub(crate) name: &'static str,
    pub(crate) earlier: Option<ActLine>,
}

/// Offers to prepare an act of this kind.
pub(crate) fn offer(desk: &Desk<'_>, kind: &ActKind) -> Option<Offer> {
    let slug = slug(kind).filter(|_| desk.may(Permission::Plan))?;
    Some(Offer { slug, name: kind.name(), earlier: latest(desk, kind) })
}

/// An act of a case, by its id.
pub(crate) fn find<'a>(desk: &'a Desk<'_>, id: ActId) -> Option<&'a Act> {
    desk.case.acts.get(&id)
}

#[cfg(test)]
mod tests {
    use case::VulnId;

    use super::*;

    #[test]
    fn an_address_names_the_act_that_it_was_made_from() {
        let person = PersonId([7; 16]);
        let tell = |topic| ActKind::TellReporter { person, topic };
        for kind in [
            tell(Topic::Verdict),
            tell(Topic::Draft),
            tell(Topic::Date(3)),
            tell(Topic::Credit),
            tell(Topic::Other),
            ActKind::CreateDraft,
            ActKind::UpdateDraft,
            ActKind::RequestCve { vulnerability: VulnId([9; 16]) },
            ActKind::CreateFork,
            ActKind::SetAccess,
            ActKind::NotifyDistributors,
            ActKind::NotifyUsers,
            ActKind::FollowUp,
        ] {
            assert_eq!(from_slug(&slug(&kind).unwrap()), Some(kind));
        }
        for nonsense in ["", "tell", "tell/date-x/1", "request-cve/1", "publish-advisory", "a/b/c"]
        {
            assert_eq!(from_slug(nonsense), None, "{nonsense}");
        }
    }
}
