//! Whether a tag carries a signature, and of which kind. It is not verified: no keys are known here.

use crate::{Error, Objects, Oid, Result};

/// How a tag is signed, as far as it shows without keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signed {
    /// The tag is only a name, which can carry nothing.
    Lightweight,
    /// There is a tag object, without a signature.
    Not,
    /// By a key of OpenPGP.
    OpenPgp,
    /// By a key of SSH.
    Ssh,
    /// By a certificate, as S/MIME does.
    X509,
}

/// How git marks where a signature begins and ends.
const FORMATS: [(&str, &str, Signed); 4] = [
    ("-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----", Signed::OpenPgp),
    ("-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----", Signed::OpenPgp),
    ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----", Signed::Ssh),
    ("-----BEGIN SIGNED MESSAGE-----", "-----END SIGNED MESSAGE-----", Signed::X509),
];

impl Objects {
    /// How what a tag's ref names is signed.
    ///
    /// # Errors
    /// [`Error::BrokenObject`] when it is missing.
    pub fn signed(&mut self, object: &Oid) -> Result<Signed> {
        let found = self.object(object.as_str())?;
        let found = found.ok_or_else(|| Error::BrokenObject(object.to_string()))?;
        if found.kind != "tag" {
            return Ok(Signed::Lightweight);
        }
        Ok(of(&String::from_utf8_lossy(&found.bytes)))
    }
}

/// What stands at the end of a tag's message counts, and only when it is whole.
fn of(tag: &str) -> Signed {
    let message = tag.split_once("\n\n").map_or("", |(_, message)| message);
    let mut last = Signed::Not;
    let mut open: Option<(&str, Signed)> = None;
    for line in message.lines() {
        if let Some((_, end, kind)) = FORMATS.iter().find(|(begin, ..)| line.starts_with(begin)) {
            (open, last) = (Some((*end, *kind)), Signed::Not);
        } else if let Some((_, kind)) = open.filter(|(end, _)| line.starts_with(end)) {
            (open, last) = (None, kind);
        } else if open.is_none() && !line.trim().is_empty() {
            last = Signed::Not;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_signature_at_the_end_counts() {
        let head = "object 1\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\n\nRelease 1\n";
        for (begin, end, kind) in FORMATS {
            let block = format!("{begin}\n\nabc=\n{end}\n");
            assert_eq!(of(&format!("{head}{block}")), kind);
            assert_eq!(of(&format!("{head}{block}And more\n")), Signed::Not);
            assert_eq!(of(&format!("{head}{begin}\n\nabc=\n")), Signed::Not);
            assert_eq!(of(&format!("{head}  {block}")), Signed::Not);
        }
        assert_eq!(of(head), Signed::Not);
    }
}
