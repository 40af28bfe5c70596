//! What is taken for a publisher's address, name and contact.

use advisory::imprint::{Address, Contact, ImprintError, Name, OrgId};

#[test]
fn addresses_are_plain_and_lose_the_slash_at_their_end() {
    for (given, taken) in [
        ("https://example.org", "https://example.org"),
        (" https://Example.org/ ", "https://example.org"),
        ("https://example.org/Sec/a-b_c.d~e%20f//", "https://example.org/Sec/a-b_c.d~e%20f"),
    ] {
        assert_eq!(given.parse::<Address>().unwrap().as_str(), taken);
    }
    for refused in [
        "",
        "example.org",
        "http://example.org",
        "https://",
        "https://localhost",
        "https://a@example.org",
        "https://example.org:8443",
        "https://example.org?x",
        "https://example.org/a#b",
        "https://example.org/a//b",
        "https://example.org/../b",
        "https://example.org/a b",
        "https://example.org/\"><script>",
        "https://exämple.org",
        "https://-a.org",
        "https://.org",
        "https://example.org/a\nb",
    ] {
        assert_eq!(refused.parse::<Address>(), Err(ImprintError::Address), "{refused}");
    }
}

#[test]
fn what_is_well_known_stands_at_the_root_of_the_host() {
    for (address, origin) in [
        ("https://example.org", "https://example.org"),
        ("https://example.org/a/b", "https://example.org"),
    ] {
        assert_eq!(address.parse::<Address>().unwrap().origin(), origin);
    }
}

#[test]
fn a_contact_can_be_followed() {
    for (given, address, words) in [
        ("security@example.org", "mailto:security@example.org", "security@example.org"),
        ("mailto:security@example.org", "mailto:security@example.org", "security@example.org"),
        ("https://example.org/report/", "https://example.org/report", "https://example.org/report"),
    ] {
        let contact: Contact = given.parse().unwrap();
        assert_eq!(
            (contact.to_string(), contact.in_words()),
            (address.to_owned(), words.to_owned())
        );
    }
    for refused in ["", "somebody", "tel:+1", "javascript:alert(1)@example.org"] {
        assert_eq!(refused.parse::<Contact>(), Err(ImprintError::Contact), "{refused}");
    }
}

#[test]
fn names_and_ids_have_their_form() {
    assert_eq!(" Project  X ".parse::<Name>().unwrap().to_string(), "Project  X");
    for refused in [" ", "a\nb", &"x".repeat(501)] {
        assert_eq!(refused.parse::<Name>(), Err(ImprintError::Name));
    }
    let id = "8254265B-2729-46b6-b9e3-3dfca2d5bfca";
    assert_eq!(id.parse::<OrgId>().unwrap().to_string(), id.to_lowercase());
    for refused in ["", "8254265b272946b6b9e33dfca2d5bfca", "8254265g-2729-46b6-b9e3-3dfca2d5bfca"]
    {
        assert_eq!(refused.parse::<OrgId>(), Err(ImprintError::OrgId));
    }
}

#[test]
fn an_imprint_survives_the_way_through_json_and_nothing_else_does() {
    let imprint = super::imprint();
    let text = serde_json::to_string(&imprint).unwrap();
    assert_eq!(serde_json::from_str::<advisory::Imprint>(&text).unwrap(), imprint);
    let bent = text.replace("https://projectcontour.io/security", "http://projectcontour.io");
    assert!(serde_json::from_str::<advisory::Imprint>(&bent).is_err());
}
