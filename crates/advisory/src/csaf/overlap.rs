//! Ranges of versions that stand side by side in the tree and share versions: whoever looks one up
//! finds two answers, or the same one twice.
//!
//! Every range becomes stretches of an order; a sweep over their beginnings finds what overlaps in
//! one pass, so that long lists stay quick. Ranges without a known order are passed over.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::branches::RANGE;
use super::range::{Order, Range, Sign};
use super::tree::{Place, Products};
use super::vulnerability::{STANDINGS, having};
use crate::check::Report;
use crate::check::json::Json;

/// An end of a stretch: the version, and whether it belongs to it. `None` is without end.
type End<'t> = Option<(&'t str, bool)>;

/// A branch that is a range or a version.
struct Entry<'t> {
    stretches: Vec<(End<'t>, End<'t>)>,
    parent: Option<usize>,
    /// How its versions are compared, and whether the range says so itself; `None` for one version.
    class: Option<(Order, bool)>,
    /// Whether it ends in a product, and not in further branches.
    leaf: bool,
}

/// A stretch on its way through the sweep.
struct Item<'t> {
    low: End<'t>,
    high: End<'t>,
    kind: Kind,
    /// What the caller wants to be told.
    mark: usize,
}

/// What stands behind a stretch, as far as rules tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    range: bool,
    leaf: bool,
    standing: usize,
}

/// Ranges and versions by their number among the branches.
type Entries<'t> = BTreeMap<usize, Entry<'t>>;

pub(super) fn look(document: &Json<'_>, products: &Products<'_>, report: &mut Report) {
    let entries = entries(products);
    if !entries.values().any(|entry| entry.class.is_some()) {
        return;
    }
    between_branches(&entries, products, report);
    let mut standing_at = BTreeMap::new();
    for product in &products.defined {
        let Place::Branch(end) = product.place else { continue };
        let mut above = std::iter::successors(Some(end), |number| {
            products.branches.get(*number).and_then(|branch| branch.parent)
        });
        if let Some(number) = above.find(|number| entries.contains_key(number)) {
            standing_at.entry(product.id).or_insert(number);
        }
    }
    for (place, vulnerability) in document.list("vulnerabilities") {
        let mut mentions = Vec::new();
        for (standing, (_, statuses)) in STANDINGS.iter().enumerate() {
            for (id, status, number) in having(vulnerability, statuses) {
                if let Some(branch) = standing_at.get(id) {
                    let path = (status, number);
                    mentions.push((*branch, standing, path));
                }
            }
        }
        statuses(&mentions, &entries, place, report);
    }
}

fn entries<'t>(products: &Products<'t>) -> Entries<'t> {
    let entry = |(number, branch): (usize, &super::tree::Branch<'t>)| {
        let (class, stretches) = match branch.category {
            "product_version" => {
                let at = Some((branch.name, true));
                (None, vec![(at, at)])
            }
            RANGE => {
                let range = Range::read(branch.name).ok()?;
                let order = match range.kind {
                    None => Order::Dotted,
                    Some(_) => range.order()?,
                };
                (Some((order, range.kind.is_some())), stretches(&range, order)?)
            }
            _ => return None,
        };
        let leaf = branch.json.get("product").is_some();
        Some((number, Entry { stretches, parent: branch.parent, class, leaf }))
    };
    products.branches.iter().enumerate().filter_map(entry).collect()
}

/// The stretches of a range; `None` if one of its versions has no place in the order.
fn stretches<'t>(range: &Range<'t>, order: Order) -> Option<Vec<(End<'t>, End<'t>)>> {
    let mut found = Vec::new();
    let first = range.constraints.iter().find(|(sign, _)| *sign != Sign::Not);
    let from_start = first.is_none_or(|(sign, _)| matches!(sign, Sign::Below | Sign::UpTo));
    let mut open: Option<End<'t>> = from_start.then_some(None);
    for (sign, version) in &range.constraints {
        order.compare(version, version)?;
        let at = |inside| Some((*version, inside));
        match sign {
            Sign::Is => found.push((at(true), at(true))),
            Sign::Above => open = Some(at(false)),
            Sign::From => open = Some(at(true)),
            Sign::Below => found.extend(open.take().map(|low| (low, at(false)))),
            Sign::UpTo => found.extend(open.take().map(|low| (low, at(true)))),
            Sign::Not => {
                if let Some(low) = open.replace(at(false)) {
                    found.push((low, at(false)));
                } else {
                    open = None;
                }
            }
        }
    }
    found.extend(open.map(|low| (low, None)));
    Some(found)
}

/// Which siblings may be compared: those under one branch, in one order.
type Side<'e, 't> = BTreeMap<(Option<usize>, (Order, bool)), Vec<Item<'t>>>;

/// Puts a list of branches side by side. One version stands beside the ranges of each order.
fn side_by_side<'e, 't>(
    members: impl Iterator<Item = (&'e Entry<'t>, usize, usize)> + Clone,
) -> Side<'e, 't>
where
    't: 'e,
{
    let mut side: Side<'e, 't> = BTreeMap::new();
    let mut classes: BTreeMap<Option<usize>, Vec<(Order, bool)>> = BTreeMap::new();
    for (entry, ..) in members.clone() {
        if let Some(class) = entry.class {
            let known = classes.entry(entry.parent).or_default();
            if !known.contains(&class) {
                known.push(class);
            }
        }
    }
    for (entry, standing, mark) in members {
        let own = entry.class.map(|class| vec![class]);
        let beside = classes.get(&entry.parent);
        for class in own.iter().chain(beside.filter(|_| own.is_none())).flatten() {
            let kind = Kind { range: entry.class.is_some(), leaf: entry.leaf, standing };
            let items = entry
                .stretches
                .iter()
                .filter(|(low, _)| low.is_none_or(|(low, _)| class.0.compare(low, low).is_some()))
                .map(|(low, high)| Item { low: *low, high: *high, kind, mark });
            side.entry((entry.parent, *class)).or_default().extend(items);
        }
    }
    side
}

/// Tells of each stretch what kinds of others, which begin before it, reach into it.
fn sweep<'t>(items: &mut [Item<'t>], order: Order, mut tell: impl FnMut(&Item<'t>, Kind)) {
    let compare = |one: &str, other: &str| order.compare(one, other).unwrap_or(Ordering::Equal);
    items.sort_by(|one, other| match (one.low, other.low) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some((one, inside)), Some((other, other_inside))) => {
            compare(one, other).then(other_inside.cmp(&inside))
        }
    });
    let mut furthest: BTreeMap<Kind, End<'t>> = BTreeMap::new();
    for item in &*items {
        for (kind, high) in &furthest {
            let reaches = match (*high, item.low) {
                (None, _) | (_, None) => true,
                (Some((high, inside)), Some((low, low_inside))) => match compare(high, low) {
                    Ordering::Greater => true,
                    Ordering::Equal => inside && low_inside,
                    Ordering::Less => false,
                },
            };
            if reaches {
                tell(item, *kind);
            }
        }
        let further = |high: &End<'t>| match (*high, item.high) {
            (None, _) => false,
            (_, None) => true,
            (Some((high, inside)), Some((other, other_inside))) => {
                compare(high, other).then(inside.cmp(&other_inside)) == Ordering::Less
            }
        };
        let slot = furthest.entry(item.kind).or_insert(item.high);
        if further(slot) {
            *slot = item.high;
        }
    }
}

/// Ranges with branches below them, whatever is said about their products.
fn between_branches(entries: &Entries<'_>, products: &Products<'_>, report: &mut Report) {
    let members = entries.iter().map(|(number, entry)| (entry, 0, *number));
    for ((_, (order, _)), mut items) in side_by_side(members) {
        sweep(&mut items, order, |item, other| {
            let ranges = item.kind.range && other.range;
            // What must have branches is the other range, or the version.
            let branched = match (item.kind.range, other.range) {
                (true, true) => !item.kind.leaf || !other.leaf,
                (true, false) => !other.leaf,
                (false, true) => !item.kind.leaf,
                (false, false) => false,
            };
            if branched {
                let rule = if ranges { "csaf 6.3.19.4" } else { "csaf 6.3.19.5" };
                let path = format!("{}/name", products.branch_path(item.mark));
                report.push_info(
                    rule,
                    &path,
                    "a range beside it has versions in common".to_owned(),
                );
            }
        });
    }
}

/// What one vulnerability says about the products of ranges.
fn statuses(
    mentions: &[(usize, usize, (&'static str, usize))],
    entries: &Entries<'_>,
    vulnerability: usize,
    report: &mut Report,
) {
    let members = mentions
        .iter()
        .enumerate()
        .filter_map(|(mark, (branch, standing, _))| Some((entries.get(branch)?, *standing, mark)));
    for ((_, (order, vers)), mut items) in side_by_side(members) {
        sweep(&mut items, order, |item, other| {
            let (one, two) = (item.kind, other);
            if !(one.range || two.range) || !(one.leaf || two.leaf) {
                return;
            }
            let Some((_, _, (status, number))) = mentions.get(item.mark) else { return };
            let path = format!("/vulnerabilities/{vulnerability}/product_status/{status}/{number}");
            let which = if one.range && two.range { usize::from(!vers) } else { 2 };
            if one.standing == two.standing {
                let rules = ["csaf 6.3.19.1", "csaf 6.3.19.2", "csaf 6.3.19.3"];
                let Some(rule) = rules.get(which) else { return };
                let message = "a range beside it that says the same has versions in common";
                report.push_info(rule, &path, message.to_owned());
            } else {
                let rules = ["csaf 6.2.50.1", "csaf 6.2.50.2", "csaf 6.2.50.3"];
                let Some(rule) = rules.get(which) else { return };
                report.warning(
                    rule,
                    path,
                    "a range beside it has versions in common, and says otherwise",
                    "Split the ranges, so that each version stands in one.",
                );
            }
        });
    }
}
