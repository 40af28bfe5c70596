//! A repository on disk, and the questions one may ask it.

use std::{
    collections::BTreeMap,
    io::BufReader,
    path::{Path, PathBuf},
};

use crate::{
    Cache, Commit, Error, FileHunks, Integrity, Objects, Oid, Patch, Refs, RefsMark, Result,
    answers::Answers,
    cache::checksum,
    command::{Outcome, Place},
    conversation::Idle,
    direct::Direct,
    hunks,
    objects::{Object, check_path},
    patch,
    refs::Listing,
};

/// A repository, opened for reading.
#[derive(Debug, Clone)]
pub struct Repo {
    pub(crate) place: Place,
    cache: Option<Cache>,
    answers: Answers,
    idle: Idle,
    asking: bool,
}

/// Which commits to list: everything that `from` reaches and `without` does not.
#[derive(Debug, Clone, Default)]
pub struct Range {
    /// Starting points.
    pub from: Vec<Oid>,
    /// Also start from every branch, tag and the current commit.
    pub from_all_refs: bool,
    /// What these reach is left out.
    pub without: Vec<Oid>,
    /// What the branches of this remote reach, as this clone last saw them, is left out too.
    pub without_remote: Option<String>,
    /// Only so many, the newest.
    pub most: Option<usize>,
}

impl Range {
    /// Everything that any branch, tag or `also` reaches.
    #[must_use]
    pub fn everything(also: &[Oid]) -> Self {
        Self { from: also.to_vec(), from_all_refs: true, ..Self::default() }
    }

    /// As git takes it.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut args: Vec<String> =
            self.most.iter().map(|most| format!("--max-count={most}")).collect();
        if self.from_all_refs {
            args.extend(["--branches", "--remotes", "--tags"].map(str::to_owned));
        }
        args.extend(self.from.iter().map(Oid::to_string));
        args.push("--not".to_owned());
        args.extend(self.behind().into_iter().flatten());
        args.push("--".to_owned());
        args
    }

    /// What is left out, if anything is.
    pub(crate) fn behind(&self) -> Option<Vec<String>> {
        let remote = self.plain_remote();
        let without = self.without.iter().map(Oid::to_string);
        let behind: Vec<String> =
            without.chain(remote.map(|remote| format!("--remotes={remote}"))).collect();
        (!behind.is_empty()).then_some(behind)
    }

    /// The remote, unless it is named by an address and so has no branches here.
    pub(crate) fn plain_remote(&self) -> Option<&str> {
        let plain = |name: &&str| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
        };
        self.without_remote.as_deref().filter(plain)
    }
}

impl Repo {
    /// Opens the repository at `path`: a working tree's top folder, or a bare repository.
    /// Folders above are not searched, so that a wrong path cannot find a wrong repository.
    ///
    /// # Errors
    /// [`Error::NotARepository`], [`Error::NoGit`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let given = path.as_ref();
        let folder = given.canonicalize().map_err(|_| Error::NotARepository(given.to_owned()))?;
        if !folder.is_dir() {
            return Err(Error::NotARepository(given.to_owned()));
        }
        let git_dir = match usual_folder(&folder) {
            Some(git_dir) => git_dir,
            None => asked_folder(folder)?,
        };
        let (answers, idle) = (Answers::default(), Idle::default());
        let place = Place::GitDir(git_dir);
        Ok(Self { place, cache: None, answers, idle, asking: false })
    }

    /// Keeps what is tedious to read in `cache`, and looks there first.
    #[must_use]
    pub fn with_cache(self, cache: Cache) -> Self {
        Self { cache: Some(cache), ..self }
    }

    /// Asks git about everything, also where it takes longer than to read a few files.
    #[must_use]
    pub fn asking_git(self) -> Self {
        Self { asking: true, ..self }
    }

    /// A range that need not be asked of git.
    pub(crate) fn direct(&self, range: &Range) -> Option<Direct<'_>> {
        (!self.asking).then(|| Direct::open(&self.place, range)).flatten()
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    #[cfg(test)]
    pub(crate) fn idle(&self) -> &Idle {
        &self.idle
    }

    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// Whether what is tedious to read can be kept.
    #[must_use]
    pub fn has_cache(&self) -> bool {
        self.cache.is_some()
    }

    /// What was kept of this repository under a name, if there is a cache and it is whole.
    #[must_use]
    pub fn kept(&self, what: &str) -> Option<Vec<u8>> {
        self.cache()?.load(&self.kept_as(what))
    }

    /// Keeps something about this repository, if there is a cache. Without it the next reading
    /// takes longer, and that is all: so a cache that cannot be written is no error.
    pub fn keep(&self, what: &str, bytes: &[u8]) {
        if let Some(cache) = self.cache() {
            drop(cache.store(&self.kept_as(what), bytes));
        }
    }

    /// The name of a file about this repository.
    pub(crate) fn kept_as(&self, what: &str) -> String {
        let path = self.place.folder().as_os_str().as_encoded_bytes();
        let digits = checksum(path).into_iter().take(16).map(|byte| format!("{byte:02x}"));
        format!("{what}-{}", digits.collect::<String>())
    }

    /// The commit that `rev` names: a branch, tag, abbreviation, or an expression such as `v1.2^`.
    ///
    /// # Errors
    /// [`Error::BadRevision`] before git is asked; [`Error::UnknownRevision`] or
    /// [`Error::NotACommit`] after.
    pub fn resolve(&self, rev: &str) -> Result<Oid> {
        check_revision(rev)?;
        if let Some(oid) = self.rev_parse(&format!("{rev}^{{commit}}"))? {
            return Ok(oid);
        }
        // "v1:path" takes no suffix, and a bare object name "resolves" even when it is absent.
        let plain = if rev.contains(':') { rev.to_owned() } else { format!("{rev}^{{object}}") };
        match self.rev_parse(&plain)? {
            Some(_) => Err(Error::NotACommit(rev.to_owned())),
            None => Err(Error::UnknownRevision(rev.to_owned())),
        }
    }

    fn rev_parse(&self, expression: &str) -> Result<Option<Oid>> {
        let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", expression];
        match self.place.attempt(&args)? {
            Outcome::Fine(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).trim().parse()?)),
            Outcome::Failed(_) => Ok(None),
        }
    }

    /// Tags, branches and the default branch.
    ///
    /// # Errors
    /// When git refuses, or a ref points nowhere.
    pub fn refs(&self) -> Result<Refs> {
        let mut objects = self.objects()?;
        Refs::sort(&Listing::read(&self.place)?, |oid| objects.commit_behind(oid))
    }

    /// Changes whenever a ref does; see [`RefsMark`]. Starts no process.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn refs_mark(&self) -> Result<RefsMark> {
        RefsMark::read(&self.place)
    }

    /// Whether `ancestor` is `descendant` or reachable from it.
    ///
    /// # Errors
    /// [`Error::BrokenObject`] when either is missing.
    pub fn is_ancestor(&self, ancestor: &Oid, descendant: &Oid) -> Result<bool> {
        let args = ["merge-base", "--is-ancestor", ancestor.as_str(), descendant.as_str()];
        match self.place.attempt(&args)? {
            Outcome::Fine(_) => Ok(true),
            Outcome::Failed(Some(1)) => Ok(false),
            Outcome::Failed(_) => Err(Error::BrokenObject(format!("{ancestor} or {descendant}"))),
        }
    }

    /// The commits of a range, children before parents.
    ///
    /// # Errors
    /// [`Error::BrokenObject`] when one of them is missing; [`Error::TooMuch`].
    pub fn commits(&self, range: &Range) -> Result<Vec<Commit>> {
        if range.from.is_empty() && !range.from_all_refs {
            return Ok(Vec::new());
        }
        let named = range.arguments();
        let mut args = vec!["rev-list", "--topo-order"];
        args.extend(named.iter().map(String::as_str));
        let bytes = self.place.piped(&args, &["cat-file", "--batch"])?;
        let mut stream = BufReader::new(bytes.as_slice());
        let mut commits = Vec::new();
        while has_more(&mut stream)? {
            let Some(object) = Object::read(&mut stream, "a listed commit")? else {
                return Err(Error::BrokenObject("of a listed commit".into()));
            };
            commits.push(Commit::parse(object.name.parse()?, &object.bytes)?);
        }
        Ok(commits)
    }

    /// One commit.
    ///
    /// # Errors
    /// [`Error::BrokenObject`], [`Error::NotACommit`].
    pub fn commit(&self, oid: &Oid) -> Result<Commit> {
        self.objects()?.commit(oid)
    }

    /// The full names of all branches and tags from which `oid` can be reached, by name.
    ///
    /// # Errors
    /// When the commit is unknown.
    pub fn refs_containing(&self, oid: &Oid) -> Result<Vec<String>> {
        let contains = format!("--contains={oid}");
        let args = ["for-each-ref", "--format=%(refname)", &contains];
        let args = [&args[..], &["refs/heads", "refs/remotes", "refs/tags"]].concat();
        let listing = self.place.output(&args)?;
        Ok(String::from_utf8_lossy(&listing).lines().map(str::to_owned).collect())
    }

    /// The paths that a commit changes against its first parent; all of them for a root.
    /// Paths that are not UTF-8 are replaced.
    ///
    /// # Errors
    /// [`Error::BrokenObject`] and what git refuses.
    pub fn changed_files(&self, oid: &Oid) -> Result<Vec<String>> {
        if let Some(files) = (!self.asking).then(|| Direct::files(&self.place, oid)).flatten() {
            return Ok(files);
        }
        let mut args = vec!["diff-tree", "-r", "--root", "-z", "--name-only"];
        args.extend(["--no-renames", "--no-commit-id", "--ignore-submodules=none"]);
        args.extend([FIRST_PARENT, oid.as_str()]);
        let bytes = self.answers.to(&args, || self.place.output(&args))?;
        Ok(String::from_utf8_lossy(&bytes)
            .split('\0')
            .filter(|path| !path.is_empty())
            .map(str::to_owned)
            .collect())
    }

    /// The lines that a commit changes against its first parent.
    ///
    /// # Errors
    /// [`Error::BrokenObject`], [`Error::TooMuch`].
    pub fn patch(&self, oid: &Oid) -> Result<Patch> {
        let mut args = vec!["diff-tree", "--no-commit-id"];
        args.extend(patch::ARGUMENTS);
        args.extend([FIRST_PARENT, oid.as_str()]);
        Patch::parse(&self.answers.to(&args, || self.place.output(&args))?)
    }

    /// The same change hunk by hunk, with three lines around each.
    ///
    /// # Errors
    /// As [`Repo::patch`].
    pub fn hunks(&self, oid: &Oid) -> Result<Vec<FileHunks>> {
        let mut args = vec!["diff-tree", "--no-commit-id"];
        args.extend(patch::ARGUMENTS.iter().filter(|arg| **arg != "-U0"));
        args.extend([hunks::CONTEXT, FIRST_PARENT, oid.as_str()]);
        hunks::parse(&self.place.output(&args)?)
    }

    /// The paths of all files in a commit's tree, submodules aside. Paths that are not UTF-8 are
    /// replaced.
    ///
    /// # Errors
    /// [`Error::BrokenObject`], [`Error::TooMuch`].
    pub fn paths(&self, oid: &Oid) -> Result<Vec<String>> {
        let args = ["ls-tree", "-r", "-z", "--full-tree", oid.as_str()];
        let listing = self.place.output(&args)?;
        let listing = String::from_utf8_lossy(&listing);
        // mode SP kind SP name TAB path NUL
        let entries = listing.split_terminator('\0').filter_map(|entry| entry.split_once('\t'));
        let files = entries.filter(|(about, _)| about.split(' ').nth(1) == Some("blob"));
        Ok(files.map(|(_, path)| path.to_owned()).collect())
    }

    /// A name for a commit's change that survives moving it (`git patch-id --stable`);
    /// `None` when it changes nothing. Merges are compared with their first parent.
    ///
    /// # Errors
    /// As [`Repo::patch`].
    pub fn patch_id(&self, oid: &Oid) -> Result<Option<Oid>> {
        Ok(self.patch_ids(std::slice::from_ref(oid))?.remove(oid))
    }

    /// The same for several commits; those that change nothing are left out.
    ///
    /// # Errors
    /// As [`Repo::patch`].
    pub fn patch_ids(&self, commits: &[Oid]) -> Result<BTreeMap<Oid, Oid>> {
        let mut found = BTreeMap::new();
        for batch in commits.chunks(BATCH) {
            let mut args = vec!["diff-tree", "--stdin"];
            args.extend(patch::ARGUMENTS.iter().filter(|arg| **arg != "-U0"));
            args.push(FIRST_PARENT);
            let patches = self.place.fed(&args, lines(batch).as_bytes())?;
            let answer = self.place.fed(&["patch-id", "--stable"], &patches)?;
            for line in String::from_utf8_lossy(&answer).lines() {
                let words = line.split_once(' ');
                let (id, commit) = words.ok_or_else(|| Error::garbled("patch-id", line))?;
                found.insert(commit.parse()?, id.parse()?);
            }
        }
        Ok(found)
    }

    /// Commits without merges, children before parents, that touch any of `paths` and lie in `range`.
    ///
    /// # Errors
    /// [`Error::BadPath`] and what git refuses.
    pub fn commits_touching(&self, range: &Range, paths: &[&str]) -> Result<Vec<Oid>> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let literal = literal(paths)?;
        // Without full history, git leaves out whole side branches that end in the same content.
        let mut args = vec!["rev-list", "--topo-order", "--no-merges", "--full-history"];
        let named = range.arguments();
        args.extend(named.iter().map(String::as_str));
        args.extend(literal.iter().map(String::as_str));
        let bytes = self.place.output(&args)?;
        String::from_utf8_lossy(&bytes).lines().map(str::parse).collect()
    }

    /// The changes of many commits, limited to `paths` (all when empty). Merges give nothing.
    ///
    /// # Errors
    /// As [`Repo::patch`], and [`Error::BadPath`].
    pub fn patches(&self, commits: &[Oid], paths: &[&str]) -> Result<Vec<(Oid, Patch)>> {
        let literal = literal(paths)?;
        let mut args = vec!["diff-tree", "--stdin", "--always"];
        args.extend(patch::ARGUMENTS);
        args.push("--");
        args.extend(literal.iter().map(String::as_str));
        let mut found = Vec::new();
        for batch in commits.chunks(BATCH) {
            let answer = self.place.fed(&args, lines(batch).as_bytes())?;
            found.extend(patch::parse_many(&answer, batch)?);
        }
        Ok(found)
    }

    /// The paths that each of many commits changes against its first parent; none for a merge.
    ///
    /// # Errors
    /// As [`Repo::changed_files`].
    pub fn changed_paths(&self, commits: &[Oid]) -> Result<Vec<(Oid, Vec<String>)>> {
        let args = ["diff-tree", "--stdin", "--always", "-r", "--root", "--raw", "-z"];
        let args = [&args[..], &["--no-renames", "--ignore-submodules=none"]].concat();
        let mut found = Vec::with_capacity(commits.len());
        for batch in commits.chunks(MANY) {
            let answer = self.place.fed(&args, lines(batch).as_bytes())?;
            found.extend(patch::parse_paths(&answer, batch)?);
        }
        Ok(found)
    }

    /// Of each pair, whether both commits hold the same content at every one of `paths`.
    ///
    /// # Errors
    /// [`Error::BadPath`], and what git refuses, as when an object is missing.
    pub fn same_contents(&self, pairs: &[(Oid, Oid)], paths: &[&str]) -> Result<Vec<bool>> {
        let literal = literal(paths)?;
        let mut args = vec!["diff-tree", "--stdin", "--always", "-r", "--raw", "-z"];
        args.extend(["--no-renames", "--ignore-submodules=none", "--"]);
        args.extend(literal.iter().map(String::as_str));
        let mut same = Vec::with_capacity(pairs.len());
        for batch in pairs.chunks(BATCH / 2) {
            // Whatever follows a commit on its line is taken for its parent.
            let words = batch.iter().flat_map(|(a, b)| [a.as_str(), " ", b.as_str(), "\n"]);
            let lines: String = words.collect();
            let asked: Vec<Oid> = batch.iter().map(|(a, _)| a.clone()).collect();
            let answer = patch::parse_paths(&self.place.fed(&args, lines.as_bytes())?, &asked)?;
            same.extend(answer.into_iter().map(|(_, paths)| paths.is_empty()));
        }
        Ok(same)
    }

    /// A file's bytes at a revision; see [`Objects::file`].
    ///
    /// # Errors
    /// As [`Repo::resolve`] and [`Objects::file`].
    pub fn show_file(&self, rev: &str, path: &str) -> Result<Option<Vec<u8>>> {
        let oid = self.resolve(rev)?;
        self.objects()?.file(&oid, path)
    }

    /// Opens a conversation for many objects.
    ///
    /// # Errors
    /// [`Error::NoGit`].
    pub fn objects(&self) -> Result<Objects> {
        Objects::open(&self.place, &self.idle)
    }

    /// Where objects are stored, and in which format.
    pub(crate) fn storage(&self) -> Result<(PathBuf, String)> {
        let ask = |args: &[&str]| -> Result<String> {
            let answer = self.place.output(args)?;
            Ok(String::from_utf8_lossy(&answer).trim_end_matches('\n').to_owned())
        };
        let objects = ask(&["rev-parse", "--git-path", "objects"])?;
        Ok((self.place.folder().join(objects), ask(&["rev-parse", "--show-object-format"])?))
    }

    /// Whether this clone tells the whole story.
    ///
    /// # Errors
    /// When the marks of a shallow or grafted clone cannot be read.
    pub fn integrity(&self) -> Result<Integrity> {
        Integrity::read(&self.place, &mut self.objects()?)
    }
}

/// The repository's own folder where it lies as usual, which saves asking git.
fn usual_folder(folder: &Path) -> Option<PathBuf> {
    let whole = |folder: &Path| {
        let folders = ["objects", "refs"].iter().all(|name| folder.join(name).is_dir());
        folders && folder.join("HEAD").is_file()
    };
    let inner = folder.join(".git");
    if inner.symlink_metadata().is_ok_and(|about| about.is_dir()) && whole(&inner) {
        return Some(inner);
    }
    (!inner.exists() && whole(folder)).then(|| folder.to_owned())
}

fn asked_folder(folder: PathBuf) -> Result<PathBuf> {
    let answer = Place::Unknown(folder).output(&["rev-parse", "--absolute-git-dir"])?;
    Ok(PathBuf::from(String::from_utf8_lossy(&answer).trim_end_matches('\n')))
}

/// Changes that are read at a time: the answer is held whole.
const BATCH: usize = 500;
/// The same of lists of paths, which are short.
const MANY: usize = 4096;

/// A question for each of some commits.
fn lines(commits: &[Oid]) -> String {
    commits.iter().flat_map(|oid| [oid.as_str(), "\n"]).collect()
}

/// A merge is compared with its first parent, whatever the configuration says.
const FIRST_PARENT: &str = "--diff-merges=first-parent";

/// Paths as git's pathspecs, with nothing special about `*` or `:`.
fn literal(paths: &[&str]) -> Result<Vec<String>> {
    let spec = |path: &&str| {
        check_path(path)?;
        Ok(format!(":(literal,top){path}"))
    };
    paths.iter().map(spec).collect()
}

fn has_more(stream: &mut impl std::io::BufRead) -> Result<bool> {
    Ok(!stream.fill_buf()?.is_empty())
}

/// Refuses what could be an option, a range, an index entry, a search through messages, a
/// question to this clone's own diary (which depends on the hour), or an accident.
fn check_revision(rev: &str) -> Result<()> {
    let odd = rev.is_empty()
        || rev.len() > 512
        || rev.starts_with(['-', ':', '^'])
        || ["..", "@{", "^{/"].iter().any(|odd| rev.contains(odd))
        || rev.contains(|c: char| c.is_control() || c == '\u{7f}' || c == ' ');
    if odd { Err(Error::BadRevision(rev.chars().take(80).collect())) } else { Ok(()) }
}
