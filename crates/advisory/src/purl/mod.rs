//! Package URLs (ECMA-427): parsing them, checking them, and writing their canonical form.
//!
//! A [`Purl`] is canonical by construction, so two of them are equal when they name the same thing.
//! What single types ask for stands in a table of its own. Must not say whether there is such a
//! package.

mod kinds;
mod read;
mod write;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

pub(crate) use read::{Named, ecosystem, read};
pub(crate) use write::{kind, of, unversioned, with_range, with_version};

/// Why a text, or what was handed in, is no package URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PurlError {
    /// Another scheme, or none.
    #[error("it begins with pkg:")]
    Scheme,
    /// No type, or one with other letters.
    #[error("its type is none: a letter, then letters, digits, . + or -")]
    Type,
    /// No name.
    #[error("it has no name")]
    NoName,
    /// A qualifier without a value.
    #[error("a qualifier has no value")]
    NoValue,
    /// A qualifier whose name has other letters.
    #[error("the name of a qualifier is none: a letter, then letters, digits, . _ or -")]
    Key,
    /// The same qualifier again.
    #[error("a qualifier stands there twice")]
    Twice,
    /// A `%` that begins no byte, or bytes that are no text.
    #[error("a % is not followed by two hexadecimal digits, or what they spell is not UTF-8")]
    Escape,
    /// The type asks for a namespace.
    #[error("packages of this type have a namespace")]
    NoNamespace,
    /// The type has none.
    #[error("packages of this type have no namespace")]
    Namespace,
    /// What the type asks for beyond that.
    #[error("{0}")]
    Kind(&'static str),
}

/// The parts of a package URL before they are checked and made canonical: decoded, with `/` between
/// the segments of a namespace and a subpath.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The type, such as `golang`.
    pub kind: String,
    /// What stands before the name, if anything does.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The version, or nothing.
    pub version: String,
    /// Qualifiers by their names; those without a value are left out.
    pub qualifiers: BTreeMap<String, String>,
    /// A path inside the package, or nothing.
    pub subpath: String,
}

/// A package URL, such as `pkg:golang/github.com/projectcontour/contour@v1.16.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purl(Parts);

impl Purl {
    /// Checks parts, and makes them canonical.
    ///
    /// # Errors
    /// Where a part is missing or not as the type asks for it.
    pub fn new(mut parts: Parts) -> Result<Self, PurlError> {
        let letter = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
        if !parts.kind.starts_with(|c: char| c.is_ascii_alphabetic())
            || !parts.kind.chars().all(letter)
        {
            return Err(PurlError::Type);
        }
        parts.kind.make_ascii_lowercase();
        parts.namespace = segments(&parts.namespace, |_| true);
        parts.subpath = segments(&parts.subpath, |segment| !matches!(segment, "." | ".."));
        let mut qualifiers = BTreeMap::new();
        for (key, value) in std::mem::take(&mut parts.qualifiers) {
            add(&mut qualifiers, &key, value)?;
        }
        parts.qualifiers = qualifiers;
        kinds::normalise(&mut parts);
        if parts.name.is_empty() {
            return Err(PurlError::NoName);
        }
        kinds::check(&parts)?;
        Ok(Self(parts))
    }

    /// Its parts.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.0
    }

    /// The same package in this version; an empty one stands for any.
    ///
    /// # Errors
    /// Where the type asks for another form of versions.
    pub fn with_version(self, version: &str) -> Result<Self, PurlError> {
        Self::new(Parts { version: version.to_owned(), ..self.0 })
    }

    /// The same package of any version.
    #[must_use]
    pub fn without_version(mut self) -> Self {
        // No type asks for a version.
        self.0.version.clear();
        self
    }

    /// The same with this qualifier. Its name is the caller's own and sound.
    pub(crate) fn with_qualifier(mut self, key: &str, value: &str) -> Self {
        self.0.qualifiers.insert(key.to_owned(), value.to_owned());
        self
    }
}

impl FromStr for Purl {
    type Err = PurlError;

    fn from_str(text: &str) -> Result<Self, PurlError> {
        let (text, subpath) = text.rsplit_once('#').unwrap_or((text, ""));
        let (text, query) = text.rsplit_once('?').unwrap_or((text, ""));
        let (scheme, rest) = text.split_once(':').ok_or(PurlError::Scheme)?;
        if !scheme.eq_ignore_ascii_case("pkg") {
            return Err(PurlError::Scheme);
        }
        let (kind, rest) = rest.trim_matches('/').split_once('/').ok_or(PurlError::NoName)?;
        let (path, version) = match rest.rsplit_once('@') {
            // A scope that is not escaped, as in `@angular/core`, is no version.
            Some(("", scope)) if scope.contains('/') => (rest, ""),
            Some((path, _)) if path.is_empty() || path.ends_with('/') => {
                return Err(PurlError::NoName);
            }
            Some(parts) => parts,
            None => (rest, ""),
        };
        let (namespace, name) = kinds::split(&kind.to_ascii_lowercase(), path);
        let mut qualifiers = BTreeMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').ok_or(PurlError::NoValue)?;
            add(&mut qualifiers, key, decoded(value)?)?;
        }
        Self::new(Parts {
            kind: kind.to_owned(),
            namespace: decoded(namespace)?,
            name: decoded(name)?,
            version: decoded(version)?,
            qualifiers,
            subpath: decoded(subpath)?,
        })
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { kind, namespace, name, version, qualifiers, subpath } = &self.0;
        write!(f, "pkg:{kind}/")?;
        if !namespace.is_empty() {
            write!(f, "{}/", Encoded(namespace, kinds::SLASH))?;
        }
        write!(f, "{}", Encoded(name, kinds::kept_in_name(kind)))?;
        if !version.is_empty() {
            write!(f, "@{}", Encoded(version, ""))?;
        }
        for (place, (key, value)) in qualifiers.iter().enumerate() {
            let sign = if place == 0 { '?' } else { '&' };
            write!(f, "{sign}{key}={}", Encoded(value, ""))?;
        }
        if !subpath.is_empty() {
            write!(f, "#{}", Encoded(subpath, kinds::SLASH))?;
        }
        Ok(())
    }
}

serde_as_text!(Purl);

/// The segments of a path that say something.
fn segments(path: &str, keep: impl Fn(&str) -> bool) -> String {
    let segments = path.split('/').filter(|segment| !segment.is_empty() && keep(segment));
    segments.collect::<Vec<_>>().join("/")
}

fn add(
    qualifiers: &mut BTreeMap<String, String>,
    key: &str,
    value: String,
) -> Result<(), PurlError> {
    let letter = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if !key.starts_with(|c: char| c.is_ascii_alphabetic()) || !key.chars().all(letter) {
        return Err(PurlError::Key);
    }
    let key = key.to_ascii_lowercase();
    if value.is_empty() {
        return Ok(());
    }
    if qualifiers.insert(key, value).is_some() { Err(PurlError::Twice) } else { Ok(()) }
}

fn decoded(text: &str) -> Result<String, PurlError> {
    let mut parts = text.split('%');
    let mut bytes = Vec::with_capacity(text.len());
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).ok_or(PurlError::Escape)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(PurlError::Escape);
        }
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| PurlError::Escape)?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).map_err(|_| PurlError::Escape)
}

/// A text with everything escaped but what no URL reads as a sign, and these signs.
struct Encoded<'t>(&'t str, &'static str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            let letter = char::from(byte);
            if letter.is_ascii_alphanumeric() || ".-_~:".contains(letter) || self.1.contains(letter)
            {
                write!(f, "{letter}")?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}
