//! Everything that is stored, as git itself gives it, and each word of it at least once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::Range,
    path::PathBuf,
};

use git::{Kind, Oid, Repo, fixture::RepoBuilder};

/// What was handed over: kind, content and what of it is new.
type Told = BTreeMap<Oid, (Kind, Vec<u8>, Vec<Range<usize>>)>;

fn told(repo: &Repo) -> git::Result<Told> {
    let holdings = repo.holdings()?;
    let reading = holdings.reading(&BTreeSet::new())?;
    let mut told = Told::new();
    for batch in 0..reading.batches() {
        reading.read(batch, |piece| {
            let about = (piece.kind, piece.bytes.to_vec(), piece.fresh.to_vec());
            assert!(told.insert(piece.oid(), about).is_none(), "{:?} twice", piece.oid());
        })?;
    }
    Ok(told)
}

/// A file in many versions, and everything else that git stores.
fn history(init: &[&str]) -> (tempfile::TempDir, RepoBuilder) {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = RepoBuilder::create_as(folder.path().join("repo"), init).unwrap();
    let mut lines: Vec<String> =
        (0..60).map(|n| format!("line {n} is {}\n", n * n * 7919)).collect();
    for version in 0..40_usize {
        match version % 4 {
            0 => lines.insert(version, format!("put in by {version}, {}\n", version * 104_729)),
            1 => lines.truncate(lines.len() - 1),
            2 => drop(lines.remove(version / 2)),
            _ => lines.swap(3, version),
        }
        builder.write("deep/er/file.txt", &lines.concat()).unwrap();
        builder.commit_file(&format!("f{version}"), "", &format!("Version {version}")).unwrap();
    }
    builder.annotated_tag("v1", "HEAD", "A tag\n").unwrap();
    builder.write("wide \u{e9}.txt", "").unwrap();
    builder.commit("").unwrap();
    (folder, builder)
}

fn repack(builder: &RepoBuilder, arguments: &[&str]) {
    let args = [arguments, &["repack", "-adfq", "--depth=50", "--window=50"]].concat();
    builder.git(&args).unwrap();
}

/// Every object by git's own word.
fn said(builder: &RepoBuilder) -> BTreeMap<Oid, (String, usize)> {
    let listing =
        builder.git(&["cat-file", "--batch-all-objects", "--batch-check", "--unordered"]).unwrap();
    let line = |line: &str| {
        let mut words = line.split(' ');
        let oid = words.next()?.parse().ok()?;
        Some((oid, (words.next()?.to_owned(), words.next()?.parse().ok()?)))
    };
    listing.lines().map(|l| line(l).unwrap()).collect()
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Commit => "commit",
        Kind::Tree => "tree",
        Kind::Blob => "blob",
        Kind::Tag => "tag",
    }
}

/// Compares with git, and gives how many objects came as differences.
fn is_as_git_says(builder: &RepoBuilder) -> usize {
    let told = told(&builder.open().unwrap()).unwrap();
    let about = |(kind, bytes, _): &(Kind, Vec<u8>, _)| (name(*kind).to_owned(), bytes.len());
    let ours: BTreeMap<_, _> = told.iter().map(|(oid, told)| (oid.clone(), about(told))).collect();
    assert_eq!(ours, said(builder));
    for (oid, (kind, bytes, _)) in told.iter().filter(|(_, told)| told.0 != Kind::Tree) {
        let theirs = builder.git(&["cat-file", name(*kind), oid.as_str()]).unwrap();
        assert_eq!(String::from_utf8_lossy(bytes).trim(), theirs, "{oid}");
    }
    every_word_is_fresh_somewhere(&told);
    told.values().filter(|(_, bytes, fresh)| fresh.first() != Some(&(0..bytes.len()))).count()
}

/// Whoever reads what is new, and so many bytes around it, reads every row of so many bytes.
fn every_word_is_fresh_somewhere(told: &Told) {
    const WORD: usize = 12;
    let mut read: BTreeSet<&[u8]> = BTreeSet::new();
    for (_, bytes, fresh) in told.values() {
        for range in fresh {
            let start = range.start.saturating_sub(WORD);
            let end = bytes.len().min(range.end + WORD);
            read.extend(bytes[start..end].windows(WORD));
        }
    }
    for (oid, (_, bytes, _)) in told {
        assert!(bytes.windows(WORD).all(|word| read.contains(word)), "{oid}");
    }
}

#[test]
fn loose_objects_are_as_git_says() {
    let (_folder, builder) = history(&[]);
    assert_eq!(is_as_git_says(&builder), 0);
}

#[test]
fn packed_objects_are_as_git_says() {
    for init in [&[][..], &["--object-format=sha256"]] {
        let (_folder, mut builder) = history(init);
        repack(&builder, &[]);
        assert!(is_as_git_says(&builder) > 20);
        repack(&builder, &["-c", "repack.useDeltaBaseOffset=false"]);
        assert!(is_as_git_says(&builder) > 20);
        // Some in a pack, some not.
        builder.commit_file("more", "more\n", "More").unwrap();
        is_as_git_says(&builder);
    }
}

#[test]
fn what_is_borrowed_is_read_too() {
    let (folder, builder) = history(&[]);
    repack(&builder, &[]);
    let all = told(&builder.open().unwrap()).unwrap();
    let other = folder.path().join("other");
    let borrower = RepoBuilder::borrow(&other, &builder.open().unwrap()).unwrap();
    assert_eq!(told(&borrower.open().unwrap()).unwrap(), all);
}

#[test]
fn what_is_known_is_left_out() {
    let (_folder, mut builder) = history(&[]);
    repack(&builder, &[]);
    let known: BTreeSet<String> = builder.open().unwrap().holdings().unwrap().stores().collect();
    assert_eq!(known.len(), 1);
    builder.commit_file("more", "more\n", "More").unwrap();
    let holdings = builder.open().unwrap().holdings().unwrap();
    let reading = holdings.reading(&known).unwrap();
    let mut kinds = Vec::new();
    for batch in 0..reading.batches() {
        reading.read(batch, |piece| kinds.push(name(piece.kind))).unwrap();
    }
    kinds.sort_unstable();
    assert_eq!(kinds, ["blob", "commit", "tree"]);
}

#[test]
fn folders_tell_their_new_entries() {
    let (_folder, builder) = history(&[]);
    for packed in [false, true] {
        if packed {
            repack(&builder, &[]);
        }
        let repo = builder.open().unwrap();
        let holdings = repo.holdings().unwrap();
        let reading = holdings.reading(&BTreeSet::new()).unwrap();
        let mut names = BTreeSet::new();
        let mut objects = 0;
        for batch in 0..reading.batches() {
            let take = |piece: &git::Piece<'_>| {
                if piece.kind == Kind::Tree {
                    for entry in piece.entries() {
                        names.insert(String::from_utf8(entry.name.to_vec()).unwrap());
                        objects += usize::from(entry.object.is_some_and(|name| holdings.has(name)));
                    }
                }
            };
            reading.read(batch, take).unwrap();
        }
        let versions = (0..40).map(|version| format!("f{version}"));
        let others = ["deep", "er", "file.txt", "wide \u{e9}.txt"].map(str::to_owned);
        assert_eq!(names, versions.chain(others).collect());
        assert!(objects >= names.len());
    }
}

fn pack_of(builder: &RepoBuilder) -> PathBuf {
    let packs = fs::read_dir(builder.folder().join(".git/objects/pack")).unwrap();
    packs.map(|e| e.unwrap().path()).find(|p| p.extension().unwrap() == "pack").unwrap()
}

#[test]
fn what_is_damaged_is_an_error() {
    let (_folder, builder) = history(&[]);
    repack(&builder, &[]);
    let pack = pack_of(&builder);
    let whole = fs::read(&pack).unwrap();
    let good = told(&builder.open().unwrap()).unwrap();
    let writable = |path: &PathBuf, bytes: &[u8]| {
        fs::remove_file(path).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for at in (12..whole.len() - 20).step_by(97) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        writable(&pack, &bytes);
        let read = told(&builder.open().unwrap());
        assert!(read.is_err(), "byte {at} of {}", whole.len());
    }
    writable(&pack, &whole[..whole.len() / 2]);
    assert!(told(&builder.open().unwrap()).is_err());
    writable(&pack, &whole);
    assert_eq!(told(&builder.open().unwrap()).unwrap(), good);
    let index = pack.with_extension("idx");
    let bytes = fs::read(&index).unwrap();
    for cut in [0, 7, 1_000, bytes.len() - 41] {
        writable(&index, &bytes[..cut]);
        assert!(told(&builder.open().unwrap()).is_err(), "index cut at {cut}");
    }
}
