//! FIRST's JSON form of a vector, which CVE Records and CSAF documents hold: one property for each
//! metric, with the scores beside them.
//!
//! Must not know where such an object stands.

use serde_json::{Map, Value as Json, json};

use super::{CvssVersion, Metric, Value, Vector};
use crate::check::{json as document, step};
use crate::score::Severity;

const V2: &[&str] = &[
    "accessVector",
    "accessComplexity",
    "authentication",
    "confidentialityImpact",
    "integrityImpact",
    "availabilityImpact",
    "exploitability",
    "remediationLevel",
    "reportConfidence",
    "collateralDamagePotential",
    "targetDistribution",
    "confidentialityRequirement",
    "integrityRequirement",
    "availabilityRequirement",
];

const V3: &[&str] = &[
    "attackVector",
    "attackComplexity",
    "privilegesRequired",
    "userInteraction",
    "scope",
    "confidentialityImpact",
    "integrityImpact",
    "availabilityImpact",
    "exploitCodeMaturity",
    "remediationLevel",
    "reportConfidence",
    "confidentialityRequirement",
    "integrityRequirement",
    "availabilityRequirement",
    "modifiedAttackVector",
    "modifiedAttackComplexity",
    "modifiedPrivilegesRequired",
    "modifiedUserInteraction",
    "modifiedScope",
    "modifiedConfidentialityImpact",
    "modifiedIntegrityImpact",
    "modifiedAvailabilityImpact",
];

const V4: &[&str] = &[
    "attackVector",
    "attackComplexity",
    "attackRequirements",
    "privilegesRequired",
    "userInteraction",
    "vulnConfidentialityImpact",
    "vulnIntegrityImpact",
    "vulnAvailabilityImpact",
    "subConfidentialityImpact",
    "subIntegrityImpact",
    "subAvailabilityImpact",
    "exploitMaturity",
    "confidentialityRequirement",
    "integrityRequirement",
    "availabilityRequirement",
    "modifiedAttackVector",
    "modifiedAttackComplexity",
    "modifiedAttackRequirements",
    "modifiedPrivilegesRequired",
    "modifiedUserInteraction",
    "modifiedVulnConfidentialityImpact",
    "modifiedVulnIntegrityImpact",
    "modifiedVulnAvailabilityImpact",
    "modifiedSubConfidentialityImpact",
    "modifiedSubIntegrityImpact",
    "modifiedSubAvailabilityImpact",
    "Safety",
    "Automatable",
    "Recovery",
    "valueDensity",
    "vulnerabilityResponseEffort",
    "providerUrgency",
];

impl CvssVersion {
    /// The property of each metric, in the order of [`CvssVersion::metrics`].
    fn properties(self) -> &'static [&'static str] {
        match self {
            Self::V2_0 => V2,
            Self::V3_0 | Self::V3_1 => V3,
            Self::V4_0 => V4,
        }
    }

    /// The word for a metric's value: its title in capitals, but for two that the schemas name
    /// otherwise.
    fn word(self, metric: &Metric, value: &Value) -> String {
        match (self, metric.name, value.code) {
            (Self::V3_0 | Self::V3_1, "AV" | "MAV", "A") => "ADJACENT_NETWORK".to_owned(),
            (Self::V4_0, "MSI" | "MSA", "N") => "NONE".to_owned(),
            _ => value.title.to_ascii_uppercase().replace([' ', '-'], "_"),
        }
    }
}

impl Vector {
    /// The vector as an object with its scores and a property for each metric that is defined.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut object = Map::new();
        let mut put = |name: &str, value: Json| drop(object.insert(name.to_owned(), value));
        put("version", self.version.as_str().into());
        put("vectorString", self.as_str().into());
        let scores = self.scores();
        let severity = |tenths| self.version.severity(tenths).as_str().to_ascii_uppercase();
        let named = [
            ("base", Some(scores.base)),
            ("temporal", scores.temporal),
            ("environmental", scores.environmental),
        ];
        for (name, tenths) in named {
            let Some(tenths) = tenths else { continue };
            put(&format!("{name}Score"), json!(f64::from(tenths) / 10.0));
            if self.version != CvssVersion::V2_0 {
                put(&format!("{name}Severity"), severity(tenths).into());
            }
        }
        for (metric, value) in self.metrics() {
            let place = self.version.metrics().iter().position(|known| known.name == metric.name);
            let property = place.and_then(|place| self.version.properties().get(place));
            if let Some(property) = property {
                put(property, self.version.word(metric, value).into());
            }
        }
        Json::Object(object)
    }
}

/// What is wrong with such an object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The member, or nothing for the whole object.
    pub(crate) member: String,
    /// What is wrong.
    pub(crate) message: String,
    /// Which kind of rule it breaks.
    pub(crate) kind: Kind,
}

impl Problem {
    /// Where it is, in a document that has the object at a pointer.
    pub(crate) fn place(&self, object: &str) -> String {
        let mut pointer = object.to_owned();
        if !self.member.is_empty() {
            step(&mut pointer, &self.member);
        }
        pointer
    }
}

/// The kinds of rules about such an object, which formats number differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// FIRST's schema refuses it.
    Schema,
    /// A property that this version does not have; not every edition of the schema refuses it.
    Unknown,
    /// The vector is none, though the schema takes it.
    Vector,
    /// A score or its word does not follow from the vector.
    Computation,
    /// A property says otherwise than the vector.
    Inconsistent,
    /// A property defines a metric that the vector leaves open.
    Beyond,
}

/// Everything that is wrong with an object that claims to be in a version.
pub(crate) fn problems(object: &document::Json<'_>, version: CvssVersion) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut tell = |kind, member: &str, message: String| {
        found.push(Problem { member: member.to_owned(), message, kind });
    };
    let document::Json::Object(members) = object else {
        tell(Kind::Schema, "", "this should be an object".to_owned());
        return found;
    };
    let vector = object.text_of("vectorString").map(Vector::read);
    let vector = match vector {
        Some(Ok(vector)) if vector.version() == version => Some(vector),
        Some(Ok(vector)) => {
            let message = format!("this is CVSS {}, and {version} is said", vector.version());
            tell(Kind::Schema, "vectorString", message);
            None
        }
        Some(Err(error)) => {
            tell(Kind::Vector, "vectorString", error.to_string());
            None
        }
        None => None,
    };
    for (name, value) in members {
        if let Err((kind, message)) = member(name, value, version, vector.as_ref()) {
            tell(kind, name, message);
        }
    }
    let severity = (version != CvssVersion::V2_0).then_some("baseSeverity");
    for required in ["version", "vectorString", "baseScore"].into_iter().chain(severity) {
        if object.get(required).is_none() {
            tell(Kind::Schema, "", format!("`{required}` is missing"));
        }
    }
    if let (Some(tenths), Some(word)) =
        (object.get("baseScore").and_then(tenths), object.text_of("baseSeverity"))
        && version != CvssVersion::V2_0
        && Severity::of_tenths(tenths).as_str().to_ascii_uppercase() != word
    {
        tell(Kind::Schema, "baseSeverity", "this is not the word for the score".to_owned());
    }
    found
}

fn member(
    name: &str,
    value: &document::Json<'_>,
    version: CvssVersion,
    vector: Option<&Vector>,
) -> Result<(), (Kind, String)> {
    let scores = vector.map(Vector::scores);
    let score = |computed: Option<u8>| score(value, version, computed);
    let severity = |computed: Option<u8>| severity(value, version, computed);
    match name {
        "version" if value.text() == Some(version.as_str()) => Ok(()),
        "version" => Err((Kind::Schema, format!("this should be {version}"))),
        "vectorString" if value.text().is_some() => Ok(()),
        "vectorString" => Err((Kind::Schema, "this should be a text".to_owned())),
        "baseScore" => score(scores.map(|scores| scores.base)),
        "baseSeverity" if version != CvssVersion::V2_0 => severity(scores.map(|s| s.base)),
        "temporalScore" if version != CvssVersion::V4_0 => {
            score(scores.map(|scores| scores.temporal.unwrap_or(scores.base)))
        }
        "environmentalScore" if version != CvssVersion::V4_0 => {
            score(scores.map(|scores| scores.overall()))
        }
        "temporalSeverity" if matches!(version, CvssVersion::V3_0 | CvssVersion::V3_1) => {
            severity(scores.map(|scores| scores.temporal.unwrap_or(scores.base)))
        }
        "environmentalSeverity" if matches!(version, CvssVersion::V3_0 | CvssVersion::V3_1) => {
            severity(scores.map(|scores| scores.overall()))
        }
        property => metric(property, value, version, vector),
    }
}

/// A score as a whole number of tenths, if it is one.
fn tenths(value: &document::Json<'_>) -> Option<u8> {
    let document::Json::Number(number) = value else { return None };
    let number = number.as_f64()?;
    (0..=100).find(|tenths| (f64::from(*tenths) / 10.0 - number).abs() < 1e-12)
}

fn score(
    value: &document::Json<'_>,
    version: CvssVersion,
    computed: Option<u8>,
) -> Result<(), (Kind, String)> {
    let document::Json::Number(number) = value else {
        return Err((Kind::Schema, "this should be a number".to_owned()));
    };
    let tenths = tenths(value);
    let in_bounds = number.as_f64().is_some_and(|number| (0.0..=10.0).contains(&number));
    if !in_bounds || tenths.is_none() && version != CvssVersion::V2_0 {
        return Err((Kind::Schema, "this is not a score from 0 to 10 with one decimal".to_owned()));
    }
    match computed {
        Some(computed) if tenths != Some(computed) => {
            let computed = f64::from(computed) / 10.0;
            Err((Kind::Computation, format!("the vector gives {computed:.1}")))
        }
        _ => Ok(()),
    }
}

fn severity(
    value: &document::Json<'_>,
    version: CvssVersion,
    computed: Option<u8>,
) -> Result<(), (Kind, String)> {
    let word = value.text().map(str::to_ascii_lowercase);
    let known = word.and_then(|word| word.parse::<Severity>().ok());
    let Some(known) =
        known.filter(|known| value.text() == Some(&known.as_str().to_ascii_uppercase()))
    else {
        return Err((Kind::Schema, "this is not NONE, LOW, MEDIUM, HIGH or CRITICAL".to_owned()));
    };
    match computed.map(|tenths| version.severity(tenths)) {
        Some(computed) if computed != known => {
            Err((Kind::Computation, format!("the vector gives {computed}")))
        }
        _ => Ok(()),
    }
}

fn metric(
    property: &str,
    value: &document::Json<'_>,
    version: CvssVersion,
    vector: Option<&Vector>,
) -> Result<(), (Kind, String)> {
    const UNDEFINED: &str = "NOT_DEFINED";
    let place = version.properties().iter().position(|known| *known == property);
    let Some(metric) = place.and_then(|place| version.metrics().get(place)) else {
        return Err((Kind::Unknown, format!("CVSS {version} has no such property")));
    };
    let optional = metric.group != super::Group::Base;
    let words: Vec<String> =
        metric.values.iter().map(|value| version.word(metric, value)).collect();
    let said = value
        .text()
        .filter(|said| words.iter().any(|word| word == said) || optional && *said == UNDEFINED);
    let Some(said) = said else {
        return Err((Kind::Schema, format!("this is not one of {}", words.join(", "))));
    };
    let Some(vector) = vector else { return Ok(()) };
    let chosen = vector.metrics().find(|(known, _)| known.name == metric.name);
    let meant = chosen.map_or(UNDEFINED.to_owned(), |(metric, value)| version.word(metric, value));
    if meant == said {
        return Ok(());
    }
    let kind = if chosen.is_some() { Kind::Inconsistent } else { Kind::Beyond };
    Err((kind, format!("the vector says {meant}")))
}
