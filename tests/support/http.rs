//! A minimal HTTP/1.1 server implementation. Written by hand, because the tests need faults that a library would not
//! produce, such as truncated or missing responses, and the exact bytes of each request.

use std::io::{self, BufRead, BufReader, Read, Write};

use serde_json::Value;

/// A received request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, such as `POST`.
    pub method: String,
    /// The request target: path and query as in the request line.
    pub target: String,
    /// Names and values, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of the first header with this name, ignoring case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The last segment of the path: the name of the action.
    pub fn action(&self) -> &str {
        self.target.rsplit('/').next().unwrap_or_default()
    }

    /// The body as JSON, or null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Reads one request; `None` if the peer closed the connection before sending another.
    ///
    /// # Errors
    /// Returns an error if the connection fails, or if the bytes are not an HTTP/1.1 request with a `Content-Length` or
    /// without a body.
    pub fn read(stream: &mut (impl BufRead + Write)) -> io::Result<Option<Self>> {
        let Some(first) = line(stream)? else {
            return Ok(None);
        };
        let mut words = first.split(' ');
        let (Some(method), Some(target), Some("HTTP/1.1"), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(invalid(format!("not a request line: {first:?}")));
        };
        let (method, target) = (method.to_owned(), target.to_owned());
        let mut headers = Vec::new();
        loop {
            let text = line(stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            if text.is_empty() {
                break;
            }
            let (name, value) =
                text.split_once(':').ok_or_else(|| invalid(format!("not a header: {text:?}")))?;
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let mut request = Self { method, target, headers, body: Vec::new() };
        request.read_body(stream)?;
        Ok(Some(request))
    }

    fn read_body(&mut self, stream: &mut (impl BufRead + Write)) -> io::Result<()> {
        if self.header("Transfer-Encoding").is_some() {
            return Err(invalid(
                "unexpected chunked body: clients of this API send a Content-Length".to_owned(),
            ));
        }
        // Some versions of curl wait for this response before they send a long body.
        if self.header("Expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let length = self.header("Content-Length").unwrap_or("0");
        let length: u64 = length.parse().map_err(|_| invalid(format!("not a length: {length:?}")))?;
        stream.take(length).read_to_end(&mut self.body)?;
        if self.body.len() as u64 == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// A stream with buffered reads and unbuffered writes.
pub struct Buffered<S>(BufReader<S>);

impl<S: Read> Buffered<S> {
    /// Adds a buffer to a stream.
    pub fn new(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    /// The stream.
    pub fn get_ref(&self) -> &S {
        self.0.get_ref()
    }
}

impl<S: Read> Read for Buffered<S> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl<S: Read> BufRead for Buffered<S> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.0.consume(amount);
    }
}

impl<S: Write> Write for Buffered<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.get_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.get_mut().flush()
    }
}

/// How the server responds to a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Sends the response.
    Response(Response),
    /// Sends the response in chunks of this size, without a `Content-Length`.
    Chunked(Response, usize),
    /// Sends the complete headers, but only this number of bytes of the body.
    Part(Response, usize, Then),
    /// Repeats the body in chunks until the client closes the connection.
    Endless(Response),
    /// Sends these bytes, which need not be valid HTTP.
    Raw(Vec<u8>, Then),
    /// Sends nothing.
    Nothing(Then),
}

/// What the server does after an incomplete response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Closes the connection.
    HangUp,
    /// Resets the connection: reads and writes of the client fail.
    Reset,
    /// Waits until the client closes it.
    Wait,
}

/// State of a connection after a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// It accepts another request.
    Open,
    /// It is to be closed.
    Closed,
    /// It is to be reset.
    Broken,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self::Response(response)
    }
}

impl Reply {
    /// Writes the response and returns the resulting state of the connection.
    ///
    /// # Errors
    /// Returns an error if the connection fails, which is how an endless response normally ends.
    pub fn write(&self, stream: &mut (impl Read + Write)) -> io::Result<After> {
        match self {
            Self::Response(response) => {
                stream.write_all(&[response.head_with_length().as_bytes(), &response.body].concat())?;
                Ok(After::Open)
            }
            Self::Chunked(response, size) => {
                stream.write_all(response.head_of_chunks().as_bytes())?;
                for part in response.body.chunks((*size).max(1)) {
                    stream.write_all(&chunk(part))?;
                }
                stream.write_all(&chunk(b""))?;
                Ok(After::Open)
            }
            Self::Part(response, length, then) => {
                stream.write_all(response.head_with_length().as_bytes())?;
                stream.write_all(response.body.get(..*length).unwrap_or(&response.body))?;
                then.act(stream)
            }
            Self::Endless(response) => {
                stream.write_all(response.head_of_chunks().as_bytes())?;
                let part = chunk(&response.body);
                loop {
                    stream.write_all(&part)?;
                }
            }
            Self::Raw(bytes, then) => {
                stream.write_all(bytes)?;
                then.act(stream)
            }
            Self::Nothing(then) => then.act(stream),
        }
    }
}

impl Then {
    fn act(self, stream: &mut impl Read) -> io::Result<After> {
        match self {
            Self::HangUp => Ok(After::Closed),
            Self::Reset => Ok(After::Broken),
            Self::Wait => stream.read_to_end(&mut Vec::new()).map(|_| After::Closed),
        }
    }
}

/// A response.
#[derive(Clone, Debug)]
pub struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Response {
    /// A response with this status and body, and no header except `Content-Length`.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// A response whose body is JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string()).header("Content-Type", "application/json")
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The body as JSON, or null if it is not JSON.
    pub fn to_json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn head_with_length(&self) -> String {
        self.head(&format!("Content-Length: {}", self.body.len()))
    }

    fn head_of_chunks(&self) -> String {
        self.head("Transfer-Encoding: chunked")
    }

    /// Everything before the body. The reason phrase may be empty in HTTP.
    fn head(&self, framing: &str) -> String {
        let headers: String =
            self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("HTTP/1.1 {} \r\n{headers}{framing}\r\n\r\n", self.status)
    }
}

/// A chunk of a body; an empty chunk ends the body.
fn chunk(part: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat()
}

/// One line without its line break; `None` at the end of the stream.
fn line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    const MAX_LINE_LENGTH: u64 = 64 * 1024;
    let mut text = String::new();
    stream.take(MAX_LINE_LENGTH).read_line(&mut text)?;
    match text.strip_suffix("\r\n") {
        Some(line) => Ok(Some(line.to_owned())),
        None if text.is_empty() => Ok(None),
        None => Err(invalid(format!("incomplete line: {text:?}"))),
    }
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
