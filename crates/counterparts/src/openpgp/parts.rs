//! What the parts of a key may do, by the key's own signatures.

use pgp::{
    composed::SignedKeyDetails,
    packet::{PublicKey, PublicSubkey, Signature, SignatureType},
    types::{Duration, KeyDetails, SignedUser, Tag, Timestamp as Instant},
};

use super::OpenPgpError;

/// What a key's own signatures say of one of its parts.
pub(super) struct Part {
    pub(super) signs: bool,
    pub(super) certifies: bool,
    pub(super) encrypts: bool,
    pub(super) from: u32,
    pub(super) until: Option<u32>,
}

impl Part {
    fn of(key: &impl KeyDetails, latest: &Signature) -> Self {
        let from = key.created_at().as_secs();
        let lasts = latest.key_expiration_time().map(Duration::as_secs).filter(|s| *s > 0);
        let flags = latest.key_flags();
        Self {
            signs: flags.sign(),
            certifies: flags.certify(),
            encrypts: flags.encrypt_comms() || flags.encrypt_storage(),
            from,
            until: lasts.map(|lasts| from.saturating_add(lasts)),
        }
    }

    pub(super) fn holds(&self, now: u32) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

pub(super) fn of_primary(
    itself: &PublicKey,
    details: &SignedKeyDetails,
) -> Result<Part, OpenPgpError> {
    if details.revocation_signatures.iter().any(|one| one.verify_key(itself).is_ok()) {
        return Err(OpenPgpError::Revoked);
    }
    let users = details.users.iter();
    let of_users =
        users.flat_map(|user| user.signatures.iter().filter(|one| own(itself, user, one)));
    let direct = details.direct_signatures.iter().filter(|one| one.verify_key(itself).is_ok());
    let latest = of_users.chain(direct).max_by_key(|one| one.created().map(Instant::as_secs));
    latest.map(|latest| Part::of(itself, latest)).ok_or(OpenPgpError::NotAKey)
}

/// Others may have signed it as well; only its own word counts.
fn own(itself: &PublicKey, user: &SignedUser, one: &Signature) -> bool {
    one.is_certification() && one.verify_certification(itself, Tag::UserId, &user.id).is_ok()
}

/// The names that the key gives itself, and has not taken back.
pub(super) fn names(itself: &PublicKey, details: &SignedKeyDetails) -> Vec<String> {
    let revoked = |user: &SignedUser, one: &Signature| {
        one.typ() == Some(SignatureType::CertRevocation)
            && one.verify_certification(itself, Tag::UserId, &user.id).is_ok()
    };
    let users = details.users.iter().filter(|user| {
        user.signatures.iter().any(|one| own(itself, user, one))
            && !user.signatures.iter().any(|one| revoked(user, one))
    });
    users.filter_map(|user| user.id.as_str()).map(str::to_owned).collect()
}

/// A subkey that the key has bound to itself, and that agreed to it where it signs.
pub(super) fn of_subkey(
    primary: &PublicKey,
    itself: &PublicSubkey,
    signatures: &[Signature],
) -> Option<Part> {
    let own = || signatures.iter().filter(|one| one.verify_subkey_binding(primary, itself).is_ok());
    if own().any(|one| one.typ() == Some(SignatureType::SubkeyRevocation)) {
        return None;
    }
    let latest = own().max_by_key(|one| one.created().map(Instant::as_secs))?;
    let agreed = || {
        let back = latest.embedded_signature();
        back.is_some_and(|back| back.verify_primary_key_binding(itself, primary).is_ok())
    };
    let part = Part::of(itself, latest);
    let signs = part.signs && agreed();
    Some(Part { signs, ..part })
}
