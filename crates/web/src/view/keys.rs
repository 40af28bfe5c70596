//! Keys of others and how mail is protected: as people set it, and as an act's page shows it.

use advisory::Mailbox;
use case::{
    act::Plan,
    sealing::{self, Certificate, Correspondent, Protection, Seal},
};
use engine::Engine;
use jiff::Timestamp;
use serde::Serialize;

use super::sealed::spaced;
use crate::{
    desk::Desk,
    fields::{Fields, Read, bad},
    time::Moment,
    words,
};

/// A certificate that was pinned.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct KeyView {
    fingerprint: String,
    names: Vec<String>,
    uses: String,
    until: Option<Moment>,
    /// It runs out soon, or has.
    warning: Option<String>,
    urgent: bool,
    /// None of its names has the address.
    strange: bool,
}

impl KeyView {
    fn new(key: &Certificate, address: Option<&Mailbox>, now: Timestamp) -> Self {
        let warning = key.warning(now);
        let until = key.until.map(|until| Moment::new(until, now));
        let away = until.as_ref().map(|until| until.away.clone()).unwrap_or_default();
        let named = |address: &Mailbox| {
            let address = address.to_string().to_ascii_lowercase();
            key.names.iter().any(|name| name.to_ascii_lowercase().contains(&address))
        };
        Self {
            fingerprint: spaced(&key.fingerprint),
            names: key.names.clone(),
            uses: key.uses.join(", "),
            until,
            warning: warning.map(|left| match left {
                0 => format!("it has run out, {away}: nothing can be encrypted to it"),
                _ => format!("it runs out {away}: ask its owner for another"),
            }),
            urgent: warning.is_some_and(|left| left <= 1),
            strange: address.is_some_and(|address| !named(address)),
        }
    }
}

/// How mail to somebody is protected, as its form shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ProtectionView {
    /// What the form names it by.
    value: String,
    name: String,
    wish: &'static str,
    words: &'static str,
    key: Option<KeyView>,
}

impl ProtectionView {
    pub(crate) fn new(
        value: String,
        name: String,
        address: Option<&Mailbox>,
        known: Option<&Correspondent>,
        now: Timestamp,
    ) -> Self {
        let protection = known.map(|known| known.protection).unwrap_or_default();
        let key = known.and_then(|known| known.key.as_deref());
        Self {
            value,
            name,
            wish: slug(protection),
            words: words::protection(protection),
            key: key.map(|key| KeyView::new(key, address, now)),
        }
    }
}

/// What warns of a key that runs out, in a sentence.
pub(crate) fn warning(name: &str, known: &Correspondent, now: Timestamp) -> Option<String> {
    let key = KeyView::new(known.key.as_deref()?, None, now);
    key.warning.map(|warning| format!("The key of {name}: {warning}."))
}

const ALL: [Protection; 4] =
    [Protection::IfKey, Protection::Required, Protection::Signed, Protection::Plain];

fn slug(protection: Protection) -> &'static str {
    match protection {
        Protection::IfKey => "if-key",
        Protection::Required => "required",
        Protection::Signed => "signed",
        Protection::Plain => "plain",
    }
}

/// What a form wants: how mail is protected from now on, and the key that is pinned no more. A key
/// that is looked for is that of `address`.
pub(crate) fn wanted(
    engine: &Engine,
    fields: &Fields,
    before: Option<&Correspondent>,
    address: Option<&Mailbox>,
) -> Read<(Correspondent, Option<String>)> {
    let chosen = ALL.into_iter().find(|one| slug(*one) == fields.text("protection"));
    let protection = chosen.ok_or_else(|| bad("no protection is chosen", "choose one"))?;
    let old = before.and_then(|known| known.key.clone());
    let away = fields.ticked("replace");
    let replaces = old.as_ref().filter(|_| away).map(|key| key.fingerprint.clone());
    let told = || fields.required("fingerprint", "Its fingerprint");
    let key = match (fields.text("certificate"), address.filter(|_| fields.ticked("look"))) {
        ("", None) if fields.ticked("look") => {
            return Err(bad(
                "there is no address whose key could be looked for",
                "reload the page",
            ));
        }
        ("", None) => old.filter(|_| !away),
        ("", Some(address)) => {
            let found = engine.look_up_certificate(address, told()?);
            let remedy = "ask its owner for the key, and paste it";
            Some(Box::new(found.map_err(|why| bad(why.to_string(), remedy))?))
        }
        (armoured, _) => {
            let read = engine.certificate(armoured, told()?);
            let remedy = "paste the whole key, and compare its fingerprint with its owner’s word";
            Some(Box::new(read.map_err(|why| bad(why.to_string(), remedy))?))
        }
    };
    Ok((Correspondent { protection, key }, replaces))
}

/// How the mail of a plan is protected.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SealView {
    how: &'static str,
    /// The recipient's key.
    fingerprint: Option<String>,
    key: Option<KeyView>,
    /// What stands in the open where a subject would.
    outer: Option<String>,
    /// The house's key that reads it too.
    reads: Option<String>,
    /// The house's key that signs it.
    signs: Option<String>,
    /// Why it is not signed.
    silent: Option<String>,
}

impl SealView {
    /// Nothing where no mail goes.
    pub(crate) fn of(desk: &Desk<'_>, plan: &Plan) -> Option<Self> {
        let to = plan.to.iter().find(|to| to.seal().is_some());
        let Some((to, seal)) = to.and_then(|to| Some((to, to.seal()?))) else {
            let mail = plan.to.iter().any(|to| sealing::is_mail(desk.case, to));
            return mail.then_some(Self {
                how: "in the open: anybody on its way can read it",
                fingerprint: None,
                key: None,
                outer: None,
                reads: None,
                signs: None,
                silent: None,
            });
        };
        let own = &desk.view.own_key;
        let known = sealing::correspondent(desk.case, &desk.view.book, to);
        let (how, fingerprint) = match seal {
            Seal::Encrypted { key } => ("encrypted to the key", Some(key)),
            Seal::Signed => ("not encrypted, but signed", None),
        };
        let key = known.and_then(|known| known.key.as_deref());
        let key = key.filter(|key| Some(&key.fingerprint) == fingerprint);
        Some(Self {
            how,
            fingerprint: fingerprint.map(|key| spaced(key)),
            // Its names may be the reporter's.
            key: key
                .filter(|_| desk.names.identity())
                .map(|key| KeyView::new(key, None, desk.view.now)),
            outer: fingerprint.map(|_| sealing::outer_subject(desk.case, plan)),
            reads: own.reads.as_deref().filter(|_| fingerprint.is_some()).map(spaced),
            signs: own.signs.as_deref().map(spaced),
            silent: own.silent.clone(),
        })
    }
}
