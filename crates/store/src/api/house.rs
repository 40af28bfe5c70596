//! The house itself: what kind it is, whether it may act, and the proof that nothing was lost.

use std::{fmt, str::FromStr};

use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Hash, InvalidId, Position, Seq, StoreError, StreamId};

/// Whether a house acts on the world or only plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sends and publishes for real.
    Live,
    /// A drill against simulated counterparts.
    Drill,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Live => "live",
            Self::Drill => "drill",
        })
    }
}

/// The random name of a house. Everything sealed is bound to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HouseId(pub [u8; 16]);

impl fmt::Display for HouseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl TryFrom<String> for HouseId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
        bytes.and_then(|b| b.try_into().ok()).map(Self).ok_or("not a house id")
    }
}

impl From<HouseId> for String {
    fn from(id: HouseId) -> Self {
        id.to_string()
    }
}

/// Why a house is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was restored from a backup.
    Restored,
    /// Its files are not where, or not those, that they were when it was last unlocked: somebody
    /// copied or moved the directory. Two copies must not both send.
    Copied,
}

/// Whether a house may act on the world. The store only says so; the engine refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockState {
    /// It may.
    Unlocked,
    /// It may not until a person has unlocked it.
    Locked(Why),
}

/// The end of one stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The stream.
    pub stream: StreamId,
    /// Its last event.
    pub seq: Seq,
    /// The chain's hash there.
    pub hash: Hash,
}

/// A signed statement of how every stream ended at one position. A chain cannot see its own lost
/// tail; a checkpoint that is kept elsewhere can.
///
/// The root is a Merkle tree head as in RFC 9162 §2.1 over one leaf per stream, sorted by name.
/// Export it with `serde`; it holds no plaintext.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The house.
    pub house: HouseId,
    /// When it was made, as its maker said.
    pub at: Timestamp,
    /// The last position that it covers.
    pub position: Position,
    /// The Merkle root over all heads.
    pub root: Hash,
    /// Every stream's head, sorted by stream.
    pub heads: Vec<Head>,
    /// The house's public key, so that the statement can be read alone. Compare it with the one
    /// that you know.
    pub key: Hash,
    /// Ed25519 over [`statement`](Self::statement), in hexadecimal.
    pub signature: String,
}

/// Why a checkpoint proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The signature is not the key's.
    #[error("the checkpoint is not signed by this key")]
    Signature,
    /// The root is not that of the heads.
    #[error("the checkpoint's root is not that of its heads")]
    Root,
}

impl Checkpoint {
    /// The signed text.
    #[must_use]
    pub fn statement(&self) -> String {
        format!(
            "fermata checkpoint 1\n{}\n{}\n{}\n{}\n",
            self.house, self.at, self.position, self.root
        )
    }

    /// Checks that the statement was signed with `key` and that the heads are those signed.
    ///
    /// # Errors
    /// [`CheckpointError`]
    pub fn check(&self, key: &Hash) -> Result<(), CheckpointError> {
        let signature = data_encoding::HEXLOWER
            .decode(self.signature.as_bytes())
            .ok()
            .and_then(|bytes| Signature::from_slice(&bytes).ok())
            .ok_or(CheckpointError::Signature)?;
        VerifyingKey::from_bytes(&key.0)
            .and_then(|key| key.verify(self.statement().as_bytes(), &signature))
            .map_err(|_| CheckpointError::Signature)?;
        if crate::merkle::root(&self.heads) == self.root {
            Ok(())
        } else {
            Err(CheckpointError::Root)
        }
    }
}

/// What a verification went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verified {
    /// Streams whose chain holds.
    pub streams: u64,
    /// Events whose hash, order and (unless forgotten) seal hold.
    pub events: u64,
    /// Events that can no longer be read, on purpose.
    pub forgotten: u64,
    /// Rows and jobs whose seal holds.
    pub rows: u64,
    /// Blobs that are there and whose seal holds.
    pub blobs: u64,
}

/// What the writer did since the store was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Transactions committed. Each is one synchronisation of the disk, for all writes in it.
    pub commits: u64,
    /// Writes answered.
    pub writes: u64,
    /// Events appended.
    pub events: u64,
}

/// The house itself.
pub trait House: Send + Sync {
    /// Live or drill.
    fn kind(&self) -> Kind;

    /// The house's name.
    fn id(&self) -> HouseId;

    /// Whether it may act.
    fn lock_state(&self) -> LockState;

    /// Lets it act. The caller has asked a person and records that they did.
    ///
    /// # Errors
    /// [`StoreError`]
    fn unlock(&self) -> Result<(), StoreError>;

    /// Reads everything and checks every hash, seal, order and blob; with a checkpoint also that
    /// nothing that it covers was lost or replaced.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] naming the first thing that does not hold.
    fn verify(&self, against: Option<&Checkpoint>) -> Result<Verified, StoreError>;

    /// Signs the present head of every stream.
    ///
    /// # Errors
    /// [`StoreError`]
    fn checkpoint(&self, at: Timestamp) -> Result<Checkpoint, StoreError>;

    /// The public key that [`checkpoint`](Self::checkpoint) signs for.
    fn checkpoint_key(&self) -> Hash;

    /// What the writer did since the store was opened.
    fn statistics(&self) -> Statistics;
}

impl FromStr for Kind {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text {
            "live" => Ok(Self::Live),
            "drill" => Ok(Self::Drill),
            _ => Err(InvalidId::new("kind of house", text)),
        }
    }
}
