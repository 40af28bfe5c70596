//! `fermata drill`

mod matrix;
mod real;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use rehearsal::{
    Options, Played,
    drill::play,
    scenarios::{self, Story},
    stage::DrillError,
    timeline::{Moment, Timeline},
};
use serde::Serialize;
use store::{KeySource, Kind, OsEntropy, Settings, SqliteStore, Store};

use crate::{
    command_error::{CommandError, Exit},
    house::causes,
    kept::Kept,
    output::Output,
    sending,
};

/// Play a whole response against simulated counterparts
///
/// Makes a repository with three supported minors, lets somebody report a bug in it, and plays the
/// response to its end with time compressed, in seconds. At the end the auditor holds the journal
/// against what the counterparts saw themselves, and names every broken law.
///
/// With --repo, a clone of your own takes the place of the made repository; it is read and never
/// written to. With --report, a mail of yours is the report. docs/drills.md says more.
///
/// The same seed gives the same drill. Exits with 1 if the story did not end as it must, or a law
/// was broken.
#[derive(Args)]
#[command(after_help = example(), verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The story; with --seeds also `all`
    #[arg(long, value_name = "NAME", default_value = "contour")]
    scenario: String,

    /// What decides every throw of the dice
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Play every one of these seeds, such as 1-200, and say only what went wrong
    #[arg(long, value_name = "FIRST-LAST", conflicts_with_all = ["seed", "keep"])]
    seeds: Option<matrix::Seeds>,

    #[command(flatten)]
    real: real::OwnProject,

    /// Let counterparts misbehave: time out after the effect, answer 503, be slow
    #[arg(long)]
    faults: bool,

    /// Keep everything in a new directory, for `fermata audit`
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,

    /// Plant a bug, which the auditor must find
    #[arg(long, value_name = "BUG", hide = true)]
    plant: Option<String>,
}

const EXAMPLE: &str = "\
Examples:
  fermata drill
  fermata drill --seed 7 --faults --json | jq '.violations'
  fermata drill --scenario all --seeds 1-20 --faults
  fermata drill --repo ~/src/proxy --report ~/Mail/report.eml
  fermata drill --repo ~/src/proxy --fixed-by 3f1c2ab --fixed-by 1.32=9a0b1c2 --json | jq '.lines'";

/// The stories are data: a new one stands in the help by itself.
fn example() -> String {
    let line = |story: Box<dyn Story>| format!("  {:14} {}", story.name(), story.about());
    let stories: Vec<String> = scenarios::all().into_iter().map(line).collect();
    format!("{EXAMPLE}\n\nScenarios:\n{}", stories.join("\n"))
}

/// The answer for machines.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    played: &'a Played,
    receipts: Vec<&'a Moment>,
}

/// Plays, and lets the auditor judge.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let options = Options {
        faults: arguments.faults,
        plant: plant(arguments)?,
        history: arguments.real.history(&arguments.scenario)?,
        report: arguments.real.report()?,
        ..Options::new(&arguments.scenario, arguments.seed)
    };
    if let Some(seeds) = &arguments.seeds {
        return matrix::run(&options, *seeds, output);
    }
    let played = if let Some(folder) = &arguments.keep {
        keep(&options, folder)?
    } else {
        let folder = tempfile::tempdir().map_err(|error| {
            CommandError::wrong(format!("the drill's folder cannot be made: {error}"))
        })?;
        play(&options, folder.path(), None, sending::IN_A_DRILL)?
    };
    if output.is_json() {
        let receipts = played.timeline.receipts().collect();
        output.document(&Answer { played: &played, receipts })?;
    } else {
        for_person(&played, output)?;
    }
    Ok(Exit::of_findings(!played.well()))
}

/// Plays on disk, so that the house, its world and the witness can be looked at afterwards.
fn keep(options: &Options, folder: &Path) -> Result<Played, CommandError> {
    let kept = Kept::new(folder);
    fs::create_dir_all(folder).map_err(|error| {
        CommandError::wrong(format!("{} cannot be made: {error}", folder.display()))
    })?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::create(&Settings {
        dir: kept.house(),
        kind: Kind::Drill,
        key: KeySource::InDataDir,
        entropy: Arc::new(OsEntropy),
    })?);
    kept.write(options)?;
    Ok(play(options, &kept.world(), Some(store), sending::IN_A_DRILL)?)
}

#[cfg(feature = "planted-bugs")]
fn plant(arguments: &Arguments) -> Result<Option<rehearsal::plant::Plant>, CommandError> {
    use rehearsal::plant::Plant;
    let Some(name) = &arguments.plant else { return Ok(None) };
    Plant::named(name).map(Some).ok_or_else(|| {
        let known = Plant::ALL.map(Plant::name).join(", ");
        CommandError::wrong(format!("there is no bug {name}")).hint(format!("plant one of {known}"))
    })
}

#[cfg(not(feature = "planted-bugs"))]
fn plant(arguments: &Arguments) -> Result<Option<rehearsal::plant::Plant>, CommandError> {
    match &arguments.plant {
        None => Ok(None),
        Some(name) => Err(CommandError::wrong(format!("this build cannot plant the bug {name}"))
            .hint(format!("cargo run --features planted-bugs -- drill --plant {name}"))),
    }
}

fn for_person(played: &Played, output: &mut Output) -> Result<(), CommandError> {
    let Played { scenario, seed, published: _, lines, timeline, ending, audit, faults } = played;
    let Timeline(moments) = timeline;
    output.line(&timeline.to_string())?;
    let receipts = timeline.receipts().count();
    output.line(&format!(
        "{scenario}, seed {seed}: {} things happened, {receipts} of them with a receipt",
        moments.len()
    ))?;
    if !faults.is_empty() {
        let fired: u64 = faults.values().sum();
        output.line(&format!("counterparts misbehaved {fired} times"))?;
    }
    for line in lines.iter().filter(|line| line.planned.is_some()) {
        let none = || "nothing".to_owned();
        let first = line.first_fixed.clone().unwrap_or_else(none);
        let past = match &line.in_history {
            Some(past) if *past == first => ", as in history".to_owned(),
            Some(past) => format!("; in its whole history it is {past}"),
            None => String::new(),
        };
        output.line(&format!("{} was fixed first in {first}{past}", line.line))?;
    }
    for exposure in &audit.exposure {
        let window = exposure.advisory.duration_since(exposure.fix);
        output.line(&format!("the fix was public {window:#} before the advisory"))?;
    }
    if let Some(ending) = ending {
        output.line(&format!("it did not end as it must: {ending}"))?;
    }
    verdict(&audit.violations, output)
}

/// The auditor's last word.
pub(super) fn verdict(
    violations: &[rehearsal::audit::Violation],
    output: &mut Output,
) -> Result<(), CommandError> {
    for violation in violations {
        output.line(&violation.to_string())?;
    }
    output.line(&match violations.len() {
        0 => "the auditor found no law broken".to_owned(),
        1 => "the auditor found 1 violation".to_owned(),
        count => format!("the auditor found {count} violations"),
    })
}

impl From<DrillError> for CommandError {
    fn from(error: DrillError) -> Self {
        let unknown = matches!(error, DrillError::Unknown(_));
        let wrong = Self::wrong(causes(&error));
        if unknown { wrong.hint("`fermata drill --help` lists the scenarios") } else { wrong }
    }
}
