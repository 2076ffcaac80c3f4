use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

/// A key that does not match the certificate. Used only in these tests.
const OTHER_KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINrmWruAfDzDSei82NrgifoAKozmJIlqfrQ0+qUQg7O7
-----END PRIVATE KEY-----
";

fn base64(text: &str) -> String {
    STANDARD.encode(text)
}

/// Base64 in short lines, without padding.
fn broken_into_lines(text: &str) -> String {
    let text = base64(text);
    let lines: Vec<&str> =
        text.as_bytes().chunks(60).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join("\r\n ").trim_end_matches('=').to_owned()
}

fn files() -> World {
    world()
        .file("/c.pem", CERTIFICATE)
        .file("/k.pem", KEY)
        .file("/both.pem", &format!("Some words before.\n{CERTIFICATE}{KEY}"))
}

#[track_caller]
fn has_certificate(world: &World) {
    let connection = world.connection();
    assert!(connection.client_certificate.is_some());
    assert!(format!("{connection:?}").len() < 120, "{connection:?}");
}

#[test]
fn a_certificate_is_read_from_paths_from_base64_or_from_the_builder() {
    has_certificate(
        &files().variable("OSC_X509_CLIENT_CERT", "/c.pem").variable("OSC_X509_CLIENT_KEY", "/k.pem"),
    );
    has_certificate(&files().variable("OSC_X509_CLIENT_CERT", "/both.pem"));
    has_certificate(&files().profile(r#""x509_client_cert": "/c.pem", "x509_client_key": "/k.pem""#));
    has_certificate(&files().profile(r#""client_certificate": "/both.pem""#));
    for encode in [base64, broken_into_lines] {
        has_certificate(
            &world()
                .variable("OSC_X509_CLIENT_CERT_B64", &encode(CERTIFICATE))
                .variable("OSC_X509_CLIENT_KEY_B64", &encode(KEY)),
        );
        let settings = [("x509_client_cert_b64", encode(CERTIFICATE)), ("x509_client_key_b64", encode(KEY))];
        let settings = settings.map(|(key, text)| format!("{key:?}: {text:?}"));
        has_certificate(&world().profile(&settings.join(", ")));
    }
    let pem = |text: &str| Zeroizing::new(text.as_bytes().to_vec());
    let separate = ClientPem { certificate: pem(CERTIFICATE), key: Some(pem(KEY)) };
    let combined = ClientPem { certificate: pem(&format!("{KEY}{CERTIFICATE}")), key: None };
    for given in [separate, combined] {
        // The environment is not consulted.
        let world = world().variable("OSC_X509_CLIENT_CERT", "/none.pem");
        has_certificate(&world.overrides(|overrides| overrides.client_certificate = Some(given)));
    }
    // On one line, as in `.env` files.
    let one_line = format!("{CERTIFICATE}{KEY}").replace('\n', "\\n");
    has_certificate(&world().variable("OSC_X509_CLIENT_CERT", &one_line));
    has_certificate(
        &world()
            .file("/bom.pem", &format!("\u{feff}{CERTIFICATE}{KEY}"))
            .variable("OSC_X509_CLIENT_CERT", "/bom.pem"),
    );
    assert!(world().connection().client_certificate.is_none());
}

#[test]
fn paths_take_precedence_over_base64_and_the_halves_may_use_either() {
    let world = files()
        .variable("OSC_X509_CLIENT_CERT", "/c.pem")
        .variable("OSC_X509_CLIENT_CERT_B64", "marker")
        .variable("OSC_X509_CLIENT_KEY_B64", &base64(KEY));
    has_certificate(&world);
    let world = files()
        .variable("OSC_X509_CLIENT_CERT", "/none.pem")
        .variable("OSC_X509_CLIENT_CERT_B64", &base64(CERTIFICATE))
        .variable("OSC_X509_CLIENT_KEY", "/k.pem");
    world.one_problem(&["OSC_X509_CLIENT_CERT", "/none.pem", "cannot be read"]);
}

#[test]
fn both_halves_come_from_one_source() {
    let profile = r#""x509_client_cert": "/c.pem", "x509_client_key": "/k.pem""#;
    files().profile(profile).variable("OSC_X509_CLIENT_CERT", "/c.pem").one_problem(&[
        "OSC_X509_CLIENT_CERT",
        "no private key",
        "OSC_X509_CLIENT_KEY",
    ]);
    files().profile(profile).variable("OSC_X509_CLIENT_KEY", "/k.pem").one_problem(&[
        "OSC_X509_CLIENT_KEY",
        "OSC_X509_CLIENT_CERT",
        "both",
    ]);
    files().profile(r#""x509_client_key": "/k.pem""#).one_problem(&["`x509_client_key`", "x509_client_cert"]);
    let named = files()
        .profile(profile)
        .variable("OSC_X509_CLIENT_CERT", "/none.pem")
        .overrides(|overrides| overrides.profile = Some("default".to_owned()));
    has_certificate(&named);
}

#[test]
fn problems_with_either_half_are_reported_without_showing_it() {
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nbWFya2Vy\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let older = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nbWFya2Vy\n\
                 -----END RSA PRIVATE KEY-----\n";
    let unsupported = "-----BEGIN PRIVATE KEY-----\nbWFya2Vy\n-----END PRIVATE KEY-----\n";
    let nonsense = "-----BEGIN CERTIFICATE-----\nbWFya2Vy\n-----END CERTIFICATE-----\n";
    let unending = CERTIFICATE.replace("-----END CERTIFICATE-----", "");
    for (certificate, key, parts) in [
        (CERTIFICATE, encrypted, ["the key", "passphrase", "openssl pkey"]),
        (CERTIFICATE, older, ["the key", "passphrase", "openssl pkey"]),
        (CERTIFICATE, unsupported, ["the key", "RSA", "P-256"]),
        (CERTIFICATE, OTHER_KEY, ["the key", "certificate passed to the client", "matching pair"]),
        (CERTIFICATE, CERTIFICATE, ["the key", "no private key", "BEGIN PRIVATE KEY"]),
        (CERTIFICATE, "marker", ["the key", "no private key", "BEGIN PRIVATE KEY"]),
        (nonsense, KEY, ["client certificate", "cannot be read", "export"]),
        ("marker", KEY, ["client certificate", "no certificate", "BEGIN CERTIFICATE"]),
        (KEY, KEY, ["client certificate", "no certificate", "BEGIN CERTIFICATE"]),
        (unending.as_str(), KEY, ["client certificate", "does not end", "export"]),
    ] {
        let pem = |text: &str| Zeroizing::new(text.as_bytes().to_vec());
        let given = ClientPem { certificate: pem(certificate), key: Some(pem(key)) };
        world().overrides(|overrides| overrides.client_certificate = Some(given)).one_problem(&parts);
    }
    let both = world()
        .variable("OSC_X509_CLIENT_CERT_B64", "marker!")
        .variable("OSC_X509_CLIENT_KEY_B64", "marker?");
    let problems = both.problems();
    assert!(problems.len() == 2 && problems.iter().all(|problem| problem.contains("Base64")), "{problems:?}");
}

#[test]
fn text_in_place_of_a_path_is_used_or_reported_but_not_shown() {
    has_certificate(
        &world().variable("OSC_X509_CLIENT_CERT", CERTIFICATE).variable("OSC_X509_CLIENT_KEY", KEY),
    );
    let secret = KEY.lines().nth(2).unwrap();
    let world = files().variable("OSC_X509_CLIENT_CERT", "/c.pem");
    for text in [base64(KEY), base64(&format!("Bag Attributes: none\n{KEY}{KEY}"))] {
        let problems = world.with_key(&text).problems();
        assert!(problems.len() == 1, "{problems:?}");
        let shown = problems.concat();
        assert!(!shown.contains(&text) && !shown.contains(secret), "{shown}");
        assert!(shown.contains("OSC_X509_CLIENT_KEY"), "{shown}");
    }
}

impl World {
    fn with_key(&self, text: &str) -> Self {
        let Self { variables, files, mode, overrides } = self;
        let copy = Self {
            variables: variables.clone(),
            files: files.clone(),
            mode: *mode,
            overrides: overrides.clone(),
        };
        copy.variable("OSC_X509_CLIENT_KEY", text)
    }
}
