//! Products that are made of others: relationships in 2.0, product paths in 2.1.

use std::collections::{BTreeMap, BTreeSet};

use super::CsafVersion;
use super::tree::{Joint, Products};
use crate::check::Report;

/// No product may be a part of itself.
pub(super) fn look(products: &Products<'_>, version: CsafVersion, report: &mut Report) {
    let joints = &products.joints;
    let firm = on_firm_ground(joints);
    let circular = joints.iter().zip(firm).filter(|(_, firm)| !firm);
    for (Joint { place, makes, .. }, _) in circular {
        report.error(
            "csaf 6.1.3",
            format!("/product_tree/{}/{place}", version.joints()),
            format!("the definition of `{makes}` comes back to itself, or builds on one that does"),
            "Name parts that are defined without it.",
        );
    }
    if version == CsafVersion::V2_0 {
        return;
    }
    let made: BTreeSet<&str> = joints.iter().map(|joint| joint.makes).collect();
    for joint in joints {
        if let Some(part) = joint.parts().find(|part| made.contains(part)) {
            let message = format!("its part `{part}` is made of others itself");
            let path = format!("/product_tree/{}/{}", version.joints(), joint.place);
            report.push_info("csaf 6.3.22", &path, message);
        }
    }
}

/// Which of them build on settled products alone. A product is settled once everything that makes it
/// is; one that nothing makes is settled from the start.
fn on_firm_ground(relations: &[Joint<'_>]) -> Vec<bool> {
    let mut unsettled: BTreeMap<&str, usize> = BTreeMap::new();
    for relation in relations {
        *unsettled.entry(relation.makes).or_default() += 1;
    }
    let mut built_on: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut missing = vec![0_usize; relations.len()];
    for (number, (relation, missing)) in relations.iter().zip(&mut missing).enumerate() {
        for part in relation.parts().filter(|part| unsettled.contains_key(part)) {
            built_on.entry(part).or_default().push(number);
            *missing += 1;
        }
    }
    let mut firm: Vec<bool> = missing.iter().map(|missing| *missing == 0).collect();
    let ready = firm.iter().enumerate().filter(|(_, firm)| **firm);
    let mut ready: Vec<usize> = ready.map(|(number, _)| number).collect();
    while let Some(relation) = ready.pop().and_then(|number| relations.get(number)) {
        let Some(left) = unsettled.get_mut(relation.makes) else { continue };
        *left -= 1;
        let settled = *left == 0;
        for number in built_on.get(relation.makes).into_iter().flatten().filter(|_| settled) {
            let (Some(missing), Some(firm)) = (missing.get_mut(*number), firm.get_mut(*number))
            else {
                continue;
            };
            *missing -= 1;
            if *missing == 0 {
                *firm = true;
                ready.push(*number);
            }
        }
    }
    firm
}
