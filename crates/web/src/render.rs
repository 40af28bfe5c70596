//! Templates: embedded, strict, escaped. A template that asks for what is not there fails, and
//! every one of them is rendered in the tests.

use std::sync::LazyLock;

use axum::response::Html;
use minijinja::{AutoEscape, Environment, State, UndefinedBehavior, Value, context};
use serde::Serialize;

use crate::{fault::Fault, frame::Frame};

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        /// Every template by name.
        pub(crate) const TEMPLATES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../templates/", $name)))),*];
    };
}

templates![
    "base.html",
    "forms.html",
    "panel.html",
    "protection.html",
    "fault.html",
    "enter.html",
    "door.html",
    "inbox.html",
    "begin.html",
    "setup.html",
    "team.html",
    "distributors.html",
    "member.html",
    "place-link.html",
    "distributor.html",
    "link.html",
    "locked.html",
    "mail.html",
    "report.html",
    "receipt.html",
    "case/frame.html",
    "case/overview.html",
    "case/conversation.html",
    "case/deliveries.html",
    "case/assessment.html",
    "case/fixes.html",
    "case/embargo.html",
    "case/disclosure.html",
    "case/public.html",
    "case/records.html",
    "case/retrospective.html",
    "case/people.html",
    "case/timeline.html",
    "case/readiness.html",
    "case/act.html",
    "case/list.html",
    "case/prepare.html",
    "case/private.html",
    "case/relate.html",
    "case/terms.html",
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_filter("upfirst", upfirst);
    environment.add_function("kept", kept);
    environment.add_function("ticked", ticked);
    environment.add_function("refused", refused);
    for (name, text) in TEMPLATES {
        // One that does not parse is then missing, and the tests render every one.
        let _ = environment.add_template(name, text);
    }
    environment
});

/// A whole page.
pub(crate) fn page(
    name: &str,
    frame: &Frame,
    content: impl Serialize,
) -> Result<Html<String>, Fault> {
    bare(name, context! { frame, page => Value::from_serialize(content) }).map(Html)
}

/// A template without the frame of a visit.
pub(crate) fn bare(name: &str, context: Value) -> Result<String, Fault> {
    Ok(ENVIRONMENT.get_template(name)?.render(context)?)
}

/// A capital at the beginning; unlike `capitalize`, it leaves "CVE" alone.
fn upfirst(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What was said in a form that could not be carried out, as `frame.said` holds it.
fn said(state: &State<'_, '_>, form: &str) -> Option<Value> {
    let said = state.lookup("frame")?.get_attr("said").ok()?;
    (said.get_attr("form").ok()?.as_str() == Some(form)).then_some(said)
}

fn given(state: &State<'_, '_>, form: &str, field: &str) -> Option<Vec<Value>> {
    let values = said(state, form)?.get_attr("values").ok()?;
    let found = values.get_item(&Value::from(field)).ok()?;
    Some(found.try_iter().map(Iterator::collect).unwrap_or_default())
}

/// The value to show in a field: what was entered before a refusal, else the default.
fn kept(state: &State<'_, '_>, form: &str, field: &str, default: Value) -> Value {
    match given(state, form, field) {
        Some(values) => values.into_iter().next().unwrap_or_else(|| Value::from("")),
        None if said(state, form).is_some() => Value::from(""),
        None => default,
    }
}

/// Whether a box is ticked or an option chosen: as entered before a refusal, else the default.
fn ticked(state: &State<'_, '_>, form: &str, field: &str, value: &str, default: bool) -> bool {
    match given(state, form, field) {
        Some(values) => values.iter().any(|v| v.as_str() == Some(value)),
        None if said(state, form).is_some() => false,
        None => default,
    }
}

/// The refusal of a form, if it was refused.
fn refused(state: &State<'_, '_>, form: &str) -> Value {
    said(state, form).and_then(|said| said.get_attr("refusal").ok()).unwrap_or(Value::from(()))
}
