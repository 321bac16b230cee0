//! Results: checks of one session and the line of JSON that tells them.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use serde_json::{Value, json};

use super::session::{Session, lock};
use crate::mux;

/// The checks of one session, in the order in which they ended.
#[derive(Default)]
pub struct Report {
    checks: Mutex<Vec<Value>>,
}

impl Report {
    /// Runs one check within its time limit and notes how it went.
    pub async fn check(
        &self,
        name: &str,
        limit: Duration,
        work: impl Future<Output = io::Result<Value>>,
    ) {
        let start = Instant::now();
        let result = match select(pin!(work), pin!(mux::sleep(limit))).await {
            Either::Left((result, _)) => result,
            Either::Right(_) => Err(io::Error::other(format!("no end after {limit:?}"))),
        };
        let millis = start.elapsed().as_millis() as u64;
        let check = match result {
            Ok(details) => json!({"name": name, "ok": true, "millis": millis, "details": details}),
            Err(error) => {
                json!({"name": name, "ok": false, "millis": millis, "error": error.to_string()})
            }
        };
        lock(&self.checks).push(check);
    }

    pub fn ok(&self) -> bool {
        lock(&self.checks).iter().all(|check| check["ok"] == true)
    }

    /// The whole session on one line.
    pub fn line(&self, number: u64, session: &Session) -> String {
        let mut line = json!({
            "event": "session",
            "peer": format!("picomux {} on {}", crate::CRATE_VERSION, mux::RUNTIME),
            "session": number,
            "ok": self.ok(),
            "checks": *lock(&self.checks),
            "end": session.end(),
        });
        if let (Some(line), Value::Object(stats)) = (line.as_object_mut(), session.stats()) {
            line.extend(stats);
        }
        line.to_string()
    }
}
