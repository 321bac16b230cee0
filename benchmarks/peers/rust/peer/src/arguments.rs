//! The command line that every peer has.

use std::net::{IpAddr, Ipv4Addr};

use lexopt::prelude::*;

pub const USAGE: &str = "\
usage: PEER server --port P [--host ADDRESS] [--limit-s S]
       PEER client --port P [--host ADDRESS] [--limit-s S] SCENARIO OPTIONS

A server prints \"ready PORT\" when it listens; port 0 is a free one.
Scenarios: up, down, pingpong, rr, loaded, open, idle, with
--streams N, --bytes N, --count N, --size N, --concurrency N, --warmup N.";

/// How long a server that was forgotten goes on, and a client at most, unless told otherwise.
const SERVER_LIMIT_SECONDS: u64 = 3600;
const CLIENT_LIMIT_SECONDS: u64 = 120;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Server,
    Client,
}

/// What was asked for of a scenario; what was not is left to it.
#[derive(Clone, Copy, Default)]
pub struct Sizes {
    pub streams: Option<u64>,
    pub bytes: Option<u64>,
    pub count: Option<u64>,
    pub size: Option<u64>,
    pub concurrency: Option<u64>,
    pub warmup: Option<u64>,
}

pub struct Arguments {
    pub mode: Mode,
    pub host: IpAddr,
    pub port: u16,
    pub limit_seconds: u64,
    pub scenario: String,
    pub sizes: Sizes,
}

pub fn parse() -> Result<Arguments, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let mode = match parser.next()? {
        Some(Value(word)) if word == "server" => Mode::Server,
        Some(Value(word)) if word == "client" => Mode::Client,
        _ => return Err("server or client is missing".into()),
    };
    let mut host = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut port = None;
    let mut scenario = None;
    let mut sizes = Sizes::default();
    let mut limit_seconds = match mode {
        Mode::Server => SERVER_LIMIT_SECONDS,
        Mode::Client => CLIENT_LIMIT_SECONDS,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("host") => host = parser.value()?.parse()?,
            Long("port") => port = Some(parser.value()?.parse()?),
            Long("limit-s") => limit_seconds = parser.value()?.parse()?,
            Long("streams") => sizes.streams = Some(parser.value()?.parse()?),
            Long("bytes") => sizes.bytes = Some(parser.value()?.parse()?),
            Long("count") => sizes.count = Some(parser.value()?.parse()?),
            Long("size") => sizes.size = Some(parser.value()?.parse()?),
            Long("concurrency") => sizes.concurrency = Some(parser.value()?.parse()?),
            Long("warmup") => sizes.warmup = Some(parser.value()?.parse()?),
            Value(word) if mode == Mode::Client && scenario.is_none() => {
                scenario = Some(word.string()?);
            }
            _ => return Err(argument.unexpected()),
        }
    }
    if mode == Mode::Client && scenario.is_none() {
        return Err("a scenario is missing".into());
    }
    Ok(Arguments {
        mode,
        host,
        port: port.ok_or("--port is missing")?,
        limit_seconds,
        scenario: scenario.unwrap_or_default(),
        sizes,
    })
}
