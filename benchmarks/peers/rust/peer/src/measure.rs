//! What a client measures.

use std::fs;
use std::future::Future;
use std::io;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_channel::{mpsc, oneshot};
use futures_util::{FutureExt, StreamExt};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::{Map, Value};

use crate::Carrier;

/// The measured part of a run: its time, and the CPU time of this process.
pub struct Span {
    began: Instant,
    began_cpu: Duration,
    began_epoch_millis: u64,
    took: Duration,
    took_cpu: Duration,
    ended_epoch_millis: u64,
}

impl Span {
    fn begin() -> io::Result<Self> {
        Ok(Self {
            began: Instant::now(),
            began_cpu: used_cpu()?,
            began_epoch_millis: epoch_millis(),
            took: Duration::ZERO,
            took_cpu: Duration::ZERO,
            ended_epoch_millis: 0,
        })
    }

    fn end(mut self) -> io::Result<Self> {
        self.took = self.began.elapsed();
        self.took_cpu = used_cpu()? - self.began_cpu;
        self.ended_epoch_millis = epoch_millis();
        Ok(self)
    }

    pub fn seconds(&self) -> f64 {
        self.took.as_secs_f64()
    }

    /// Adds the times. Whoever has started the server can tell from the times of the wall clock how
    /// much CPU it took meanwhile.
    pub fn add_to(&self, figures: &mut Map<String, Value>) {
        figures.insert("seconds".into(), self.seconds().into());
        figures.insert("cpu_s".into(), self.took_cpu.as_secs_f64().into());
        figures.insert("from_epoch_ms".into(), self.began_epoch_millis.into());
        figures.insert("to_epoch_ms".into(), self.ended_epoch_millis.into());
    }
}

fn epoch_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}

/// The user and system time of this process.
fn used_cpu() -> io::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(micros as u64))
}

/// Lets all tasks begin at once and waits for their end or for the first failure. Returns what each
/// gave, in the order in which they ended.
pub async fn run_together<C: Carrier, T: Send + 'static>(
    tasks: Vec<impl Future<Output = io::Result<T>> + Send + 'static>,
) -> io::Result<(Span, Vec<T>)> {
    let (open_gate, gate) = oneshot::channel::<()>();
    let gate = gate.shared();
    let (sender, mut ended) = mpsc::unbounded();
    let count = tasks.len();
    for task in tasks {
        let gate = gate.clone();
        let sender = sender.clone();
        C::spawn(async move {
            let _ = gate.await;
            // Nobody listens any more after the first failure.
            let _ = sender.unbounded_send(task.await);
        });
    }
    let span = Span::begin()?;
    let _ = open_gate.send(());
    let mut results = Vec::with_capacity(count);
    while results.len() < count {
        let result = ended
            .next()
            .await
            .ok_or_else(|| io::Error::other("a task panicked"))?;
        results.push(result?);
    }
    Ok((span.end()?, results))
}

/// The share of one of several workers: all together make the total.
pub fn share(total: u64, workers: u64, index: u64) -> u64 {
    total / workers + u64::from(index < total % workers)
}

/// Adds the median and the time that one in a hundred exceeds, exact from all times.
pub fn add_latencies(figures: &mut Map<String, Value>, times: Vec<Vec<Duration>>) {
    let mut sorted = times.concat();
    sorted.sort_unstable();
    figures.insert("p50_us".into(), nearest_rank_micros(&sorted, 0.5).into());
    figures.insert("p99_us".into(), nearest_rank_micros(&sorted, 0.99).into());
}

/// The smallest time that at least this share of all times does not exceed.
fn nearest_rank_micros(sorted: &[Duration], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1].as_nanos() as f64 / 1e3
}

/// The resident memory of this process, as Linux tells it.
pub fn resident_kb() -> io::Result<u64> {
    fs::read_to_string("/proc/self/status")?
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmRSS:")?
                .strip_suffix("kB")?
                .trim()
                .parse()
                .ok()
        })
        .ok_or_else(|| io::Error::other("/proc/self/status has no VmRSS"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_make_the_total() {
        assert_eq!([0, 1, 2].map(|index| share(10, 3, index)), [4, 3, 3]);
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let sorted: Vec<_> = (1..=100).map(Duration::from_micros).collect();
        assert_eq!(nearest_rank_micros(&sorted, 0.5), 50.0);
        assert_eq!(nearest_rank_micros(&sorted, 0.99), 99.0);
        assert_eq!(nearest_rank_micros(&sorted[..1], 0.99), 1.0);
    }
}
