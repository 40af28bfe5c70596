//! Vectors and scores, judged by what others published and by another calculator.

use std::collections::BTreeSet;
use std::path::PathBuf;

use advisory::cvss::{CvssVersion, Group};
use advisory::{Severity, Stage, Vector, VectorError};
use proptest::prelude::*;
use serde_json::Value;

use crate::cases::cases;
use crate::{sample, written};

fn published(file: &str) -> Option<String> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/cvss").join(file);
    std::fs::read_to_string(path).ok()
}

#[test]
fn published_scores_are_met() {
    for (file, expected) in [
        ("vectors_simple2", 729),
        ("vectors_simple3", 2592),
        ("vectors_simple31", 2592),
        ("vectors_simple4", 1058),
        ("vectors_threat4", 6),
        ("vectors_security4", 54),
        ("vectors_supplemental4", 576),
    ] {
        let Some(text) = published(file) else {
            println!("skipped: {file} is not beside the checkout");
            continue;
        };
        let mut met = 0;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (vector, scores) = line.split_once(" - ").unwrap();
            let base = scores.trim_matches(['(', ')']).split(',').next().unwrap();
            let parsed = Vector::read(vector).unwrap();
            assert_eq!(parsed.as_str(), vector);
            assert_eq!(format!("{:.1}", parsed.score()), base.trim_start_matches('-'), "{vector}");
            met += 1;
        }
        crate::published::conformance(&format!("CVSS {file}"), "Red Hat", met, &[]);
        assert_eq!(met, expected, "{file}");
    }
}

/// Scores of the Python package `cvss` 3.6, which agreed on 60,000 random vectors of 3.x and 30,000 of 2.0.
#[test]
fn time_and_place_count_as_another_calculator_has_it() {
    for (vector, base, temporal, environmental) in [
        ("CVSS:3.0/AV:L/AC:L/PR:L/UI:R/S:C/C:L/I:N/A:L/E:U/RC:C/MPR:H/MUI:R/MS:C/MI:L", 46, 42, 48),
        ("CVSS:3.0/AV:A/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N/RL:W/AR:M/MAC:L/MS:U/MC:L/MA:L", 68, 66, 74),
        (
            "CVSS:3.0/AV:L/AC:L/PR:H/UI:R/S:U/C:L/I:N/A:H/E:F/AR:M/MAC:H/MPR:N/MUI:R/MI:L",
            48,
            47,
            57,
        ),
        (
            "CVSS:3.1/AV:N/AC:H/PR:H/UI:N/S:U/C:L/I:H/A:H/E:P/RL:U/RC:U/CR:L/IR:H/MPR:H/MC:H/MA:N",
            62,
            54,
            56,
        ),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:R/S:C/C:L/I:H/A:L/E:P/RL:T/AR:H/MS:U/MC:L/MI:L", 73, 66, 47),
        ("CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:N/I:N/A:N/E:F/RL:O/CR:M/MUI:N/MI:N/MA:H", 0, 0, 46),
        ("AV:A/AC:L/Au:M/C:N/I:N/A:P/E:H/RL:OF/RC:C/CDP:H/TD:L/CR:H/IR:H/AR:L", 22, 19, 14),
        ("AV:N/AC:L/Au:S/C:P/I:N/A:C/E:U/RL:U/RC:UC/TD:H/IR:H/AR:L", 75, 57, 44),
        ("AV:N/AC:M/Au:S/C:P/I:N/A:N/E:H/RL:TF/CDP:MH/TD:M/CR:L/IR:L/AR:H", 35, 32, 40),
    ] {
        let parsed = Vector::read(vector).unwrap();
        let scores = parsed.scores();
        assert_eq!(
            (scores.base, scores.temporal, scores.environmental),
            (base, Some(temporal), Some(environmental)),
            "{vector}"
        );
        assert_eq!(parsed.tenths(), environmental);
        assert_eq!(parsed.as_str(), vector, "these are canonical");
    }
}

#[test]
fn a_score_has_its_word() {
    let vector: Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N".parse().unwrap();
    assert_eq!(vector.tenths(), 82);
    assert_eq!(vector.severity(), Severity::High);
    assert_eq!(vector.version().as_str(), "3.1");
    assert_eq!("high".parse::<Severity>(), Ok(Severity::High));
    assert!("High".parse::<Severity>().is_err());
    for (version, tenths, word) in [
        (CvssVersion::V2_0, 0, Severity::Low),
        (CvssVersion::V2_0, 69, Severity::Medium),
        (CvssVersion::V2_0, 100, Severity::High),
        (CvssVersion::V3_1, 0, Severity::None),
        (CvssVersion::V4_0, 1, Severity::Low),
        (CvssVersion::V4_0, 90, Severity::Critical),
    ] {
        assert_eq!(version.severity(tenths), word, "{version} {tenths}");
    }
}

#[test]
fn the_canonical_form_has_one_order_and_leaves_out_what_is_not_defined() {
    for (written, canonical) in [
        (
            "CVSS:3.1/A:N/I:L/C:H/S:U/UI:N/PR:N/AC:L/AV:N",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N",
        ),
        (
            "CVSS:3.0/E:X/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N/MA:H/RL:X/CR:L",
            "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N/CR:L/MA:H",
        ),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:X/U:Amber",
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/U:Amber",
        ),
        ("A:C/I:N/C:N/Au:N/AC:L/AV:N/CDP:ND", "AV:N/AC:L/Au:N/C:N/I:N/A:C"),
    ] {
        assert_eq!(Vector::read(written).unwrap().as_str(), canonical, "{written}");
    }
}

#[test]
fn metrics_are_explained() {
    let vector: Vector =
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MSI:S".parse().unwrap();
    let told: Vec<_> = vector.metrics().map(|(m, value)| (m.name, value.title)).collect();
    assert_eq!(told.len(), 12);
    assert_eq!(told[0], ("AV", "Network"));
    assert_eq!(told[11], ("MSI", "Safety"));
    for version in [CvssVersion::V2_0, CvssVersion::V3_1, CvssVersion::V4_0] {
        for metric in version.metrics() {
            assert!(!metric.asks.is_empty() && metric.values.len() > 1, "{}", metric.name);
            assert!(metric.values.iter().all(|value| !value.means.is_empty()), "{}", metric.name);
        }
    }
}

#[test]
fn a_refused_vector_says_why_and_names_the_metric() {
    let long = format!("CVSS:3.1/{}", "AV:N/".repeat(100));
    for (vector, why) in [
        ("", "not a CVSS vector"),
        (long.as_str(), "longer"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L", "the base metric A is missing"),
        ("CVSS:3.1/AV:n/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N", "AV (Attack Vector) cannot be `n`"),
        ("CVSS:3.1/AV:N/av:N", "no metric `av`"),
        ("CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N", "one of N, A, L, P"),
        ("CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N", "the metric AV stands there twice"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N/E:X/E:H", "the metric E stands"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N/", "`` is not a metric"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N/VC:H", "CVSS 3.1 has no metric `VC`"),
        ("CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "AV stands too late"),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N", "SI (Subsequent"),
        ("CVSS:5.0/AV:N", "no CVSS version `5.0`"),
        ("cvss:3.1/AV:N", "not a CVSS vector"),
    ] {
        let error = vector.parse::<Vector>().unwrap_err().to_string();
        assert!(error.contains(why), "{vector}: {error}");
    }
    let old = "AV:N/AC:L/Au:N/C:P/I:P/A:P";
    assert_eq!(old.parse::<Vector>(), Err(VectorError::Version2));
    assert!(Vector::read(old).is_ok());
}

fn scored(text: &str) -> String {
    format!("{:.1}", text.parse::<Vector>().unwrap().score())
}

/// A vector with every base metric and some of the others.
fn vector(version: CvssVersion) -> impl Strategy<Value = String> {
    let metrics: Vec<_> = version
        .metrics()
        .iter()
        .map(|metric| {
            let codes: Vec<_> = metric.values.iter().map(|value| value.code).collect();
            let defined =
                prop::sample::select(codes).prop_map(move |code| format!("{}:{code}", metric.name));
            if metric.group == Group::Base {
                defined.prop_map(Some).boxed()
            } else {
                prop::option::of(defined).boxed()
            }
        })
        .collect();
    let prefix =
        if version == CvssVersion::V2_0 { String::new() } else { format!("CVSS:{version}/") };
    metrics.prop_map(move |parts| {
        format!("{prefix}{}", parts.into_iter().flatten().collect::<Vec<_>>().join("/"))
    })
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn the_judge_scores_4_0_alike(text in vector(CvssVersion::V4_0)) {
        let judge: cvss::Cvss = text.parse().unwrap();
        prop_assert_eq!(scored(&text), format!("{:.1}", judge.score()));
    }

    #[test]
    fn the_canonical_form_is_stable(
        text in prop_oneof![
            vector(CvssVersion::V2_0),
            vector(CvssVersion::V3_0),
            vector(CvssVersion::V3_1),
            vector(CvssVersion::V4_0),
        ]
    ) {
        let read = Vector::read(&text).unwrap();
        prop_assert_eq!(read.as_str(), text);
        prop_assert!(read.tenths() <= 100);
    }

    #[test]
    fn nonsense_is_refused_and_never_more(text in "(CVSS:[234].[01]/)?([A-Za-z]{1,3}:[A-Z]{1,2}/?){0,12}") {
        if let Ok(vector) = Vector::read(&text) {
            prop_assert_eq!(Vector::read(vector.as_str()).unwrap(), vector);
        }
    }
}

/// Every base vector of 4.0 there is, in an optimised build; every seventh otherwise.
#[test]
fn the_judge_scores_every_base_vector_alike() {
    let base: Vec<_> =
        CvssVersion::V4_0.metrics().iter().filter(|m| m.group == Group::Base).collect();
    let count: usize = base.iter().map(|metric| metric.values.len()).product();
    let step = if cfg!(debug_assertions) { 7 } else { 1 };
    for number in (0..count).step_by(step) {
        let mut rest = number;
        let parts = base.iter().map(|metric| {
            let value = &metric.values[rest % metric.values.len()];
            rest /= metric.values.len();
            format!("{}:{}", metric.name, value.code)
        });
        let text = format!("CVSS:4.0/{}", parts.collect::<Vec<_>>().join("/"));
        let judge: cvss::Cvss = text.parse().unwrap();
        assert_eq!(scored(&text), format!("{:.1}", judge.score()), "{text}");
    }
    assert_eq!(count, 104_976);
}

/// The words of FIRST's schemas for the values of each property. CSAF 2.1 refers to the revision of
/// 4.0 that says `NEGLIGIBLE` of subsequent systems, and CVE Records carry the one that says `NONE`.
const WORDS: &[(CvssVersion, &str, &str)] = &[
    (CvssVersion::V2_0, "accessVector", "NETWORK ADJACENT_NETWORK LOCAL"),
    (CvssVersion::V2_0, "accessComplexity", "HIGH MEDIUM LOW"),
    (CvssVersion::V2_0, "authentication", "MULTIPLE SINGLE NONE"),
    (
        CvssVersion::V2_0,
        "confidentialityImpact integrityImpact availabilityImpact",
        "NONE PARTIAL COMPLETE",
    ),
    (CvssVersion::V2_0, "exploitability", "UNPROVEN PROOF_OF_CONCEPT FUNCTIONAL HIGH"),
    (CvssVersion::V2_0, "remediationLevel", REMEDIES),
    (CvssVersion::V2_0, "reportConfidence", "UNCONFIRMED UNCORROBORATED CONFIRMED"),
    (CvssVersion::V2_0, "collateralDamagePotential", "NONE LOW LOW_MEDIUM MEDIUM_HIGH HIGH"),
    (CvssVersion::V2_0, "targetDistribution", "NONE LOW MEDIUM HIGH"),
    (CvssVersion::V2_0, REQUIREMENTS, "LOW MEDIUM HIGH"),
    (
        CvssVersion::V3_1,
        "attackVector modifiedAttackVector",
        "NETWORK ADJACENT_NETWORK LOCAL PHYSICAL",
    ),
    (CvssVersion::V3_1, "attackComplexity modifiedAttackComplexity", "HIGH LOW"),
    (CvssVersion::V3_1, "privilegesRequired modifiedPrivilegesRequired", "HIGH LOW NONE"),
    (CvssVersion::V3_1, "userInteraction modifiedUserInteraction", "NONE REQUIRED"),
    (CvssVersion::V3_1, "scope modifiedScope", "UNCHANGED CHANGED"),
    (
        CvssVersion::V3_1,
        "confidentialityImpact integrityImpact availabilityImpact modifiedConfidentialityImpact \
         modifiedIntegrityImpact modifiedAvailabilityImpact",
        "NONE LOW HIGH",
    ),
    (CvssVersion::V3_1, "exploitCodeMaturity", "UNPROVEN PROOF_OF_CONCEPT FUNCTIONAL HIGH"),
    (CvssVersion::V3_1, "remediationLevel", REMEDIES),
    (CvssVersion::V3_1, "reportConfidence", "UNKNOWN REASONABLE CONFIRMED"),
    (CvssVersion::V3_1, REQUIREMENTS, "LOW MEDIUM HIGH"),
    (CvssVersion::V4_0, "attackVector modifiedAttackVector", "NETWORK ADJACENT LOCAL PHYSICAL"),
    (CvssVersion::V4_0, "attackComplexity modifiedAttackComplexity", "HIGH LOW"),
    (CvssVersion::V4_0, "attackRequirements modifiedAttackRequirements", "NONE PRESENT"),
    (CvssVersion::V4_0, "privilegesRequired modifiedPrivilegesRequired", "HIGH LOW NONE"),
    (CvssVersion::V4_0, "userInteraction modifiedUserInteraction", "NONE PASSIVE ACTIVE"),
    (
        CvssVersion::V4_0,
        "vulnConfidentialityImpact vulnIntegrityImpact vulnAvailabilityImpact \
         subConfidentialityImpact subIntegrityImpact subAvailabilityImpact \
         modifiedVulnConfidentialityImpact modifiedVulnIntegrityImpact \
         modifiedVulnAvailabilityImpact",
        "NONE LOW HIGH",
    ),
    (CvssVersion::V4_0, "modifiedSubConfidentialityImpact", "NEGLIGIBLE LOW HIGH"),
    (
        CvssVersion::V4_0,
        "modifiedSubIntegrityImpact modifiedSubAvailabilityImpact",
        "NEGLIGIBLE LOW HIGH SAFETY",
    ),
    (CvssVersion::V4_0, "exploitMaturity", "UNREPORTED PROOF_OF_CONCEPT ATTACKED"),
    (CvssVersion::V4_0, REQUIREMENTS, "LOW MEDIUM HIGH"),
    (CvssVersion::V4_0, "Safety", "NEGLIGIBLE PRESENT"),
    (CvssVersion::V4_0, "Automatable", "NO YES"),
    (CvssVersion::V4_0, "Recovery", "AUTOMATIC USER IRRECOVERABLE"),
    (CvssVersion::V4_0, "valueDensity", "DIFFUSE CONCENTRATED"),
    (CvssVersion::V4_0, "vulnerabilityResponseEffort", "LOW MODERATE HIGH"),
    (CvssVersion::V4_0, "providerUrgency", "CLEAR GREEN AMBER RED"),
];
const REMEDIES: &str = "OFFICIAL_FIX TEMPORARY_FIX WORKAROUND UNAVAILABLE";
const REQUIREMENTS: &str =
    "confidentialityRequirement integrityRequirement availabilityRequirement";

/// The words of each property, each with its version.
type Words = BTreeSet<(CvssVersion, String, String)>;

fn words_of_first(subsequent: &str) -> Words {
    let split = |text: &'static str| text.split_whitespace().map(ToOwned::to_owned);
    let mut all = Words::new();
    for (version, properties, words) in WORDS {
        let versions: &[CvssVersion] = match version {
            CvssVersion::V3_1 => &[CvssVersion::V3_0, CvssVersion::V3_1],
            version => &[*version],
        };
        for (version, property, word) in versions.iter().flat_map(|version| {
            split(properties)
                .flat_map(move |one| split(words).map(move |word| (*version, one.clone(), word)))
        }) {
            let spelled = property.starts_with("modifiedSub") && word == "NEGLIGIBLE";
            all.insert((version, property, if spelled { subsequent.to_owned() } else { word }));
        }
    }
    all
}

/// For each value of each metric a vector that has it.
fn each_value(version: CvssVersion) -> impl Iterator<Item = Vector> {
    let prefix =
        if version == CvssVersion::V2_0 { String::new() } else { format!("CVSS:{version}/") };
    let all = version.metrics().iter();
    let chosen = all.flat_map(|metric| metric.values.iter().map(move |value| (metric, value)));
    chosen.map(move |(chosen, value)| {
        let parts = version.metrics().iter().filter_map(|metric| match metric.group {
            _ if metric.name == chosen.name => Some(format!("{}:{}", metric.name, value.code)),
            Group::Base => Some(format!("{}:{}", metric.name, metric.values.first()?.code)),
            _ => None,
        });
        Vector::read(&format!("{prefix}{}", parts.collect::<Vec<_>>().join("/"))).unwrap()
    })
}

const VERSIONS: [CvssVersion; 4] =
    [CvssVersion::V2_0, CvssVersion::V3_0, CvssVersion::V3_1, CvssVersion::V4_0];

fn words(version: CvssVersion, object: &Value) -> Words {
    let beside = |name: &str| {
        name == "version"
            || name == "vectorString"
            || name.ends_with("Score")
            || name.ends_with("everity")
    };
    let members = object.as_object().unwrap().iter().filter(|(name, _)| !beside(name));
    members.map(|(name, word)| (version, name.clone(), word.as_str().unwrap().to_owned())).collect()
}

#[test]
fn every_value_has_the_word_of_firsts_schema() {
    let said = VERSIONS.into_iter().flat_map(|version| {
        each_value(version).flat_map(move |vector| words(version, &vector.to_json()))
    });
    assert_eq!(said.collect::<Words>(), words_of_first("NONE"));
}

#[test]
fn every_value_has_the_word_that_csaf_2_1_asks_for() {
    let mut said = Words::new();
    for version in VERSIONS {
        for vector in each_value(version) {
            let mut advisory = sample::full();
            advisory.vulnerabilities[0].vector = Some(vector);
            advisory.vulnerabilities[0].scores.clear();
            let text = written::csaf_2_1(&advisory, Stage::Planned).unwrap();
            let document: Value = serde_json::from_str(&text).unwrap();
            let content = &document["vulnerabilities"][0]["metrics"][0]["content"];
            let object = content.as_object().unwrap().values().next().unwrap();
            said.extend(words(version, object));
        }
    }
    assert_eq!(said, words_of_first("NEGLIGIBLE"));
}
