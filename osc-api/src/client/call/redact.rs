//! Redaction: secrets of a request that a response repeats.
//!
//! Gateways and validators echo what they were sent: whole or cut, percent-encoded, escaped for JSON or HTML, or decoded
//! from base64. A response is therefore searched for parts of each secret, in each of these forms.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::MAX_ERROR_BODY_SIZE;
use crate::http::header::HeaderMap;

/// Replaces a secret.
const REDACTED: &str = "[redacted]";

/// The shortest part of a secret that is redacted, in bytes.
const MIN_PART: usize = 8;

/// The longest part of a secret that is too short to be redacted, in bytes: one that is escaped twice takes up to 36
/// for each of its own (each character of `&#x2f;` as such an entity).
const MAX_ESCAPED_PART: usize = 36 * MIN_PART;

/// The shortest secret that is redacted, in bytes. Shorter ones occur in any text.
const MIN_SECRET: usize = 4;

/// The largest gap between two parts that are redacted as one, in bytes: a line break between the lines of a key.
const MAX_GAP: usize = 4;

/// How often a text is unescaped: a gateway may quote a quotation.
const MAX_DEPTH: usize = 2;

/// Members of requests that are secrets, whatever the action (`spec/overlay.yaml` marks the same ones).
const SECRET_MEMBERS: [&str; 6] =
    ["Password", "PreSharedKey", "PrivateKey", "SecretKey", "AdminPassword", "UserData"];

/// The body of an error response without the secrets of its request. Of a large one, the start: an error keeps nothing
/// of the rest, and a search takes time and memory.
pub(super) fn redact<'a>(
    body: &'a [u8],
    authorization: Option<&str>,
    headers: &HeaderMap,
    request: &[u8],
) -> Cow<'a, [u8]> {
    let mut redactor = Redactor::default();
    redactor.add_request(request);
    headers.values().filter_map(|value| value.to_str().ok()).for_each(|value| redactor.add(value));
    if let Some(header) = authorization {
        redactor.add_authorization(header);
    }
    redactor.redact_start(body, MAX_ERROR_BODY_SIZE)
}

/// Secrets of a request, to be removed from its response.
#[derive(Default)]
struct Redactor {
    /// Lines of secrets in each of their encodings.
    forms: Vec<Zeroizing<Vec<u8>>>,
}

impl Redactor {
    /// Adds a secret, such as a password.
    fn add(&mut self, secret: &str) {
        if let Some(decoded) = decode_base64(secret) {
            self.add_lines(&decoded);
        }
        self.add_lines(secret);
    }

    /// Adds the secret part of an `Authorization` header: the signature, or login and password.
    fn add_authorization(&mut self, header: &str) {
        let end = header.rsplit([' ', '=']).find(|part| !part.is_empty()).unwrap_or_default();
        self.add(end);
        let login = header.strip_prefix("Basic ").and_then(decode_base64);
        if let Some((_, password)) = login.as_ref().and_then(|login| login.split_once(':')) {
            self.add(password);
        }
    }

    /// Adds the members of a request's body that are secrets.
    fn add_request(&mut self, body: &[u8]) {
        if let Ok(request) = serde_json::from_slice(body) {
            self.add_members(&request);
        }
    }

    /// The start of a body, without the secrets, that is a byte longer than the limit if the body is; less what a secret
    /// may have left at its end.
    fn redact_start<'a>(&self, body: &'a [u8], limit: usize) -> Cow<'a, [u8]> {
        let start = body.get(..=limit).unwrap_or(body);
        let mut redacted = match self.redact(&String::from_utf8_lossy(start)) {
            Cow::Borrowed(_) => Cow::Borrowed(start),
            Cow::Owned(redacted) => Cow::Owned(redacted.into_bytes()),
        };
        if start.len() < body.len() {
            let length = redacted.len().saturating_sub(MAX_ESCAPED_PART);
            redacted.to_mut().truncate(length);
        }
        redacted
    }

    /// The text without the secrets.
    fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.forms.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut view = View::of(text);
        let mut found = self.find(&view);
        for _ in 0..MAX_DEPTH {
            let is_escaped = view.has(b"%\\&");
            if is_escaped {
                view = view.unescaped();
                found.extend(self.find(&view));
            }
            if view.has(b"+") {
                found.extend(self.find(&view.with_plus_as_space()));
            }
            if !is_escaped {
                break;
            }
        }
        replace(text, found)
    }

    fn add_members(&mut self, value: &Value) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, member)| match member {
                Value::String(secret) if SECRET_MEMBERS.contains(&name.as_str()) => self.add(secret),
                _ => self.add_members(member),
            }),
            Value::Array(elements) => elements.iter().for_each(|element| self.add_members(element)),
            _ => {}
        }
    }

    /// Adds the lines of a text. The first and the last line of a PEM block are no secret.
    fn add_lines(&mut self, text: &str) {
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
        for line in lines.filter(|line| line.len() >= MIN_SECRET) {
            self.forms.push(Zeroizing::new(line.into()));
        }
        if text.len() < MIN_PART {
            return;
        }
        // In base64 a text looks different at each of three offsets; its first and last digits depend on its neighbors.
        for padding in ["", "\0", "\0\0"] {
            let encoded =
                Zeroizing::new(STANDARD_NO_PAD.encode(Zeroizing::new([padding, text].concat()).as_str()));
            let inner = encoded.get(padding.len() * 2..encoded.len() - 1).unwrap_or_default();
            let url_safe = inner.replace('+', "-").replace('/', "_");
            self.forms.extend([inner.to_owned(), url_safe].map(|form| Zeroizing::new(form.into_bytes())));
        }
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        self.forms.push(Zeroizing::new(hex.to_ascii_uppercase().into_bytes()));
        self.forms.push(Zeroizing::new(hex.into_bytes()));
    }

    /// The parts of the secrets that the view may have. The smaller one of both is kept, and the parts of the other one
    /// pass by: either can have megabytes.
    fn parts_in<'a>(&'a self, view: &View) -> HashSet<&'a [u8]> {
        let own = self.forms.iter().flat_map(|form| form.windows(MIN_PART));
        if self.forms.iter().map(|form| form.len()).sum::<usize>() < view.bytes.len() {
            return own.collect();
        }
        let shown: HashSet<&[u8]> = view.bytes.windows(MIN_PART).collect();
        own.filter(|part| shown.contains(part)).collect()
    }

    /// Ranges of the source in which the view has a part of a secret.
    fn find(&self, view: &View) -> Vec<Range<usize>> {
        let known = self.parts_in(view);
        let long = windows(view, MIN_PART).filter(|(part, _)| known.contains(part));
        let short = self
            .forms
            .iter()
            .filter(|form| form.len() < MIN_PART)
            .flat_map(|form| windows(view, form.len()).filter(|(part, _)| *part == form.as_slice()));
        long.chain(short).map(|(_, source)| source).collect()
    }
}

/// The text that a secret is the base64 of, if it is.
fn decode_base64(secret: &str) -> Option<Zeroizing<String>> {
    let digits = secret.trim_end_matches('=');
    let decoded = STANDARD_NO_PAD.decode(digits).or_else(|_| URL_SAFE_NO_PAD.decode(digits));
    String::from_utf8(decoded.ok()?).ok().map(Zeroizing::new)
}

fn windows(view: &View, length: usize) -> impl Iterator<Item = (&[u8], Range<usize>)> {
    let sources =
        view.sources.windows(length).filter_map(|sources| Some(sources.first()?.start..sources.last()?.end));
    view.bytes.windows(length).zip(sources)
}

/// A text with escapes resolved, and for each byte where it came from.
struct View {
    bytes: Vec<u8>,
    sources: Vec<Range<usize>>,
}

impl View {
    fn of(text: &str) -> Self {
        Self { bytes: text.into(), sources: (0..text.len()).map(|at| at..at + 1).collect() }
    }

    /// Whether one of these bytes occurs.
    fn has(&self, any: &[u8]) -> bool {
        self.bytes.iter().any(|byte| any.contains(byte))
    }

    /// Resolves the escapes of JSON, URLs and HTML.
    fn unescaped(&self) -> Self {
        let mut view = Self { bytes: Vec::new(), sources: Vec::new() };
        let mut at = 0;
        while let (Some(byte), Some(rest)) = (self.bytes.get(at), self.bytes.get(at..)) {
            let (decoded, length) = unescape(rest).unwrap_or((char::from(*byte), 1));
            let end = self.sources.get(at + length - 1).map_or(0, |source| source.end);
            let source = self.sources.get(at).map_or(0..0, |source| source.start..end);
            if length == 1 || (u8::try_from(decoded).is_ok() && rest.first() == Some(&b'%')) {
                // A byte, not a character: the encoding of one may take several of them.
                view.bytes.push(u8::try_from(decoded).unwrap_or(*byte));
                view.sources.push(source);
            } else {
                let mut buffer = [0; 4];
                let encoded = decoded.encode_utf8(&mut buffer).as_bytes();
                view.bytes.extend(encoded);
                view.sources.extend(encoded.iter().map(|_| source.clone()));
            }
            at += length;
        }
        view
    }

    fn with_plus_as_space(&self) -> Self {
        let bytes = self.bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        Self { bytes, sources: self.sources.clone() }
    }
}

/// The escape that a text starts with: its character, or byte, and its length.
fn unescape(text: &[u8]) -> Option<(char, usize)> {
    let number = |digits: &[u8], radix: u32| u32::from_str_radix(str::from_utf8(digits).ok()?, radix).ok();
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit).then(|| number(digits, 16)).flatten();
    match text {
        [b'%', rest @ ..] => Some((char::from_u32(hex(rest.get(..2)?)?)?, 3)),
        [b'\\', b'u', rest @ ..] => Some((char::from_u32(hex(rest.get(..4)?)?)?, 6)),
        [b'\\', b'x', rest @ ..] => Some((char::from_u32(hex(rest.get(..2)?)?)?, 4)),
        [b'\\', b'n', ..] => Some(('\n', 2)),
        [b'\\', b'r', ..] => Some(('\r', 2)),
        [b'\\', b't', ..] => Some(('\t', 2)),
        [b'\\', escaped @ (b'"' | b'\\' | b'/' | b'\''), ..] => Some((char::from(*escaped), 2)),
        [b'&', rest @ ..] => {
            let end = rest.iter().take(10).position(|byte| *byte == b';')?;
            let decoded = match rest.get(..end)? {
                b"amp" => '&',
                b"lt" => '<',
                b"gt" => '>',
                b"quot" => '"',
                b"apos" => '\'',
                [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hex(digits)?)?,
                [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
                _ => return None,
            };
            Some((decoded, end + 2))
        }
        _ => None,
    }
}

/// The text with each group of ranges replaced.
fn replace(text: &str, mut found: Vec<Range<usize>>) -> Cow<'_, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|range| range.start);
    let mut groups: Vec<Range<usize>> = Vec::new();
    for range in found {
        match groups.last_mut() {
            Some(group) if range.start <= group.end + MAX_GAP => group.end = group.end.max(range.end),
            _ => groups.push(range),
        }
    }
    let mut redacted = String::new();
    let mut copied = 0;
    for Range { start, end } in groups {
        // A part of a secret may start or end within a character.
        let start = (0..=start).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(start);
        let end = (end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        redacted.push_str(text.get(copied..start).unwrap_or_default());
        redacted.push_str(REDACTED);
        copied = end;
    }
    redacted.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(redacted)
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test fails by a panic")]
mod tests {
    use super::*;

    const PASSWORD: &str = "pa/ss wörd+\"&<1>";
    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----\n";

    fn percent(text: &str) -> String {
        text.bytes().map(|byte| format!("%{byte:02X}")).collect()
    }

    #[track_caller]
    fn redact(secrets: &[&str], text: &str) -> String {
        let mut redactor = Redactor::default();
        secrets.iter().for_each(|secret| redactor.add(secret));
        redactor.redact(text).into_owned()
    }

    #[test]
    fn a_secret_is_redacted_in_every_form() {
        let json = serde_json::to_string(PASSWORD).unwrap();
        let json_twice = serde_json::to_string(&json).unwrap();
        let shifted = STANDARD_NO_PAD.encode(format!("me@example.com:{PASSWORD}"));
        for (form, kept) in [
            (PASSWORD.to_owned(), ""),
            (PASSWORD[..9].to_owned(), ""),
            (PASSWORD[9..].to_owned(), ""),
            (percent(PASSWORD), ""),
            (percent(&percent(PASSWORD)), ""),
            ("pa%2fss+w%C3%B6rd%2B%22&<1>".to_owned(), ""),
            (json.trim_matches('"').replace('/', "\\/"), ""),
            (json_twice[3..json_twice.len() - 3].to_owned(), ""),
            ("pa&#47;ss w&#xf6;rd+&quot;&amp;&lt;1&gt;".to_owned(), ""),
            ("pa\\u002fss w\\u00F6rd".to_owned(), ""),
            (shifted[20..].to_owned(), shifted.get(20..22).unwrap_or_default()),
            (PASSWORD.bytes().map(|byte| format!("{byte:02X}")).collect(), ""),
        ] {
            let shown = redact(&[PASSWORD], &format!("before {form} after"));
            let ends = shown.starts_with("before ") && shown.ends_with(" after");
            assert!(ends && shown.contains(REDACTED), "{form}: {shown}");
            assert!(shown.len() <= "before [redacted] after".len() + kept.len() + 3, "{form}: {shown}");
        }
    }

    #[test]
    fn a_key_is_redacted_by_lines_and_its_frame_is_kept() {
        for shown in
            [KEY.to_owned(), KEY.replace('\n', "\\n"), KEY.replace('\n', "\r\n"), KEY[..70].to_owned()]
        {
            let redacted = redact(&[KEY], &shown);
            assert!(redacted.contains(REDACTED) && !redacted.contains("MIIE"), "{redacted}");
            assert!(!redacted.contains("BKcwggSj") && redacted.contains("BEGIN PRIVATE KEY"), "{redacted}");
        }
    }

    #[test]
    fn user_data_is_redacted_encoded_and_decoded() {
        let script = "#!/bin/sh\nexport TOKEN=marker-0123456789\n";
        let encoded = STANDARD_NO_PAD.encode(script);
        for text in [script, &encoded] {
            let redacted = redact(&[&encoded], &format!("invalid: {text}"));
            assert!(redacted.starts_with("invalid: [redacted]"), "{redacted}");
            assert!(!redacted.contains("marker") && !redacted.contains(&encoded[9..30]), "{redacted}");
        }
    }

    #[test]
    fn members_of_requests_and_authorizations_are_secrets() {
        let mut redactor = Redactor::default();
        redactor.add_request(
            br#"{"A":[{"Phase2Options":{"PreSharedKey":"marker-key"}}],"Name":"harmless-name"}"#,
        );
        redactor.add_authorization(
            "OSC4-HMAC-SHA256 Credential=A/b, SignedHeaders=host, Signature=0123456789abcdef",
        );
        redactor.add_authorization("Basic bWVAZXhhbXBsZS5jb206cGFzcw==");
        let text =
            "marker-key harmless-name 0123456789abcdef Credential=A/b bWVAZXhhbXBsZS5jb206cGFzcw== or pass";
        assert_eq!(
            redactor.redact(text),
            "[redacted] harmless-name [redacted] Credential=A/b [redacted]== or [redacted]"
        );
        redactor.add_request(b"no JSON");
    }

    #[test]
    fn nothing_is_left_of_a_secret_at_which_a_large_text_is_cut() {
        let mut redactor = Redactor::default();
        let secret = "hunter22/marker";
        redactor.add(secret);
        let json = serde_json::to_string(&serde_json::to_string(secret).unwrap()).unwrap();
        let entity = |text: &str| text.bytes().map(|byte| format!("&#x{byte:02x};")).collect::<String>();
        for form in [secret.to_owned(), percent(&percent(secret)), json, entity(&entity(secret))] {
            let body = form.repeat(5_000 / form.len());
            for limit in 1_000..1_000 + form.len() {
                let start = redactor.redact_start(body.as_bytes(), limit);
                let shown = String::from_utf8_lossy(&start).replace(REDACTED, "");
                let cut = (1..REDACTED.len()).rev().find(|end| shown.ends_with(&REDACTED[..*end]));
                let shown = &shown[..shown.len() - cut.unwrap_or_default()];
                assert!(shown.chars().all(|c| "\\\"".contains(c)), "{form} {limit}: {shown}");
            }
        }
        let whole = redactor.redact_start(b"an ordinary text", 16);
        assert!(matches!(whole, Cow::Borrowed(b"an ordinary text")), "{whole:?}");
    }

    #[test]
    fn other_text_is_untouched() {
        for text in ["", "status 400: pa/ss", "é%zz\\u12&#;%", "a very ordinary message, \u{1f600}"] {
            assert!(matches!(Redactor::default().redact(text), Cow::Borrowed(_)));
            assert_eq!(redact(&[PASSWORD, KEY, "x", ""], text), text);
        }
    }

    #[test]
    fn any_text_can_be_redacted() {
        // Each of these cuts an escape or a character somewhere.
        let text = format!("é{}\\u00e9&amp;%C3%A9{}😀", PASSWORD, percent("é/ss w"));
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(!redact(&[PASSWORD, "/ss wörd😀"], &text[..end]).contains("ss wörd+"), "{end}");
        }
    }
}
