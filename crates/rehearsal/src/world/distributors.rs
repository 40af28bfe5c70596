//! What vendors do with the embargoed notice: accept, object and come round, stay silent, or talk.

use jiff::SignedDuration;

use super::{
    Scene,
    agenda::{Deed, Plan, after},
    setting::VendorManner,
};
use crate::dice::Dice;

/// A vendor has read a notice that asks for buy-in, its `nth`.
pub(super) fn reads(vendor: usize, nth: u32, scene: &mut Scene<'_>, dice: &mut Dice) {
    let Some(found) = scene.setting.vendors.get(vendor) else { return };
    let organisation = found.organisation.clone();
    let mut soon = |scene: &mut Scene<'_>, deed| {
        let at = after(scene.at, dice.minutes(40, 11 * 60));
        scene.agenda.add(at, Plan::Deed(deed));
    };
    match &found.manner {
        VendorManner::Objects(reason) if nth == 1 => {
            soon(scene, Deed::Objects { organisation, reason: reason.clone() });
        }
        VendorManner::Accepts | VendorManner::Objects(_) => {
            soon(scene, Deed::Consents { organisation });
        }
        VendorManner::Leaks(when) if nth == 1 => {
            scene.agenda.add(after(scene.at, *when), Plan::VendorTells(vendor));
        }
        VendorManner::Leaks(_) | VendorManner::Silent | VendorManner::Bounces => {}
    }
}

/// A vendor has told the world, and says so to the team within the hour.
pub(super) fn owns_up(organisation: &str, scene: &mut Scene<'_>, dice: &mut Dice) {
    let what = "a public ticket of ours named the flaw and the date".to_owned();
    let deed = Deed::OwnsUp { organisation: organisation.to_owned(), what };
    let at = after(scene.at, dice.minutes(5, 50));
    scene.agenda.add(at, Plan::Deed(deed));
}

/// How soon a vendor withdraws an objection that was met, once it has been told.
pub(super) fn comes_round(organisation: &str, scene: &mut Scene<'_>) {
    let deed = Deed::Withdraws { organisation: organisation.to_owned() };
    scene.agenda.add(after(scene.at, SignedDuration::from_mins(30)), Plan::Deed(deed));
}
