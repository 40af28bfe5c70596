//! What is ordinary before a range, with what was learned of it before.

use std::{fs, path::Path};

use discretion::Prior;
use engine::{LEARNED, ordinary_before};
use git::{Cache, Oid, Range, Repo, fixture::RepoBuilder};

const SAID: [&str; 4] = [
    "Mend a security hole in the parser",
    "Tidy up",
    "Fix CVE-2021-32783: an exploit of it",
    "Bound the memory that a request takes, a denial of service",
];

struct House {
    folder: tempfile::TempDir,
    builder: RepoBuilder,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let builder = RepoBuilder::create(folder.path().join("repo")).unwrap();
        Self { folder, builder }
    }

    fn commits(&mut self, count: usize) {
        for number in 0..count {
            self.builder.commit(&format!("{}, {number}", SAID[number % SAID.len()])).unwrap();
        }
    }

    fn repo(&self) -> Repo {
        self.builder.open().unwrap().with_cache(Cache::new(self.cache()))
    }

    fn cache(&self) -> std::path::PathBuf {
        self.folder.path().join("cache")
    }

    fn before(&self, rev: &str) -> Range {
        let oid = |rev: &str| self.repo().resolve(rev).unwrap();
        Range { from: vec![oid("main")], without: vec![oid(rev)], ..Range::default() }
    }

    fn object(&self, oid: &Oid) -> std::path::PathBuf {
        let (folder, file) = oid.as_str().split_at(2);
        self.builder.folder().join(".git/objects").join(folder).join(file)
    }
}

fn afresh(repo: &Repo, range: &Range) -> Prior {
    let before = repo.commits_before(range, LEARNED).unwrap();
    Prior::of(before.iter().map(|commit| commit.message.as_str()))
}

fn only_file(folder: &Path) -> std::path::PathBuf {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    files.remove(0)
}

#[test]
fn what_was_learned_once_is_not_read_again() {
    let mut house = House::new();
    house.commits(60);
    for number in 0..10 {
        house.builder.commit(&format!("Mend an overflow, {number}")).unwrap();
    }
    let range = house.before("main~10");
    let learned = ordinary_before(&house.repo(), &range).unwrap();
    assert_eq!(learned, afresh(&house.repo(), &range));
    assert_eq!(learned.texts(), 45);

    let gone = house.object(&house.repo().resolve("main~40").unwrap());
    let aside = house.folder.path().join("aside");
    fs::rename(&gone, &aside).unwrap();
    assert_eq!(ordinary_before(&house.repo(), &range).unwrap(), learned);
    assert!(house.repo().commits_before(&range, LEARNED).is_err());

    // Ten commits later most is known, and the rest is learned.
    let next = house.before("main");
    let more = ordinary_before(&house.repo(), &next).unwrap();
    assert_eq!(ordinary_before(&house.repo(), &next).unwrap(), more);
    fs::rename(&aside, &gone).unwrap();
    assert_eq!(more, afresh(&house.repo(), &next));
    assert_ne!(more, learned);
    assert_eq!(ordinary_before(&house.repo(), &range).unwrap(), learned);
}

#[test]
fn what_is_remembered_names_commits_and_numbers_of_words() {
    let mut house = House::new();
    house.commits(12);
    ordinary_before(&house.repo(), &house.before("main~2")).unwrap();
    let kept = fs::read(only_file(&house.cache())).unwrap();
    // A checksum stands behind.
    let text = str::from_utf8(&kept[..kept.len() - 32]).unwrap();
    assert_eq!(text.lines().count(), 10);
    for line in text.lines() {
        let [oid, seconds, lesson, parents @ ..] = &line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        assert!(oid.parse::<Oid>().is_ok() && seconds.parse::<i64>().is_ok(), "{line}");
        assert!(parents.iter().all(|parent| parent.parse::<Oid>().is_ok()), "{line}");
        let numbers = lesson.strip_prefix('-').unwrap_or_default().split(',');
        assert!(
            *lesson == "!" || numbers.map(str::parse::<u16>).all(|n| n.is_ok()) || *lesson == "-"
        );
    }
}

#[test]
fn what_is_damaged_or_not_ours_is_learned_anew() {
    let mut house = House::new();
    house.commits(30);
    let range = house.before("main~10");
    let learned = ordinary_before(&house.repo(), &range).unwrap();
    let file = only_file(&house.cache());
    let kept = fs::read(&file).unwrap();
    let mut damaged = kept.clone();
    damaged[60] ^= 1;
    for bytes in [damaged, kept[..kept.len() / 2].to_vec(), Vec::new()] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(ordinary_before(&house.repo(), &range).unwrap(), learned);
        assert_eq!(fs::read(&file).unwrap(), kept);
    }
    let name = file.file_name().unwrap().to_str().unwrap();
    let mark = name.rsplit_once('-').unwrap().0;
    for text in ["", "\n", "x\n", "0 1\n", "no commit\nat all"] {
        house.repo().keep(mark, text.as_bytes());
        assert_eq!(ordinary_before(&house.repo(), &range).unwrap(), learned);
    }
    // A line that cannot be read is as good as none.
    let tip = house.repo().resolve("main~10").unwrap();
    for rest in ["", " 1", " x -", " 1 -99999", " 1 - x", " 1 ? "] {
        house.repo().keep(mark, format!("{tip}{rest}\n").as_bytes());
        assert_eq!(ordinary_before(&house.repo(), &range).unwrap(), learned);
    }
}
