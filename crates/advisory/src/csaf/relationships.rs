//! Relationships: products that are made of others.

use std::collections::BTreeMap;

use crate::check::Report;
use crate::check::json::Json;

/// A relationship, with the ids of the product that it makes and of its parts.
struct Relation<'j> {
    place: usize,
    makes: &'j str,
    parts: [&'j str; 2],
}

/// No product of a relationship may be a part of itself.
pub(super) fn look(tree: &Json<'_>, report: &mut Report) {
    let relations: Vec<Relation<'_>> = tree
        .list("relationships")
        .filter_map(|(place, relation)| {
            let makes = relation.get("full_product_name")?.text_of("product_id")?;
            let one = relation.text_of("product_reference")?;
            let other = relation.text_of("relates_to_product_reference")?;
            Some(Relation { place, makes, parts: [one, other] })
        })
        .collect();
    let firm = on_firm_ground(&relations);
    let circular = relations.iter().zip(firm).filter(|(_, firm)| !firm);
    for (Relation { place, makes, .. }, _) in circular {
        report.error(
            "csaf 6.1.3",
            format!("/product_tree/relationships/{place}"),
            format!("the definition of `{makes}` comes back to itself, or builds on one that does"),
            "Name parts that are defined without it.",
        );
    }
}

/// Which relationships build on settled products alone. A product is settled once every
/// relationship that makes it is; one that none makes is settled from the start.
fn on_firm_ground(relations: &[Relation<'_>]) -> Vec<bool> {
    let mut unsettled: BTreeMap<&str, usize> = BTreeMap::new();
    for relation in relations {
        *unsettled.entry(relation.makes).or_default() += 1;
    }
    let mut built_on: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut missing = vec![0_usize; relations.len()];
    for (number, (relation, missing)) in relations.iter().zip(&mut missing).enumerate() {
        for part in relation.parts.iter().filter(|part| unsettled.contains_key(*part)) {
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
