use super::*;

#[test]
fn defaults_apply_if_nothing_is_set() {
    let config = world().config();
    assert_eq!(config.region, "eu-west-2");
    assert_eq!(config.endpoint.host(), "api.eu-west-2.outscale.com");
    assert!(config.endpoint.is_https() && address(&config).ends_with("/api/v1/X"));
    assert!(config.credentials.is_none());
    for part in ["OSC_ACCESS_KEY", "OSC_SECRET_KEY", "`default`", HOME_FILE] {
        assert!(config.hint.contains(part), "{}", config.hint);
    }
}

#[test]
fn the_builder_overrides_the_environment_which_overrides_the_profile() {
    let world = world().profile(r#""region": "profile-1""#);
    assert_eq!(world.config().region, "profile-1");
    let world = world.variable("OSC_REGION", "environment-1");
    assert_eq!(world.config().region, "environment-1");
    let world = world.overrides(|overrides| overrides.region = Some("program-1".to_owned()));
    assert_eq!(world.config().region, "program-1");
}

#[test]
fn a_profile_that_the_program_selects_overrides_the_environment() {
    let world = world()
        .file(HOME_FILE, r#"{"prod": {"access_key": "PROD", "secret_key": "s", "region": "prod-1"}}"#)
        .variable("OSC_ACCESS_KEY", "SHELL")
        .variable("OSC_SECRET_KEY", "s")
        .variable("OSC_REGION", "shell-1");
    assert_eq!(world.config().region, "shell-1");
    let config = world.overrides(|overrides| overrides.profile = Some("prod".to_owned())).config();
    assert_eq!(config.region, "prod-1");
    assert_eq!(config.credentials.access_key.unwrap().id, "PROD");
}

#[test]
fn the_profile_is_the_selected_one_else_the_marked_one_else_default() {
    let profiles = r#"{"default": {"region": "d"}, "marked": {"region": "m", "default": true}, "named": {"region": "n"}}"#;
    let world = world().file(HOME_FILE, profiles);
    assert_eq!(world.config().region, "m");
    assert!(world.config().hint.contains("`marked`"), "{}", world.config().hint);
    assert_eq!(world.variable("OSC_PROFILE", "named").config().region, "n");
    let twice = r#"{"a": {"default": true}, "b": {"default": true}}"#;
    World::default().file(HOME_FILE, twice).one_problem(&[HOME_FILE, "`a`", "`b`", "OSC_PROFILE"]);
}

#[test]
fn a_selected_file_or_profile_must_exist_and_the_defaults_need_not() {
    assert!(world().file(HOME_FILE, "{}").resolve().is_ok());
    let elsewhere = world().variable("OSC_CONFIG_FILE", "/etc/osc.json");
    elsewhere.one_problem(&["/etc/osc.json", "does not exist"]);
    assert!(elsewhere.file("/etc/osc.json", "{}").resolve().is_ok());
    let named = world().variable("OSC_PROFILE", "prod");
    named.one_problem(&["`prod`", HOME_FILE, "does not exist"]);
    named.file(HOME_FILE, r#"{"default": {}}"#).one_problem(&["`prod`", HOME_FILE, "does not exist"]);
    let homeless = world().variable("OSC_PROFILE", "prod").variable("HOME", "");
    homeless.one_problem(&["`prod`", "OSC_CONFIG_FILE"]);
    assert!(world().variable("HOME", "").resolve().is_ok());
}

#[test]
fn only_known_keys_of_the_selected_profile_are_read() {
    let text = r#"{
        "default": {"region": "r", "unknown": [1], "method": {"x": 1}, "endpoint": 3, "host": false, "https": "no"},
        "broken": 3,
        "other": {"access_key": 3, "secret_key": []}
    }"#;
    assert_eq!(world().file(HOME_FILE, text).config().region, "r");
    world().file(HOME_FILE, text).variable("OSC_PROFILE", "broken").one_problem(&["`broken`", "object"]);
    let other = world().file(HOME_FILE, text).variable("OSC_PROFILE", "other");
    assert_eq!(other.problems().len(), 2, "{:?}", other.problems());
}

#[test]
fn a_broken_file_is_reported_with_the_position_and_without_its_text() {
    world()
        .file(HOME_FILE, r#"{"default": {"secret_key": "marker" oops"#)
        .one_problem(&[HOME_FILE, "JSON", "line 1"]);
    world().file(HOME_FILE, r#"["marker"]"#).one_problem(&[HOME_FILE, "object"]);
    let config = world().file(HOME_FILE, "\u{feff}{\"default\": {\"region\": \"r\"}}").config();
    assert_eq!(config.region, "r");
}

#[test]
fn the_environment_can_be_ignored() {
    let world = world()
        .variable("OSC_REGION", "shell-1")
        .variable("OSC_PROFILE", "missing")
        .profile(r#""access_key": "A", "secret_key": "s""#)
        .overrides(|overrides| overrides.ignore_environment = true);
    assert_eq!(world.config().region, "eu-west-2");
    assert!(world.config().credentials.is_none());
    let world = world.overrides(|overrides| overrides.profile = Some("default".to_owned()));
    assert!(!world.config().credentials.is_none());
    assert!(!world.config().hint.contains("OSC_"));
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_named() {
    use std::os::unix::ffi::OsStringExt as _;

    let mut world = world();
    world.variables.insert("OSC_REGION".to_owned(), OsString::from_vec(vec![0xff]));
    world.one_problem(&["OSC_REGION", "UTF-8"]);
}
