//! Mirrors of repositories that lie on this machine.
//!
//! Whoever runs the house makes a mirror of each repository in one folder, and keeps it fresh or has the
//! house do so with a [`Fetcher`]; the project's page names it. Here it is only read, through the room
//! `git`: no hook and no filter runs. Anything but a whole mirror is refused, since a tag that was only made here must
//! not be taken for a release, and what a shallow clone lacks must not be taken for absent. Must
//! never read outside of its folder because of what a page says.
//!
//! Mirrors of private repositories lie in another folder, below one for each project that is named by the
//! project's id: nobody chooses an id, so nothing that a page or a case says leads to another project's.
//! Links are not followed there, and no public mirror is read that is of the same repository ([`hidden`]).

mod hidden;

use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use engine::ports::{Fork, LocalClone, PortError, Repositories, Repository, Sight, SupportedLines};
use git::{RefsMark, Repo};
use jiff::Timestamp;
use lineage::TagScheme;

use crate::mirrors::Fetcher;
use hidden::Hidden;

/// Repositories as their mirrors below one folder show them.
pub struct Clones {
    folder: PathBuf,
    private: Hidden,
    known: Mutex<BTreeMap<PathBuf, Known>>,
    fetcher: Option<Fetcher>,
}

/// What a mirror showed, for as long as its refs and the question stay the same.
struct Known {
    mark: RefsMark,
    asked: LocalClone,
    shows: Arc<Shows>,
}

struct Shows {
    supported: SupportedLines,
    /// The branch of each line that has one.
    branches: BTreeMap<String, String>,
}

type Result<T> = std::result::Result<T, PortError>;

impl Clones {
    /// Mirrors are looked for in `folder`.
    #[must_use]
    pub fn below(folder: PathBuf) -> Self {
        Self { folder, private: Hidden::default(), known: Mutex::default(), fetcher: None }
    }

    /// Mirrors of private repositories are looked for in `folder`, below one for each project.
    ///
    /// # Errors
    /// Why they are not, in words: one folder lies in the other, or it is not there.
    pub fn with_private(self, folder: &Path) -> std::result::Result<Self, String> {
        let resolved = |folder: &Path| {
            folder
                .canonicalize()
                .map_err(|why| format!("{} cannot be read: {why}", folder.display()))
        };
        let private = resolved(folder)?;
        if !private.is_dir() {
            return Err(format!("{} is no folder", folder.display()));
        }
        // Public mirrors may come later; until then nothing can lie in their folder.
        let public =
            if self.folder.exists() { resolved(&self.folder)? } else { absolute(&self.folder)? };
        if private.starts_with(&public) || public.starts_with(&private) {
            return Err(format!(
                "{} and {} lie in each other, so that a page could name what is private as public: \
                 keep them apart",
                folder.display(),
                self.folder.display()
            ));
        }
        Ok(Self { private: Hidden::below(private), ..self })
    }

    /// Brings them up to date, when it is asked to.
    #[must_use]
    pub fn kept_fresh_by(self, fetcher: Fetcher) -> Self {
        Self { fetcher: Some(fetcher), ..self }
    }

    fn fetcher(&self) -> Result<&Fetcher> {
        let absent = || PortError::Absent("this house fetches nothing".into());
        self.fetcher.as_ref().ok_or_else(absent)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mirror, if it is whole.
    fn open(&self, repository: Repository<'_>) -> Result<(PathBuf, Repo)> {
        let path = self.path(repository)?;
        let repo = whole(&path, folder(repository))?;
        self.check_public(&repo, folder(repository))?;
        Ok((path, repo))
    }

    /// Refuses what is of a private repository.
    fn check_public(&self, repo: &Repo, name: &str) -> Result<()> {
        let why = self.private.why(repo).map_err(|why| unread(name, &why))?;
        why.map_or(Ok(()), |why| Err(is_private(name, why)))
    }

    /// The private mirror, if it is whole and lies where it seems to.
    fn open_private(&self, fork: Fork<'_>) -> Result<(PathBuf, Repo)> {
        let (Some(private), Fork::Mirror { project, name }) = (self.private.folder(), fork) else {
            return Err(PortError::Absent("this house reads no private repositories".into()));
        };
        if !is_name(name) {
            return Err(fork.missing());
        }
        let path = private.join(project.to_string()).join(name);
        match path.canonicalize() {
            Ok(there) if there == path => {}
            Ok(_) => {
                let why = format!("the private repository “{name}” is a link, and is not followed");
                return Err(PortError::Refused(why));
            }
            Err(_) => return Err(fork.missing()),
        }
        let repo = whole(&path, name)?;
        // A file in its place may name a repository elsewhere.
        if repo.git_dir() != path || path.join("commondir").exists() {
            let why = format!("the private repository “{name}” keeps its history elsewhere");
            return Err(PortError::Refused(why));
        }
        Ok((path, repo))
    }

    fn path(&self, repository: Repository<'_>) -> Result<PathBuf> {
        let Some(LocalClone { folder, .. }) = repository.clone else {
            return Err(absent(repository.name));
        };
        let mut parts = Path::new(folder).components().peekable();
        let plain = parts.peek().is_some() && parts.all(|p| matches!(p, Component::Normal(_)));
        if !plain {
            let why =
                format!("“{folder}” is not the name of a folder in {}", self.folder.display());
            return Err(PortError::Refused(why));
        }
        // Without the slash that may stand at its end: something may lie beside the mirror.
        let path = self.folder.join(Path::new(folder).components().as_path());
        // However it got there: what it holds is nothing that everybody can see.
        if self.private.holds(&path) {
            return Err(is_private(folder, "lies in the folder of private mirrors"));
        }
        Ok(path)
    }

    fn shows(&self, repository: Repository<'_>) -> Result<Arc<Shows>> {
        let (path, repo) = self.open(repository)?;
        let Some(asked) = repository.clone else { return Err(absent(repository.name)) };
        let mark = repo.refs_mark().map_err(|why| unread(folder(repository), &why))?;
        let same = |known: &&Known| known.mark == mark && known.asked == *asked;
        if let Some(known) = self.known().get(&path).filter(same) {
            return Ok(Arc::clone(&known.shows));
        }
        // A long history is read without keeping others waiting.
        let shows =
            Arc::new(Shows::read(&repo, asked).map_err(|why| unread(folder(repository), &why))?);
        let known = Known { mark, asked: asked.clone(), shows: Arc::clone(&shows) };
        self.known().insert(path, known);
        Ok(shows)
    }
}

impl Shows {
    fn read(repo: &Repo, asked: &LocalClone) -> lineage::Result<Self> {
        let refs = repo.refs()?;
        let main = refs.main_branch().ok_or_else(|| {
            lineage::Error::SupportedVersions("there is no default branch".to_owned())
        })?;
        let told = asked.supported.read(repo, &main.tip)?;
        let scheme = TagScheme::guess(refs.tags.iter().map(|tag| tag.name.as_str()));
        let minors = lineage::supported_lines(&refs, &scheme, &told);
        let default_branch = main.plain().to_owned();
        let branch = |line: &lineage::SupportedLine| {
            Some((line.line.clone(), line.branch.as_ref()?.plain().to_owned()))
        };
        let mut branches: BTreeMap<_, _> = minors.iter().filter_map(branch).collect();
        branches.insert(default_branch.clone(), default_branch.clone());
        let minors = minors.into_iter().map(|minor| minor.line);
        let lines = std::iter::once(default_branch.clone()).chain(minors).collect();
        Ok(Self { supported: SupportedLines { lines, default_branch }, branches })
    }
}

impl Repositories for Clones {
    fn connected(&self, repository: Repository<'_>) -> bool {
        repository.clone.is_some()
    }

    fn sight(&self, repository: Repository<'_>) -> Result<Option<Sight>> {
        let (_, repo) = self.open(repository)?;
        let at = repo.fetched_at().map_err(|why| unread(folder(repository), &why))?;
        let fetched_at = Timestamp::try_from(at).map_err(|why| unread(folder(repository), &why))?;
        let lines = self.shows(repository)?.supported.lines.clone();
        Ok(Some(Sight { lines, fetched_at }))
    }

    fn fetch(&self, repository: Repository<'_>) -> Result<()> {
        let fetcher = self.fetcher()?;
        let (_, repo) = self.open(repository)?;
        fetcher.fetch(&repo)
    }

    fn public(&self, repository: Repository<'_>) -> Result<PathBuf> {
        self.open(repository).map(|(path, _)| path)
    }

    fn private(&self, fork: Fork<'_>) -> Result<PathBuf> {
        self.open_private(fork).map(|(path, _)| path)
    }

    fn reads_private(&self) -> bool {
        self.private.folder().is_some()
    }

    fn fetch_private(&self, fork: Fork<'_>) -> Result<()> {
        let fetcher = self.fetcher()?;
        let (_, repo) = self.open_private(fork)?;
        fetcher.fetch(&repo)
    }

    /// Beside the mirror `name.git` lies `name.git.artefacts`, with a folder for each tag. Where there
    /// is none, nothing is shown. Links lead elsewhere, and are passed.
    fn artefacts(&self, repository: Repository<'_>) -> Result<BTreeMap<String, Vec<PathBuf>>> {
        let mirror = self.path(repository)?;
        if let Ok(repo) = Repo::open(&mirror) {
            self.check_public(&repo, folder(repository))?;
        }
        let mut place = mirror.into_os_string();
        place.push(".artefacts");
        let read = |place: &Path| -> std::io::Result<Vec<fs::DirEntry>> {
            let mut found = fs::read_dir(place)?.collect::<std::io::Result<Vec<_>>>()?;
            found.retain(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink()));
            found.sort_by_key(fs::DirEntry::file_name);
            Ok(found)
        };
        let tags = read(Path::new(&place)).map_err(|_| {
            PortError::Absent(format!("no artefacts lie beside the clone {}", folder(repository)))
        })?;
        let of_tag = |tag: fs::DirEntry| {
            let paths = read(&tag.path()).unwrap_or_default().into_iter().map(|e| e.path());
            (tag.file_name().to_string_lossy().into_owned(), paths.collect())
        };
        Ok(tags.into_iter().map(of_tag).collect())
    }

    fn supported(&self, repository: Repository<'_>) -> Result<SupportedLines> {
        self.shows(repository).map(|shows| shows.supported.clone())
    }

    fn branch(&self, repository: Repository<'_>, line: &str) -> String {
        let shows = self.shows(repository).ok();
        let known = shows.and_then(|shows| shows.branches.get(line).cloned());
        known.unwrap_or_else(|| format!("release-{line}"))
    }
}

/// A mirror that holds all of what it was cloned from.
fn whole(path: &Path, name: &str) -> Result<Repo> {
    let repo = match Repo::open(path) {
        Err(git::Error::NotARepository(_)) => {
            return Err(unread(name, &"there is no repository of that name"));
        }
        opened => opened.map_err(|why| unread(name, &why))?,
    };
    let integrity = repo.integrity().map_err(|why| unread(name, &why))?;
    let fault = if !repo.is_mirror().map_err(|why| unread(name, &why))? {
        "is no mirror; make one with “git clone --mirror”"
    } else if integrity.partial || !integrity.doubtful().is_empty() {
        "does not hold the whole history; make it anew with “git clone --mirror”"
    } else {
        return Ok(repo);
    };
    Err(PortError::Refused(format!("the clone {name} {fault}")))
}

fn is_private(name: &str, why: &str) -> PortError {
    PortError::Refused(format!(
        "the clone {name} {why}, so nothing in it is read as public: take it out of the folder of \
         public mirrors"
    ))
}

/// One name, that leads nowhere else.
fn is_name(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|only| only == name)
}

fn absolute(path: &Path) -> std::result::Result<PathBuf, String> {
    std::path::absolute(path).map_err(|why| format!("{} cannot be read: {why}", path.display()))
}

fn absent(repository: &str) -> PortError {
    PortError::Absent(format!("no clone of {repository} is named on the project's page"))
}

/// Where the machine keeps its files is nothing that a page must show.
fn folder(repository: Repository<'_>) -> &str {
    repository.clone.map_or("", |clone| clone.folder.as_str())
}

fn unread(name: &str, why: &dyn std::fmt::Display) -> PortError {
    PortError::Unreached(format!("the clone {name} cannot be read: {why}"))
}
