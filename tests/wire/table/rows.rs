//! The table itself.
//!
//! A cell says how often the other side was asked, and what the caller got. `broken` is no complete response, `not sent`
//! no connection, `not understood` a response of the wrong form; a number after the first is the status of a response.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use osc_tests::cloud::{http_date, now, refusal};
use osc_tests::http::{Reply, Response, Then};
use osc_tests::server::Server;
use rcgen::{CertificateParams, date_time_ymd};
use rustls::version::{TLS12, TLS13};
use rustls::{ALL_VERSIONS, SupportedProtocolVersion};

use super::Row;
use super::faults::{Fault, LIMIT, SHORT};
use crate::ok;
use crate::tls::{Authority, NAMES, certificate};

/// All rows.
pub(super) fn all() -> Vec<Row> {
    let parts =
        [no_connection(), no_response(), odd_responses(), failures(), throttling(), refusals(), successes()];
    parts.into_iter().flatten().collect()
}

//                                                            Read, Create, Create with token, Delete
const NEVER_SENT: [&str; 4] = ["5 not sent", "5 not sent", "5 not sent", "5 not sent"];
const HOPELESS: [&str; 4] = ["1 not sent", "1 not sent", "1 not sent", "1 not sent"];
const BROKEN: [&str; 4] = ["5 broken", "1 broken", "5 broken", "1 broken"];
const SLOW: [&str; 4] = ["5 timeout", "1 timeout", "5 timeout", "1 timeout"];
const CORRECTED: [&str; 4] = ["2 ok", "1 broken", "2 ok", "1 broken"];
const ALL_AGAIN: [&str; 4] = ["2 ok", "2 ok", "2 ok", "2 ok"];
const FINE: [&str; 4] = ["1 ok", "1 ok", "1 ok", "1 ok"];
const MISUNDERSTOOD: [&str; 4] =
    ["1 not understood", "1 not understood", "1 not understood", "1 not understood"];

/// Nothing was sent: trying again is safe for all, where it can help.
fn no_connection() -> Vec<Row> {
    vec![
        row("a port where nothing listens", Fault::Refused, NEVER_SENT),
        row("an unknown host", Fault::Unknown, NEVER_SENT),
        row(
            "TLS: hangs up in the handshake",
            Fault::Handshakes(|stream| stream.read_exact(&mut [0])),
            NEVER_SENT,
        ),
        row("TLS: stalls in the handshake", Fault::Handshakes(wait), ["5 not sent in time"; 4]),
        row("TLS: speaks plain HTTP", Fault::Handshakes(speak_plainly), HOPELESS),
        row("TLS: expired certificate", Fault::Tls(expired), HOPELESS),
        row("TLS: certificate of another name", Fault::Tls(of_another_name), HOPELESS),
        row("TLS: unknown authority", Fault::Tls(of_unknown_authority), HOPELESS),
        row("TLS 1.2: client certificate missing", Fault::Tls(|| demanding(&TLS12)), HOPELESS),
        // Here the client hears of it only after the handshake, when it has begun to send.
        row("TLS 1.3: client certificate missing", Fault::Tls(|| demanding(&TLS13)), ["1 broken"; 4]),
        row("a proxy that wants a password", Fault::Proxy(407), HOPELESS),
        row("a proxy that fails", Fault::Proxy(502), NEVER_SENT),
    ]
}

/// A request was sent and no complete response arrived: the outcome is unknown.
fn no_response() -> Vec<Row> {
    let whole = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let cut = |length: usize| always(Reply::Raw(whole.as_bytes()[..length].to_vec(), Then::HangUp));
    let stalled = |reply: Reply| Row { attempt_timeout: Some(SHORT), ..row("", always(reply), SLOW) };
    vec![
        row("closed at once, unproven", Fault::Connections(|_| Ok(())), ["1 broken"; 4]),
        row(
            "reset before it was read, unproven",
            Fault::Connections(|stream| stream.read_exact(&mut [0])),
            ["1 broken"; 4],
        ),
        row("reset after it was read", always(Reply::Nothing(Then::Reset)), BROKEN),
        row("reset in the body", always(Reply::Part(ok(), 10, Then::Reset)), BROKEN),
        row("closed without a response", always(Reply::Nothing(Then::HangUp)), BROKEN),
        row("cut in the status line", cut(10), BROKEN),
        row("cut after the status line", cut(17), BROKEN),
        row("cut in the headers", cut(40), BROKEN),
        row("cut before the body", cut(whole.len() - 2), BROKEN),
        row("cut in the body", cut(whole.len() - 1), BROKEN),
        row("cut between chunks", raw(&chunked("2\r\n{}\r\n"), Then::HangUp), BROKEN),
        row("cut in a chunk", raw(&chunked("50\r\n{\"ResponseContext\""), Then::HangUp), BROKEN),
        row("chunks of no known length", raw(&chunked("zz\r\n{}\r\n0\r\n\r\n"), Then::HangUp), BROKEN),
        row("garbage in place of HTTP", raw("\0\u{1}\u{2}SSH-2.0-x\r\n\r\n", Then::HangUp), BROKEN),
        row("a length that is none", raw(&response("Content-Length: many", "{}"), Then::HangUp), BROKEN),
        row(
            "two lengths",
            raw(&response("Content-Length: 2\r\nContent-Length: 3", "{}"), Then::HangUp),
            BROKEN,
        ),
        row("a head without an end", raw(&response(&"A: b\r\n".repeat(200), "{}"), Then::HangUp), BROKEN),
        row("a failure that is cut", always(Reply::Part(status(500, "long words"), 4, Then::HangUp)), BROKEN),
        Row { name: "stalls before the response", ..stalled(Reply::Nothing(Then::Wait)) },
        Row {
            name: "stalls in the headers",
            ..stalled(Reply::Raw(b"HTTP/1.1 200 OK\r\nA".to_vec(), Then::Wait))
        },
        Row { name: "stalls in the body", ..stalled(Reply::Part(ok(), 10, Then::Wait)) },
        row("reset, then well", then_ok([Reply::Nothing(Then::Reset)]), CORRECTED),
        row("cut in the body, then well", then_ok([Reply::Part(ok(), 10, Then::HangUp)]), CORRECTED),
        Row {
            attempt_timeout: Some(SHORT),
            ..row(
                "stalls, then well",
                then_ok([Reply::Nothing(Then::Wait)]),
                ["2 ok", "1 timeout", "2 ok", "1 timeout"],
            )
        },
    ]
}

/// A whole response of a strange kind: asking again would bring no other.
fn odd_responses() -> Vec<Row> {
    let large = " ".repeat(LIMIT + 1);
    let gzip =
        Response::new(200, b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0".to_vec());
    vec![
        row("words in place of JSON", always(status(200, "all is well")), MISUNDERSTOOD),
        row("JSON of another kind", always(status(200, "[]")), MISUNDERSTOOD),
        row("half of a JSON text", always(status(200, "{\"Vms\": [")), MISUNDERSTOOD),
        row(
            "nothing, with success",
            always(status(200, "")),
            ["1 not understood", "1 not understood", "1 not understood", "1 ok"],
        ),
        row(
            "no content",
            raw("HTTP/1.1 204 No Content\r\n\r\n", Then::HangUp),
            ["1 not understood", "1 not understood", "1 not understood", "1 ok"],
        ),
        row("compressed, unasked", always(gzip.header("Content-Encoding", "gzip")), MISUNDERSTOOD),
        row("announced too short", raw(&response("Content-Length: 1", "{}"), Then::HangUp), MISUNDERSTOOD),
        row(
            "announced too large",
            always(Reply::Part(status(200, &large), 0, Then::Wait)),
            ["1 too large"; 4],
        ),
        row(
            "too large without an end",
            always(Reply::Endless(status(200, &" ".repeat(1000)))),
            ["1 too large"; 4],
        ),
    ]
}

/// The server or a gateway failed: the outcome is unknown.
fn failures() -> Vec<Row> {
    let html = |code| status(code, "<html><h1>Bad Gateway</h1></html>").header("Content-Type", "text/html");
    let own = |code| refusal(code, "2000", "InternalError", "");
    vec![
        row("500 forever", always(own(500)), ["5 500", "1 500", "5 500", "1 500"]),
        row("500, then well", then_ok([own(500)]), ["2 ok", "1 500", "2 ok", "1 500"]),
        row("500 twice, then well", then_ok([own(500), own(500)]), ["3 ok", "1 500", "3 ok", "1 500"]),
        row(
            "500 four times, then well",
            then_ok([own(500), own(500), own(500), own(500)]),
            ["5 ok", "1 500", "5 ok", "1 500"],
        ),
        row("502 in HTML", always(html(502)), ["5 502", "1 502", "5 502", "1 502"]),
        row("503 with nothing", always(status(503, "")), ["5 503", "1 503", "5 503", "1 503"]),
        row("504 in HTML", always(html(504)), ["5 504", "1 504", "5 504", "1 504"]),
        row("502, then 500, then well", then_ok([html(502), own(500)]), ["3 ok", "1 502", "3 ok", "1 502"]),
        row("408, then success", then_ok([status(408, "")]), ["2 ok", "1 408", "2 ok", "1 408"]),
        row("501", always(status(501, "")), ["1 501"; 4]),
        row("505", always(status(505, "")), ["1 505"; 4]),
        row("503 for a day", always(status(503, "").header("Retry-After", "86400")), ["1 503"; 4]),
    ]
}

/// The server says that it did nothing because it came too soon: asking again is safe for all.
fn throttling() -> Vec<Row> {
    let platform = || refusal(503, "6", "RequestLimitExceeded", "");
    let account = || refusal(429, "24", "Throttled", "");
    let action = || refusal(429, "25", "Throttled", "");
    let after = |wait: &str| account().header("Retry-After", wait);
    let dated = |seconds| after(&http_date(now() + seconds)).header("Date", &http_date(now()));
    let endless = |row: Row| Row { timeout: Some(SHORT), ..row };
    vec![
        row("throttled by the platform, then well", then_ok([platform()]), ALL_AGAIN),
        row("throttled by the account, then well", then_ok([account()]), ALL_AGAIN),
        row("throttled by the action, then well", then_ok([action()]), ALL_AGAIN),
        row("429 with nothing, then well", then_ok([status(429, "")]), ALL_AGAIN),
        row("429 in HTML, then well", then_ok([status(429, "<html>slow down</html>")]), ALL_AGAIN),
        row("seven times throttled, then well", then_ok([(); 7].map(|()| account())), ["8 ok"; 4]),
        row("Retry-After of nothing", then_ok([after("0")]), ALL_AGAIN),
        row("Retry-After of the past", then_ok([dated(-60)]), ALL_AGAIN),
        row("Retry-After that is none", then_ok([after("soon")]), ALL_AGAIN),
        row("Retry-After below nothing", then_ok([after("-5")]), ALL_AGAIN),
        row("Retry-After of a day", then_ok([after("86400")]), ["1 429"; 4]),
        row("Retry-After of tomorrow", then_ok([dated(86_400)]), ["1 429"; 4]),
        endless(row("429 forever", always(account()), ["many out of time"; 4])),
        endless(row("503 with code 6 forever", always(platform()), ["many out of time"; 4])),
        row(
            "throttled, then a failure",
            in_turn([account(), status(500, "")]),
            ["6 500", "2 500", "6 500", "2 500"],
        ),
        row(
            "throttled, then well after a failure",
            then_ok([account(), status(502, "")]),
            ["3 ok", "2 502", "3 ok", "2 502"],
        ),
        row(
            "a failure, then throttled, then well",
            then_ok([status(502, ""), account()]),
            ["3 ok", "1 502", "3 ok", "1 502"],
        ),
    ]
}

/// The server knows what it says: asking again would bring no other response.
fn refusals() -> Vec<Row> {
    let own = |status, code| always(refusal(status, code, "Kind", "some words"));
    let elsewhere = status(307, "").header("Location", "http://127.0.0.1:1/api/v1/ReadVms");
    vec![
        row("307", always(elsewhere), ["1 307"; 4]),
        row("400 with code 4000", own(400, "4000"), ["1 400"; 4]),
        row("400 with code 4120, an unknown key", own(400, "4120"), ["1 400"; 4]),
        row("400 with code 5063, not found", own(400, "5063"), ["1 400"; 4]),
        row("401 with code 1, a wrong key", own(401, "1"), ["1 401"; 4]),
        row("401 with code 14, access rules", own(401, "14"), ["1 401"; 4]),
        row("403", own(403, "8"), ["1 403"; 4]),
        row("404 in HTML", always(status(404, "<html>not here</html>")), ["1 404"; 4]),
        row("405", own(405, "2"), ["1 405"; 4]),
        row("409 with code 9085, which passes", own(409, "9085"), ["1 409"; 4]),
        row("409 with code 10001, no capacity", own(409, "10001"), ["1 409"; 4]),
        row("424", own(424, "1004"), ["1 424"; 4]),
    ]
}

/// Unusual, but valid: no retry.
fn successes() -> Vec<Row> {
    let old = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}";
    let early =
        format!("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n{}", response("Content-Length: 2", "{}"));
    vec![
        row("HTTP/1.0", raw(old, Then::HangUp), FINE),
        row("no length, but an end", raw(&response("Connection: close", "{}"), Then::HangUp), FINE),
        row("tiny chunks", always(Reply::Chunked(ok(), 1)), FINE),
        row("a hint before the response", raw(&early, Then::HangUp), FINE),
        row(
            "more than was announced",
            raw(&response("Content-Length: 2", "{} and more"), Then::HangUp),
            FINE,
        ),
        row("closed since the last call", Fault::Idle, FINE),
        row("TLS without a flaw", Fault::Tls(flawless), FINE),
    ]
}

fn row(name: &'static str, fault: Fault, expected: [&'static str; 4]) -> Row {
    Row { name, fault, attempt_timeout: None, timeout: None, expected }
}

/// The same reply to all requests.
fn always(reply: impl Into<Reply>) -> Fault {
    let reply = reply.into();
    Fault::Replies(Arc::new(move |_| reply.clone()))
}

/// These replies, the last of them forever.
fn in_turn<const N: usize>(replies: [impl Into<Reply>; N]) -> Fault {
    let replies = replies.map(Into::into);
    Fault::Replies(Arc::new(move |number| replies[number.min(N - 1)].clone()))
}

/// These replies, and then success.
fn then_ok<const N: usize>(replies: [impl Into<Reply>; N]) -> Fault {
    let replies = replies.map(Into::into);
    Fault::Replies(Arc::new(move |number| replies.get(number).cloned().unwrap_or_else(|| ok().into())))
}

/// These bytes in response to all requests.
fn raw(text: &str, then: Then) -> Fault {
    always(Reply::Raw(text.as_bytes().to_vec(), then))
}

fn status(status: u16, body: &str) -> Response {
    Response::new(status, body)
}

fn response(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}")
}

fn chunked(body: &str) -> String {
    response("Transfer-Encoding: chunked", body)
}

fn wait(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.read_to_end(&mut Vec::new()).map(drop)
}

fn speak_plainly(stream: &mut TcpStream) -> std::io::Result<()> {
    // The beginning of a handshake.
    stream.read_exact(&mut [0])?;
    stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")?;
    wait(stream)
}

fn expired() -> (Server, Authority) {
    let mut params = certificate(NAMES);
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2020, 1, 2));
    with_certificate(&params)
}

fn of_another_name() -> (Server, Authority) {
    with_certificate(&certificate(["api.eu-west-2.example", "127.0.0.2"]))
}

fn of_unknown_authority() -> (Server, Authority) {
    (flawless().0, Authority::new("trusted in vain"))
}

fn flawless() -> (Server, Authority) {
    with_certificate(&certificate(NAMES))
}

fn with_certificate(params: &CertificateParams) -> (Server, Authority) {
    let root = Authority::new("trusted");
    (root.server_with(params, ALL_VERSIONS), root)
}

fn demanding(version: &'static SupportedProtocolVersion) -> (Server, Authority) {
    let root = Authority::new("trusted");
    (root.demanding(&Authority::new("of clients"), &[version]), root)
}
