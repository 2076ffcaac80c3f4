//! Hand-written requests, for cases that the client never sends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use osc_api::__private;
use osc_api::testing::FakeApi;
use serde_json::Value;

/// A request whose parts can be invalidated one by one: the signed values may differ from the values sent.
#[derive(Clone)]
pub struct RawRequest {
    pub method: &'static str,
    pub path: String,
    pub access_key: &'static str,
    pub secret_key: &'static str,
    pub region: &'static str,
    /// Offset of the signature's date from the current time, in seconds.
    pub offset: i64,
    pub signed_host: Option<&'static str>,
    pub signed_path: Option<&'static str>,
    pub signed_body: Option<&'static str>,
    pub body: &'static str,
    /// Replaces the signature; if empty, no `Authorization` header is sent.
    pub authorization: Option<String>,
    pub is_dated: bool,
}

/// A response.
#[derive(Debug)]
pub struct RawResponse {
    pub status: u16,
    pub head: String,
    pub body: Value,
    /// Length of the body in bytes.
    pub length: usize,
}

impl RawResponse {
    /// The code of the first error.
    pub fn code(&self) -> Option<&str> {
        self.body["Errors"][0]["Code"].as_str()
    }

    /// The details of the first error.
    pub fn details(&self) -> &str {
        self.body["Errors"][0]["Details"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl RawRequest {
    /// A valid request.
    pub fn of(action: &str) -> Self {
        Self {
            method: "POST",
            path: format!("/api/v1/{action}"),
            access_key: FakeApi::ACCESS_KEY,
            secret_key: FakeApi::SECRET_KEY,
            region: FakeApi::REGION,
            offset: 0,
            signed_host: None,
            signed_path: None,
            signed_body: None,
            body: "{}",
            authorization: None,
            is_dated: true,
        }
    }

    pub fn send(&self, fake: &FakeApi) -> RawResponse {
        let endpoint = fake.endpoint();
        let host = endpoint.trim_start_matches("http://").trim_end_matches("/api/v1");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let (date, signature) = __private::sign(
            self.access_key,
            self.secret_key,
            self.region,
            i64::try_from(now).expect("a time") + self.offset,
            self.signed_host.unwrap_or(host),
            self.signed_path.unwrap_or(&self.path),
            self.signed_body.unwrap_or(self.body).as_bytes(),
        );
        let Self { method, path, body, .. } = self;
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        text += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        if self.is_dated {
            text += &format!("X-Osc-Date: {date}\r\n");
        }
        match self.authorization.as_deref() {
            None => text += &format!("Authorization: {signature}\r\n"),
            Some("") => {}
            Some(other) => text += &format!("Authorization: {other}\r\n"),
        }
        let mut stream = TcpStream::connect(host).expect("a connection");
        stream.write_all(format!("{text}\r\n{body}").as_bytes()).expect("the request to be sent");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("a response");
        let (head, body) = response.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let value = serde_json::from_str(body).unwrap_or_default();
        RawResponse { status, head: head.to_owned(), body: value, length: body.len() }
    }
}
