//! What a form said. Every reading of it that fails is a refusal in words for the person, shown
//! where it happened, with everything that was entered still there.

use std::collections::BTreeMap;

use advisory::{Digest, Mailbox};
use axum::{
    Form,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use case::{CommandId, PersonId, Refusal, refusal::Rule};
use jiff::{Timestamp, civil::DateTime};

use crate::{
    fault::Fault,
    frame::{Refused, Said},
};

/// The fields of a form, in the order in which they came.
#[derive(Clone)]
pub(crate) struct Fields(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(|why| match why.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Fault::TooLarge,
                _ => Fault::BadForm,
            })?;
        Ok(Self::new(fields))
    }
}

/// What a form's reading leads to when it does not succeed.
pub(crate) type Read<T> = Result<T, Refusal>;

/// A value does not fit.
pub(crate) fn bad(why: impl Into<String>, remedy: impl Into<String>) -> Refusal {
    Refusal::new(Rule::BadValue, why, remedy)
}

impl Fields {
    /// Fields with the line ends of forms made plain.
    pub(crate) fn new(fields: Vec<(String, String)>) -> Self {
        let plain = |(name, value): (String, String)| (name, value.replace("\r\n", "\n"));
        Self(fields.into_iter().map(plain).collect())
    }

    /// The value of a field without the white space around it; empty when it is not there.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim())
    }

    /// The form asks for it, whatever was entered.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// The value as it was typed, but for line ends.
    pub(crate) fn verbatim(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// A value that must not be empty; `label` is the field's name on the page.
    pub(crate) fn required(&self, name: &str, label: &str) -> Read<&str> {
        match self.text(name) {
            "" => Err(bad(format!("“{label}” is empty"), "fill it in")),
            text => Ok(text),
        }
    }

    /// A value, if one was given.
    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|t| !t.is_empty()).map(ToOwned::to_owned)
    }

    /// Every value of a field that may come several times.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.trim())
    }

    /// A ticked box.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// A value that something can be read from.
    pub(crate) fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        name: &str,
        label: &str,
    ) -> Read<T> {
        let text = self.required(name, label)?;
        text.parse().map_err(|why| bad(format!("“{label}”: {why}"), "correct it"))
    }

    /// An address, if one was given.
    pub(crate) fn mailbox(&self, name: &str, label: &str) -> Read<Option<Mailbox>> {
        if self.text(name).is_empty() { Ok(None) } else { self.parsed(name, label).map(Some) }
    }

    /// Words between white space or commas.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        let between = |c: char| c.is_whitespace() || c == ',';
        self.text(name).split(between).filter(|w| !w.is_empty()).map(Into::into).collect()
    }

    /// Lines that are not empty.
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        self.text(name).lines().map(str::trim).filter(|l| !l.is_empty()).map(Into::into).collect()
    }

    /// The instant that a local date and time name in a zone.
    pub(crate) fn instant(&self, name: &str, zone: &str, label: &str) -> Read<Timestamp> {
        let local: DateTime = self.required(name, label)?.parse().map_err(|_| {
            bad(format!("“{label}” is no date with a time"), "write it as 2021-06-01T16:00")
        })?;
        case::calendar::named_zone(zone)
            .and_then(|zone| case::calendar::resolve(local, &zone))
            .map_err(|why| bad(why.to_string(), "choose another time or zone"))
    }

    /// An instant, if one was given.
    pub(crate) fn instant_if_any(
        &self,
        name: &str,
        zone: &str,
        label: &str,
    ) -> Read<Option<Timestamp>> {
        if self.text(name).is_empty() {
            Ok(None)
        } else {
            self.instant(name, zone, label).map(Some)
        }
    }

    /// A person, by id.
    pub(crate) fn person(&self) -> Read<PersonId> {
        self.parsed("person", "Person")
    }

    /// Everything that was entered, to be kept as it came.
    pub(crate) fn raw(&self) -> Vec<u8> {
        let own = |name: &str| matches!(name, "token" | "showing" | "form");
        let entered: Vec<_> = self.0.iter().filter(|(name, _)| !own(name)).collect();
        serde_json::to_vec_pretty(&entered).unwrap_or_default()
    }

    /// The form's own name, without the number that tells several on one page apart.
    pub(crate) fn form(&self) -> &str {
        let form = self.text("form");
        form.split_once('@').map_or(form, |(name, _)| name)
    }

    /// The id of the command that this form gives. The same form of the same showing with the same
    /// values is the same command, however often it is sent; anything else is another one.
    pub(crate) fn command(&self, label: &str) -> CommandId {
        CommandId(self.derive(label))
    }

    /// Sixteen bytes that belong to this form, for an id of something that it makes.
    pub(crate) fn derive(&self, label: &str) -> [u8; 16] {
        let parts = self.0.iter().flat_map(|(n, v)| [n.as_bytes(), v.as_bytes()]);
        let digest = Digest::of_parts(&format!("fermata form {label}"), parts);
        let mut id = [0; 16];
        id.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
        id
    }

    /// What was said, to be shown again beside its refusal.
    pub(crate) fn said(&self, refusal: Refused) -> Said {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in &self.0 {
            if name != "token" && name != "showing" {
                values.entry(name.clone()).or_default().push(value.clone());
            }
        }
        Said { form: self.text("form").to_owned(), values, refusal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::new(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn the_same_form_is_the_same_command_and_another_value_is_another() {
        let first = fields(&[("showing", "1"), ("form", "close"), ("reason", "done")]);
        let again = fields(&[("showing", "1"), ("form", "close"), ("reason", "done")]);
        let later = fields(&[("showing", "2"), ("form", "close"), ("reason", "done")]);
        let other = fields(&[("showing", "1"), ("form", "close"), ("reason", "over")]);
        assert_eq!(first.command("a"), again.command("a"));
        assert_ne!(first.command("a"), later.command("a"));
        assert_ne!(first.command("a"), other.command("a"));
        assert_ne!(first.command("a"), first.command("b"));
    }

    #[test]
    fn local_times_that_do_not_exist_are_asked_for_again() {
        let form = fields(&[("at", "2021-03-28T02:30")]);
        let refusal = form.instant("at", "Europe/Berlin", "Date").unwrap_err();
        assert!(refusal.why.contains("does not exist"), "{}", refusal.why);
        assert!(form.instant("at", "UTC", "Date").is_ok());
    }

    #[test]
    fn secrets_of_the_form_are_not_shown_again() {
        let form = fields(&[("token", "t"), ("showing", "s"), ("form", "f"), ("reason", "r")]);
        let said = form.said(Refused::from(&bad("no", "yes")));
        assert_eq!(said.values.keys().collect::<Vec<_>>(), ["form", "reason"]);
    }
}
