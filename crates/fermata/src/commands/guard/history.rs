//! `fermata guard history`

use std::{
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use clap::Args;
use discretion::Terms;
use engine::{AlreadyRead, Sweep, Swept};
use git::{Holdings, Reading, Repo};
use store::{Entropy, OsEntropy};

use super::{Common, found::Found};
use crate::{
    cache,
    command_error::{CommandError, Exit},
    output::Output,
};

/// Look for the case's own words in everything that a clone holds
///
/// Reads every version of every file, names of files, messages of commits and tags, and people; also
/// what no branch reaches any more. Nothing else is pointed at: `commits` and `push` weigh words that
/// only say “security”. Where a finding's object comes from, git tells:
/// `git log --all --find-object=ID`.
///
/// What was read is remembered in `$XDG_CACHE_HOME/fermata` or `~/.cache/fermata`, by names of packs
/// and objects, so that the next look for the same terms reads what is new.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The clone: the top folder of a working tree, or a bare repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,

    #[command(flatten)]
    common: Common,

    /// Read everything, whatever was read before
    #[arg(long)]
    anew: bool,
}

const EXAMPLE: &str = "\
Example:
  fermata guard history --repo ~/src/contour --terms terms.txt";

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    if arguments.common.terms.is_none() {
        return Err(CommandError::wrong("nothing to look for").hint("name a file with --terms"));
    }
    let terms = arguments.common.terms()?;
    let mut repo = Repo::open(&arguments.repo)?;
    let cache = cache::of_this_account();
    let mark = cache.as_ref().and_then(|cache| mark(cache, &terms));
    if let Some(cache) = cache {
        repo = repo.with_cache(cache);
    }
    let mark = mark.filter(|_| repo.has_cache());
    let kept = mark.as_ref().filter(|_| !arguments.anew).and_then(|mark| repo.kept(mark));
    let kept = kept.and_then(|bytes| AlreadyRead::from_text(&String::from_utf8(bytes).ok()?));
    let holdings = repo.holdings()?;
    let sweep = Sweep::new(&terms);
    let read = kept.unwrap_or_default();
    let mut swept = sweep.read_again(&holdings, &mut repo.objects()?, &read)?;
    swept.join(all(&sweep, &holdings, &holdings.reading(read.stores())?)?);
    swept.settle();
    if let Some(mark) = mark {
        repo.keep(&mark, swept.remembered(&holdings).to_text().as_bytes());
    }
    let found: Vec<Found> = swept.findings.into_iter().map(Found::from).collect();
    let any = arguments.common.report(&found, output)?;
    match swept.absent.first() {
        None => Ok(Exit::of_findings(any)),
        Some(first) => {
            let count = swept.absent.len();
            output.finish()?;
            Err(CommandError::wrong(format!(
                "{count} objects are named and not here, so they were not read; {first} is one"
            ))
            .hint("use a full clone"))
        }
    }
}

/// Reads batch after batch on all cores.
fn all(sweep: &Sweep, holdings: &Holdings, reading: &Reading<'_>) -> Result<Swept, CommandError> {
    let next = AtomicUsize::new(0);
    let all: Mutex<Result<Swept, git::Error>> = Mutex::new(Ok(Swept::default()));
    let work = || {
        let mut swept = Swept::default();
        let mut failed = None;
        while failed.is_none() {
            let batch = next.fetch_add(1, Ordering::Relaxed);
            if batch >= reading.batches() {
                break;
            }
            failed = reading.read(batch, |piece| sweep.read(holdings, piece, &mut swept)).err();
        }
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        match (failed, &mut *all) {
            (Some(error), _) => *all = Err(error),
            (None, Ok(all)) => all.join(swept),
            (None, Err(_)) => {}
        }
    };
    thread::scope(|scope| {
        for _ in 1..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
        work();
    });
    Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner)?)
}

/// Under what name it is remembered what was read for these terms.
fn mark(cache: &git::Cache, terms: &Terms) -> Option<String> {
    const KEY: &str = "guard-key";
    let known = cache.load(KEY).and_then(|key| <[u8; 32]>::try_from(key).ok());
    let key = if let Some(key) = known {
        key
    } else {
        let mut key = [0; 32];
        OsEntropy.fill(&mut key);
        cache.store(KEY, &key).ok()?;
        key
    };
    Some(format!("guard-{}", terms.mark(&key)))
}
