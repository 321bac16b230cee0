//! The language of metadata: what the opener of a stream asks of the side that accepts it.
//!
//! The text of the metadata up to its first line feed (the rest is padding) is
//! `VERB ARGUMENT… [as=KEY] [wait | abandon]`, words separated by blanks. Metadata that starts with no
//! known verb, the empty one included, means `meta`.

use std::str::{FromStr, SplitWhitespace};
use std::time::Duration;

use super::transfer::Pace;

/// The part of the help text that teaches the language.
pub const HELP: &str = "\
THE LANGUAGE OF METADATA
  The side that opens a stream says in its metadata what the other side shall do:
  the text up to the first line feed (anything may follow as padding) is
      VERB ARGUMENT... [as=KEY] [wait | abandon]
  Metadata without a known verb, such as the empty one, means `meta`.

  meta                     answers \"LENGTH SHA256\\n\" (decimal, hex) of the metadata
  echo [N]                 sends back what it reads: N bytes, or all to the end of file
  sink [N]                 reads N bytes or to the end of file, answers a receipt
  source N SEED            sends N bytes of the generator
  slow MS CHUNK [N]        like sink, but reads at most CHUNK bytes, then pauses MS milliseconds
  half-close N SEED        reads to the end of file, then sends a receipt and N generator bytes
  shut N SEED              sends N generator bytes and closes its direction, then reads to the
                           end of file
  drop-after N             reads N bytes and drops the stream, whatever has not been read
  gone                     drops the stream at once
  hold KEY                 does nothing until another stream says `tell KEY COMMAND`
  tell KEY COMMAND         makes the stream held under KEY do COMMAND; answers \"ok\\n\",
                           or \"unknown\\n\" if none is held
  result KEY               waits for the end of the stream opened with as=KEY and answers, as JSON,
                           what it read and how it ended
  latency                  answers the last latency in microseconds, or \"none\", and \"\\n\"
  debloat on|off           sets the mode of this end; answers \"ok\\n\"
  stats                    answers this session's counters as JSON
  end-session              drops the session
  abort                    ends the process at once, closing nothing

  A receipt is the count of bytes (u64, big endian) followed by their SHA-256.
  The generator is SplitMix64: the bytes of SEED are its successive outputs, little endian.

  When its work is done, a stream is closed by the side that accepted it, which then reads and
  discards to the end of file. With `wait` it reads to the end of file first and closes then; with
  `abandon` it closes and drops the stream without reading on.
  Up to 0.2 a FIN ends both directions, so whatever needs the end of file before it answers
  (echo, sink and slow without N, half-close) needs 0.3.
";

/// What a stream is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    Meta,
    Echo {
        bytes: Option<u64>,
    },
    Sink {
        bytes: Option<u64>,
    },
    Source {
        bytes: u64,
        seed: u64,
    },
    Slow {
        pause_ms: u64,
        chunk_bytes: usize,
        bytes: Option<u64>,
    },
    HalfClose {
        bytes: u64,
        seed: u64,
    },
    Shut {
        bytes: u64,
        seed: u64,
    },
    DropAfter {
        bytes: u64,
    },
    Gone,
    Hold {
        key: String,
    },
    Tell {
        key: String,
        command: Box<Command>,
    },
    Result {
        key: String,
    },
    Latency,
    Debloat {
        on: bool,
    },
    Stats,
    EndSession,
    Abort,
}

/// How the accepting side ends a stream whose work is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// Closes, then reads to the end of file.
    #[default]
    Close,
    /// Reads to the end of file, then closes.
    Wait,
    /// Closes and drops the stream.
    Abandon,
}

/// One sentence of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub verb: Verb,
    pub result_key: Option<String>,
    pub ending: Ending,
}

impl Command {
    /// What the metadata asks for; an error says what is wrong with the arguments of a known verb.
    pub fn parse(metadata: &[u8]) -> Result<Self, String> {
        let line = metadata
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let Ok(line) = std::str::from_utf8(line) else {
            return Ok(Self::plain(Verb::Meta));
        };
        let mut words = line.split_whitespace();
        Self::parse_words(&mut words)
            .map_err(|problem| format!("{problem} in \"{}\"", line.trim_end()))
    }

    fn plain(verb: Verb) -> Self {
        Self {
            verb,
            result_key: None,
            ending: Ending::default(),
        }
    }

    fn parse_words(words: &mut SplitWhitespace) -> Result<Self, String> {
        let mut args = Arguments::default();
        let Some(name) = words.next() else {
            return Ok(Self::plain(Verb::Meta));
        };
        if name == "tell" {
            let key = words.next().ok_or("no key")?.to_owned();
            let command = Box::new(Self::parse_words(words)?);
            return Ok(Self::plain(Verb::Tell { key, command }));
        }
        for word in words {
            match word {
                "wait" => args.ending = Ending::Wait,
                "abandon" => args.ending = Ending::Abandon,
                _ => match word.strip_prefix("as=") {
                    Some(key) => args.result_key = Some(key.to_owned()),
                    None => args.values.push(word),
                },
            }
        }
        args.values.reverse();
        let verb = match name {
            "meta" => Verb::Meta,
            "echo" => Verb::Echo {
                bytes: args.optional()?,
            },
            "sink" => Verb::Sink {
                bytes: args.optional()?,
            },
            "source" => Verb::Source {
                bytes: args.required()?,
                seed: args.required()?,
            },
            "slow" => Verb::Slow {
                pause_ms: args.required()?,
                chunk_bytes: args.required()?,
                bytes: args.optional()?,
            },
            "half-close" => Verb::HalfClose {
                bytes: args.required()?,
                seed: args.required()?,
            },
            "shut" => Verb::Shut {
                bytes: args.required()?,
                seed: args.required()?,
            },
            "drop-after" => Verb::DropAfter {
                bytes: args.required()?,
            },
            "gone" => Verb::Gone,
            "hold" => Verb::Hold {
                key: args.required()?,
            },
            "result" => Verb::Result {
                key: args.required()?,
            },
            "latency" => Verb::Latency,
            "debloat" => Verb::Debloat {
                on: args.required::<String>()? == "on",
            },
            "stats" => Verb::Stats,
            "end-session" => Verb::EndSession,
            "abort" => Verb::Abort,
            _ => return Ok(Self::plain(Verb::Meta)),
        };
        match args.values.last() {
            Some(word) => Err(format!("unexpected {word}")),
            None => Ok(Self {
                verb,
                result_key: args.result_key,
                ending: args.ending,
            }),
        }
    }
}

/// The words after a verb, positional ones in reverse.
#[derive(Default)]
struct Arguments<'a> {
    values: Vec<&'a str>,
    result_key: Option<String>,
    ending: Ending,
}

impl Arguments<'_> {
    fn optional<T: FromStr>(&mut self) -> Result<Option<T>, String> {
        match self.values.pop() {
            Some(word) => word
                .parse()
                .map(Some)
                .map_err(|_| format!("bad argument {word}")),
            None => Ok(None),
        }
    }

    fn required<T: FromStr>(&mut self) -> Result<T, String> {
        self.optional()?
            .ok_or_else(|| "too few arguments".to_owned())
    }
}

/// The pace of a reader that takes at most `chunk_bytes`, at least 1, at a time.
pub fn pace(pause_ms: u64, chunk_bytes: usize) -> Pace {
    Pace {
        pause: Duration::from_millis(pause_ms),
        chunk_bytes: chunk_bytes.max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verb(text: &str) -> Verb {
        Command::parse(text.as_bytes()).unwrap().verb
    }

    #[test]
    fn verbs_take_their_arguments_in_order() {
        assert_eq!(verb("source 5 7"), Verb::Source { bytes: 5, seed: 7 });
        assert_eq!(verb("echo"), Verb::Echo { bytes: None });
        assert_eq!(
            verb("slow 3 100 9"),
            Verb::Slow {
                pause_ms: 3,
                chunk_bytes: 100,
                bytes: Some(9)
            }
        );
    }

    #[test]
    fn padding_after_a_line_feed_is_not_read() {
        assert_eq!(verb("echo 4\n\u{0}junk"), Verb::Echo { bytes: Some(4) });
        assert_eq!(Command::parse(b"gone\n\xff\xfe").unwrap().verb, Verb::Gone);
    }

    #[test]
    fn metadata_without_a_verb_means_meta() {
        for metadata in [
            &b""[..],
            b"x",
            b"\xff\xfe",
            b"\0\0",
            b"example.org:80",
            b"\necho",
        ] {
            assert_eq!(Command::parse(metadata).unwrap().verb, Verb::Meta);
        }
    }

    #[test]
    fn options_may_stand_anywhere() {
        let command = Command::parse(b"sink wait 10 as=k").unwrap();
        assert_eq!(command.ending, Ending::Wait);
        assert_eq!(command.result_key.as_deref(), Some("k"));
        assert_eq!(command.verb, Verb::Sink { bytes: Some(10) });
    }

    #[test]
    fn a_told_command_keeps_its_own_options() {
        let Verb::Tell { key, command } = verb("tell a sink 5 wait as=b") else {
            panic!("not a tell");
        };
        assert_eq!((key.as_str(), command.ending), ("a", Ending::Wait));
        assert_eq!(command.result_key.as_deref(), Some("b"));
    }

    #[test]
    fn wrong_arguments_are_named() {
        assert!(Command::parse(b"source 5").unwrap_err().contains("too few"));
        assert!(
            Command::parse(b"echo x")
                .unwrap_err()
                .contains("bad argument x")
        );
        assert!(
            Command::parse(b"echo 1 2")
                .unwrap_err()
                .contains("unexpected 2")
        );
    }
}
