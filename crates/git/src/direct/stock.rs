//! Single objects by their names, from packs and from files of their own.

use std::{
    collections::HashMap,
    fs::File,
    io,
    mem::take,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    rc::Rc,
};

use super::chain::{Layout, Rope};
use crate::{
    Kind, Oid,
    holdings::{
        delta,
        head::{Head, LONGEST, Stored},
        inflate::Inflate,
        listing, loose, with_alternates,
    },
};

/// Bytes of the largest object that is read here.
const LARGEST: u64 = 32 << 20;
/// Bytes of objects that are remembered, since others may differ from them.
const REMEMBERED: usize = 96 << 20;
/// Bytes of an object that is remembered although it is soon made again from one that is stored whole.
const SMALL: usize = 64 << 10;
/// Bytes of a difference that is long.
const LONG: usize = 8 << 10;
/// So many differences may lie between an object and one that is stored whole; git makes 50.
const DEEPEST: usize = 4_096;
/// Bytes that are read of a pack at once: what is asked for next often lies behind what was.
const AT_ONCE: usize = 4 << 10;
/// Bytes that are read at once of what turns out to be larger.
const MORE: usize = 64 << 10;

pub(super) struct Object {
    pub(super) kind: Kind,
    pub(super) bytes: Vec<u8>,
}

/// Where objects are, and what was read of them.
pub(super) struct Stock {
    packs: Vec<Pack>,
    folders: Vec<PathBuf>,
    known: HashMap<(usize, u64), Known>,
    /// Bytes of what is known.
    held: usize,
    tools: Tools,
}

/// What was read of an entry.
#[derive(Clone)]
enum Known {
    Whole(Rc<Object>),
    /// How it differs from the entry there.
    Differs(u64, Rc<Vec<u8>>),
}

/// An entry, and how it differs from the next.
struct Link {
    at: u64,
    difference: Rc<Vec<u8>>,
}

/// What entries are read with.
struct Tools {
    inflate: Inflate,
    window: Window,
    layout: Layout,
}

/// What was read last of a pack.
#[derive(Default)]
struct Window {
    pack: usize,
    at: u64,
    bytes: Vec<u8>,
}

impl Window {
    fn from(&self, at: u64) -> Option<&[u8]> {
        self.bytes.get(usize::try_from(at.checked_sub(self.at)?).ok()?..)
    }
}

impl Stock {
    /// Finds what there is of objects whose names have so many bytes.
    pub(super) fn open(objects: PathBuf, width: usize) -> Option<Self> {
        let folders = with_alternates(objects).ok()?;
        let mut packs = Vec::new();
        for folder in &folders {
            for path in listing(&folder.join("pack")).ok()? {
                if path.extension().is_some_and(|extension| extension == "idx") {
                    packs.push(Pack::open(packs.len(), &path, width)?);
                }
            }
        }
        let tools =
            Tools { inflate: Inflate::new(), window: Window::default(), layout: Layout::default() };
        Some(Self { packs, folders, known: HashMap::new(), held: 0, tools })
    }

    pub(super) fn get(&mut self, oid: &Oid) -> Option<Rc<Object>> {
        self.rope(oid)?.whole()
    }

    /// An object that need not be put together.
    pub(super) fn rope(&mut self, oid: &Oid) -> Option<Rope> {
        let name = oid.bytes();
        let places = self.packs.iter().enumerate();
        let mut places = places.filter_map(|(pack, at)| Some((pack, at.find(&name)?)));
        match places.next() {
            Some((pack, offset)) => self.packed(pack, offset),
            None => self.loose(oid),
        }
    }

    fn loose(&mut self, oid: &Oid) -> Option<Rope> {
        let (first, rest) = oid.as_str().split_at_checked(2)?;
        let mut files = self.folders.iter().map(|folder| File::open(folder.join(first).join(rest)));
        let mut bytes = Vec::new();
        loose::unpack(files.find_map(Result::ok)?, LARGEST, &mut bytes).ok()?;
        let (kind, content) = loose::parted(&bytes)?;
        let head = bytes.len() - content.len();
        bytes.drain(..head);
        self.joined(Rc::new(Object { kind, bytes }), Vec::new())
    }

    /// What an entry is, by way of all from which it differs.
    fn packed(&mut self, pack: usize, offset: u64) -> Option<Rope> {
        let (mut base, mut chain) = self.chain(pack, offset)?;
        // Others will differ from what differs so much itself, and from what is small.
        let is_long = |link: &Link| link.difference.len() > LONG;
        if let Some(before) = chain.iter().skip(1).position(is_long) {
            base = self.made(pack, base, chain.split_off(before + 1))?;
        }
        let size = chain.first().and_then(|link| delta::size(&link.difference));
        if size.is_some_and(|size| size <= SMALL) {
            base = self.made(pack, base, take(&mut chain))?;
        }
        self.joined(base, chain)
    }

    /// An entry that is stored whole, and how others differ from it, up to the one at this place, which
    /// comes first.
    fn chain(&mut self, pack: usize, offset: u64) -> Option<(Rc<Object>, Vec<Link>)> {
        let (mut chain, mut at) = (Vec::new(), offset);
        while chain.len() <= DEEPEST {
            match self.entry(pack, at)? {
                Known::Whole(object) => return Some((object, chain)),
                Known::Differs(from, difference) => {
                    chain.push(Link { at, difference });
                    at = from;
                }
            }
        }
        None
    }

    fn joined(&mut self, base: Rc<Object>, chain: Vec<Link>) -> Option<Rope> {
        let differences = chain.into_iter().map(|link| link.difference).collect();
        let rope = Rope::new(base, differences, &mut self.tools.layout)?;
        (rope.size as u64 <= LARGEST).then_some(rope)
    }

    /// Makes the object to which a chain leads, and remembers it.
    fn made(&mut self, pack: usize, base: Rc<Object>, chain: Vec<Link>) -> Option<Rc<Object>> {
        let at = chain.first()?.at;
        let object = self.joined(base, chain)?.whole()?;
        self.remember((pack, at), Known::Whole(object.clone()), object.bytes.len());
        Some(object)
    }

    fn entry(&mut self, pack: usize, at: u64) -> Option<Known> {
        if let Some(known) = self.known.get(&(pack, at)) {
            return Some(known.clone());
        }
        let place = self.packs.get(pack)?;
        let (stored, bytes) = place.read(at, &mut self.tools)?;
        let size = bytes.len();
        let known = match stored {
            Stored::Whole(kind) => Known::Whole(Rc::new(Object { kind, bytes })),
            Stored::Before(distance) => Known::Differs(at.checked_sub(distance)?, Rc::new(bytes)),
            Stored::From(name) => Known::Differs(place.find(&name)?, Rc::new(bytes)),
        };
        self.remember((pack, at), known.clone(), size);
        Some(known)
    }

    fn remember(&mut self, place: (usize, u64), known: Known, size: usize) {
        self.held += size;
        if self.held > REMEMBERED {
            self.known.clear();
            self.held = size;
        }
        self.known.insert(place, known);
    }
}

/// A pack and its index, of which only what is asked for is read.
struct Pack {
    number: usize,
    index: File,
    entries: File,
    /// Bytes of a name.
    width: usize,
    /// By first byte of a name: how many names begin with it or a lesser one.
    fanout: Vec<u32>,
}

/// Where names begin in an index: behind its mark and the fan-out.
const NAMES: u64 = 8 + 256 * 4;
/// Names that are read at once.
const TOGETHER: u64 = 64;

impl Pack {
    fn open(number: usize, index: &Path, width: usize) -> Option<Self> {
        let entries = File::open(index.with_extension("pack")).ok()?;
        let index = File::open(index).ok()?;
        let mut bytes = [0; 8 + 256 * 4];
        index.read_exact_at(&mut bytes, 0).ok()?;
        let counts = bytes.strip_prefix(b"\xfftOc\0\0\0\x02")?.as_chunks::<4>().0;
        let fanout = counts.iter().map(|count| u32::from_be_bytes(*count)).collect();
        Some(Self { number, index, entries, width, fanout })
    }

    fn count(&self) -> u64 {
        self.fanout.last().copied().map_or(0, u64::from)
    }

    /// Where the object of this name lies in the pack.
    fn find(&self, name: &[u8]) -> Option<u64> {
        let [first, second, third] = *name.first_chunk()?;
        let upto = |first: usize| self.fanout.get(first).copied().map_or(0, u64::from);
        let (mut low, mut high) =
            (usize::from(first).checked_sub(1).map_or(0, upto), upto(usize::from(first)));
        // Names are as good as random, so it is known about where among its like one stands.
        let like = high.checked_sub(low)?;
        let about = low + ((like * u64::from(u16::from_be_bytes([second, third]))) >> 16);
        let mut names = Vec::new();
        let mut from = about.saturating_sub(TOGETHER / 2).clamp(low, high);
        while low < high {
            let end = high.min(from + TOGETHER);
            names.resize(usize::try_from(end - from).ok()? * self.width, 0);
            self.index.read_exact_at(&mut names, NAMES + from * self.width as u64).ok()?;
            let all = names.chunks_exact(self.width);
            let number = from + all.clone().take_while(|other| *other < name).count() as u64;
            if all.clone().any(|other| other == name) {
                return self.offset(number);
            }
            if number > from && number < end {
                return None;
            }
            // It lies before these names, or behind them.
            (low, high) = if number == from { (low, from) } else { (end, high) };
            from = low + (high - low).saturating_sub(TOGETHER) / 2;
        }
        None
    }

    /// Where the object lies whose name has this number.
    fn offset(&self, number: u64) -> Option<u64> {
        // Checksums stand between names and places.
        let places = NAMES + self.count() * (self.width as u64 + 4);
        let mut short = [0; 4];
        self.index.read_exact_at(&mut short, places + number * 4).ok()?;
        let short = u32::from_be_bytes(short);
        let far = short & 0x7fff_ffff;
        if far == short {
            return Some(u64::from(short));
        }
        let mut long = [0; 8];
        let places = places + self.count() * 4;
        self.index.read_exact_at(&mut long, places + u64::from(far) * 8).ok()?;
        Some(u64::from_be_bytes(long))
    }

    /// An entry: how it is stored, and that, unpacked.
    fn read(&self, mut at: u64, tools: &mut Tools) -> Option<(Stored, Vec<u8>)> {
        let start = self.show(at, LONGEST, AT_ONCE, &mut tools.window)?;
        let Head { stored, size, length } = Head::read(start, self.width)?;
        let size = usize::try_from(size).ok().filter(|size| *size as u64 <= LARGEST)?;
        at += length as u64;
        let mut out = Vec::new();
        tools.inflate.begin(size, &mut out);
        loop {
            let piece = self.show(at, 1, MORE, &mut tools.window)?;
            if tools.inflate.go_on(piece, size, &mut out)? {
                return Some((stored, out));
            }
            at += piece.len() as u64;
        }
    }

    /// What stands there: `least` bytes, unless the pack ends before, and perhaps more.
    fn show<'a>(
        &self,
        at: u64,
        least: usize,
        most: usize,
        window: &'a mut Window,
    ) -> Option<&'a [u8]> {
        if window.pack != self.number || window.from(at).is_none_or(|shown| shown.len() < least) {
            window.bytes.resize(most, 0);
            let read = some_at(&self.entries, &mut window.bytes, at).ok()?;
            window.bytes.truncate(read);
            (window.pack, window.at) = (self.number, at);
        }
        window.from(at).filter(|shown| !shown.is_empty())
    }
}

/// Reads as much as there is.
fn some_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    loop {
        match file.read_at(bytes, at) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, io::Write};

    use proptest::prelude::*;

    use super::Pack;

    /// A pack that is empty, and its index, in which the object of each name lies at its number.
    fn pack(folder: &std::path::Path, names: &BTreeSet<[u8; 20]>) -> Pack {
        let upto = |first: usize| names.iter().filter(|name| usize::from(name[0]) <= first).count();
        let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
        let mut index = b"\xfftOc\0\0\0\x02".to_vec();
        index.extend((0..256).flat_map(|first| number(upto(first))));
        index.extend(names.iter().flatten());
        index.extend(vec![0; names.len() * 4]);
        index.extend((0..names.len()).flat_map(number));
        let path = folder.join("pack-1.idx");
        std::fs::File::create(&path).unwrap().write_all(&index).unwrap();
        std::fs::File::create(path.with_extension("pack")).unwrap();
        Pack::open(0, &path, 20).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(48)
        })]

        /// Also where names do not lie as evenly as digests do.
        #[test]
        fn every_name_is_found_and_no_other(
            few in prop::collection::btree_set(any::<[u8; 20]>(), 0..20),
            crowd in prop::collection::vec(any::<u16>(), 0..600),
            place in any::<[u8; 3]>(),
            others in prop::collection::vec(any::<u16>(), 20),
        ) {
            let crowded = |number: u16| {
                let mut name = [0; 20];
                name[..3].copy_from_slice(&place);
                // Half of them beside each other, half far away.
                name[1 + usize::from(number & 1)] = number.to_be_bytes()[0];
                name[3..5].copy_from_slice(&number.to_be_bytes());
                name
            };
            let mut names = few;
            names.extend(crowd.into_iter().map(crowded));
            let folder = tempfile::tempdir().unwrap();
            let pack = pack(folder.path(), &names);
            for (number, name) in names.iter().enumerate() {
                prop_assert_eq!(pack.find(name), Some(number as u64));
            }
            for name in others.into_iter().map(crowded).filter(|name| !names.contains(name)) {
                prop_assert_eq!(pack.find(&name), None);
            }
        }
    }
}
