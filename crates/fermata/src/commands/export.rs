//! `fermata export`

use std::{path::PathBuf, sync::Arc};

use advisory::Mailbox;
use case::{Actor, CaseId, PersonId};
use clap::Args;
use engine::{Engine, EngineError, Export};
use serde::Serialize;

use crate::{
    command_error::{CommandError, Exit},
    house::{self, DataDir},
    output::Output,
    tree,
};

/// Write a case as files, for somebody who may read it
///
/// In the folder: case.json, advisory.json, timeline.txt, readiness.json (where each supported line
/// stands, with every fact), every record that can be written now under records/ (findings.jsonl says
/// what its rules find, or what is still missing), the messages both ways under mails/, the reports as
/// they came under reports/, and journal.jsonl. Whoever may not see who reported gets neither mails,
/// reports nor journal, since they name the reporter.
///
/// What is written is under embargo as long as the case is: the folder is readable by its owner
/// alone, and it is no longer this house that guards it. Who took it is in the journal, like every
/// read. The house must not be running.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: DataDir,

    /// The address of the person for whom the case is written
    #[arg(long = "for", value_name = "ADDRESS")]
    reader: Mailbox,

    /// The case, by its codename or its id
    #[arg(value_name = "CASE")]
    case: String,

    /// A folder that does not exist yet
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

const EXAMPLE: &str = "\
Example:
  fermata export --for ada@example.org amber-heron /safe/amber-heron";

#[derive(Serialize)]
struct Answer<'a> {
    case: String,
    codename: &'a str,
    written: String,
    files: usize,
    without_identity: bool,
}

/// Reads the case and writes the folder.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let engine = house::engine(Arc::new(arguments.data.open()?), arguments.data.clones())?;
    let unknown = |error| match error {
        EngineError::NotFound => {
            CommandError::wrong(format!("{} knows of no case {}", arguments.reader, arguments.case))
                .hint("somebody who is neither on the team nor in the case may not know of it")
        }
        other => other.into(),
    };
    let person = engine.find_person(&arguments.reader)?.ok_or_else(|| {
        CommandError::wrong(format!("nobody here has the address {}", arguments.reader))
            .hint("write it as it stands on the team's page")
    })?;
    let case = engine.find_case(person, &arguments.case).map_err(unknown)?;
    let export = engine.export(case, Actor::Person(person)).map_err(unknown)?;
    let mut files = export.files.clone();
    files.insert("timeline.txt".to_owned(), timeline(&engine, &export, person)?.into_bytes());
    tree::create(&arguments.folder, &files)?;
    answer(arguments, &export, case, files.len(), output)?;
    Ok(Exit::Fine)
}

/// Every entry in a sentence, the oldest first.
fn timeline(engine: &Engine, export: &Export, person: PersonId) -> Result<String, CommandError> {
    let mut team = Vec::new();
    for member in &export.view.team {
        let known = engine.contact(*member)?;
        team.push((*member, known.map_or_else(|| "somebody".to_owned(), |known| known.name)));
    }
    let told = web::timeline(&export.view, Actor::Person(person), team);
    let lines = told.iter().map(|it| format!("{} {} {} ({})\n", it.at, it.who, it.what, it.source));
    Ok(lines.collect::<Vec<_>>().concat())
}

fn answer(
    arguments: &Arguments,
    export: &Export,
    case: CaseId,
    files: usize,
    output: &mut Output,
) -> Result<(), CommandError> {
    let written = arguments.folder.display().to_string();
    let codename = export.view.loaded.case.codename.as_str();
    let without_identity = export.without_identity;
    if without_identity {
        output.talk("note: without mails, reports and journal, which name the reporter");
    }
    if output.is_json() {
        let case = case.to_string();
        return output.document(&Answer { case, codename, written, files, without_identity });
    }
    output.line(&format!("{codename}: {files} files in {written}"))
}
