//! The value: what it takes, what it shows to whom, and that it prints nothing by accident.

use advisory::{Advisory, Audience, Consent, Credit, CreditType, Naming, Withhold};

use crate::sample;

const AUDIENCES: [Audience; 4] =
    [Audience::Team, Audience::Reporter, Audience::Distributors, Audience::Public];

#[test]
fn an_advisory_survives_json_and_its_digest_follows_its_content() {
    let advisory = sample::advisory();
    let json = serde_json::to_string(&advisory).unwrap();
    let back: Advisory = serde_json::from_str(&json).unwrap();
    assert_eq!(back.digest().unwrap(), advisory.digest().unwrap());
    let mut other = advisory.clone();
    other.impact = None;
    assert_ne!(other.digest().unwrap(), advisory.digest().unwrap());
    assert!(back == advisory);
}

#[test]
fn a_draft_may_have_gaps_but_nothing_unknown() {
    assert!(serde_json::from_str::<Advisory>("{}").unwrap() == Advisory::default());
    for unknown in [
        r#"{"titel":"x"}"#,
        r#"{"vulnerabilities":[{"cwe":"CWE-79"}]}"#,
        r#"{"vulnerabilities":[{"cwes":["79"]}]}"#,
        r#"{"vulnerabilities":[{"cve":"CVE-1"}]}"#,
        r#"{"references":[{"kind":"web","url":"x","private":false,"note":""}]}"#,
    ] {
        assert!(serde_json::from_str::<Advisory>(unknown).is_err(), "{unknown}");
    }
}

#[test]
fn only_the_team_sees_what_is_the_teams() {
    for audience in AUDIENCES {
        let seen = sample::advisory().visible_to(audience, Withhold::default());
        let json = serde_json::to_string(&seen).unwrap();
        for private in ["amber heron", "Shy Finder", "shyfinder", "-ghsa-5ph6-qq5x-7jwc/pull"] {
            assert_eq!(
                json.contains(private),
                audience == Audience::Team,
                "{audience:?}: {private}"
            );
        }
        for shown in ["CVE-2021-32783", "GHSA-5ph6-qq5x-7jwc", "Jo Finder", "guides", "1.14.2"] {
            assert!(json.contains(shown), "{audience:?}: {shown}");
        }
    }
}

#[test]
fn a_withheld_id_stays_with_the_team() {
    for (withhold, cve, ghsa) in [
        (Withhold { cve: true, ghsa: false }, false, true),
        (Withhold { cve: false, ghsa: true }, true, false),
        (Withhold { cve: true, ghsa: true }, false, false),
    ] {
        for audience in AUDIENCES {
            let seen = sample::advisory().visible_to(audience, withhold);
            let json = serde_json::to_string(&seen).unwrap();
            let team = audience == Audience::Team;
            assert_eq!(json.contains("CVE-2021-32783"), team || cve);
            assert_eq!(json.contains("GHSA-5ph6-qq5x-7jwc"), team || ghsa);
        }
    }
}

#[test]
fn credit_needs_an_answer_and_names_as_agreed() {
    for (consent, shown) in [
        (Consent::NotAsked, false),
        (Consent::Asked, false),
        (Consent::Given, true),
        (Consent::ByDefault, true),
        (Consent::Refused, false),
    ] {
        assert_eq!(sample::credit("Jo", None, consent).may_be_shown(), shown, "{consent:?}");
    }
    let with_company = Credit {
        role: CreditType::Finder,
        naming: Naming::Named {
            name: "Jo".to_owned(),
            company: Some("Acme".to_owned()),
            github: None,
        },
        consent: Consent::Given,
    };
    assert_eq!(with_company.display_name(), "Jo (Acme)");
    assert_eq!(sample::credit("Jo", None, Consent::Given).display_name(), "Jo");
}

#[test]
fn debug_tells_nothing() {
    let advisory = sample::advisory();
    assert_eq!(format!("{advisory:?}"), "Advisory(…)");
    assert_eq!(format!("{:?}", advisory.vulnerabilities), "[Vulnerability(…)]");
    assert!(!format!("{:?}", advisory.credits).contains("Finder\""));
    assert!(!format!("{:?}", advisory.credits).contains("Jo"));
    assert!(!format!("{:?}", advisory.references).contains("http"));
}
