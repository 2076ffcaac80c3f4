use super::*;

#[test]
fn credentials_are_one_unit() {
    let world = world().profile(r#""access_key": "A", "secret_key": "s", "login": "me", "password": "p""#);
    assert_eq!(world.config().credentials, Credentials::access_key("A", "s").with_basic("me", "p"));
    let world = world.variable("OSC_LOGIN", "other").variable("OSC_PASSWORD", "p2");
    assert_eq!(world.config().credentials, Credentials::basic("other", "p2"));
    let world = world.variable("OSC_ACCESS_KEY", "B");
    world.one_problem(&["OSC_ACCESS_KEY", "secret key", "both"]);
    let world = world.overrides(|overrides| overrides.credentials = Some(Credentials::none()));
    assert!(world.config().credentials.is_none());
    assert!(world.config().hint.contains("ClientBuilder::access_key"));
}

#[test]
fn incomplete_credentials_are_reported_with_the_missing_half() {
    world().profile(r#""secret_key": "marker""#).one_problem(&[
        "`secret_key` of profile `default`",
        HOME_FILE,
        "access key",
    ]);
    world().profile(r#""login": "me""#).one_problem(&["`login`", "password"]);
    world().variable("OSC_PASSWORD", "marker").one_problem(&["OSC_PASSWORD", "login"]);
}

#[test]
fn second_generation_keys_are_used_if_the_list_contains_the_service() {
    let keys = r#""access_key": "A1", "secret_key": "s1", "access_key_v2": "A2", "secret_key_v2": "s2""#;
    for (list, second) in [
        (r#"["api"]"#, true),
        (r#"["oos", "OSC"]"#, true),
        (r#""fcu, api""#, true),
        (r#""osc oos""#, true),
        (r#"[]"#, false),
        (r#"["oos", 3, null]"#, false),
        (r#""apis""#, false),
        ("null", false),
        (r#""""#, false),
    ] {
        let config = world().profile(&format!(r#"{keys}, "iam_v2_services": {list}"#)).config();
        assert_eq!(config.credentials.access_key.unwrap().id, if second { "A2" } else { "A1" }, "{list}");
    }
    for (list, second) in [("api", true), ("fcu,osc", true), (r#"["api"]"#, true), ("fcu oos", false)] {
        let config = world().profile(keys).variable("OSC_IAM_V2_SERVICES", list).config();
        assert_eq!(config.credentials.access_key.unwrap().id, if second { "A2" } else { "A1" }, "{list}");
    }
    world().profile(r#""iam_v2_services": 3"#).one_problem(&["`iam_v2_services`", "list"]);
}

#[test]
fn unused_second_generation_keys_are_mentioned_in_the_hint() {
    let world = world().profile(r#""access_key_v2": "A2", "secret_key_v2": "s2""#);
    let config = world.config();
    assert!(config.credentials.is_none());
    assert!(config.hint.contains("iam_v2_services"), "{}", config.hint);
    let config = world.variable("OSC_IAM_V2_SERVICES", "api").config();
    assert_eq!(config.credentials, Credentials::access_key("A2", "s2"));
}

#[test]
fn credentials_that_the_method_does_not_select_may_be_incomplete() {
    let world = world().profile(r#""access_key": "A", "login": "me", "password": "p""#);
    assert_eq!(world.problems().len(), 1);
    let world = world.variable("OSC_AUTH_METHOD", "basic");
    assert_eq!(world.config().credentials, Credentials::basic("me", "p"));
    world.variable("OSC_AUTH_METHOD", "accesskey").one_problem(&["`access_key`", "secret key"]);
}

#[test]
fn a_file_with_used_secrets_that_others_can_read_is_warned_about() {
    let warnings = |world: &World| world.resolved().warnings;
    let keys = r#""access_key": "A", "secret_key": "marker""#;
    let pem = |text: &str| serde_json::to_string(text).unwrap();
    let inline = format!(r#""x509_client_cert": {}, "x509_client_key": {}"#, pem(CERTIFICATE), pem(KEY));
    let with_mode = |settings: &str, mode| World { mode: Some(mode), ..world().profile(settings) };
    for (settings, mode, warned) in [
        (keys, 0o100_600, false),
        (keys, 0o100_400, false),
        (keys, 0o100_644, true),
        (keys, 0o100_640, true),
        (keys, 0o100_602, true),
        (r#""login": "me", "password": "marker""#, 0o644, true),
        (r#""proxy": "http://me:marker@proxy""#, 0o644, true),
        (r#""proxy": "http://proxy""#, 0o644, false),
        (inline.as_str(), 0o644, true),
        (r#""region": "r""#, 0o644, false),
    ] {
        let found = warnings(&with_mode(settings, mode));
        assert_eq!(found.len(), usize::from(warned), "{settings} {mode:o}: {found:?}");
        assert!(found.iter().all(|text| text.contains(HOME_FILE) && text.contains("chmod 600")), "{found:?}");
        assert!(!found.concat().contains("marker"));
    }
    // No secret of the file is used, or the file has no permission bits.
    let other = with_mode(keys, 0o644).variable("OSC_LOGIN", "me").variable("OSC_PASSWORD", "p");
    assert!(warnings(&other).is_empty());
    assert!(warnings(&with_mode(keys, 0o644).variable("OSC_AUTH_METHOD", "none")).is_empty());
    assert!(warnings(&world().profile(keys)).is_empty());
}

#[test]
fn unverified_certificates_are_warned_about() {
    let asked = world().variable("OSC_TLS_SKIP_VERIFY", "true").resolved();
    assert!(asked.connection.tls_skip_verify);
    assert!(asked.warnings.len() == 1 && asked.warnings[0].starts_with("OSC_TLS_SKIP_VERIFY"));
    let overrides = world().overrides(|overrides| overrides.tls_skip_verify = Some(true)).resolved();
    assert!(overrides.warnings[0].contains("danger_accept_invalid_certs"), "{:?}", overrides.warnings);
    assert!(world().resolved().warnings.is_empty());
}
