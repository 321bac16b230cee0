//! A test peer that speaks picomux 0.3.3, the first line with half-close.

#[path = "../../shared/mux_tokio.rs"]
mod mux;
#[path = "../../shared/peer/mod.rs"]
mod peer;
#[path = "../../shared/splitmix64.rs"]
mod splitmix64;

use std::time::Duration;

/// The version of the crate behind this peer.
const CRATE_VERSION: &str = "0.3.3";

/// Whether a FIN ends one direction only.
const HALF_CLOSE: bool = true;

/// How long the last bytes must have rested before a stream may be closed.
const SETTLE_BEFORE_CLOSE: Option<Duration> = None;

fn main() -> std::process::ExitCode {
    peer::main()
}
