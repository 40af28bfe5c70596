//! How something was built: workflows, tasks and what they use.

use super::common::{REF, TIME};
use super::component::COMPONENTS;
use super::document::DEPENDENCY;
use super::parties::{ATTACHMENT, EXTERNAL_REFERENCE, PROPERTIES, PROPERTY};
use super::service::SERVICES;
use crate::check::shape::{
    Member, Object, Rule, Shape, TEXT, TEXTS, closed, items, may, must, ruled, sharing, unique,
};

pub(super) static FORMULA: Object = closed(&[
    may("bom-ref", REF),
    may("components", Shape::List(&COMPONENTS)),
    may("services", Shape::List(&SERVICES)),
    may("workflows", Shape::List(&unique(Shape::Object(&WORKFLOW)))),
    may("properties", Shape::List(&PROPERTIES)),
]);

pub(super) static WORKFLOW: Object = sharing(
    &WORK,
    closed(&[
        may("tasks", Shape::List(&unique(Shape::Object(&TASK)))),
        may("taskDependencies", Shape::List(&unique(Shape::Object(&DEPENDENCY)))),
    ]),
);

pub(super) static TASK: Object = closed(&WORK);

/// A task, and what a workflow has in common with it.
static WORK: [Member; 15] = [
    must("bom-ref", REF),
    must("uid", TEXT),
    may("name", TEXT),
    may("description", TEXT),
    may("resourceReferences", Shape::List(&unique(Shape::Object(&RESOURCE)))),
    must("taskTypes", Shape::List(&items(TASK_TYPE))),
    may("trigger", Shape::Object(&TRIGGER)),
    may("steps", Shape::List(&unique(Shape::Object(&STEP)))),
    may("inputs", Shape::List(&unique(Shape::Object(&INPUT)))),
    may("outputs", Shape::List(&unique(Shape::Object(&OUTPUT)))),
    may("timeStart", TIME),
    may("timeEnd", TIME),
    may("workspaces", Shape::List(&unique(Shape::Object(&WORKSPACE)))),
    may("runtimeTopology", Shape::List(&unique(Shape::Object(&DEPENDENCY)))),
    may("properties", Shape::List(&PROPERTIES)),
];

pub(super) static STEP: Object = closed(&[
    may("name", TEXT),
    may("description", TEXT),
    may("commands", Shape::List(&items(Shape::Object(&COMMAND)))),
    may("properties", Shape::List(&PROPERTIES)),
]);

pub(super) static COMMAND: Object =
    closed(&[may("executed", TEXT), may("properties", Shape::List(&PROPERTIES))]);

/// What workspaces and triggers have in common.
static NAMED: [Member; 4] = [
    may("name", TEXT),
    may("description", TEXT),
    may("resourceReferences", Shape::List(&unique(Shape::Object(&RESOURCE)))),
    may("properties", Shape::List(&PROPERTIES)),
];

pub(super) static WORKSPACE: Object = sharing(
    &NAMED,
    closed(&[
        must("bom-ref", REF),
        must("uid", TEXT),
        may("aliases", TEXTS),
        may(
            "accessMode",
            Shape::Among("read-only read-write read-write-once write-once write-only"),
        ),
        may("mountPath", TEXT),
        may("managedDataType", TEXT),
        may("volumeRequest", TEXT),
        may("volume", Shape::Object(&VOLUME)),
    ]),
);

pub(super) static VOLUME: Object = closed(&[
    may("uid", TEXT),
    may("name", TEXT),
    may("mode", Shape::Word(&["filesystem", "block"])),
    may("path", TEXT),
    may("sizeAllocated", TEXT),
    may("persistent", Shape::Bool),
    may("remote", Shape::Bool),
    may("properties", Shape::List(&PROPERTIES)),
]);

pub(super) static TRIGGER: Object = sharing(
    &NAMED,
    closed(&[
        must("bom-ref", REF),
        must("uid", TEXT),
        must("type", Shape::Among("manual api webhook scheduled")),
        may("event", Shape::Object(&EVENT)),
        may("conditions", Shape::List(&unique(Shape::Object(&CONDITION)))),
        may("timeActivated", TIME),
        may("inputs", Shape::List(&unique(Shape::Object(&INPUT)))),
        may("outputs", Shape::List(&unique(Shape::Object(&OUTPUT)))),
    ]),
);

pub(super) static EVENT: Object = closed(&[
    may("uid", TEXT),
    may("description", TEXT),
    may("timeReceived", TIME),
    may("data", Shape::Object(&ATTACHMENT)),
    may("source", Shape::Object(&RESOURCE)),
    may("target", Shape::Object(&RESOURCE)),
    may("properties", Shape::List(&PROPERTIES)),
]);

pub(super) static INPUT: Object = sharing(
    &FLOW,
    ruled(
        &[Rule::One(&[&["resource"], &["parameters"], &["environmentVars"], &["data"]])],
        &[may("parameters", Shape::List(&unique(Shape::Object(&PARAMETER))))],
    ),
);

pub(super) static OUTPUT: Object = sharing(
    &FLOW,
    ruled(
        &[Rule::One(&[&["resource"], &["environmentVars"], &["data"]])],
        &[may("type", Shape::Among("artifact attestation log evidence metrics other"))],
    ),
);

/// What goes in or comes out, and between which resources.
static FLOW: [Member; 6] = [
    may("source", Shape::Object(&RESOURCE)),
    may("target", Shape::Object(&RESOURCE)),
    may("resource", Shape::Object(&RESOURCE)),
    may("environmentVars", Shape::List(&unique(Shape::OneOf(&[Shape::Object(&PROPERTY), TEXT])))),
    may("data", Shape::Object(&ATTACHMENT)),
    may("properties", Shape::List(&PROPERTIES)),
];

pub(super) static RESOURCE: Object = ruled(
    &[Rule::One(&[&["ref"], &["externalReference"]])],
    &[may("ref", REF), may("externalReference", Shape::Object(&EXTERNAL_REFERENCE))],
);

pub(super) static CONDITION: Object = closed(&[
    may("description", TEXT),
    may("expression", TEXT),
    may("properties", Shape::List(&PROPERTIES)),
]);

pub(super) const TASK_TYPE: Shape = Shape::Among(
    "\
copy clone lint scan merge build test deliver deploy release clean other",
);

pub(super) static PARAMETER: Object =
    closed(&[may("name", TEXT), may("value", TEXT), may("dataType", TEXT)]);
