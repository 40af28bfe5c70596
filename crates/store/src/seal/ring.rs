//! The ring: the few data keys that are in memory.
//!
//! Keys that were used lately are held, at most so many; one that leaves is wiped, and is asked for
//! again when something needs it. Keys that are not durable yet are held until they are.

use std::collections::{BTreeMap, BTreeSet};

use super::{HeldKey, KeyId, Slot};
use crate::StreamId;

/// So many used keys are held at most: enough for every stream that is busy, in about a megabyte.
pub(super) const MOST: usize = 4096;

#[derive(Default)]
struct Keys {
    by_id: BTreeMap<KeyId, HeldKey>,
    /// Those that seal next.
    sealing: BTreeMap<(StreamId, Slot), KeyId>,
}

impl Keys {
    fn put(&mut self, held: HeldKey, seals: bool) {
        if seals {
            self.sealing.insert((held.stream.clone(), held.slot), held.id);
        }
        self.by_id.insert(held.id, held);
    }

    /// Takes a key out, and whether it seals next.
    fn take(&mut self, id: KeyId) -> Option<(HeldKey, bool)> {
        let held = self.by_id.remove(&id)?;
        let place = (held.stream.clone(), held.slot);
        let seals = self.sealing.get(&place) == Some(&id);
        if seals {
            self.sealing.remove(&place);
        }
        Some((held, seals))
    }
}

/// Two halves: what is used is in the young one, or comes back into it. When that is full, it grows
/// old, and what nobody used for as long as that leaves.
pub(super) struct Ring {
    young: Keys,
    old: Keys,
    half: usize,
    /// Not durable yet; each seals next.
    new: Keys,
    /// They still open, and seal nothing more.
    retired: BTreeSet<KeyId>,
}

impl Ring {
    pub(super) fn holding(most: usize) -> Self {
        Self {
            young: Keys::default(),
            old: Keys::default(),
            half: (most / 2).max(1),
            new: Keys::default(),
            retired: BTreeSet::new(),
        }
    }

    pub(super) fn hold(&mut self, most: usize) {
        *self = Self {
            new: std::mem::take(&mut self.new),
            retired: std::mem::take(&mut self.retired),
            ..Self::holding(most)
        };
    }

    /// Holds a durable key; `seals` when it is the one that seals next.
    pub(super) fn put(&mut self, held: HeldKey, seals: bool) {
        let known = self.young.by_id.contains_key(&held.id);
        if !known && self.young.by_id.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.put(held, seals);
    }

    pub(super) fn get(&mut self, id: KeyId) -> Option<HeldKey> {
        let known = self.new.by_id.get(&id).or_else(|| self.young.by_id.get(&id));
        if known.is_some() {
            return known.cloned();
        }
        let (held, seals) = self.old.take(id)?;
        self.put(held.clone(), seals);
        Some(held)
    }

    /// The key that seals next for a slot of a stream, if it is held.
    pub(super) fn sealing(&mut self, stream: &StreamId, slot: Slot) -> Option<HeldKey> {
        let place = (stream.clone(), slot);
        let all = [&self.new, &self.young, &self.old];
        let id = all.iter().find_map(|keys| keys.sealing.get(&place)).copied()?;
        self.get(id)
    }

    /// Holds a key that is to become durable.
    pub(super) fn draw(&mut self, held: HeldKey) {
        self.new.put(held, true);
    }

    pub(super) fn new_keys(&self) -> Vec<HeldKey> {
        self.new.by_id.values().cloned().collect()
    }

    /// A new key has become durable.
    pub(super) fn keep(&mut self, id: KeyId) {
        if let Some((held, seals)) = self.new.take(id) {
            self.put(held, seals);
        }
    }

    /// Nothing more is sealed with these keys of a slot, nor with those that are not durable yet;
    /// all of them.
    pub(super) fn retire(
        &mut self,
        stream: &StreamId,
        slot: Slot,
        mut ids: Vec<KeyId>,
    ) -> Vec<KeyId> {
        let place = (stream.clone(), slot);
        ids.extend(self.new.sealing.get(&place).filter(|new| !ids.contains(new)).copied());
        for keys in [&mut self.new, &mut self.young, &mut self.old] {
            keys.sealing.remove(&place);
        }
        self.retired.extend(&ids);
        ids
    }

    pub(super) fn is_retired(&self, id: KeyId) -> bool {
        self.retired.contains(&id)
    }

    /// The key leaves, wherever it is.
    pub(super) fn remove(&mut self, id: KeyId) {
        for keys in [&mut self.new, &mut self.young, &mut self.old] {
            keys.take(id);
        }
        self.retired.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Weak};

    use zeroize::Zeroizing;

    use super::*;
    use crate::{SeededEntropy, seal::Key};

    type Memory = Weak<Zeroizing<[u8; 32]>>;

    /// A key of a stream of its own, and what tells whether its bytes are still anywhere.
    fn key(number: u8) -> (HeldKey, Memory) {
        let key = Key::random(&SeededEntropy::new(number.into()));
        let memory = Arc::downgrade(&key.0);
        let stream = StreamId::new(format!("case/{number}")).unwrap();
        (HeldKey { id: KeyId([number; 16]), stream, slot: Slot::Content, key }, memory)
    }

    fn full(ring: &mut Ring, numbers: std::ops::Range<u8>) -> Vec<Memory> {
        let keys: Vec<_> = numbers.map(key).collect();
        keys.into_iter().map(|(held, memory)| (ring.put(held, true), memory).1).collect()
    }

    #[test]
    fn no_more_than_the_bound_are_held_and_those_that_leave_are_wiped() {
        let mut ring = Ring::holding(8);
        let memories = full(&mut ring, 0..100);
        let held: Vec<bool> = memories.iter().map(|memory| memory.strong_count() > 0).collect();
        let count = held.iter().filter(|held| **held).count();
        assert!((4..=8).contains(&count), "{count} keys are in memory");
        assert!(held[96..].iter().all(|held| *held), "the last ones are there");
        assert!(ring.sealing(&StreamId::new("case/0").unwrap(), Slot::Content).is_none());
    }

    #[test]
    fn a_key_that_is_used_stays() {
        let mut ring = Ring::holding(8);
        full(&mut ring, 0..1);
        for number in 1..100 {
            full(&mut ring, number..number + 1);
            assert_eq!(ring.get(KeyId([0; 16])).unwrap().stream.as_str(), "case/0");
            let stream = StreamId::new("case/0").unwrap();
            assert_eq!(ring.sealing(&stream, Slot::Content).unwrap().id, KeyId([0; 16]));
        }
    }

    #[test]
    fn a_key_that_is_removed_is_nowhere() {
        for before in [0..0, 0..3, 0..5] {
            let mut ring = Ring::holding(8);
            let (held, memory) = key(100);
            ring.put(held, true);
            full(&mut ring, before);
            ring.remove(KeyId([100; 16]));
            assert_eq!(memory.strong_count(), 0);
            assert!(ring.get(KeyId([100; 16])).is_none());
        }
        let mut ring = Ring::holding(8);
        let (held, memory) = key(100);
        ring.draw(held);
        ring.remove(KeyId([100; 16]));
        assert_eq!(memory.strong_count(), 0);
        assert!(ring.new_keys().is_empty());
    }

    #[test]
    fn a_new_key_stays_until_it_is_durable() {
        let mut ring = Ring::holding(2);
        let (held, memory) = key(100);
        ring.draw(held);
        full(&mut ring, 0..50);
        assert_eq!(ring.new_keys().len(), 1);
        ring.keep(KeyId([100; 16]));
        assert!(ring.new_keys().is_empty());
        full(&mut ring, 0..50);
        assert_eq!(memory.strong_count(), 0);
    }

    #[test]
    fn nothing_more_is_sealed_with_a_retired_key() {
        let mut ring = Ring::holding(8);
        let (held, _) = key(1);
        let stream = held.stream.clone();
        ring.put(held, true);
        assert_eq!(ring.retire(&stream, Slot::Content, vec![KeyId([1; 16])]), [KeyId([1; 16])]);
        assert!(ring.sealing(&stream, Slot::Content).is_none());
        assert!(ring.is_retired(KeyId([1; 16])));
        assert!(ring.get(KeyId([1; 16])).is_some(), "it still opens");
    }
}
