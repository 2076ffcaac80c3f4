use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use super::*;

const HOME_FILE: &str = "/home/me/.osc/config.json";

/// An environment of the test's own. `HOME` is always set, so that a profile file has its usual place.
#[derive(Default)]
struct World {
    variables: BTreeMap<&'static str, OsString>,
    files: BTreeMap<&'static str, String>,
    explicit: Explicit,
}

impl World {
    fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.insert(name, value.into());
        self
    }

    fn file(mut self, path: &'static str, text: &str) -> Self {
        self.files.insert(path, text.to_owned());
        self
    }

    fn profile(self, settings: &str) -> Self {
        self.file(HOME_FILE, &format!(r#"{{"default": {{{settings}}}}}"#))
    }

    fn explicit(mut self, change: impl FnOnce(&mut Explicit)) -> Self {
        change(&mut self.explicit);
        self
    }

    fn resolve(&self) -> Result<Config, Problems> {
        let home = |name: &str| (name == "HOME").then(|| OsString::from("/home/me"));
        let variable = |name: &str| self.variables.get(name).cloned().or_else(|| home(name));
        let read = |path: &Path| match path.to_str().and_then(|path| self.files.get(path)) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        resolve(&self.explicit, &Sources { variable: &variable, read: &read })
    }

    fn config(&self) -> Config {
        self.resolve().unwrap()
    }

    fn problems(&self) -> Problems {
        let problems = self.resolve().unwrap_err();
        assert!(!problems.concat().contains("marker"), "a value is shown: {problems:?}");
        problems
    }

    /// The one problem that there is, which must name all of `parts`.
    #[track_caller]
    fn one_problem(&self, parts: &[&str]) {
        let problems = self.problems();
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        for part in parts {
            assert!(problem.contains(part), "{part:?} is not in {problem:?}");
        }
    }
}

fn world() -> World {
    World::default()
}

fn address(config: &Config) -> String {
    config.endpoint.action("X").to_string()
}

#[test]
fn defaults_stand_where_nothing_is_said() {
    let config = world().config();
    assert_eq!(config.region, "eu-west-2");
    assert_eq!(config.endpoint.host(), "api.eu-west-2.outscale.com");
    assert!(config.endpoint.is_https() && address(&config).ends_with("/api/v1/X"));
    assert!(config.credentials.is_none());
    for part in ["OSC_ACCESS_KEY", "OSC_SECRET_KEY", "`default`", HOME_FILE] {
        assert!(config.remedy.contains(part), "{}", config.remedy);
    }
}

#[test]
fn the_environment_comes_before_the_profile_and_the_program_before_both() {
    let world = world().profile(r#""region": "profile-1""#);
    assert_eq!(world.config().region, "profile-1");
    let world = world.variable("OSC_REGION", "environment-1");
    assert_eq!(world.config().region, "environment-1");
    let world = world.explicit(|explicit| explicit.region = Some("program-1".to_owned()));
    assert_eq!(world.config().region, "program-1");
}

#[test]
fn a_profile_that_the_program_names_comes_before_the_environment() {
    let world = world()
        .file(HOME_FILE, r#"{"prod": {"access_key": "PROD", "secret_key": "s", "region": "prod-1"}}"#)
        .variable("OSC_ACCESS_KEY", "SHELL")
        .variable("OSC_SECRET_KEY", "s")
        .variable("OSC_REGION", "shell-1");
    assert_eq!(world.config().region, "shell-1");
    let config = world.explicit(|explicit| explicit.profile = Some("prod".to_owned())).config();
    assert_eq!(config.region, "prod-1");
    assert_eq!(config.credentials.access_key.unwrap().id, "PROD");
}

#[test]
fn credentials_are_one_unit() {
    let world = world().profile(r#""access_key": "A", "secret_key": "s", "login": "me", "password": "p""#);
    assert_eq!(world.config().credentials, Credentials::access_key("A", "s").with_basic("me", "p"));
    let world = world.variable("OSC_LOGIN", "other").variable("OSC_PASSWORD", "p2");
    assert_eq!(world.config().credentials, Credentials::basic("other", "p2"));
    let world = world.variable("OSC_ACCESS_KEY", "B");
    world.one_problem(&["OSC_ACCESS_KEY", "secret key", "both"]);
    let world = world.explicit(|explicit| explicit.credentials = Some(Credentials::none()));
    assert!(world.config().credentials.is_none());
    assert!(world.config().remedy.contains("ClientBuilder::access_key"));
}

#[test]
fn half_credentials_are_a_problem_that_names_the_half() {
    world().profile(r#""secret_key": "marker""#).one_problem(&[
        "`secret_key` of profile `default`",
        HOME_FILE,
        "access key",
    ]);
    world().profile(r#""login": "me""#).one_problem(&["`login`", "password"]);
    world().variable("OSC_PASSWORD", "marker").one_problem(&["OSC_PASSWORD", "login"]);
}

#[test]
fn the_profile_is_the_named_one_else_the_marked_one_else_default() {
    let profiles = r#"{"default": {"region": "d"}, "marked": {"region": "m", "default": true}, "named": {"region": "n"}}"#;
    let world = world().file(HOME_FILE, profiles);
    assert_eq!(world.config().region, "m");
    assert!(world.config().remedy.contains("`marked`"), "{}", world.config().remedy);
    assert_eq!(world.variable("OSC_PROFILE", "named").config().region, "n");
    let twice = r#"{"a": {"default": true}, "b": {"default": true}}"#;
    World::default().file(HOME_FILE, twice).one_problem(&[HOME_FILE, "`a`", "`b`", "OSC_PROFILE"]);
}

#[test]
fn what_is_named_must_be_there_and_what_is_not_need_not() {
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
fn only_the_chosen_profile_is_looked_at_and_only_known_keys_of_it() {
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
fn a_broken_file_is_named_with_the_place_and_without_its_text() {
    world()
        .file(HOME_FILE, r#"{"default": {"secret_key": "marker" oops"#)
        .one_problem(&[HOME_FILE, "JSON", "line 1"]);
    world().file(HOME_FILE, r#"["marker"]"#).one_problem(&[HOME_FILE, "object"]);
    let config = world().file(HOME_FILE, "\u{feff}{\"default\": {\"region\": \"r\"}}").config();
    assert_eq!(config.region, "r");
}

#[test]
fn keys_of_older_tools_are_read() {
    let config = world()
        .profile(r#""email": "me", "password": "p", "region_name": "r-1", "host": "example.com""#)
        .config();
    assert_eq!(config.credentials, Credentials::basic("me", "p"));
    assert_eq!(address(&config), "https://api.r-1.example.com/api/v1/X");
    let world = world().profile(r#""host": "example.com", "https": false"#);
    world.one_problem(&["`host`", "plain http", "allow_http"]);
    let world = world.explicit(|explicit| explicit.allow_http = true);
    assert_eq!(address(&world.config()), "http://api.eu-west-2.example.com/api/v1/X");
    let config = World::default().profile(r#""endpoint": "https://old", "endpoints": {"fcu": "x"}"#).config();
    assert_eq!(address(&config), "https://old/api/v1/X");
    let config =
        World::default().profile(r#""endpoint": "https://old", "endpoints": {"api": "new/api/v1"}"#).config();
    assert_eq!(address(&config), "https://new/api/v1/X");
}

#[test]
fn plain_http_is_for_this_machine_or_by_leave() {
    for local in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:8080"] {
        assert!(world().variable("OSC_ENDPOINT_API", local).resolve().is_ok(), "{local}");
    }
    let remote = world().variable("OSC_ENDPOINT_API", "http://osc.example.com");
    remote.one_problem(&["OSC_ENDPOINT_API", "osc.example.com", "https"]);
    assert!(remote.explicit(|explicit| explicit.allow_http = true).resolve().is_ok());
    world().variable("OSC_PROTOCOL", "HTTP").one_problem(&["plain http"]);
    let local = world().variable("OSC_PROTOCOL", "http").variable("OSC_ENDPOINT_API", "localhost:3000");
    assert_eq!(address(&local.config()), "http://localhost:3000/api/v1/X");
    world().variable("OSC_PROTOCOL", "marker").one_problem(&["OSC_PROTOCOL", "https"]);
}

#[test]
fn all_problems_come_together() {
    let world = world()
        .variable("OSC_ACCESS_KEY", "A")
        .variable("OSC_REGION", "eu/marker")
        .variable("OSC_PROFILE", "prod")
        .variable("OSC_CONFIG_FILE", "/none");
    let problems = world.problems();
    for part in ["OSC_ACCESS_KEY", "OSC_REGION", "/none"] {
        assert!(problems.iter().any(|problem| problem.contains(part)), "{part}: {problems:?}");
    }
    assert_eq!(problems.len(), 3);
}

#[test]
fn values_that_cannot_be_sent_are_problems_without_being_shown() {
    for (name, value) in [("OSC_SECRET_KEY", "marker\n"), ("OSC_ACCESS_KEY", "marker/1")] {
        let world =
            world().variable("OSC_ACCESS_KEY", "A").variable("OSC_SECRET_KEY", "s").variable(name, value);
        world.one_problem(&[name, "copy it again"]);
    }
    world()
        .variable("OSC_LOGIN", "mar:ker")
        .variable("OSC_PASSWORD", "marker")
        .one_problem(&["OSC_LOGIN", "colon"]);
    world().variable("OSC_REGION", "marker#").one_problem(&["OSC_REGION"]);
    world().variable("OSC_ENDPOINT_API", "https://me:marker@host").one_problem(&["OSC_ENDPOINT_API"]);
    world().profile(r#""secret_key": 5, "access_key": null"#).one_problem(&["`secret_key`", "quotes"]);
    let empty = |explicit: &mut Explicit| explicit.credentials = Some(Credentials::access_key("", ""));
    assert_eq!(world().explicit(empty).problems().len(), 2);
}

#[test]
fn empty_settings_count_as_not_set() {
    let world = world()
        .variable("OSC_REGION", "")
        .variable("OSC_ACCESS_KEY", "")
        .profile(r#""region": "", "login": null"#);
    assert_eq!(world.config().region, "eu-west-2");
    assert!(world.config().credentials.is_none());
}

#[test]
fn the_environment_can_be_ignored() {
    let world = world()
        .variable("OSC_REGION", "shell-1")
        .variable("OSC_PROFILE", "missing")
        .profile(r#""access_key": "A", "secret_key": "s""#)
        .explicit(|explicit| explicit.ignore_environment = true);
    assert_eq!(world.config().region, "eu-west-2");
    assert!(world.config().credentials.is_none());
    let world = world.explicit(|explicit| explicit.profile = Some("default".to_owned()));
    assert!(!world.config().credentials.is_none());
    assert!(!world.config().remedy.contains("OSC_"));
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStringExt as _;

    let mut world = world();
    world.variables.insert("OSC_REGION", OsString::from_vec(vec![0xff]));
    world.one_problem(&["OSC_REGION", "UTF-8"]);
}
