//! What every page needs besides its own content: where it stands, who looks at it, and what
//! became of the form that was just sent.

use std::{collections::BTreeMap, time::Duration};

use case::Refusal;
use playbook::Checklist;
use serde::Serialize;

use crate::time::distance;

/// A drill's band on top of each of its pages.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Band {
    /// What is being practised.
    pub(crate) scenario: String,
    /// What time it is in the drill.
    pub(crate) clock: String,
    /// What happened when time passed last.
    pub(crate) told: Option<String>,
    /// Whose hat the visitor may wear: id, name, worn now.
    pub(crate) hats: Vec<Hat>,
    /// Who else is there to be invited.
    pub(crate) cast: Vec<String>,
}

/// A person of a drill whom the visitor may play.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Hat {
    /// Person id.
    pub(crate) id: String,
    /// Name.
    pub(crate) name: String,
    /// Worn now.
    pub(crate) worn: bool,
}

/// A step that is missing for a refused command.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MissingStep {
    /// The step's id, which is its anchor in the checklist.
    pub(crate) step: String,
    /// What it is called.
    pub(crate) title: String,
    /// What would satisfy it.
    pub(crate) what: String,
}

/// A refusal, for the form that it belongs to.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Refused {
    /// In a word or two.
    pub(crate) title: &'static str,
    /// The rule's stable name.
    pub(crate) rule: String,
    /// What is wrong.
    pub(crate) why: String,
    /// What would satisfy the rule.
    pub(crate) remedy: String,
    /// Open steps, when a gate is shut.
    pub(crate) missing: Vec<MissingStep>,
}

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Self {
        let missing = refusal.missing.iter();
        Self {
            title: "Refused.",
            rule: kebab(&refusal.rule),
            why: sentence(&refusal.why),
            // A shut gate's remedy is the list of its open steps, which are shown one by one.
            remedy: if refusal.missing.is_empty() {
                sentence(&refusal.remedy)
            } else {
                "These steps come first:".into()
            },
            missing: missing
                .map(|m| MissingStep {
                    step: m.step.to_string(),
                    title: m.step.to_string(),
                    what: m.what.clone(),
                })
                .collect(),
        }
    }
}

impl Refused {
    /// A refusal in a case, whose steps are named as its checklist names them.
    pub(crate) fn in_case(refusal: &Refusal, checklist: &Checklist) -> Self {
        let mut refused = Self::from(refusal);
        for step in &mut refused.missing {
            if let Some(item) = checklist.item(&step.step) {
                step.title.clone_from(&item.title);
            }
        }
        refused
    }

    /// Nothing is wrong with the form; it only came at a bad moment.
    pub(crate) fn not_now(why: &str, wait: Duration) -> Self {
        let wait = distance(wait.as_secs().max(1));
        Self {
            title: "Not sent yet.",
            rule: "not-now".into(),
            why: why.to_owned(),
            remedy: format!("Nothing of yours is lost: it is all below. Send it again in {wait}."),
            missing: Vec::new(),
        }
    }
}

/// A serialisable name, such as `gate-shut`.
pub(crate) fn kebab(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// A phrase as a sentence: a capital first, a full stop last.
pub(crate) fn sentence(phrase: &str) -> String {
    let mut letters = phrase.trim().chars();
    let Some(first) = letters.next() else { return String::new() };
    let mut text: String = first.to_uppercase().chain(letters).collect();
    if !text.ends_with(['.', '!', '?', ':']) {
        text.push('.');
    }
    text
}

/// What was sent in a form that was refused.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Said {
    /// Which form.
    pub(crate) form: String,
    /// Everything that was entered.
    pub(crate) values: BTreeMap<String, Vec<String>>,
    /// Why it was refused.
    pub(crate) refusal: Refused,
}

/// What `base.html` and `forms.html` need.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Frame {
    /// The page's title; never tells more than a codename.
    pub(crate) title: String,
    /// Before every address: nothing in the live house, `/drill/…` in a drill.
    pub(crate) base: String,
    /// The page's own address, where its forms go.
    pub(crate) here: String,
    /// Name of the visitor, when signed in.
    pub(crate) person: Option<String>,
    /// The token that forms carry.
    pub(crate) token: String,
    /// A number that no other showing of a page has; makes a double click one command.
    pub(crate) showing: String,
    /// The house was restored or copied, and sends nothing.
    pub(crate) locked: bool,
    /// The drill, in a drill.
    pub(crate) drill: Option<Band>,
    /// The refused form, right after a refusal.
    pub(crate) said: Option<Said>,
}
