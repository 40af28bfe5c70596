//! All needles at once: an Aho-Corasick automaton over letters, as one dense table.
//!
//! It differs from the crate of that name in what it reads: signs between letters leave it where it
//! is, so that a text needs no preparation, and it reads a long text in lanes side by side, so that
//! the memory's latency is waited for once and not four times. It says where letters stand in a row
//! and no more; whether words begin and end there is for the caller to judge.

use std::collections::VecDeque;

/// Set in an entry of the table when something ends in its state.
const FOUND: u32 = 1 << 31;
const SKIP: u8 = 0;
const OTHER: u8 = 1;
const NONE: u32 = u32::MAX;

/// Texts up to this size are read in one lane.
const SHORT: usize = 512;

pub(crate) struct Automaton {
    /// From a byte of plain text to its column.
    written: [u8; 256],
    /// From a byte of folded letters to its column.
    folded: [u8; 256],
    columns: usize,
    /// Rows of `columns` entries; an entry is where its state's row begins, and perhaps `FOUND`.
    table: Vec<u32>,
    /// By state: the first needle that ends here, and the state where the next shorter one ends.
    ends: Vec<(u32, u32)>,
    /// By needle: the next one with the same letters.
    same: Vec<u32>,
    longest: usize,
}

/// Where a reading of folded letters stands.
#[derive(Clone, Copy, Default)]
pub(crate) struct At(u32);

impl Automaton {
    /// For needles of folded letters.
    pub(crate) fn new<'a>(needles: impl Iterator<Item = &'a str> + Clone) -> Self {
        let mut folded = [OTHER; 256];
        let mut columns = OTHER;
        for byte in needles.clone().flat_map(str::bytes) {
            if let Some(column) = folded.get_mut(usize::from(byte)).filter(|c| **c == OTHER) {
                columns += 1;
                *column = columns;
            }
        }
        let mut written = [SKIP; 256];
        for (byte, column) in (0..=u8::MAX).zip(&mut written) {
            if byte.is_ascii_alphanumeric() {
                *column = at(&folded, byte.to_ascii_lowercase());
            }
        }
        let columns = usize::from(columns) + 1;
        let trie = Trie::new(needles.clone(), &folded, columns);
        let longest = needles.map(str::len).max().unwrap_or(0);
        let mut automaton = Self {
            written,
            folded,
            columns,
            table: trie.table,
            ends: trie.ends,
            same: trie.same,
            longest,
        };
        automaton.join();
        automaton
    }

    /// Makes the trie an automaton: where a row has no way on, it takes that of the longest end of
    /// what was read that is the beginning of a needle too.
    fn join(&mut self) {
        let mut open = VecDeque::from([(0_usize, 0_usize)]);
        while let Some((row, fallback)) = open.pop_front() {
            for column in 0..self.columns {
                let way = if row == 0 { 0 } else { get(&self.table, fallback + column) & !FOUND };
                let next = get(&self.table, row + column);
                let entry = if column == usize::from(SKIP) {
                    index_u32(row)
                } else if next == NONE {
                    if row == 0 { 0 } else { get(&self.table, fallback + column) }
                } else {
                    open.push_back((index(next), index(way)));
                    self.found(next, way)
                };
                if let Some(place) = self.table.get_mut(row + column) {
                    *place = entry;
                }
            }
        }
    }

    /// Links a state's needles to those that end in the state behind it.
    fn found(&mut self, row: u32, behind: u32) -> u32 {
        let state = |row: u32| index(row) / self.columns;
        let (this, that) = (state(row), state(behind));
        let &(needle, next) = self.ends.get(that).unwrap_or(&(NONE, NONE));
        let shorter = if needle == NONE { next } else { index_u32(that) };
        match self.ends.get_mut(this) {
            Some(ends) => {
                ends.1 = shorter;
                if *ends == (NONE, NONE) { row } else { row | FOUND }
            }
            None => row,
        }
    }

    /// Reads the letters of plain text, signs and all, and tells each place behind the last letter
    /// of a needle, with the state that was reached. Bytes that are not ASCII count as signs.
    pub(crate) fn scan(&self, text: &[u8], mut found: impl FnMut(At, usize)) {
        let size = text.len() / 4;
        if text.len() < SHORT {
            self.lane(0, text, 0, &mut found);
            return;
        }
        let (first, rest) = text.split_at(size);
        let (second, rest) = rest.split_at(size);
        let (third, fourth) = rest.split_at(size);
        let [mut a, mut b, mut c, mut d] = [0_u32; 4];
        let lanes = first.iter().zip(second).zip(third).zip(fourth);
        for (index, (((w, x), y), z)) in lanes.enumerate() {
            a = self.next(a, *w);
            b = self.next(b, *x);
            c = self.next(c, *y);
            d = self.next(d, *z);
            if (a | b | c | d) & FOUND != 0 {
                for (lane, state) in [&mut a, &mut b, &mut c, &mut d].into_iter().enumerate() {
                    if *state & FOUND != 0 {
                        *state &= !FOUND;
                        found(At(*state), lane * size + index + 1);
                    }
                }
            }
        }
        self.lane(d, fourth.get(size..).unwrap_or_default(), 4 * size, &mut found);
        for (lane, state) in (1..).zip([a, b, c]) {
            self.seam(state, text, lane * size, &mut found);
        }
    }

    fn lane(&self, mut state: u32, text: &[u8], at: usize, found: &mut impl FnMut(At, usize)) {
        for (index, byte) in text.iter().enumerate() {
            state = self.next(state, *byte);
            if state & FOUND != 0 {
                state &= !FOUND;
                found(At(state), at + index + 1);
            }
        }
    }

    /// Reads on where a lane ended, until nothing that began in it can still be found.
    fn seam(&self, mut state: u32, text: &[u8], at: usize, found: &mut impl FnMut(At, usize)) {
        let mut letters = 0;
        for (index, byte) in text.iter().enumerate().skip(at) {
            if state == 0 || letters >= self.longest {
                return;
            }
            letters += usize::from(byte.is_ascii_alphanumeric());
            state = self.next(state, *byte);
            if state & FOUND != 0 {
                state &= !FOUND;
                found(At(state), index + 1);
            }
        }
    }

    fn next(&self, state: u32, byte: u8) -> u32 {
        get(&self.table, index(state) + usize::from(at(&self.written, byte)))
    }

    /// Reads one folded letter, and says whether a needle ends with it.
    pub(crate) fn step(&self, state: At, letter: char) -> (At, bool) {
        let next = |state, byte| {
            get(&self.table, index(state & !FOUND) + usize::from(at(&self.folded, byte)))
        };
        let state = match u8::try_from(letter) {
            Ok(byte) if byte.is_ascii() => next(state.0, byte),
            _ => letter.encode_utf8(&mut [0; 4]).bytes().fold(state.0, next),
        };
        (At(state & !FOUND), state & FOUND != 0)
    }

    /// The needles that end there, by their number, the longest first.
    pub(crate) fn ending(&self, state: At) -> impl Iterator<Item = usize> {
        let ends = |state: u32| self.ends.get(index(state)).copied().filter(|_| state != NONE);
        let first = ends(index_u32(index(state.0) / self.columns));
        std::iter::successors(first, move |(_, shorter)| ends(*shorter)).flat_map(|(needle, _)| {
            let next = |needle: &u32| self.same.get(index(*needle)).copied();
            std::iter::successors(Some(needle), next)
                .take_while(|needle| *needle != NONE)
                .map(index)
        })
    }
}

struct Trie {
    table: Vec<u32>,
    ends: Vec<(u32, u32)>,
    same: Vec<u32>,
}

impl Trie {
    fn new<'a>(needles: impl Iterator<Item = &'a str>, folded: &[u8; 256], columns: usize) -> Self {
        let mut trie =
            Self { table: vec![NONE; columns], ends: vec![(NONE, NONE)], same: Vec::new() };
        for (number, needle) in needles.enumerate() {
            let mut row = 0;
            for byte in needle.bytes() {
                let place = row + usize::from(at(folded, byte));
                if get(&trie.table, place) == NONE {
                    let fresh = trie.table.len();
                    trie.table.resize(fresh + columns, NONE);
                    trie.ends.push((NONE, NONE));
                    if let Some(entry) = trie.table.get_mut(place) {
                        *entry = index_u32(fresh);
                    }
                }
                row = index(get(&trie.table, place));
            }
            let ends = trie.ends.get_mut(row / columns);
            trie.same.push(ends.as_ref().map_or(NONE, |ends| ends.0));
            if let Some(ends) = ends {
                ends.0 = index_u32(number);
            }
        }
        trie
    }
}

fn get(table: &[u32], index: usize) -> u32 {
    table.get(index).copied().unwrap_or(0)
}

fn at(columns: &[u8; 256], byte: u8) -> u8 {
    columns.get(usize::from(byte)).copied().unwrap_or(SKIP)
}

fn index(entry: u32) -> usize {
    usize::try_from(entry).unwrap_or(usize::MAX)
}

/// Terms are bounded so that no table gets this long.
fn index_u32(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}
