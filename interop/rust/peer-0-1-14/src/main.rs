//! A test peer that speaks picomux 0.1.14, which runs on smol.

mod mux;
#[path = "../../shared/peer/mod.rs"]
mod peer;
#[path = "../../shared/splitmix64.rs"]
mod splitmix64;

use std::time::Duration;

/// The version of the crate behind this peer.
const CRATE_VERSION: &str = "0.1.14";

/// Whether a FIN ends one direction only.
const HALF_CLOSE: bool = false;

/// How long the last bytes must have rested before a stream may be closed.
///
/// The pipe inside a stream of 0.1.14 (bipe 0.2) checks first whether it is empty and then whether it
/// is closed: bytes written and a close that fall between the two checks are lost. The crate has
/// taken what was written long before this time has passed.
const SETTLE_BEFORE_CLOSE: Option<Duration> = Some(Duration::from_millis(20));

fn main() -> std::process::ExitCode {
    peer::main()
}
