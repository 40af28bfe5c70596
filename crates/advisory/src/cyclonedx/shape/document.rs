//! A CycloneDX document as a whole.

use super::claims::{CITATION, DECLARATIONS, DEFINITIONS};
use super::common::{REF, SERIAL, TIME, UNIQUE_REFS};
use super::component::{COMPONENT, COMPONENTS};
use super::formulation::FORMULA;
use super::licence::LICENCES;
use super::parties::{CONTACT, EXTERNAL_REFERENCES, ORGANISATION, PROPERTIES, TOOLS};
use super::service::{SERVICE, SERVICES};
use super::signature::SIGNATURE;
use super::vulnerability::VULNERABILITY;
use crate::check::shape::{Object, Rule, Shape, TEXT, closed, items, may, must, ruled, unique};

pub(super) static DOCUMENT: Object = closed(&[
    may("$schema", TEXT),
    must("bomFormat", Shape::Word(&["CycloneDX"])),
    must("specVersion", TEXT),
    may("serialNumber", SERIAL),
    may("version", Shape::Whole(1)),
    may("metadata", Shape::Object(&METADATA)),
    may("components", Shape::List(&COMPONENTS)),
    may("services", Shape::List(&SERVICES)),
    may("externalReferences", Shape::List(&EXTERNAL_REFERENCES)),
    may("dependencies", Shape::List(&unique(Shape::Object(&DEPENDENCY)))),
    may("compositions", Shape::List(&unique(Shape::Object(&COMPOSITION)))),
    may("vulnerabilities", Shape::List(&unique(Shape::Object(&VULNERABILITY)))),
    may("annotations", Shape::List(&unique(Shape::Object(&ANNOTATION)))),
    may("formulation", Shape::List(&unique(Shape::Object(&FORMULA)))),
    may("citations", Shape::List(&unique(Shape::Object(&CITATION)))),
    may("properties", Shape::List(&PROPERTIES)),
    may("signature", Shape::OneOf(&SIGNATURE)),
    may("declarations", Shape::Object(&DECLARATIONS)),
    may("definitions", Shape::Object(&DEFINITIONS)),
]);

pub(super) static METADATA: Object = closed(&[
    may("timestamp", TIME),
    may(
        "lifecycles",
        Shape::List(&items(Shape::OneOf(&[
            Shape::Object(&closed(&[must(
                "phase",
                Shape::Among(
                    "\
design pre-build build post-build operations discovery decommission",
                ),
            )])),
            Shape::Object(&closed(&[must("name", TEXT), may("description", TEXT)])),
        ]))),
    ),
    may("tools", Shape::OneOf(&TOOLS)),
    may("manufacturer", Shape::Object(&ORGANISATION)),
    may("authors", Shape::List(&items(Shape::Object(&CONTACT)))),
    may("component", Shape::Object(&COMPONENT)),
    may("manufacture", Shape::Object(&ORGANISATION)),
    may("supplier", Shape::Object(&ORGANISATION)),
    may("licenses", Shape::List(&LICENCES)),
    may("properties", Shape::List(&PROPERTIES)),
    may("distributionConstraints", Shape::Object(&closed(&[may("tlp", TLP)]))),
]);

pub(super) const TLP: Shape = Shape::Among("CLEAR GREEN AMBER AMBER_AND_STRICT RED");

pub(super) static DEPENDENCY: Object =
    closed(&[must("ref", REF), may("dependsOn", UNIQUE_REFS), may("provides", UNIQUE_REFS)]);

pub(super) static COMPOSITION: Object = closed(&[
    may("bom-ref", REF),
    must("aggregate", AGGREGATE),
    may("assemblies", UNIQUE_REFS),
    may("dependencies", Shape::List(&unique(TEXT))),
    may("vulnerabilities", Shape::List(&unique(TEXT))),
    may("signature", Shape::OneOf(&SIGNATURE)),
]);

pub(super) const AGGREGATE: Shape = Shape::Among(
    "\
complete incomplete incomplete_first_party_only \
incomplete_first_party_proprietary_only \
incomplete_first_party_opensource_only incomplete_third_party_only \
incomplete_third_party_proprietary_only \
incomplete_third_party_opensource_only unknown not_specified",
);

pub(super) static ANNOTATION: Object = closed(&[
    may("bom-ref", REF),
    must("subjects", UNIQUE_REFS),
    must(
        "annotator",
        Shape::Object(&ruled(
            &[Rule::One(&[&["organization"], &["individual"], &["component"], &["service"]])],
            &[
                may("organization", Shape::Object(&ORGANISATION)),
                may("individual", Shape::Object(&CONTACT)),
                may("component", Shape::Object(&COMPONENT)),
                may("service", Shape::Object(&SERVICE)),
            ],
        )),
    ),
    must("timestamp", TIME),
    must("text", TEXT),
    may("signature", Shape::OneOf(&SIGNATURE)),
]);
