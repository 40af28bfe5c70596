//! Mail that goes out encrypted or signed: how it is to be, and what was made of it.
//!
//! What people approve are words, recipients and fingerprints. The bytes are made once, when the mail
//! goes for the first time, kept in the case before they leave, and are the same for every try.

use advisory::Mailbox;
use case::{
    ActId, Actor, Case, CaseId, Command, CommandId, PersonId, ProjectId,
    act::{Act, Plan, Recipient},
    rights::{Permission, may},
    sealing::{self, Certificate, Correspondent, Seal, Sealed},
};
use store::{Body, KeyClass, Lease, Scope};

use crate::{
    Engine, EngineError,
    ports::{Call, OwnKey, Sealing},
    project::{Project, ProjectEvent},
    streams,
};

impl Engine {
    /// Reads a certificate that somebody pasted, and holds it against the fingerprint that its owner
    /// told them.
    ///
    /// # Errors
    /// [`EngineError::Invalid`], in words for the person.
    pub fn certificate(&self, armoured: &str, told: &str) -> Result<Certificate, EngineError> {
        let read = self.ports.seals.certificate(armoured, self.clock.wall());
        let certificate = read.map_err(EngineError::Invalid)?;
        let told: String = told.chars().filter(|c| !c.is_whitespace()).collect();
        if told.to_ascii_uppercase() == certificate.fingerprint {
            Ok(certificate)
        } else {
            let found = &certificate.fingerprint;
            let why = format!("the fingerprint of this certificate is {found}, and not that");
            Err(EngineError::Invalid(why))
        }
    }

    /// Looks for the certificate of an address at its domain, and holds it against the fingerprint that
    /// its owner told somebody.
    ///
    /// # Errors
    /// [`EngineError::Invalid`], in words for the person.
    pub fn look_up_certificate(
        &self,
        address: &Mailbox,
        told: &str,
    ) -> Result<Certificate, EngineError> {
        let found = self.ports.seals.look_up(address).map_err(EngineError::Invalid)?;
        self.certificate(&found, told)
    }

    /// Sets how mail to one of a project's lists is protected from now on. Only a member of its team
    /// may. `replaces` is the fingerprint of the key that shall be pinned no more.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the actor is no member; [`EngineError::Refused`] when a key
    /// would be replaced that nobody named, or the new one does not hold; [`EngineError::Invalid`]
    /// when the project has no such list.
    pub fn protect_list(
        &self,
        project: ProjectId,
        by: PersonId,
        address: &Mailbox,
        correspondent: &Correspondent,
        replaces: Option<&str>,
        command: CommandId,
    ) -> Result<(), EngineError> {
        let known = self.project(project)?;
        if !known.team.contains(&by) {
            return Err(EngineError::NotFound);
        }
        if !known.policy.lists.values().any(|list| list.address == *address) {
            return Err(EngineError::Invalid("the project has no list of this address".into()));
        }
        let address = sealing::compared(address);
        let before = known.book.get(&address).cloned().unwrap_or_default();
        before.may_become(correspondent, replaces, self.clock.wall())?;
        let correspondent = Box::new(correspondent.clone());
        let event = ProjectEvent::Protects { address, correspondent };
        self.change_team(project, by, command, &event, Vec::new())
    }

    /// The keys of this house for the mail of a project.
    ///
    /// # Errors
    /// When the store fails.
    pub fn own_key(&self, project: ProjectId) -> Result<OwnKey, EngineError> {
        let Some(from) = self.sender(project)? else { return Ok(OwnKey::default()) };
        Ok(self.ports.seals.own(&from, self.clock.wall()))
    }

    /// A plan whose mail is sealed as it has to be now.
    pub(crate) fn planned(&self, case: &Case, project: &Project, plan: Plan) -> Plan {
        sealing::sealed(case, &project.book, plan, self.clock.wall())
    }

    /// The mail of an act to the byte as it was encrypted or signed. Who reads it is written down
    /// first.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the person may not see to whom it went, or it was not sealed.
    pub fn sealed_mail(
        &self,
        case: CaseId,
        person: PersonId,
        act: ActId,
    ) -> Result<Vec<u8>, EngineError> {
        let actor = Actor::Person(person);
        let view = self.view_as(case, actor, "sent mail")?;
        if !may(actor, &view.roles, Permission::ReadIdentity) {
            return Err(EngineError::NotFound);
        }
        let act = view.loaded.case.acts.get(&act).ok_or(EngineError::NotFound)?;
        let raw = act.sealed.as_ref().map(|sealed| sealed.raw.as_str());
        self.blob_bytes(case, raw)?.ok_or(EngineError::NotFound)
    }

    /// The mail that a call shall send, if it is to be sealed: as it was made before, or made now and
    /// written down. In the inner result stands why it could not be.
    pub(crate) fn seal(
        &self,
        case: &Case,
        call: &Call<'_>,
        act: &Act,
        lease: &Lease,
    ) -> Result<Result<Option<Vec<u8>>, String>, EngineError> {
        let sealed = act.plan.to.iter().find_map(|to| to.seal().map(|seal| (to, seal)));
        // Without an address to write from, a person sends it.
        let (Some((to, seal)), Some(_)) = (sealed, call.from) else { return Ok(Ok(None)) };
        let made = act.sealed.as_ref().map(|sealed| sealed.raw.as_str());
        if let Some(bytes) = self.blob_bytes(case.id, made)? {
            return Ok(Ok(Some(bytes)));
        }
        let project = self.project(case.project)?;
        let key = match seal {
            Seal::Signed => None,
            Seal::Encrypted { key: approved } => {
                let known = sealing::correspondent(case, &project.book, to);
                let key = known.and_then(|it| it.key.as_deref());
                match key.filter(|key| key.fingerprint == *approved) {
                    Some(key) => Some(key),
                    None => return Ok(Err(format!("the key {approved} is not pinned any more"))),
                }
            }
        };
        let mut seed = [0; 32];
        self.entropy.fill(&mut seed);
        let (subject, at) = (sealing::outer_subject(case, &act.plan), self.clock.wall());
        let sealing = Sealing { key, subject: &subject, at, seed };
        let made = match self.ports.seals.seal(call, &sealing) {
            Ok(made) => made,
            Err(why) => return Ok(Err(why)),
        };
        let class = match to {
            Recipient::Person { .. } => KeyClass::Identity,
            _ => KeyClass::Content,
        };
        let (stream, body) = (streams::case(case.id)?, Body::from(made.mail.clone()));
        let raw = self.store.put_blob(&Scope::house("mail"), &stream, class, &body)?.to_string();
        let sealed = Sealed { raw, keys: made.keys, signer: made.signer };
        self.house(case.id, &Command::Seal { act: act.id, sealed }, Some(lease))?;
        Ok(Ok(Some(made.mail)))
    }
}
