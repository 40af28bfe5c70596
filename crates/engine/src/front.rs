//! What the front rooms need besides commands and views: sessions and one-time links (kept by the
//! hash of their secret), entries in the directory, the playbooks at hand, and plans composed from
//! a case. Who may do what is not decided here.

use std::time::Duration;

use advisory::Mailbox;
use case::{
    Actor, Case, CaseId, CommandId, DisclosureId, PersonId, ProjectId,
    act::{ActKind, Plan},
};
use jiff::Timestamp;
use playbook::Playbook;
use store::{Body, OneTimeLink, Session, TokenHash};

use crate::{Contact, Engine, EngineError, ProjectEvent, compose};

impl Engine {
    /// Begins a session for a person; the secret that proves it is returned this once.
    ///
    /// # Errors
    /// When the store fails.
    pub fn begin_session(&self, person: PersonId, lasts: Duration) -> Result<String, EngineError> {
        let secret = self.secret();
        self.store.put_session(&Session {
            token: TokenHash::of(secret.as_bytes()),
            person: person.to_string(),
            expires: self.after(lasts)?,
            body: Body::default(),
        })?;
        Ok(secret)
    }

    /// Whose session a secret proves; nobody's once it has ended or expired.
    ///
    /// # Errors
    /// When the store fails.
    pub fn session(&self, secret: &str) -> Result<Option<PersonId>, EngineError> {
        let found = self.store.session(&TokenHash::of(secret.as_bytes()), self.clock.wall())?;
        Ok(found.and_then(|session| session.person.parse().ok()))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the store fails.
    pub fn end_session(&self, secret: &str) -> Result<(), EngineError> {
        Ok(self.store.end_session(&TokenHash::of(secret.as_bytes()))?)
    }

    /// Makes a link that signs a person in, once; its secret is returned this once.
    ///
    /// # Errors
    /// When the store fails.
    pub fn make_link(&self, person: PersonId, lasts: Duration) -> Result<String, EngineError> {
        let secret = self.secret();
        self.store.put_link(&OneTimeLink {
            token: TokenHash::of(secret.as_bytes()),
            expires: self.after(lasts)?,
            body: Body::from(person.to_string().into_bytes()),
        })?;
        Ok(secret)
    }

    /// Makes a link for somebody who takes part in a case, at the word of somebody else there. The
    /// case's record of reads says so. Whoever holds a link *is* that person here; so there is none
    /// for a person who can see anything that the maker cannot.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when the person sees more; others when the store fails.
    pub fn make_link_in(
        &self,
        case: CaseId,
        by: PersonId,
        person: PersonId,
        lasts: Duration,
    ) -> Result<String, EngineError> {
        self.ensure_sees_no_more(person, by)?;
        self.record_read(case, Actor::Person(by), &format!("link for {person}"))?;
        self.make_link(person, lasts)
    }

    /// The same for a member of a project's team, at the word of another one. The project's stream
    /// says so.
    ///
    /// # Errors
    /// As [`make_link_in`](Self::make_link_in); [`EngineError::NotFound`] when one is no member.
    pub fn make_link_on_team(
        &self,
        project: ProjectId,
        by: PersonId,
        person: PersonId,
        command: CommandId,
        lasts: Duration,
    ) -> Result<String, EngineError> {
        if !self.project(project)?.team.contains(&person) {
            return Err(EngineError::NotFound);
        }
        self.ensure_sees_no_more(person, by)?;
        self.change_team(project, by, command, &ProjectEvent::LinkMade { person }, Vec::new())?;
        self.make_link(person, lasts)
    }

    fn ensure_sees_no_more(&self, person: PersonId, by: PersonId) -> Result<(), EngineError> {
        if self.sees_no_more(person, by)? {
            return Ok(());
        }
        let why = "a link would show you what only this person can see";
        Err(EngineError::Invalid(why.into()))
    }

    /// Uses a link up: whom it signs in, once, and only before it expires.
    ///
    /// # Errors
    /// When the store fails.
    pub fn use_link(&self, secret: &str) -> Result<Option<PersonId>, EngineError> {
        let found = self.store.use_link(&TokenHash::of(secret.as_bytes()), self.clock.wall())?;
        Ok(found.and_then(|body| std::str::from_utf8(body.as_bytes()).ok()?.parse().ok()))
    }

    /// The person whom the directory knows under an address.
    ///
    /// # Errors
    /// When the store fails.
    pub fn find_person(&self, mailbox: &Mailbox) -> Result<Option<PersonId>, EngineError> {
        let found = self.store.person_by_handle(&mailbox.to_string())?;
        Ok(found.and_then(|person| person.id.parse().ok()))
    }

    /// Replaces somebody's entry in the directory.
    ///
    /// # Errors
    /// When the address belongs to somebody else, or the store fails.
    pub fn change_contact(&self, person: PersonId, contact: &Contact) -> Result<(), EngineError> {
        let body = serde_json::to_vec(contact).map_err(|e| EngineError::Invalid(e.to_string()))?;
        Ok(self.store.put_person(&store::Person {
            id: person.to_string(),
            handles: contact.mailbox.iter().map(ToString::to_string).collect(),
            body: Body::from(body),
        })?)
    }

    /// Every playbook that a project can choose here.
    pub fn playbooks(&self) -> impl Iterator<Item = &Playbook> {
        self.shelf.shipped()
    }

    /// What an act of a case would send, to whom; see [`compose`](crate::compose()).
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when the case does not hold what the act needs yet.
    pub fn compose(
        &self,
        case: &Case,
        kind: &ActKind,
        under: Option<DisclosureId>,
    ) -> Result<Plan, EngineError> {
        let plan = compose::compose(&self.texts, case, kind, under)?;
        Ok(self.planned(case, &self.project(case.project)?, plan))
    }

    pub(crate) fn secret(&self) -> String {
        data_encoding::HEXLOWER.encode(&[self.draw(), self.draw()].concat())
    }

    pub(crate) fn after(&self, lasts: Duration) -> Result<Timestamp, EngineError> {
        let ends = self.clock.wall().checked_add(lasts);
        ends.map_err(|_| EngineError::Invalid("that is too long".into()))
    }
}
