use super::*;

#[test]
fn keys_of_older_tools_are_read() {
    let config = world()
        .profile(r#""email": "me", "password": "p", "region_name": "r-1", "host": "example.com""#)
        .config();
    assert_eq!(config.credentials, Credentials::basic("me", "p"));
    assert_eq!(address(&config), "https://api.r-1.example.com/api/v1/X");
    let world = world().profile(r#""host": "example.com", "https": false"#);
    world.one_problem(&["`host`", "plain http", "allow_http"]);
    let world = world.overrides(|overrides| overrides.allow_http = true);
    assert_eq!(address(&world.config()), "http://api.eu-west-2.example.com/api/v1/X");
    let config = World::default().profile(r#""endpoint": "https://old", "endpoints": {"fcu": "x"}"#).config();
    assert_eq!(address(&config), "https://old/api/v1/X");
    let config =
        World::default().profile(r#""endpoint": "https://old", "endpoints": {"api": "new/api/v1"}"#).config();
    assert_eq!(address(&config), "https://new/api/v1/X");
}

#[test]
fn plain_http_is_for_loopback_unless_allowed() {
    for local in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:8080"] {
        assert!(world().variable("OSC_ENDPOINT_API", local).resolve().is_ok(), "{local}");
    }
    let remote = world().variable("OSC_ENDPOINT_API", "http://osc.example.com");
    remote.one_problem(&["OSC_ENDPOINT_API", "osc.example.com", "https"]);
    assert!(remote.overrides(|overrides| overrides.allow_http = true).resolve().is_ok());
    world().variable("OSC_PROTOCOL", "HTTP").one_problem(&["plain http"]);
    let local = world().variable("OSC_PROTOCOL", "http").variable("OSC_ENDPOINT_API", "localhost:3000");
    assert_eq!(address(&local.config()), "http://localhost:3000/api/v1/X");
    world().variable("OSC_PROTOCOL", "marker").one_problem(&["OSC_PROTOCOL", "https"]);
}

#[test]
fn all_problems_are_reported_together() {
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
fn values_that_cannot_be_sent_are_reported_without_being_shown() {
    for (name, value) in [("OSC_SECRET_KEY", "mark er"), ("OSC_ACCESS_KEY", "marker/1")] {
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
    let empty = |overrides: &mut Overrides| overrides.credentials = Some(Credentials::access_key("", ""));
    assert_eq!(world().overrides(empty).problems().len(), 2);
}

#[test]
fn empty_settings_count_as_unset() {
    let world = world()
        .variable("OSC_REGION", "")
        .variable("OSC_ACCESS_KEY", "")
        .profile(r#""region": "", "login": null"#);
    assert_eq!(world.config().region, "eu-west-2");
    assert!(world.config().credentials.is_none());
}

#[test]
fn an_endpoint_has_four_spellings_in_every_source() {
    let hosts =
        ["api.us-east-2.outscale.com", "gateway:8443", "192.0.2.1:8443", "[2001:db8::1]", "[::1]:8443"];
    for host in hosts {
        for text in
            [host, &format!("{host}/api/v1"), &format!("https://{host}"), &format!("https://{host}/api/v1/")]
        {
            let expected = format!("https://{host}/api/v1/X");
            for world in [
                world().variable("OSC_ENDPOINT_API", text),
                world().profile(&format!(r#""endpoints": {{"api": "{text}"}}"#)),
                world().profile(&format!(r#""endpoint": "{text}""#)),
                world().overrides(|overrides| overrides.endpoint = Some(text.to_owned())),
            ] {
                let config = world.config();
                assert_eq!(address(&config), expected, "{text}");
                // The region is that of the signature, whatever the host is called.
                assert_eq!((config.endpoint.host(), config.region.as_str()), (host, "eu-west-2"), "{text}");
            }
        }
    }
}
