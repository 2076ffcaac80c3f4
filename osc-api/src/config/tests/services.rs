//! The addresses of other services, the resolved configuration, and the names of profiles.

use super::*;

/// The address of a service, or the problem with it.
fn address(world: &World, service: &str) -> Result<Option<(String, String)>, String> {
    let Config { region, services, .. } = world.config();
    let endpoint = services.endpoint(service, &region)?;
    Ok(endpoint.map(|endpoint| (endpoint.url().to_owned(), endpoint.source().to_owned())))
}

#[track_caller]
fn check(world: &World, service: &str, url: &str, source: &str) {
    let found = address(world, service).unwrap().unwrap();
    assert_eq!((found.0.as_str(), found.1.as_str()), (url, source), "{service}");
}

#[test]
fn services_have_an_address_in_every_region() {
    let world = World::default().variable("OSC_REGION", "us-east-2");
    for (service, url) in [
        ("directlink", "https://directlink.us-east-2.outscale.com"),
        ("direct_link", "https://directlink.us-east-2.outscale.com"),
        ("eim", "https://eim.us-east-2.outscale.com"),
        ("FCU", "https://fcu.us-east-2.outscale.com"),
        ("icu", "https://icu.us-east-2.outscale.com"),
        ("lbu", "https://lbu.us-east-2.outscale.com"),
        ("oks", "https://api.us-east-2.oks.outscale.com/api/v2"),
        ("oos", "https://oos.us-east-2.outscale.com"),
    ] {
        check(&world, service, url, "default");
    }
    for unknown in ["okms", "s3", "", "api/.."] {
        assert_eq!(address(&world, unknown), Ok(None), "{unknown}");
    }
}

#[test]
fn variables_override_the_profile_and_the_profile_the_region() {
    let profile = r#""region": "us-west-1", "endpoints": {"oos": " https://objects.example.com/ ", "fcu": "",
        "lbu": 5, "okms": "keys.example.com/v1", "direct_link": "link.example.com:8443", "api": null}"#;
    let world = World::default().profile(profile);
    let of = |key: &str| format!("`{key}` of profile `default` in {HOME_FILE}");
    check(&world, "oos", "https://objects.example.com", &of("endpoints.oos"));
    check(&world, "okms", "https://keys.example.com/v1", &of("endpoints.okms"));
    check(&world, "directlink", "https://link.example.com:8443", &of("endpoints.direct_link"));
    check(&world, "fcu", "https://fcu.us-west-1.outscale.com", "default");
    check(&world, "lbu", "https://lbu.us-west-1.outscale.com", "default");
    let world = world.variable("OSC_ENDPOINT_OOS", "http://127.0.0.1:9000");
    check(&world, "oos", "http://127.0.0.1:9000", "OSC_ENDPOINT_OOS");
    // The program selects this profile, so that no variable of the shell replaces its addresses.
    let selected = world.overrides(|overrides| overrides.profile = Some("default".to_owned()));
    check(&selected, "oos", "https://objects.example.com", &of("endpoints.oos"));
}

#[test]
fn the_domain_and_the_protocol_of_the_profile_are_those_of_all_services() {
    let world = World::default().profile(r#""host": "cloud.example.com", "region": "r-1""#);
    let source = format!("`host` of profile `default` in {HOME_FILE}");
    check(&world, "oos", "https://oos.r-1.cloud.example.com", &source);
    let plain = World::default().variable("OSC_PROTOCOL", "http").overrides(|overrides| {
        overrides.endpoint = Some("127.0.0.1".to_owned());
    });
    let problem = address(&plain, "oos").unwrap_err();
    assert!(problem.starts_with("insecure endpoint (default): "), "{problem}");
    let allowed = plain.overrides(|overrides| overrides.allow_http = true);
    check(&allowed, "oos", "http://oos.eu-west-2.outscale.com", "default");
}

#[test]
fn an_invalid_address_of_another_service_breaks_only_its_own_use() {
    let world = World::default().variable("OSC_ENDPOINT_OOS", "https://me:marker@host");
    check(&world, "fcu", "https://fcu.eu-west-2.outscale.com", "default");
    let problem = address(&world, "oos").unwrap_err();
    assert!(problem.contains("OSC_ENDPOINT_OOS") && !problem.contains("marker"), "{problem}");
}

#[test]
fn the_configuration_names_the_source_of_each_setting_and_no_secret() {
    let profile = r#""access_key": "MARKERACCESSKEY", "secret_key": "marker-secret", "region": "us-west-1",
        "proxy": "http://me:marker@proxy.example.com:3128", "tls_skip_verify": true"#;
    let world = World::default().profile(profile).variable("OSC_ENDPOINT_API", "https://gateway.example.com");
    let configuration = world.config().configuration;
    let of = |key: &str| format!("`{key}` of profile `default` in {HOME_FILE}");
    let expected = [
        ("region", "us-west-1", of("region")),
        ("endpoint", "https://gateway.example.com/api/v1", "OSC_ENDPOINT_API".to_owned()),
        ("credentials", "access key", of("access_key")),
        ("client certificate", "none", "default".to_owned()),
        ("certificate checks", "off", of("tls_skip_verify")),
        ("proxy", "http://proxy.example.com:3128", of("proxy")),
        ("profile", "default", HOME_FILE.to_owned()),
    ];
    let settings = configuration.settings().iter();
    let found: Vec<_> =
        settings.map(|setting| (setting.name(), setting.value(), setting.source().to_owned())).collect();
    assert_eq!(found, expected);
    assert_eq!(configuration.profile_file(), Some(Path::new(HOME_FILE)));
    let shown = format!("{configuration} {configuration:?}");
    assert!(!shown.to_lowercase().contains("marker"), "{shown}");
    let lines = configuration.to_string();
    assert!(lines.starts_with(&format!("region: us-west-1 ({})\nendpoint: ", of("region"))), "{lines}");

    let plain = World::default().overrides(|overrides| {
        overrides.credentials = Some(Credentials::basic("marker", "marker"));
        overrides.tls_skip_verify = Some(false);
        overrides.region = Some("r-1".to_owned());
        overrides.proxy = Some(ExplicitProxy::Direct);
    });
    let configuration = plain.config().configuration;
    assert_eq!(
        configuration.to_string(),
        "region: r-1 (the region passed to the client)\nendpoint: https://api.r-1.outscale.com/api/v1 (default)\n\
         credentials: login (passed to the client)\nclient certificate: none (default)\n\
         certificate checks: on (passed to the client)\nproxy: none (passed to the client)\nprofile: none (default)"
    );
    assert_eq!((configuration.profile_file(), configuration.get("password")), (None, None));
}

#[test]
fn the_source_of_credentials_is_that_of_the_kind_in_use() {
    for (method, value, source) in [
        ("accesskey", "access key", "OSC_ACCESS_KEY"),
        ("basic", "login", "OSC_LOGIN"),
        ("none", "none", "OSC_AUTH_METHOD"),
    ] {
        let world = World::default().variable("OSC_AUTH_METHOD", method);
        let configuration = if method == "none" {
            world.config().configuration
        } else {
            let world =
                world.variable("OSC_ACCESS_KEY", "MARKERACCESSKEY").variable("OSC_SECRET_KEY", "marker");
            world.variable("OSC_LOGIN", "marker").variable("OSC_PASSWORD", "marker").config().configuration
        };
        let setting = configuration.get("credentials").unwrap();
        assert_eq!((setting.value(), setting.source()), (value, source), "{method}");
    }
    let ignored = World::default().variable("OSC_AUTH_METHOD", "none").variable("OSC_LOGIN", "marker");
    let configuration = ignored.variable("OSC_PASSWORD", "marker").config().configuration;
    assert_eq!(configuration.get("credentials").unwrap().source(), "OSC_AUTH_METHOD");
}

#[test]
fn the_names_of_profiles_are_sorted_and_a_missing_default_file_has_none() {
    let names = |world: &World, is_file_selected: bool| {
        let read = |path: &Path| match path.to_str().and_then(|path| world.files.get(path)) {
            Some(text) => Ok(Zeroizing::new(text.clone().into_bytes())),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        let home = |name: &str| (name == "HOME").then(|| OsString::from("/home/me"));
        let system = System { variable: &home, read: &read, mode: &|_| None };
        let environment = Environment { system: &system, is_ignored: false };
        let file = PathBuf::from(HOME_FILE);
        let file = is_file_selected.then_some(&file);
        let location = profile::find(None, file, &environment, &mut Findings::default()).unwrap();
        profile::names(&location, &system)
    };
    let world =
        World::default().file(HOME_FILE, r#"{"prod": {"secret_key": "marker"}, "default": 5, "a": {}}"#);
    assert_eq!(names(&world, false), Ok(vec!["a".to_owned(), "default".to_owned(), "prod".to_owned()]));
    assert_eq!(names(&World::default(), false), Ok(Vec::new()));
    assert!(names(&World::default(), true).unwrap_err().contains("does not exist"));
    assert!(names(&World::default().file(HOME_FILE, "["), false).unwrap_err().contains("not valid JSON"));
}
