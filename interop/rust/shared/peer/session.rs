//! One session and what its streams share.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_channel::{Receiver, Sender};
use futures_util::future::{Either, select};
use serde_json::{Value, json};

use super::language::Command;
use crate::mux::{self, LivenessConfig, PicoMux, Stream, Tcp};

/// What the command line says about every session.
#[derive(Clone, Debug)]
pub struct Settings {
    pub debloat: bool,
    pub liveness: Option<LivenessConfig>,
    pub accept_delay: Duration,
    /// Closed when accepting may begin; `None` where it may at once.
    pub accept_gate: Option<Receiver<()>>,
    /// The longest that one check may take.
    pub limit: Duration,
}

/// Counters of one session.
#[derive(Default)]
pub struct Counters {
    pub accepted: AtomicU64,
    pub opened: AtomicU64,
    pub live: AtomicU64,
    pub bytes_read: AtomicU64,
    pub bytes_written: AtomicU64,
}

/// Where the outcome of a stream opened with `as=KEY` is kept.
#[derive(Default)]
struct Outcome {
    value: Option<Value>,
    waiting: Vec<Sender<Value>>,
}

/// A session, shared by all tasks that serve it.
pub struct Session {
    mux: PicoMux,
    pub settings: Settings,
    pub counters: Counters,
    held: Mutex<HashMap<String, Sender<Command>>>,
    outcomes: Mutex<HashMap<String, Outcome>>,
    /// The cause of the end, once there is one.
    end: Mutex<Option<String>>,
    /// Closed when the session is over.
    over: (Sender<()>, Receiver<()>),
}

impl Session {
    pub fn start(tcp: Tcp, settings: Settings) -> Arc<Self> {
        let mut mux = mux::session(tcp);
        mux.set_debloat(settings.debloat);
        if let Some(liveness) = settings.liveness {
            mux.set_liveness(liveness);
        }
        Arc::new(Self {
            mux,
            settings,
            counters: Counters::default(),
            held: Mutex::default(),
            outcomes: Mutex::default(),
            end: Mutex::default(),
            over: async_channel::bounded(1),
        })
    }

    pub async fn open(&self, metadata: &[u8]) -> io::Result<Stream> {
        let stream = mux::open(&self.mux, metadata).await?;
        self.counters.opened.fetch_add(1, Ordering::Relaxed);
        Ok(stream)
    }

    pub async fn accept(&self) -> io::Result<Stream> {
        let stream = mux::accept(&self.mux).await?;
        self.counters.accepted.fetch_add(1, Ordering::Relaxed);
        Ok(stream)
    }

    pub fn set_debloat(&self, on: bool) {
        self.mux.set_debloat(on);
    }

    pub fn last_latency(&self) -> Option<Duration> {
        self.mux.last_latency()
    }

    /// Waits for the end that the transport or the protocol brings, and notes its cause.
    pub async fn dead(&self) -> String {
        let cause = match self.mux.wait_until_dead().await {
            Ok(()) => "ended without an error".to_owned(),
            Err(error) => match error.downcast_ref::<io::Error>() {
                Some(error) => format!("{:?}: {error}", error.kind()),
                None => format!("Other: {error}"),
            },
        };
        self.finish(&cause);
        cause
    }

    /// Ends the session for its tasks; the first cause stands.
    pub fn finish(&self, cause: &str) {
        lock(&self.end).get_or_insert_with(|| cause.to_owned());
        self.over.0.close();
    }

    /// The cause of the end, if the session has ended.
    pub fn end(&self) -> Option<String> {
        lock(&self.end).clone()
    }

    /// Runs a future until it or the session ends.
    pub async fn while_alive<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        match select(pin!(future), pin!(self.over.1.recv())).await {
            Either::Left((value, _)) => Some(value),
            Either::Right(_) => None,
        }
    }

    /// Registers a stream under a key; what comes back delivers the command that it is told.
    pub fn hold(&self, key: &str) -> Receiver<Command> {
        let (told, commands) = async_channel::bounded(1);
        lock(&self.held).insert(key.to_owned(), told);
        commands
    }

    /// Tells a held stream what to do; false if none is held under the key.
    pub fn tell(&self, key: &str, command: Command) -> bool {
        let told = lock(&self.held).remove(key);
        told.is_some_and(|told| told.try_send(command).is_ok())
    }

    /// Keeps the outcome of a stream and hands it to those who wait for it.
    pub fn keep_outcome(&self, key: &str, value: Value) {
        let mut outcomes = lock(&self.outcomes);
        let outcome = outcomes.entry(key.to_owned()).or_default();
        for waiting in outcome.waiting.drain(..) {
            let _ = waiting.try_send(value.clone());
        }
        outcome.value = Some(value);
    }

    /// Waits for the outcome of the stream opened with this key.
    pub async fn outcome(&self, key: &str) -> Option<Value> {
        let waiting = {
            let mut outcomes = lock(&self.outcomes);
            let outcome = outcomes.entry(key.to_owned()).or_default();
            if let Some(value) = &outcome.value {
                return Some(value.clone());
            }
            let (sender, receiver) = async_channel::bounded(1);
            outcome.waiting.push(sender);
            receiver
        };
        waiting.recv().await.ok()
    }

    /// The counters as JSON.
    pub fn stats(&self) -> Value {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        json!({
            "streams_accepted": count(&self.counters.accepted),
            "streams_opened": count(&self.counters.opened),
            "streams_served_now": count(&self.counters.live),
            "served_bytes_read": count(&self.counters.bytes_read),
            "served_bytes_written": count(&self.counters.bytes_written),
            "last_latency_micros": self.last_latency().map(|latency| latency.as_micros() as u64),
            "debloat": self.mux.is_debloat(),
        })
    }
}

/// Locks a mutex that no panicking task can have left in a state that matters.
pub fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
