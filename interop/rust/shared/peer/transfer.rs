//! Moving bytes: seeded ones out, any with count and digest in.

use std::io;
use std::time::Duration;

use futures_util::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use sha2::{Digest, Sha256};

use crate::mux::{self, Stream};
use crate::splitmix64::SplitMix64;

/// Bytes per read and write of this program.
pub const CHUNK_BYTES: usize = 64 * 1024;

/// How many bytes passed and what they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub bytes: u64,
    pub sha256: [u8; 32],
}

impl Receipt {
    /// Length of a receipt on a stream.
    pub const WIRE_BYTES: u64 = 40;

    /// The count as big-endian u64, then the digest.
    pub fn to_wire(self) -> Vec<u8> {
        [&self.bytes.to_be_bytes()[..], &self.sha256].concat()
    }

    pub fn from_wire(wire: &[u8]) -> io::Result<Self> {
        let malformed = || io::Error::other(format!("a receipt of {} bytes", wire.len()));
        let (bytes, sha256) = wire.split_first_chunk::<8>().ok_or_else(malformed)?;
        Ok(Self {
            bytes: u64::from_be_bytes(*bytes),
            sha256: sha256.try_into().map_err(|_| malformed())?,
        })
    }

    pub fn hex(&self) -> String {
        self.sha256
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Counts and digests what passes.
#[derive(Default)]
pub struct Meter {
    bytes: u64,
    sha256: Sha256,
}

impl Meter {
    pub fn add(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        self.sha256.update(chunk);
    }

    pub fn receipt(self) -> Receipt {
        Receipt {
            bytes: self.bytes,
            sha256: self.sha256.finalize().into(),
        }
    }
}

/// The byte sequence of a seed, in pieces of any length.
pub struct Generator {
    random: SplitMix64,
    word: [u8; 8],
    used: usize,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self {
            random: SplitMix64::new(seed),
            word: [0; 8],
            used: 8,
        }
    }

    pub fn fill(&mut self, mut target: &mut [u8]) {
        while !target.is_empty() {
            if self.used == 8 {
                self.word = self.random.next_u64().to_le_bytes();
                self.used = 0;
            }
            let count = target.len().min(8 - self.used);
            target[..count].copy_from_slice(&self.word[self.used..self.used + count]);
            self.used += count;
            target = &mut target[count..];
        }
    }

    pub fn bytes(seed: u64, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        Self::new(seed).fill(&mut bytes);
        bytes
    }
}

/// The receipt for the first `bytes` bytes of a seed.
pub fn expected(bytes: u64, seed: u64) -> Receipt {
    let mut meter = Meter::default();
    let mut generator = Generator::new(seed);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut left = bytes;
    while left > 0 {
        let count = left.min(CHUNK_BYTES as u64) as usize;
        generator.fill(&mut chunk[..count]);
        meter.add(&chunk[..count]);
        left -= count as u64;
    }
    meter.receipt()
}

/// Writes the first `bytes` bytes of a seed.
pub async fn send(output: &mut (impl AsyncWrite + Unpin), bytes: u64, seed: u64) -> io::Result<()> {
    let mut generator = Generator::new(seed);
    let mut chunk = vec![0; CHUNK_BYTES.min(bytes as usize)];
    let mut left = bytes;
    while left > 0 {
        let count = left.min(CHUNK_BYTES as u64) as usize;
        generator.fill(&mut chunk[..count]);
        output.write_all(&chunk[..count]).await?;
        left -= count as u64;
    }
    output.flush().await
}

/// How a reader takes its time.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub pause: Duration,
    pub chunk_bytes: usize,
}

/// Reads `limit` bytes, or to the end of file where there is no limit or it comes first.
pub async fn receive(
    input: &mut (impl AsyncRead + Unpin),
    limit: Option<u64>,
    pace: Option<Pace>,
) -> io::Result<Receipt> {
    let mut meter = Meter::default();
    let mut chunk = vec![0; pace.map_or(CHUNK_BYTES, |pace| pace.chunk_bytes)];
    loop {
        let left = limit.map_or(u64::MAX, |limit| limit - meter.bytes);
        let count = left.min(chunk.len() as u64) as usize;
        if count == 0 {
            return Ok(meter.receipt());
        }
        let read = input.read(&mut chunk[..count]).await?;
        if read == 0 {
            return Ok(meter.receipt());
        }
        meter.add(&chunk[..read]);
        if let Some(pace) = pace {
            mux::sleep(pace.pause).await;
        }
    }
}

/// Ends the sending direction after all that was written, without losing its last bytes.
pub async fn shut(stream: &mut Stream) -> io::Result<()> {
    if let Some(pause) = crate::SETTLE_BEFORE_CLOSE {
        mux::sleep(pause).await;
    }
    stream.close().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generator_yields_the_published_sequence_of_seed_1234567() {
        // First outputs for this seed in the reference implementation by Sebastiano Vigna.
        let words = [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973];
        let expected: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(Generator::bytes(1_234_567, 16), expected);
    }

    #[test]
    fn generator_does_not_depend_on_the_slicing() {
        let whole = Generator::bytes(7, 100);
        let mut sliced = vec![0; 100];
        let mut generator = Generator::new(7);
        for piece in sliced.chunks_mut(7) {
            generator.fill(piece);
        }
        assert_eq!(sliced, whole);
    }

    #[test]
    fn receipts_survive_the_wire() {
        let receipt = expected(100_000, 3);
        assert_eq!(receipt.bytes, 100_000);
        assert_eq!(Receipt::from_wire(&receipt.to_wire()).unwrap(), receipt);
        assert!(Receipt::from_wire(&receipt.to_wire()[..39]).is_err());
    }
}
