//! Where a project's repositories are read: mirrors on the machine of the house, how fresh they are,
//! and how it is told which lines they support.

use engine::{
    EngineError, Project,
    ports::{LocalClone, Repository, Telling},
};
use serde::Serialize;

use crate::{
    fault::Fault,
    fields::{Fields, Read, bad},
    view::readiness::Sighted,
    visit::Visit,
};

/// Where a repository is read, as its form shows it.
#[derive(Serialize)]
pub(super) struct CloneView {
    repository: String,
    known: bool,
    folder: String,
    told: &'static str,
    patterns: String,
    file: String,
    newest: usize,
    sighted: Option<Sighted>,
}

/// How many minors most projects support.
const NEWEST: usize = 3;

impl CloneView {
    /// What the form shows now.
    pub(super) fn new(visit: &Visit, repository: Repository<'_>) -> Self {
        let engine = &visit.hall.engine;
        let mut view = Self {
            repository: repository.name.to_owned(),
            known: repository.clone.is_some(),
            folder: format!("{}.git", repository.name),
            told: "newest",
            patterns: String::new(),
            file: "versions.yaml".into(),
            newest: NEWEST,
            sighted: Sighted::new(engine, repository, engine.now().now),
        };
        let Some(LocalClone { folder, supported }) = repository.clone else { return view };
        view.folder.clone_from(folder);
        match supported {
            Telling::Patterns(patterns) => {
                (view.told, view.patterns) = ("patterns", patterns.join(" "));
            }
            Telling::File(file) => (view.told, view.file) = ("file", file.clone()),
            Telling::Newest(count) => (view.told, view.newest) = ("newest", *count),
        }
        view
    }
}

/// What a form says of where a repository is read; or that it be fetched.
pub(super) fn change(visit: &Visit, project: &Project, fields: &Fields) -> Result<Read<()>, Fault> {
    let (engine, repository) = (&visit.hall.engine, fields.text("repository"));
    if fields.form() == "fetch" {
        return match engine.fetch_now(project.id, visit.person, repository) {
            Err(EngineError::Invalid(why)) => Ok(Err(bad(why, "see how it is read"))),
            other => Ok(Ok(other?)),
        };
    }
    let clone = match fields.form() {
        "clone" => match local_clone(fields) {
            Ok(clone) => Some(clone),
            Err(refusal) => return Ok(Err(refusal)),
        },
        _ => None,
    };
    let command = fields.command("clone");
    match engine.read_from(project.id, visit.person, repository, clone, command) {
        Ok(()) => Ok(Ok(())),
        Err(EngineError::Invalid(why)) => {
            Ok(Err(bad(why, "see what lies in that folder, and whether the rest fits it")))
        }
        Err(other) => Err(other.into()),
    }
}

fn local_clone(fields: &Fields) -> Read<LocalClone> {
    let supported = match fields.text("told") {
        "patterns" => match fields.words("patterns") {
            none if none.is_empty() => {
                return Err(bad("“Patterns” is empty", "name the supported minors, such as 1.3*"));
            }
            patterns => Telling::Patterns(patterns),
        },
        "file" => Telling::File(fields.required("file", "File")?.to_owned()),
        "newest" => Telling::Newest(fields.parsed("newest", "How many")?),
        _ => return Err(bad("nothing says which lines are supported", "choose one")),
    };
    Ok(LocalClone {
        folder: fields.required("folder", "Folder of the clone")?.to_owned(),
        supported,
    })
}
