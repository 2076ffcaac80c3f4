//! Invalid values are refused when the client is built. Blanks around a value are removed.

use super::*;

const ID: &str = "AK345678901234567890";
const KEY_TEXT: &str = "SK34567890123456789012345678901234567890";

fn with_keys() -> World {
    world().variable("OSC_ACCESS_KEY", ID).variable("OSC_SECRET_KEY", KEY_TEXT)
}

#[test]
fn blanks_and_line_ends_around_every_value_are_removed() {
    for end in ["\r", "\n", "\r\n", " ", "\t", " \r\n "] {
        let variables = [("OSC_ACCESS_KEY", ID), ("OSC_SECRET_KEY", KEY_TEXT), ("OSC_REGION", "us-east-2")]
            .into_iter()
            .chain([
                ("OSC_PROTOCOL", "https"),
                ("OSC_TLS_SKIP_VERIFY", "no"),
                ("OSC_AUTH_METHOD", "accesskey"),
            ])
            .chain([("OSC_PROFILE", "prod"), ("OSC_CONFIG_FILE", "/osc.json"), ("HTTPS_PROXY", "http://p:1")])
            .chain([("OSC_X509_CLIENT_CERT", "/both.pem"), ("OSC_ENDPOINT_API", "https://zoo.test")]);
        let world =
            world().file("/osc.json", r#"{"prod": {}}"#).file("/both.pem", &format!("{CERTIFICATE}{KEY}"));
        let world =
            variables.fold(world, |world, (name, value)| world.variable(name, &format!("{end}{value}{end}")));
        let Resolved { config, connection, .. } = world.resolved();
        assert_eq!(config.credentials, Credentials::access_key(ID, KEY_TEXT), "{end:?}");
        assert_eq!(
            (config.region.as_str(), address(&config).as_str()),
            ("us-east-2", "https://zoo.test/api/v1/X")
        );
        assert!(connection.client_certificate.is_some() && connection.proxy.is_some());
        let text = |value: &str| serde_json::to_string(&format!("{value}{end}")).unwrap();
        let profile = format!(
            r#""access_key": {}, "secret_key": {}, "region": {}"#,
            text(ID),
            text(KEY_TEXT),
            text("us-east-2")
        );
        let config = World::default().profile(&profile).config();
        assert_eq!(config.credentials, Credentials::access_key(ID, KEY_TEXT), "{end:?}");
        assert_eq!(config.region, "us-east-2");
        let given = Credentials::access_key(format!("{ID}{end}"), format!("{KEY_TEXT}{end}"));
        let world = World::default().overrides(|overrides| {
            overrides.credentials = Some(given.with_basic(format!("me{end}"), format!("pw{end}")));
            overrides.region = Some(format!("us-east-2{end}"));
        });
        let expected = Credentials::access_key(ID, KEY_TEXT).with_basic("me", "pw");
        assert_eq!(world.config().credentials, expected);
        assert_eq!(world.config().region, "us-east-2");
    }
    assert!(world().variable("OSC_REGION", " \r\n").config().region == "eu-west-2");
}

#[test]
fn certainly_invalid_credentials_are_refused_without_being_shown() {
    for (value, hint) in [
        ("\"markerKEY0123456789\"", "quotes"),
        ("'markerKEY0123456789'", "quotes"),
        ("“markerKEY0123456789”", "quotes"),
        ("«markerKEY0123456789»", "quotes"),
        ("<marker>", "placeholder"),
        ("${MARKER_marker}", "placeholder"),
        ("{{ marker }}", "placeholder"),
        ("$(marker)", "placeholder"),
        ("$OSC_KEY", "placeholder"),
        ("%OSC_KEY%", "placeholder"),
        ("marker\u{200b}", "U+200B"),
        ("\u{feff}marker", "U+FEFF"),
        ("marker\u{a0}", "U+00A0"),
        ("\u{202e}marker", "U+202E"),
        ("mar\u{2066}ker", "U+2066"),
    ] {
        for name in ["OSC_ACCESS_KEY", "OSC_SECRET_KEY", "OSC_LOGIN", "OSC_PASSWORD"] {
            let world = with_keys().variable("OSC_LOGIN", "me").variable("OSC_PASSWORD", "p");
            world.variable(name, value).one_problem(&[name, hint]);
        }
        let profile =
            format!(r#""access_key": "{ID}", "secret_key": {}"#, serde_json::to_string(value).unwrap());
        World::default().profile(&profile).one_problem(&["`secret_key`", hint]);
        let given = Credentials::access_key(ID, value);
        world().overrides(|overrides| overrides.credentials = Some(given)).one_problem(&["secret key", hint]);
    }
}

#[test]
fn sample_keys_and_keys_with_other_characters_are_refused() {
    for id in [
        "your-access-key",
        "YOUR_ACCESS_KEY",
        "xxxxxxxxxxxxxxxxxxxx",
        "changeme",
        "AK-1",
        "AK/1",
        "clé",
        "AK 1",
    ] {
        with_keys().variable("OSC_ACCESS_KEY", id).one_problem(&["OSC_ACCESS_KEY"]);
    }
    for secret in ["your-secret-key", "YOUR_SECRET_KEY_HERE", "****************", "a b"] {
        with_keys().variable("OSC_SECRET_KEY", secret).one_problem(&["OSC_SECRET_KEY"]);
    }
}

#[test]
fn invalid_values_that_are_not_used_are_ignored() {
    let world = world().variable("OSC_ACCESS_KEY", "\"marker\"").variable("OSC_SECRET_KEY", "<marker>");
    let given = Credentials::access_key(ID, KEY_TEXT);
    assert!(world.overrides(|overrides| overrides.credentials = Some(given)).resolve().is_ok());
}

#[test]
fn swapped_keys_are_warned_about_and_correct_ones_are_not() {
    let world = world().variable("OSC_ACCESS_KEY", KEY_TEXT).variable("OSC_SECRET_KEY", ID);
    let warnings = world.resolved().warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("swapped"), "{warnings:?}");
    assert!(!warnings[0].contains(KEY_TEXT) && !warnings[0].contains(ID));
    assert!(with_keys().resolved().warnings.is_empty());
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn an_invalid_endpoint_is_refused() {
    let long_label = format!("https://{}.test", "a".repeat(64));
    let long_name = format!("https://{}test", "abcdefghi.".repeat(25));
    for address in [
        "https://api.{region}.outscale.com",
        "https://api.$OSC_REGION.outscale.com",
        "https://'api.zoo.test'",
        "https://api.zoo.test,api2.zoo.test",
        "https://*.zoo.test",
        "https://api..zoo.test",
        "https://.zoo.test",
        "https:/api.zoo.test",
        "https:api.zoo.test",
        "https:///api.zoo.test",
        "https//api.zoo.test",
        "https;//api.zoo.test",
        "https://https://api.zoo.test",
        "https://http//api.zoo.test",
        "https:// api.zoo.test",
        "\"https://api.zoo.test\"",
        "<endpoint>",
        "https://api.zoo.test:",
        "https://api.zoo.test:0",
        "https://api.zoo.test:65536",
        "https://api.zoo.test:+443",
        "https://api.zoo.test:https",
        "https://api.zoo.test:443:443",
        "https://marker@api.zoo.test",
        "https://me:marker@api.zoo.test",
        "https://api.zoo.test?marker",
        "https://api.zoo.test/#marker",
        "https://api.zoo.test/a//b",
        "https://api.zoo.test/../b",
        "https://api.zoo.test/%2e%2e/b",
        "https://api.zoo.test/a b",
        "https://api%2ezoo.test",
        "https://api.zoo.test..",
        "https://-api.zoo.test",
        "https://api-.zoo.test",
        "https://api.zôo.test",
        "https://api.zoo\u{200b}.test",
        "https://xn--a.test",
        "https://1.2.3",
        "https://256.1.1.1",
        "https://0x7f.0x1",
        "https://[::1",
        "https://[marker]",
        "https://[fe80::1%25eth0]",
        "2001:db8::1",
        "https:\\\\api.zoo.test",
        "ftp://api.zoo.test",
        "https://",
        "/api/v1",
        &long_label,
        &long_name,
    ] {
        world().variable("OSC_ENDPOINT_API", address).one_problem(&["OSC_ENDPOINT_API", "invalid endpoint"]);
        let given = |overrides: &mut Overrides| overrides.endpoint = Some(address.to_owned());
        world().overrides(given).one_problem(&["passed to the client", "invalid endpoint"]);
    }
    for (address, host) in [
        ("https://api.zoo.test.", "api.zoo.test"),
        ("my_service:8443", "my_service:8443"),
        ("https://xn--chteau-yta.test", "xn--chteau-yta.test"),
        ("https://127.0.0.1:65535", "127.0.0.1:65535"),
    ] {
        let config = world().variable("OSC_ENDPOINT_API", address).config();
        assert_eq!(config.endpoint.host(), host);
    }
}

#[test]
fn an_invalid_region_is_refused_and_shown_only_if_it_is_not_a_secret() {
    for (region, shown) in [
        ("eu west", true),
        ("eu_west_2", true),
        ("${region}", true),
        ("{region}", true),
        ("$OSC_REGION", true),
        ("eu..west", true),
        ("-eu", true),
        ("eu/west", false),
        ("eu-west-2@zoo", false),
        ("\"eu-west-2\"", false),
        ("<region>", false),
        ("eu-west-2\u{200b}", false),
        ("SK345678901234567890_2345678901234567890", false),
    ] {
        let problems = world().variable("OSC_REGION", region).problems();
        assert!(problems.len() == 1 && problems[0].contains("OSC_REGION"), "{problems:?}");
        assert_eq!(problems[0].contains(&format!("`{region}`")), shown, "{problems:?}");
    }
    world().variable("OSC_REGION", &"a".repeat(64)).one_problem(&["63"]);
}
