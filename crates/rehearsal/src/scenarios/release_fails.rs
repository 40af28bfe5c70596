//! The release of the second line is cut from the wrong commit: its version is burnt, the next one
//! takes its place, and every text follows.

use advisory::{LineStanding, Stage as Versions};
use case::LineKey;

use super::{
    Last, Story,
    checks::{Check, closed, ensure, happened, only, published},
};
use crate::{stage::Stage, world::record::Happened};

pub(super) struct ReleaseFails;

const LINE: &str = "1.16";
const BURNT: &str = "1.16.2";
const NEXT: &str = "1.16.3";

impl Story for ReleaseFails {
    fn name(&self) -> &'static str {
        "release-fails"
    }

    fn about(&self) -> &'static str {
        "the second line's release lacks the fix and is made again under the next version"
    }

    fn botches(&self, stage: &Stage, line: &LineKey) -> bool {
        line.line == LINE && stage.work.burnt.is_empty()
    }

    fn ending(&self, last: &Last<'_>) -> Check {
        let case = only(last)?;
        closed(case)?;
        let burnt = case.trains.values().flat_map(|train| &train.burnt);
        ensure(burnt.map(|(_, version, _)| version).eq([BURNT]), "no version was burnt")?;
        for version in [BURNT, NEXT] {
            let name = format!("v{version}");
            ensure(
                happened(
                    last,
                    |what| matches!(what, Happened::Released { tag, .. } if *tag == name),
                ),
                &format!("{name} was never released"),
            )?;
        }
        let Happened::AdvisoryPublished { advisory, .. } = &published(last, case)?.what else {
            return Err("no advisory".into());
        };
        let lines =
            advisory.vulnerabilities.iter().flat_map(|v| &v.affected).flat_map(|a| &a.lines);
        let named = lines.filter(|line| line.line == LINE).find_map(|line| match &line.standing {
            LineStanding::Affected(versions) => versions.fixed(Versions::Planned),
            LineStanding::NotAffected { .. } => None,
        });
        ensure(
            named.is_some_and(|version| version.as_str() == NEXT),
            &format!("the advisory names {named:?}"),
        )
    }
}
