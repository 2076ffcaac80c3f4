//! The rows of the table.
//!
//! A cell states how often the request was sent and the result of the call. `broken` means no complete response, `not
//! sent` no connection, `not decoded` an invalid response; a second number is the status of the response.

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
use super::faults::{Fault, MAX_RESPONSE_SIZE, SHORT_TIMEOUT};
use crate::wire::ok;
use crate::wire::tls::{Authority, NAMES, certificate};

pub(super) fn all() -> Vec<Row> {
    let parts = [
        no_connection(),
        no_response(),
        unusable_responses(),
        failures(),
        throttling(),
        refusals(),
        successes(),
    ];
    parts.into_iter().flatten().collect()
}

//                                                            Read, Create, Create with token, Delete
const NEVER_SENT: [&str; 4] = ["5 not sent", "5 not sent", "5 not sent", "5 not sent"];
const NOT_SENT_ONCE: [&str; 4] = ["1 not sent", "1 not sent", "1 not sent", "1 not sent"];
const BROKEN: [&str; 4] = ["5 broken", "1 broken", "5 broken", "1 broken"];
const TIMEOUT: [&str; 4] = ["5 timeout", "1 timeout", "5 timeout", "1 timeout"];
const RECOVERED: [&str; 4] = ["2 ok", "1 broken", "2 ok", "1 broken"];
const RETRIED: [&str; 4] = ["2 ok", "2 ok", "2 ok", "2 ok"];
const SUCCESS: [&str; 4] = ["1 ok", "1 ok", "1 ok", "1 ok"];
const NOT_DECODED: [&str; 4] = ["1 not decoded", "1 not decoded", "1 not decoded", "1 not decoded"];

/// Nothing was sent: every action can be retried safely.
fn no_connection() -> Vec<Row> {
    vec![
        row("connection refused", Fault::Refused, NEVER_SENT),
        row("unknown host", Fault::UnknownHost, NEVER_SENT),
        row(
            "TLS: connection closed during the handshake",
            Fault::Handshakes(|stream| stream.read_exact(&mut [0])),
            NEVER_SENT,
        ),
        row("TLS: handshake stalls", Fault::Handshakes(wait_for_close), ["5 not sent in time"; 4]),
        row("TLS: plain HTTP server", Fault::Handshakes(respond_in_plain_http), NOT_SENT_ONCE),
        row("TLS: expired certificate", Fault::Tls(expired), NOT_SENT_ONCE),
        row("TLS: certificate for another name", Fault::Tls(for_another_name), NOT_SENT_ONCE),
        row("TLS: unknown authority", Fault::Tls(from_unknown_authority), NOT_SENT_ONCE),
        row(
            "TLS 1.2: client certificate missing",
            Fault::Tls(|| requiring_client_certificates(&TLS12)),
            NOT_SENT_ONCE,
        ),
        // In TLS 1.3, the client learns of this only after the handshake, when it has begun to send.
        row(
            "TLS 1.3: client certificate missing",
            Fault::Tls(|| requiring_client_certificates(&TLS13)),
            ["1 broken"; 4],
        ),
        row("proxy: password required", Fault::Proxy(407), NOT_SENT_ONCE),
        row("proxy: bad gateway", Fault::Proxy(502), NEVER_SENT),
    ]
}

/// A request was sent and no complete response arrived: the outcome is unknown.
#[expect(clippy::too_many_lines, reason = "a table")]
fn no_response() -> Vec<Row> {
    let whole = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let cut = |length: usize| always(Reply::Raw(whole.as_bytes()[..length].to_vec(), Then::HangUp));
    let stalled =
        |reply: Reply| Row { attempt_timeout: Some(SHORT_TIMEOUT), ..row("", always(reply), TIMEOUT) };
    vec![
        row("closed immediately, credentials unproven", Fault::Connections(|_| Ok(())), ["1 broken"; 4]),
        row(
            "reset before it was read, credentials unproven",
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
        row("invalid chunk length", raw(&chunked("zz\r\n{}\r\n0\r\n\r\n"), Then::HangUp), BROKEN),
        row("not HTTP", raw("\0\u{1}\u{2}SSH-2.0-x\r\n\r\n", Then::HangUp), BROKEN),
        row("invalid Content-Length", raw(&response("Content-Length: many", "{}"), Then::HangUp), BROKEN),
        row(
            "two different Content-Length headers",
            raw(&response("Content-Length: 2\r\nContent-Length: 3", "{}"), Then::HangUp),
            BROKEN,
        ),
        row("headers too long", raw(&response(&"A: b\r\n".repeat(200), "{}"), Then::HangUp), BROKEN),
        row(
            "cut in the body of an error",
            always(Reply::Part(status(500, "long words"), 4, Then::HangUp)),
            BROKEN,
        ),
        Row { name: "stalls before the response", ..stalled(Reply::Nothing(Then::Wait)) },
        Row {
            name: "stalls in the headers",
            ..stalled(Reply::Raw(b"HTTP/1.1 200 OK\r\nA".to_vec(), Then::Wait))
        },
        Row { name: "stalls in the body", ..stalled(Reply::Part(ok(), 10, Then::Wait)) },
        row("reset, then success", then_ok([Reply::Nothing(Then::Reset)]), RECOVERED),
        row("cut in the body, then success", then_ok([Reply::Part(ok(), 10, Then::HangUp)]), RECOVERED),
        Row {
            attempt_timeout: Some(SHORT_TIMEOUT),
            ..row(
                "stalls, then success",
                then_ok([Reply::Nothing(Then::Wait)]),
                ["2 ok", "1 timeout", "2 ok", "1 timeout"],
            )
        },
    ]
}

/// Complete but unusable responses: a retry would not help.
fn unusable_responses() -> Vec<Row> {
    let large = " ".repeat(MAX_RESPONSE_SIZE + 1);
    let gzip =
        Response::new(200, b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0".to_vec());
    vec![
        row("text instead of JSON", always(status(200, "all is well")), NOT_DECODED),
        row("JSON array instead of an object", always(status(200, "[]")), NOT_DECODED),
        row("truncated JSON", always(status(200, "{\"Vms\": [")), NOT_DECODED),
        row(
            "empty body with status 200",
            always(status(200, "")),
            ["1 not decoded", "1 not decoded", "1 not decoded", "1 ok"],
        ),
        row(
            "status 204",
            raw("HTTP/1.1 204 No Content\r\n\r\n", Then::HangUp),
            ["1 not decoded", "1 not decoded", "1 not decoded", "1 ok"],
        ),
        row("unrequested compression", always(gzip.header("Content-Encoding", "gzip")), NOT_DECODED),
        row("Content-Length too small", raw(&response("Content-Length: 1", "{}"), Then::HangUp), NOT_DECODED),
        row(
            "Content-Length over the limit",
            always(Reply::Part(status(200, &large), 0, Then::Wait)),
            ["1 too large"; 4],
        ),
        row("endless body", always(Reply::Endless(status(200, &" ".repeat(1000)))), ["1 too large"; 4]),
    ]
}

/// The server or a gateway failed: the outcome is unknown.
fn failures() -> Vec<Row> {
    let html = |code| status(code, "<html><h1>Bad Gateway</h1></html>").header("Content-Type", "text/html");
    let api = |code| refusal(code, "2000", "InternalError", "");
    vec![
        row("500 forever", always(api(500)), ["5 500", "1 500", "5 500", "1 500"]),
        row("500, then success", then_ok([api(500)]), ["2 ok", "1 500", "2 ok", "1 500"]),
        row("500 twice, then success", then_ok([api(500), api(500)]), ["3 ok", "1 500", "3 ok", "1 500"]),
        row(
            "500 four times, then success",
            then_ok([api(500), api(500), api(500), api(500)]),
            ["5 ok", "1 500", "5 ok", "1 500"],
        ),
        row("502 in HTML", always(html(502)), ["5 502", "1 502", "5 502", "1 502"]),
        row("503 with an empty body", always(status(503, "")), ["5 503", "1 503", "5 503", "1 503"]),
        row("504 in HTML", always(html(504)), ["5 504", "1 504", "5 504", "1 504"]),
        row(
            "502, then 500, then success",
            then_ok([html(502), api(500)]),
            ["3 ok", "1 502", "3 ok", "1 502"],
        ),
        row("408, then success", then_ok([status(408, "")]), ["2 ok", "1 408", "2 ok", "1 408"]),
        row("501", always(status(501, "")), ["1 501"; 4]),
        row("505", always(status(505, "")), ["1 505"; 4]),
        row(
            "503, Retry-After of a day",
            always(status(503, "").header("Retry-After", "86400")),
            ["1 503"; 4],
        ),
    ]
}

/// Throttled: nothing was carried out, and every action can be retried safely.
fn throttling() -> Vec<Row> {
    let platform = || refusal(503, "6", "RequestLimitExceeded", "");
    let account = || refusal(429, "24", "Throttled", "");
    let action = || refusal(429, "25", "Throttled", "");
    let after = |wait: &str| account().header("Retry-After", wait);
    let dated = |seconds| after(&http_date(now() + seconds)).header("Date", &http_date(now()));
    let endless = |row: Row| Row { timeout: Some(SHORT_TIMEOUT), ..row };
    vec![
        row("throttled by the platform, then success", then_ok([platform()]), RETRIED),
        row("throttled by the account, then success", then_ok([account()]), RETRIED),
        row("throttled by the action, then success", then_ok([action()]), RETRIED),
        row("429 with an empty body, then success", then_ok([status(429, "")]), RETRIED),
        row("429 in HTML, then success", then_ok([status(429, "<html>slow down</html>")]), RETRIED),
        row("throttled seven times, then success", then_ok([(); 7].map(|()| account())), ["8 ok"; 4]),
        row("Retry-After of zero", then_ok([after("0")]), RETRIED),
        row("Retry-After in the past", then_ok([dated(-60)]), RETRIED),
        row("invalid Retry-After", then_ok([after("soon")]), RETRIED),
        row("negative Retry-After", then_ok([after("-5")]), RETRIED),
        row("Retry-After of a day", then_ok([after("86400")]), ["1 429"; 4]),
        row("Retry-After as a date a day ahead", then_ok([dated(86_400)]), ["1 429"; 4]),
        endless(row("429 forever", always(account()), ["many out of time"; 4])),
        endless(row("503 with code 6 forever", always(platform()), ["many out of time"; 4])),
        row(
            "throttled, then a failure",
            in_turn([account(), status(500, "")]),
            ["6 500", "2 500", "6 500", "2 500"],
        ),
        row(
            "throttled, then a failure, then success",
            then_ok([account(), status(502, "")]),
            ["3 ok", "2 502", "3 ok", "2 502"],
        ),
        row(
            "a failure, then throttled, then success",
            then_ok([status(502, ""), account()]),
            ["3 ok", "1 502", "3 ok", "1 502"],
        ),
    ]
}

/// Definite refusals: a retry would not help.
fn refusals() -> Vec<Row> {
    let api = |status, code| always(refusal(status, code, "Kind", "some words"));
    let elsewhere = status(307, "").header("Location", "http://127.0.0.1:1/api/v1/ReadVms");
    vec![
        row("307", always(elsewhere), ["1 307"; 4]),
        row("400 with code 4000", api(400, "4000"), ["1 400"; 4]),
        row("400 with code 4120, an unknown key", api(400, "4120"), ["1 400"; 4]),
        row("400 with code 5063, not found", api(400, "5063"), ["1 400"; 4]),
        row("401 with code 1, a wrong key", api(401, "1"), ["1 401"; 4]),
        row("401 with code 14, access rules", api(401, "14"), ["1 401"; 4]),
        row("403", api(403, "8"), ["1 403"; 4]),
        row("404 in HTML", always(status(404, "<html>not here</html>")), ["1 404"; 4]),
        row("405", api(405, "2"), ["1 405"; 4]),
        row("409 with code 9085, a temporary conflict", api(409, "9085"), ["1 409"; 4]),
        row("409 with code 10001, no capacity", api(409, "10001"), ["1 409"; 4]),
        row("424", api(424, "1004"), ["1 424"; 4]),
    ]
}

/// Unusual, but valid: no retry.
fn successes() -> Vec<Row> {
    let old = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}";
    let early =
        format!("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n{}", response("Content-Length: 2", "{}"));
    vec![
        row("HTTP/1.0", raw(old, Then::HangUp), SUCCESS),
        row("no length, ended by closing", raw(&response("Connection: close", "{}"), Then::HangUp), SUCCESS),
        row("tiny chunks", always(Reply::Chunked(ok(), 1)), SUCCESS),
        row("status 103 before the response", raw(&early, Then::HangUp), SUCCESS),
        row(
            "bytes after the response",
            raw(&response("Content-Length: 2", "{} and more"), Then::HangUp),
            SUCCESS,
        ),
        row("idle connection closed by the server", Fault::Idle, SUCCESS),
        row("TLS: valid certificate", Fault::Tls(valid), SUCCESS),
    ]
}

fn row(name: &'static str, fault: Fault, expected: [&'static str; 4]) -> Row {
    Row { name, fault, attempt_timeout: None, timeout: None, expected }
}

/// Sends the same reply to all requests.
fn always(reply: impl Into<Reply>) -> Fault {
    let reply = reply.into();
    Fault::Replies(Arc::new(move |_| reply.clone()))
}

/// Sends these replies in order, then repeats the last one.
fn in_turn<const N: usize>(replies: [impl Into<Reply>; N]) -> Fault {
    let replies = replies.map(Into::into);
    Fault::Replies(Arc::new(move |number| replies[number.min(N - 1)].clone()))
}

/// Sends these replies in order, then success.
fn then_ok<const N: usize>(replies: [impl Into<Reply>; N]) -> Fault {
    let replies = replies.map(Into::into);
    Fault::Replies(Arc::new(move |number| replies.get(number).cloned().unwrap_or_else(|| ok().into())))
}

/// Sends these bytes in response to all requests.
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

fn wait_for_close(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.read_to_end(&mut Vec::new()).map(drop)
}

fn respond_in_plain_http(stream: &mut TcpStream) -> std::io::Result<()> {
    // The beginning of a handshake.
    stream.read_exact(&mut [0])?;
    stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")?;
    wait_for_close(stream)
}

fn expired() -> (Server, Authority) {
    let mut params = certificate(NAMES);
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2020, 1, 2));
    with_certificate(&params)
}

fn for_another_name() -> (Server, Authority) {
    with_certificate(&certificate(["api.eu-west-2.example", "127.0.0.2"]))
}

fn from_unknown_authority() -> (Server, Authority) {
    (valid().0, Authority::new("another authority"))
}

fn valid() -> (Server, Authority) {
    with_certificate(&certificate(NAMES))
}

fn with_certificate(params: &CertificateParams) -> (Server, Authority) {
    let root = Authority::new("trusted");
    (root.server_with(params, ALL_VERSIONS), root)
}

fn requiring_client_certificates(version: &'static SupportedProtocolVersion) -> (Server, Authority) {
    let root = Authority::new("trusted");
    (root.requiring_client_certificates(&Authority::new("of clients"), &[version]), root)
}
