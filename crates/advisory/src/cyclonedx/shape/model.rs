//! Models of machine learning, their data and what they cost.

use super::common::{ADDRESS, NUMBER, REF};
use super::parties::{ATTACHMENT, EXTERNAL_REFERENCES, GOVERNANCE, ORGANISATION, PROPERTIES};
use crate::check::shape::{Object, Shape, TEXT, TEXTS, closed, items, may, must};

pub(super) static MODEL_CARD: Object = closed(&[
    may("bom-ref", REF),
    may(
        "modelParameters",
        Shape::Object(&closed(&[
            may(
                "approach",
                Shape::Object(&closed(&[may(
                    "type",
                    Shape::Among(
                        "\
supervised unsupervised reinforcement-learning semi-supervised \
self-supervised",
                    ),
                )])),
            ),
            may("task", TEXT),
            may("architectureFamily", TEXT),
            may("modelArchitecture", TEXT),
            may(
                "datasets",
                Shape::List(&items(Shape::OneOf(&[
                    Shape::Object(&COMPONENT_DATA),
                    Shape::Object(&closed(&[may("ref", REF)])),
                ]))),
            ),
            may("inputs", Shape::List(&items(Shape::Object(&DATA_FORMAT)))),
            may("outputs", Shape::List(&items(Shape::Object(&DATA_FORMAT)))),
        ])),
    ),
    may(
        "quantitativeAnalysis",
        Shape::Object(&closed(&[
            may("performanceMetrics", Shape::List(&items(Shape::Object(&PERFORMANCE_METRIC)))),
            may("graphics", Shape::Object(&GRAPHICS_COLLECTION)),
        ])),
    ),
    may(
        "considerations",
        Shape::Object(&closed(&[
            may("users", TEXTS),
            may("useCases", TEXTS),
            may("technicalLimitations", TEXTS),
            may("performanceTradeoffs", TEXTS),
            may("ethicalConsiderations", Shape::List(&items(Shape::Object(&RISK)))),
            may("environmentalConsiderations", Shape::Object(&ENVIRONMENT)),
            may("fairnessAssessments", Shape::List(&items(Shape::Object(&FAIRNESS_ASSESSMENT)))),
        ])),
    ),
    may("properties", Shape::List(&PROPERTIES)),
]);

pub(super) static DATA_FORMAT: Object = closed(&[may("format", TEXT)]);

pub(super) static COMPONENT_DATA: Object = closed(&[
    may("bom-ref", REF),
    must("type", Shape::Among("source-code configuration dataset definition other")),
    may("name", TEXT),
    may(
        "contents",
        Shape::Object(&closed(&[
            may("attachment", Shape::Object(&ATTACHMENT)),
            may("url", ADDRESS),
            may("properties", Shape::List(&PROPERTIES)),
        ])),
    ),
    may("classification", TEXT),
    may("sensitiveData", TEXTS),
    may("graphics", Shape::Object(&GRAPHICS_COLLECTION)),
    may("description", TEXT),
    may("governance", Shape::Object(&GOVERNANCE)),
]);

pub(super) static GRAPHICS_COLLECTION: Object = closed(&[
    may("description", TEXT),
    may("collection", Shape::List(&items(Shape::Object(&GRAPHIC)))),
]);

pub(super) static GRAPHIC: Object =
    closed(&[may("name", TEXT), may("image", Shape::Object(&ATTACHMENT))]);

pub(super) static PERFORMANCE_METRIC: Object = closed(&[
    may("type", TEXT),
    may("value", TEXT),
    may("slice", TEXT),
    may(
        "confidenceInterval",
        Shape::Object(&closed(&[may("lowerBound", TEXT), may("upperBound", TEXT)])),
    ),
]);

pub(super) static RISK: Object = closed(&[may("name", TEXT), may("mitigationStrategy", TEXT)]);

pub(super) static FAIRNESS_ASSESSMENT: Object = closed(&[
    may("groupAtRisk", TEXT),
    may("benefits", TEXT),
    may("harms", TEXT),
    may("mitigationStrategy", TEXT),
]);

pub(super) static ENVIRONMENT: Object = closed(&[
    may("energyConsumptions", Shape::List(&items(Shape::Object(&ENERGY_CONSUMPTION)))),
    may("properties", Shape::List(&PROPERTIES)),
]);

pub(super) static ENERGY_CONSUMPTION: Object = closed(&[
    must(
        "activity",
        Shape::Among(
            "\
design data-collection data-preparation training fine-tuning validation \
deployment inference other",
        ),
    ),
    must("energyProviders", Shape::List(&items(Shape::Object(&ENERGY_PROVIDER)))),
    must("activityEnergyCost", Shape::Object(&ENERGY_MEASURE)),
    may("co2CostEquivalent", Shape::Object(&CO2_MEASURE)),
    may("co2CostOffset", Shape::Object(&CO2_MEASURE)),
    may("properties", Shape::List(&PROPERTIES)),
]);

pub(super) static ENERGY_MEASURE: Object =
    closed(&[must("value", NUMBER), must("unit", Shape::Word(&["kWh"]))]);

pub(super) static CO2_MEASURE: Object =
    closed(&[must("value", NUMBER), must("unit", Shape::Word(&["tCO2eq"]))]);

pub(super) static ENERGY_PROVIDER: Object = closed(&[
    may("bom-ref", REF),
    may("description", TEXT),
    must("organization", Shape::Object(&ORGANISATION)),
    must(
        "energySource",
        Shape::Among(
            "\
coal oil natural-gas nuclear wind solar geothermal hydropower biofuel \
unknown other",
        ),
    ),
    must("energyProvided", Shape::Object(&ENERGY_MEASURE)),
    may("externalReferences", Shape::List(&EXTERNAL_REFERENCES)),
]);
