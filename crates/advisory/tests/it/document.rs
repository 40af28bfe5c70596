//! The value: what it takes, what it shows to whom, and that it prints nothing by accident.

use advisory::{
    Advisory, Audience, Consent, Credit, CreditType, Hold, Naming, Part, Reader, Withhold,
};
use jiff::Timestamp;

use crate::sample;

const AUDIENCES: [Audience; 4] =
    [Audience::Team, Audience::Reporter, Audience::Distributors, Audience::Public];

/// What a reader sees, as JSON.
fn seen(
    advisory: &Advisory,
    audience: Audience,
    at: Option<Timestamp>,
    withhold: Withhold,
) -> String {
    let shown = advisory.for_audience(&Reader { audience, at, withhold });
    serde_json::to_string(shown.advisory()).unwrap()
}

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
        let json = seen(&sample::advisory(), audience, None, Withhold::default());
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
            let json = seen(&sample::advisory(), audience, None, withhold);
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

/// Every part with words of the full sample that stand in no other part.
const PARTS: [(Part, &[&str]); 19] = [
    (Part::Title, &["ExternalName Services can reach"]),
    (Part::Summary, &["A crafted Service"]),
    (Part::Details, &["The listener forwards"]),
    (Part::Impact, &["Envoy can be shut down"]),
    (Part::AttackVectors, &["Whoever may create"]),
    (Part::Workarounds, &["admission webhook"]),
    (Part::Cve, &["CVE-2021-32783"]),
    (Part::Ghsa, &["GHSA-5ph6-qq5x-7jwc"]),
    (Part::Aliases, &["GO-2022-0001", "GO-2022-0002"]),
    (Part::Weaknesses, &["CWE-441"]),
    (Part::Severity, &["CVSS:3.1", "CVSS:4.0", "grave"]),
    (Part::Exploitation, &["public-poc", "2021-07-01T09"]),
    (Part::DiscoveryDate, &["2021-05-30T09"]),
    (Part::DisclosureDate, &["2021-07-22T15"]),
    (Part::Ssvc, &["out-of-cycle"]),
    (Part::Affected, &["github.com/projectcontour/contour", "1.14.2"]),
    (Part::Credits, &["Jo Finder"]),
    (Part::References, &["contour.io/guides"]),
    (Part::Timeline, &["The report came in"]),
];

#[test]
fn a_part_that_is_held_back_is_seen_from_its_moment_on_and_not_before() {
    let moment: Timestamp = "2021-07-22T15:00:00Z".parse().unwrap();
    let before = moment - jiff::SignedDuration::from_secs(1);
    let nothing = Withhold::default();
    let full = sample::full();
    for (part, marks) in PARTS {
        let held = |until| {
            let mut advisory = full.clone();
            advisory.holds = vec![Hold { part, from: Audience::Distributors, until }];
            advisory
        };
        for mark in marks {
            let shows = |advisory: &Advisory, audience, at| {
                seen(advisory, audience, at, nothing).contains(mark)
            };
            assert!(shows(&full, Audience::Public, None), "{part:?}: {mark} is in the sample");
            let timed = held(Some(moment));
            for wide in [Audience::Distributors, Audience::Public] {
                assert!(!shows(&timed, wide, None), "{part:?}: {mark}");
                assert!(!shows(&timed, wide, Some(before)), "{part:?}: {mark}");
                assert!(shows(&timed, wide, Some(moment)), "{part:?}: {mark}");
                assert!(!shows(&held(None), wide, Some(moment)), "{part:?}: {mark}");
            }
            for narrow in [Audience::Team, Audience::Reporter] {
                assert!(shows(&held(None), narrow, None), "{part:?}: {mark}");
            }
        }
    }
}

#[test]
fn moments_and_decisions_have_their_widest_audience() {
    let full = sample::full();
    for (audience, fork, decision) in [
        (Audience::Team, true, true),
        (Audience::Reporter, true, true),
        (Audience::Distributors, false, true),
        (Audience::Public, false, true),
    ] {
        let json = seen(&full, audience, None, Withhold::default());
        assert_eq!(json.contains("The fix was tried"), fork, "{audience:?}");
        assert_eq!(json.contains("out-of-cycle"), decision, "{audience:?}");
    }
}

#[test]
fn an_older_advisory_is_written_as_it_was() {
    let vulnerabilities = vec![advisory::Vulnerability::default()];
    let json = serde_json::to_string(&Advisory { vulnerabilities, ..Advisory::default() }).unwrap();
    let of_advisory = ["aliases", "related", "packages", "timeline", "holds"];
    let of_vulnerability = [
        "scores",
        "exploitation",
        "ssvc",
        "discovery_date",
        "disclosure_date",
        "first_exploitations",
    ];
    for newer in of_advisory.into_iter().chain(of_vulnerability) {
        assert!(!json.contains(&format!("\"{newer}\"")), "{newer} says nothing, and is written");
    }
}
