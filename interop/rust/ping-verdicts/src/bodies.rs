//! The bodies: hand-picked ones for each rule of the grammar, then seeded mutations.

use crate::Case;
use crate::splitmix64::SplitMix64;

/// Seed of the mutations; another one gives another table.
const MUTATION_SEED: u64 = 0x7069_636f_6d75_7801;

const MUTATIONS: usize = 420;

/// All cases, in the order of the table. The same on every run.
pub fn all() -> Vec<Case> {
    let mut cases = Cases::default();
    plain(&mut cases);
    numbers(&mut cases);
    other_types(&mut cases);
    whitespace(&mut cases);
    truncated(&mut cases);
    fields(&mut cases);
    array_form(&mut cases);
    keys(&mut cases);
    ignored_strings(&mut cases);
    ignored_numbers(&mut cases);
    ignored_literals_and_containers(&mut cases);
    depth(&mut cases);
    trailing(&mut cases);
    mutations(&mut cases);
    cases.0
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    fn add(&mut self, label: impl Into<String>, body: impl AsRef<[u8]>) {
        self.0.push(Case {
            label: label.into(),
            body: body.as_ref().to_vec(),
        });
    }

    /// A body whose required field has this value.
    fn value(&mut self, value: &str) {
        self.add(format!("value {}", shown(value)), object_with_value(value));
    }

    /// A valid body with one more field that the parser ignores.
    fn ignored(&mut self, label: &str, value: impl AsRef<[u8]>) {
        self.add(
            format!("ignored {label}"),
            joined(&[b"{\"x\":", value.as_ref(), b",\"next_ping_in_ms\":7}"]),
        );
    }

    /// A valid body with one more field of this raw key (without its quotes).
    fn key(&mut self, label: &str, key: impl AsRef<[u8]>) {
        self.add(
            format!("unknown key: {label}"),
            joined(&[b"{\"", key.as_ref(), b"\":0,\"next_ping_in_ms\":7}"]),
        );
    }

    /// An ignored object that holds one field of this raw key.
    fn nested_key(&mut self, label: &str, key: impl AsRef<[u8]>) {
        self.ignored(
            &format!("object whose key is {label}"),
            joined(&[b"{\"", key.as_ref(), b"\":0}"]),
        );
    }
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn object_with_value(value: &str) -> String {
    format!("{{\"next_ping_in_ms\":{value}}}")
}

/// A value as a label shows it: in backquotes, control characters escaped, long ones shortened.
fn shown(value: &str) -> String {
    let escaped = value.escape_debug().to_string();
    if escaped.len() <= 60 {
        return format!("`{escaped}`");
    }
    let start: String = escaped.chars().take(40).collect();
    format!("`{start}…` ({} bytes)", value.len())
}

fn plain(cases: &mut Cases) {
    cases.add(
        "what picomux sends by default",
        r#"{"next_ping_in_ms":1800000}"#,
    );
    cases.add("empty body", "");
    cases.add("empty object", "{}");
    cases.add("unknown field alone", r#"{"other":1}"#);
    cases.add("field in other case", r#"{"Next_Ping_In_Ms":1}"#);
    cases.add("field with a trailing blank", r#"{"next_ping_in_ms ":1}"#);
    cases.add("empty key", r#"{"":1}"#);
    cases.add("only a blank", " ");
    cases.add("only NUL", "\0");
    cases.add("only a quote", "\"");
    cases.add("unquoted key", "{next_ping_in_ms:1}");
    cases.add("single quotes", "{'next_ping_in_ms':1}");
    cases.add("number as key", "{1:1}");
    cases.add("null as key", "{null:1}");
    cases.add("equals sign for colon", r#"{"next_ping_in_ms"=1}"#);
    cases.add("two colons", r#"{"next_ping_in_ms"::1}"#);
    cases.add("no value", r#"{"next_ping_in_ms":}"#);
    cases.add("no colon", r#"{"next_ping_in_ms" 1}"#);
    cases.add("comma for colon", r#"{"next_ping_in_ms",1}"#);
    cases.add("leading comma", r#"{,"next_ping_in_ms":1}"#);
    cases.add("trailing comma", r#"{"next_ping_in_ms":1,}"#);
    cases.add("trailing comma and blank", r#"{"next_ping_in_ms":1, }"#);
    cases.add("two commas", r#"{"next_ping_in_ms":1,,"x":2}"#);
    cases.add("missing comma", r#"{"next_ping_in_ms":1 "x":2}"#);
    cases.add("semicolon", r#"{"next_ping_in_ms":1;"x":2}"#);
    cases.add("block comment", r#"{"next_ping_in_ms":1/**/}"#);
    cases.add("line comment", "{\"next_ping_in_ms\":1}//x\n");
    cases.add("closed by bracket", r#"{"next_ping_in_ms":1]"#);
    cases.add("UTF-8 byte order mark", "\u{feff}{\"next_ping_in_ms\":1}");
    cases.add(
        "UTF-16 little endian",
        utf16(r#"{"next_ping_in_ms":1}"#, u16::to_le_bytes),
    );
    cases.add(
        "UTF-16 big endian",
        utf16(r#"{"next_ping_in_ms":1}"#, u16::to_be_bytes),
    );
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn numbers(cases: &mut Cases) {
    for value in [
        "0",
        "1",
        "9",
        "10",
        "255",
        "65535",
        "65536",
        "1000",
        "1800000",
        "2147483647",
        "2147483648",
        "4294967294",
        "4294967295",
        "4294967296",
        "4294967297",
        "9999999999",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "18446744073709551617",
        "100000000000000000000",
        "340282366920938463463374607431768211456",
        "1.0",
        "1.5",
        "0.0",
        "0.1",
        "1.",
        ".5",
        "1.e1",
        "1.0e0",
        "1.0e+0",
        "1e0",
        "1e1",
        "1e3",
        "1E3",
        "1e+3",
        "1e-3",
        "1e",
        "1e+",
        "1e-",
        "1E",
        "1ee1",
        "1e1.0",
        "1e1e1",
        "0e0",
        "0e",
        "0E1",
        "10e-1",
        "1e308",
        "1e309",
        "1e999999",
        "1e-999999",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "0e99999999999999999999",
        "-0",
        "-0.0",
        "-1",
        "-1.0",
        "-",
        "--1",
        "-+1",
        "- 1",
        "-a",
        "-4294967295",
        "-9223372036854775808",
        "-9223372036854775809",
        "-18446744073709551616",
        "-1e999999",
        "+1",
        "+0",
        "+",
        "00",
        "01",
        "007",
        "000",
        "-00",
        "-01",
        "0x10",
        "0b1",
        "0o7",
        "1_000",
        "1,000",
        "1 000",
        "0 1",
        "1 ",
        " 1",
        "NaN",
        "nan",
        "Infinity",
        "-Infinity",
        "inf",
        "1f",
        "1u32",
        "1L",
        "1a",
        "0a",
        "1-1",
        "1+1",
        "1/1",
        "1.2.3",
        "\u{ff11}",
        "\u{661}",
        "∞",
    ] {
        cases.value(value);
    }
    for count in [1, 2, 10, 100, 5_000] {
        cases.value(&format!("{}1", "0".repeat(count)));
        cases.value(&format!("1.{}", "0".repeat(count)));
        cases.value(&"9".repeat(count));
    }
}

fn other_types(cases: &mut Cases) {
    for value in [
        "null",
        "true",
        "false",
        "\"5\"",
        "\"\"",
        "[]",
        "{}",
        "[5]",
        "[[5]]",
        "{\"a\":5}",
        "nul",
        "nulll",
        "Null",
        "NULL",
        "tru",
        "truee",
        "fals",
        "undefined",
    ] {
        cases.value(value);
    }
    for document in [
        "null",
        "true",
        "false",
        "5",
        "1800000",
        "-1",
        "1.5",
        "\"next_ping_in_ms\"",
        "\"5\"",
        "\"\"",
        "nul",
        "n",
        "t",
        "f",
        "next_ping_in_ms",
        "next_ping_in_ms:1",
        "\"next_ping_in_ms\":1",
    ] {
        cases.add(format!("document {}", shown(document)), document);
    }
}

fn whitespace(cases: &mut Cases) {
    for (name, byte) in [
        ("blank", "\u{20}"),
        ("tab", "\u{9}"),
        ("line feed", "\u{a}"),
        ("carriage return", "\u{d}"),
        ("vertical tab", "\u{b}"),
        ("form feed", "\u{c}"),
        ("NUL", "\u{0}"),
        ("backspace", "\u{8}"),
        ("DEL", "\u{7f}"),
        ("next line", "\u{85}"),
        ("no-break space", "\u{a0}"),
        ("line separator", "\u{2028}"),
        ("zero width space", "\u{200b}"),
        ("byte order mark", "\u{feff}"),
    ] {
        cases.add(
            format!("{name} before"),
            format!("{byte}{{\"next_ping_in_ms\":1}}"),
        );
        cases.add(
            format!("{name} after"),
            format!("{{\"next_ping_in_ms\":1}}{byte}"),
        );
        cases.add(
            format!("{name} everywhere"),
            format!("{byte}{{{byte}\"next_ping_in_ms\"{byte}:{byte}1{byte}}}{byte}"),
        );
        cases.add(
            format!("{name} everywhere in an array"),
            format!("{byte}[{byte}1{byte}]{byte}"),
        );
    }
    let all = " \t\n\r".repeat(1_000);
    cases.add(
        "4,000 blanks before",
        format!("{all}{{\"next_ping_in_ms\":1}}"),
    );
    cases.add(
        "4,000 blanks after",
        format!("{{\"next_ping_in_ms\":1}}{all}"),
    );
}

fn truncated(cases: &mut Cases) {
    let body = r#"{"x":[true,"\u0041"],"next_ping_in_ms":1800000}"#;
    for length in 1..body.len() {
        cases.add(format!("cut after byte {length}"), &body[..length]);
    }
    let array = "[1800000]";
    for length in 1..array.len() {
        cases.add(format!("array cut after byte {length}"), &array[..length]);
    }
}

fn fields(cases: &mut Cases) {
    for (label, body) in [
        ("unknown field before", r#"{"a":1,"next_ping_in_ms":7}"#),
        ("unknown field after", r#"{"next_ping_in_ms":7,"a":1}"#),
        (
            "unknown fields around",
            r#"{"a":null,"next_ping_in_ms":7,"b":{"c":[]}}"#,
        ),
        (
            "offer of half-close",
            r#"{"next_ping_in_ms":1800000,"picomux_java":{"half_close":1}}"#,
        ),
        (
            "required field twice, equal",
            r#"{"next_ping_in_ms":7,"next_ping_in_ms":7}"#,
        ),
        (
            "required field twice, different",
            r#"{"next_ping_in_ms":7,"next_ping_in_ms":8}"#,
        ),
        (
            "required field twice, second broken",
            r#"{"next_ping_in_ms":7,"next_ping_in_ms":"x"}"#,
        ),
        (
            "required field twice, first broken",
            r#"{"next_ping_in_ms":null,"next_ping_in_ms":7}"#,
        ),
        (
            "required field twice, once escaped",
            r#"{"next_ping_in_ms":7,"next_ping_in_m\u0073":7}"#,
        ),
        (
            "unknown field twice",
            r#"{"a":1,"a":2,"next_ping_in_ms":7}"#,
        ),
        (
            "required field inside an ignored object only",
            r#"{"a":{"next_ping_in_ms":7}}"#,
        ),
        (
            "required field inside and outside",
            r#"{"a":{"next_ping_in_ms":"x"},"next_ping_in_ms":7}"#,
        ),
        (
            "error after the required field",
            r#"{"next_ping_in_ms":7,"a":tru}"#,
        ),
        (
            "unknown field without value",
            r#"{"a","next_ping_in_ms":7}"#,
        ),
        (
            "unknown field with an empty value",
            r#"{"a":,"next_ping_in_ms":7}"#,
        ),
    ] {
        cases.add(label, body);
    }
    let many: String = (0..300)
        .map(|index| format!("\"f{index}\":{index},"))
        .collect();
    cases.add(
        "300 unknown fields",
        format!("{{{many}\"next_ping_in_ms\":7}}"),
    );
    cases.add(
        "the largest body: a long ignored string",
        format!(
            "{{\"x\":\"{}\",\"next_ping_in_ms\":7}}",
            "a".repeat(65_535 - r#"{"x":"","next_ping_in_ms":7}"#.len())
        ),
    );
}

fn array_form(cases: &mut Cases) {
    for body in [
        "[7]",
        "[ 7 ]",
        "[]",
        "[ ]",
        "[7,8]",
        "[7,null]",
        "[7,]",
        "[7, ]",
        "[,7]",
        "[7 8]",
        "[7;8]",
        "[[7]]",
        "[[]]",
        "[{}]",
        "[{\"next_ping_in_ms\":7}]",
        "[null]",
        "[\"7\"]",
        "[true]",
        "[7.0]",
        "[7.5]",
        "[7e0]",
        "[-7]",
        "[-0]",
        "[07]",
        "[4294967295]",
        "[4294967296]",
        "[7}",
        "[7]]",
        "[7],",
        "[7][7]",
        "[7] ",
        "[7]x",
        "[",
        "]",
        "[7",
        "[7,",
        "[7,8",
        "[7,]x",
        "[7]{}",
        "{\"next_ping_in_ms\":7}[7]",
    ] {
        cases.add(format!("array {}", shown(body)), body);
    }
}

fn keys(cases: &mut Cases) {
    let field = |key: &str| format!("{{\"{key}\":7}}");
    cases.add("last letter escaped", field(r"next_ping_in_m\u0073"));
    cases.add("escape with capital digits", field(r"next\u005Fping_in_ms"));
    let escaped: String = "next_ping_in_ms"
        .bytes()
        .map(|byte| format!("\\u{:04x}", byte))
        .collect();
    cases.add("every letter escaped", field(&escaped));
    cases.add("escaped solidus in the key", field(r"next_ping_in_ms\/"));
    cases.add(
        "key with an escaped NUL at its end",
        field(r"next_ping_in_ms\u0000"),
    );
    cases.add("one letter full-width", field("next_ping_in_m\u{ff53}"));
    cases.add(
        "combining mark after the key",
        field("next_ping_in_ms\u{301}"),
    );
    for_strings(|label, raw| cases.key(label, raw));
    for_strings(|label, raw| cases.nested_key(label, raw));
}

fn ignored_strings(cases: &mut Cases) {
    for_strings(|label, raw| {
        cases.ignored(&format!("string: {label}"), joined(&[b"\"", raw, b"\""]));
    });
    cases.ignored("string without its end", "\"abc");
    cases.ignored(
        "string of 60,000 characters",
        format!("\"{}\"", "a".repeat(60_000)),
    );
    cases.ignored(
        "string of 10,000 escapes",
        format!("\"{}\"", r"\u0041".repeat(10_000)),
    );
}

/// Hands over the inside of strings of every kind, with its label.
fn for_strings(mut add: impl FnMut(&str, &[u8])) {
    for (label, raw) in [
        ("plain", "abc"),
        ("empty", ""),
        ("each short escape", r#"\"\\\/\b\f\n\r\t"#),
        ("escaped letter", r"\u0041"),
        ("escaped NUL", r"\u0000"),
        ("escaped U+FFFF", r"\uFFFF"),
        ("escape with mixed digits", r"\uaBcD"),
        ("escape \\a", r"\a"),
        ("escape \\v", r"\v"),
        ("escape \\0", r"\0"),
        ("escape \\x41", r"\x41"),
        ("escape \\'", r"\'"),
        ("escape \\U0041", r"\U0041"),
        ("escape of a line feed", "\\\n"),
        ("escape with three digits", r"\u041"),
        ("escape with a sign", r"\u+041"),
        ("escape with a blank", r"\u 041"),
        ("escape with g", r"\u004g"),
        ("escape without digits", r"\u"),
        ("escape in braces", r"\u{41}"),
        ("surrogate pair", r"\ud83d\ude00"),
        ("surrogate pair, capitals", r"\uD83D\uDE00"),
        ("lone leading surrogate", r"\ud83d"),
        ("lone trailing surrogate", r"\ude00"),
        ("two leading surrogates", r"\ud83d\ud83d"),
        ("two leading, one trailing", r"\ud83d\ud83d\ude00"),
        ("surrogates in the wrong order", r"\ude00\ud83d"),
        ("leading surrogate then a letter", r"\ud83da"),
        ("leading surrogate then \\n", r"\ud83d\n"),
        ("leading surrogate then \\u0041", r"\ud83d\u0041"),
        ("leading surrogate then a bad escape", r"\ud83d\x"),
        ("leading surrogate then a short escape", r"\ud83d\ude0"),
        (
            "first and last leading surrogate",
            r"\ud800\udc00\udbff\udfff",
        ),
        ("U+D7FF and U+E000 escaped", r"\ud7ff\ue000"),
        ("two-byte character", "é"),
        ("three-byte character", "€"),
        ("four-byte character", "😀"),
        ("U+10FFFF", "\u{10ffff}"),
        ("DEL", "\u{7f}"),
        ("C1 control", "\u{85}"),
        ("line separator", "\u{2028}"),
        ("byte order mark", "\u{feff}"),
        ("NUL", "\0"),
        ("U+0001", "\u{1}"),
        ("tab", "\t"),
        ("line feed", "\n"),
        ("carriage return", "\r"),
        ("U+001F", "\u{1f}"),
        ("blank", " "),
        ("escape character", "\u{1b}"),
    ] {
        add(label, raw.as_bytes());
    }
    for (label, raw) in [
        ("lone continuation byte", &b"\x80"[..]),
        ("lone lead byte", b"\xc3"),
        ("lead byte then a letter", b"\xc3a"),
        ("two-byte character cut", b"a\xc3"),
        ("three-byte character cut", b"\xe2\x82"),
        ("four-byte character cut", b"\xf0\x9f\x98"),
        ("overlong NUL", b"\xc0\x80"),
        ("overlong slash, three bytes", b"\xe0\x80\xaf"),
        ("overlong, four bytes", b"\xf0\x80\x80\xaf"),
        ("encoded surrogate", b"\xed\xa0\x80"),
        ("encoded surrogate pair", b"\xed\xa0\xbd\xed\xb8\x80"),
        ("U+110000", b"\xf4\x90\x80\x80"),
        ("five-byte sequence", b"\xf8\x88\x80\x80\x80"),
        ("byte FE", b"\xfe"),
        ("byte FF", b"\xff"),
        ("Latin-1", b"caf\xe9"),
        ("invalid byte then an escape", b"\xff\\u0041"),
        ("escape then an invalid byte", b"\\u0041\xff"),
    ] {
        add(label, raw);
    }
}

fn ignored_numbers(cases: &mut Cases) {
    for number in [
        "0",
        "-0",
        "1",
        "-1",
        "10",
        "01",
        "-01",
        "00",
        "-00",
        "1.0",
        "1.",
        "-1.",
        ".5",
        "-.5",
        "0.5",
        "0.",
        "1.5.5",
        "1e1",
        "1E1",
        "1e+1",
        "1e-1",
        "1e",
        "1e+",
        "1e-",
        "1E",
        "1e1.5",
        "1.e1",
        "1.5e1",
        "1.5e",
        "0e0",
        "0e",
        "-0e-0",
        "1e308",
        "1e309",
        "1e999999",
        "-1e999999",
        "1e-999999",
        "1e99999999999999999999999999",
        "0e99999999999999999999",
        "18446744073709551616",
        "-9223372036854775809",
        "+1",
        "+0",
        "-",
        "--1",
        "- 1",
        "-a",
        "0x10",
        "1_0",
        "1a",
        "0a",
        "NaN",
        "Infinity",
        "-Infinity",
        "nan",
        "1 2",
        "1,2",
        "\u{661}",
    ] {
        cases.ignored(&format!("number {number}"), number);
    }
    for count in [400, 5_000, 60_000] {
        cases.ignored(&format!("number of {count} digits"), "7".repeat(count));
        cases.ignored(
            &format!("number of {count} decimals"),
            format!("0.{}", "7".repeat(count)),
        );
    }
    cases.ignored(
        "exponent of 5,000 digits",
        format!("1e{}", "7".repeat(5_000)),
    );
}

fn ignored_literals_and_containers(cases: &mut Cases) {
    for value in [
        "null",
        "true",
        "false",
        "nul",
        "nulL",
        "Null",
        "nulll",
        "n",
        "tru",
        "truE",
        "t",
        "True",
        "fals",
        "f",
        "falsee",
        "nan",
        "undefined",
        "none",
        "",
        " ",
        "[]",
        "[ ]",
        "{}",
        "{ }",
        "[1]",
        "[1,2]",
        "[1,]",
        "[,1]",
        "[,]",
        "[1 2]",
        "[1;2]",
        "[1,,2]",
        "[",
        "]",
        "[1",
        "[1}",
        "{]",
        "[}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\" 1}",
        "{a:1}",
        "{1:1}",
        "{null:1}",
        "{'a':1}",
        "{\"a\":1",
        "{",
        "{\"a",
        "{\"a\"",
        "{\"a\":",
        "[[],{},[{}],{\"a\":[]}]",
        "[ 1 , [ 2 , { \"a\" : 3 } ] ]",
        "[\t1\n,\r2 ]",
        "[\u{c}1]",
        "[1]]",
        "{}}",
        "'a'",
        "[true,false,null]",
        "[truefalse]",
        "[nullnull]",
        "[1\"a\"]",
        "[\"a\"1]",
        "[\"a\"\"b\"]",
        "/**/1",
        "1/**/",
    ] {
        cases.ignored(&shown(value), value);
    }
}

fn depth(cases: &mut Cases) {
    for levels in [
        1, 10, 126, 127, 128, 129, 130, 255, 256, 1_000, 3_000, 20_000, 32_000,
    ] {
        cases.ignored(
            &format!("{levels} brackets deep"),
            nested("[", "", "]", levels),
        );
        cases.ignored(
            &format!("{levels} brackets deep, one too few closed"),
            joined(&[
                "[".repeat(levels).as_bytes(),
                "]".repeat(levels - 1).as_bytes(),
            ]),
        );
    }
    for levels in [126, 127, 128, 129, 3_000, 9_000] {
        cases.ignored(
            &format!("{levels} objects deep"),
            nested("{\"a\":", "1", "}", levels),
        );
    }
    for levels in [64, 128, 3_000, 8_000] {
        cases.ignored(
            &format!("{levels} times an object in an array"),
            nested("[{\"a\":", "1", "}]", levels),
        );
    }
    for levels in [126, 127, 128, 129, 3_000, 20_000] {
        let deep = nested("[", "7", "]", levels);
        cases.add(format!("{levels} brackets deep as document"), &deep);
        cases.add(
            format!("{levels} brackets deep as the required value"),
            joined(&[b"{\"next_ping_in_ms\":", &deep, b"}"]),
        );
        cases.add(
            format!("{levels} brackets deep as a second array element"),
            joined(&[b"[7,", &deep, b"]"]),
        );
    }
    for levels in [127, 128, 3_000] {
        cases.add(
            format!("{levels} objects deep as document"),
            nested("{\"a\":", "7", "}", levels),
        );
        cases.add(
            format!("{levels} objects of the required field"),
            nested("{\"next_ping_in_ms\":", "7", "}", levels),
        );
    }
}

fn nested(open: &str, inside: &str, close: &str, levels: usize) -> Vec<u8> {
    format!("{}{inside}{}", open.repeat(levels), close.repeat(levels)).into_bytes()
}

fn trailing(cases: &mut Cases) {
    for tail in [
        " ",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "x",
        "}",
        "]",
        ",",
        "{}",
        "null",
        "0",
        "\"",
        "{\"next_ping_in_ms\":1}",
        "\n{}",
        "\u{a0}",
        "\u{c}",
    ] {
        cases.add(
            format!("followed by {}", shown(tail)),
            format!("{{\"next_ping_in_ms\":1}}{tail}"),
        );
    }
    cases.add("followed by byte FF", b"{\"next_ping_in_ms\":1}\xff");
}

/// Valid bodies from which the mutations start.
const ORIGINALS: [&str; 6] = [
    r#"{"next_ping_in_ms":1800000}"#,
    r#"[1800000]"#,
    r#"{"next_ping_in_ms":1800000,"picomux_java":{"half_close":1}}"#,
    r#"{"a":[1,-2.5e3,"x\n\u00e9",null,true],"next_ping_in_ms":0}"#,
    "{ \"next_ping_in_ms\" : 4294967295 , \"b\" : { \"c\" : [ ] , \"d\" : \"\\ud83d\\ude00\" } }\n",
    r#"{"next_ping_in_m\u0073":60000,"z":false}"#,
];

/// Bytes that mean something in JSON: half of the changes draw from them.
const TELLING_BYTES: &[u8] =
    b"{}[]:,\"\\0123456789-+.eEnulltruefalse \t\n\r\0\x1f\x7f\x80\xc3\xff/";

fn mutations(cases: &mut Cases) {
    let mut random = SplitMix64::new(MUTATION_SEED);
    let mut below = |bound: usize| (random.next_u64() % bound as u64) as usize;
    for index in 0..MUTATIONS {
        let mut body = ORIGINALS[index % ORIGINALS.len()].as_bytes().to_vec();
        let mut steps = Vec::new();
        for _ in 0..1 + index / 210 {
            let at = below(body.len());
            match below(4) {
                0 => {
                    body[at] = if below(2) == 0 {
                        TELLING_BYTES[below(TELLING_BYTES.len())]
                    } else {
                        below(256) as u8
                    };
                    steps.push(format!("byte {at} changed"));
                }
                1 => {
                    body.remove(at);
                    steps.push(format!("byte {at} deleted"));
                }
                2 => {
                    body.insert(at, body[at]);
                    steps.push(format!("byte {at} doubled"));
                }
                _ => {
                    let byte = TELLING_BYTES[below(TELLING_BYTES.len())];
                    body.insert(at, byte);
                    steps.push(format!("byte {at} inserted"));
                }
            }
        }
        cases.add(
            format!(
                "mutation {index} of body {}: {}",
                index % ORIGINALS.len(),
                steps.join(", ")
            ),
            body,
        );
    }
}
