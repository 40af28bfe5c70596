//! Unpacking: what git stores is deflated, with a checksum that is checked here.

use flate2::{Decompress, FlushDecompress, Status};

/// Nothing that is deflated gets longer than so many times itself.
const MOST_TIMES: usize = 1_100;

/// An unpacker, with its memory.
pub(crate) struct Inflate(Decompress);

impl Inflate {
    pub(crate) fn new() -> Self {
        Self(Decompress::new(true))
    }

    /// Unpacks what must make `size` bytes. `None`: it does not.
    pub(crate) fn whole(&mut self, packed: &[u8], size: usize, out: &mut Vec<u8>) -> Option<()> {
        if size / MOST_TIMES > packed.len() {
            return None;
        }
        self.0.reset(true);
        // A byte more than there should be, so that more would be seen.
        out.reserve(size + 1);
        let done = self.0.decompress_vec(packed, out, FlushDecompress::Finish);
        let whole = matches!(done, Ok(Status::StreamEnd)) && out.len() == size;
        let all = usize::try_from(self.0.total_in()).is_ok_and(|read| read == packed.len());
        (whole && all).then_some(())
    }

    /// Begins with something that comes in pieces.
    pub(crate) fn begin(&mut self, size: usize, out: &mut Vec<u8>) {
        self.0.reset(true);
        out.reserve(size + 1);
    }

    /// Unpacks the next piece of what must make `size` bytes, and says whether it was the last;
    /// something else may follow in it. `None`: it is damaged.
    pub(crate) fn go_on(&mut self, piece: &[u8], size: usize, out: &mut Vec<u8>) -> Option<bool> {
        match self.0.decompress_vec(piece, out, FlushDecompress::None).ok()? {
            Status::StreamEnd => (out.len() == size).then_some(true),
            Status::Ok | Status::BufError => (out.len() <= size).then_some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::Inflate;

    #[test]
    fn what_is_longer_or_shorter_than_it_should_be_is_damaged() {
        let text = b"an amber heron, and then another one".repeat(50);
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&text).unwrap();
        let packed = [packed.finish().unwrap(), b"something else".to_vec()].concat();
        for (size, end, is_whole) in [
            (text.len(), packed.len(), true),
            (text.len() - 1, packed.len(), false),
            (text.len() + 1, packed.len(), false),
            (text.len(), packed.len() / 2, false),
        ] {
            let (mut inflate, mut out) = (Inflate::new(), Vec::new());
            inflate.begin(size, &mut out);
            let mut pieces = packed[..end].chunks(7);
            let last = pieces.find_map(|piece| match inflate.go_on(piece, size, &mut out) {
                Some(false) => None,
                done => Some(done),
            });
            let read = last.flatten();
            assert_eq!(read.is_some(), is_whole, "{size} of {end}");
            assert!(!is_whole || out == text);
        }
    }
}
