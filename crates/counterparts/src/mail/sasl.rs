//! How a login is said to a mail server (SASL, RFC 4422): by PLAIN (RFC 4616) with a password; by
//! OAUTHBEARER (RFC 7628) with a token, or by XOAUTH2, which is older and Google's.

use data_encoding::BASE64;
use serde_json::Value;

use super::server::{Kind, Login};

/// Characters of what a server says of a token.
const LONGEST_WORDS: usize = 100;

/// A way of saying it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mechanism {
    Plain,
    OauthBearer,
    Xoauth2,
}

impl Mechanism {
    /// All of them, the better ones first.
    pub(super) const ALL: [Self; 3] = [Self::Plain, Self::OauthBearer, Self::Xoauth2];

    /// The best one for a login of those that a server offers.
    pub(super) fn chosen(login: &Login, offers: impl Fn(&str) -> bool) -> Option<Self> {
        let mut fit = Self::ALL.into_iter().filter(|way| way.kind() == login.kind());
        fit.find(|way| offers(way.name()))
    }

    /// What to say of a server that offers none for a login.
    pub(super) fn missing(login: &Login) -> &'static str {
        match login.kind() {
            Kind::Password => "the server takes no AUTHENTICATE PLAIN, or AUTH PLAIN",
            Kind::Token => "the server takes no token: neither OAUTHBEARER nor XOAUTH2",
        }
    }

    fn kind(self) -> Kind {
        match self {
            Self::Plain => Kind::Password,
            Self::OauthBearer | Self::Xoauth2 => Kind::Token,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::OauthBearer => "OAUTHBEARER",
            Self::Xoauth2 => "XOAUTH2",
        }
    }

    /// What is sent, in base64.
    pub(super) fn response(self, login: &Login) -> String {
        let (name, secret) = (login.name(), login.secret());
        let said = match self {
            Self::Plain => format!("\0{name}\0{secret}"),
            Self::OauthBearer => {
                let name = name.replace('=', "=3D").replace(',', "=2C");
                format!("n,a={name},\x01auth=Bearer {secret}\x01\x01")
            }
            Self::Xoauth2 => format!("user={name}\x01auth=Bearer {secret}\x01\x01"),
        };
        BASE64.encode(said.as_bytes())
    }

    /// What is answered where a server complains of what was sent; only then it says no.
    pub(super) fn yielding(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            // A single control-A (RFC 7628, 3.2.3).
            Self::OauthBearer => Some("AQ=="),
            Self::Xoauth2 => Some(""),
        }
    }
}

/// What a server complains of, to stand behind its other words.
pub(super) fn complaint(challenge: &str) -> String {
    let json = BASE64.decode(challenge.trim().as_bytes()).ok();
    let json: Value = json.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default();
    let said = ["status", "scope"].into_iter().filter_map(|name| {
        let value = json.get(name)?.as_str()?;
        let plain = value.chars().filter(|letter| letter.is_ascii_graphic() || *letter == ' ');
        Some(format!("{name} {}", plain.take(LONGEST_WORDS).collect::<String>()))
    });
    let said: Vec<_> = said.collect();
    if said.is_empty() {
        String::new()
    } else {
        format!("; of the token it says: {}", said.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_said_as_the_standards_have_it() {
        // The examples of RFC 7628, 4.1 (without its host and port), and of Google's page on XOAUTH2.
        let login =
            Login::with_token("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
        let login = login.unwrap();
        assert_eq!(
            BASE64.decode(Mechanism::OauthBearer.response(&login).as_bytes()).unwrap(),
            b"n,a=user@example.com,\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"
        );
        let token = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg";
        let login = Login::with_token("someuser@example.com", token).unwrap();
        assert_eq!(
            Mechanism::Xoauth2.response(&login),
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52\
             YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
        );
        let login = Login::with_token("a=b,c", "t").unwrap();
        let said = BASE64.decode(Mechanism::OauthBearer.response(&login).as_bytes()).unwrap();
        assert!(said.starts_with(b"n,a=a=3Db=2Cc,\x01"));
        for (name, token) in [("", "t"), ("a", ""), ("a\x01", "t"), ("a", "t\x01"), ("a", "t t")] {
            assert_eq!(Login::with_token(name, token), None);
        }
    }

    #[test]
    fn a_complaint_is_told_in_words() {
        let challenge = "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9t\
                         YWlsLmdvb2dsZS5jb20vIn0K";
        assert_eq!(
            complaint(challenge),
            "; of the token it says: status 401, scope https://mail.google.com/"
        );
        let odd = BASE64.encode(br#"{"status":"\u0007in\u00e4 valid","scope":7}"#);
        assert_eq!(complaint(&odd), "; of the token it says: status in valid");
        for nothing in ["", "%", "e30=", "W10=", &BASE64.encode(b"\xff")] {
            assert_eq!(complaint(nothing), "");
        }
    }

    #[test]
    fn what_a_server_says_back_shows_no_token() {
        let login = Login::with_token("fermata", "open.sesame-0123456789").unwrap();
        let said = Mechanism::Xoauth2.response(&login);
        for words in [
            "NO bad token=open.sesame-0123456789!".to_owned(),
            "NO bad token=open.sesame-0123!".to_owned(),
            format!("NO bad token={said}!"),
            format!("NO bad token={}!", &said[4..30]),
        ] {
            let shown = login.hidden_in(&words);
            assert!(shown.starts_with("NO bad token=…") && shown.ends_with('!'), "{shown}");
        }
        assert_eq!(login.hidden_in("NO fermata is not in"), "NO fermata is not in");
    }
}
