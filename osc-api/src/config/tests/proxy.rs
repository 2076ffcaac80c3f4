use super::super::proxy::Proxy;
use super::*;
use crate::Secret;

fn proxy_of(world: &World) -> Option<String> {
    world.connection().proxy.map(|proxy| proxy.url().to_owned())
}

#[test]
fn a_proxy_does_not_show_its_password() {
    let world = world().variable("HTTPS_PROXY", "http://me:marker%40@proxy.example:3128/ignored?x#y");
    let Proxy { .. } = world.connection().proxy.unwrap();
    assert_eq!(proxy_of(&world).unwrap(), "http://me:marker%40@proxy.example:3128/");
    let shown = format!("{:?}", world.connection());
    assert!(shown.contains("http://proxy.example:3128") && !shown.contains("marker"), "{shown}");
}

#[test]
fn invalid_proxies_are_reported_without_being_shown() {
    for address in [
        "marker proxy",
        "socks5://me:marker@proxy",
        "socks5h://proxy",
        "http://",
        "http://me:marker@",
        "http://proxy\"marker",
        "http://[marker]:1",
        "http://me:marker@proxy:99999",
    ] {
        world().variable("HTTPS_PROXY", address).one_problem(&["HTTPS_PROXY", "http://proxy.example.com"]);
        let program = |overrides: &mut Overrides| {
            overrides.proxy = Some(ExplicitProxy::Through(Secret::from(address)));
        };
        world().overrides(program).one_problem(&["passed to the client"]);
        let profile = format!(r#""proxy": {}"#, serde_json::to_string(address).unwrap());
        world().profile(&profile).one_problem(&["`proxy`", "`default`", HOME_FILE]);
    }
    world().profile(r#""proxy": ["marker"]"#).one_problem(&["`proxy`", "quotes"]);
}

#[test]
fn each_scheme_has_its_variables_in_their_order() {
    let all = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    for first in 0..all.len() {
        let named =
            |world: World, name: &&str| world.variable(name, &format!("http://{}", name.to_lowercase()));
        let world = all[first..].iter().fold(world(), named);
        assert_eq!(proxy_of(&world), Some(format!("http://{}/", all[first].to_lowercase())), "{first}");
    }
    let http = world()
        .variable("OSC_ENDPOINT_API", "http://far.example")
        .variable("HTTPS_PROXY", "http://other")
        .variable("HTTP_PROXY", "http://foreign")
        .overrides(|overrides| overrides.allow_http = true);
    assert_eq!(proxy_of(&http).as_deref(), Some("http://foreign/"));
    // In a CGI program, the variable contains a header that the caller sent.
    let http = http.variable("REQUEST_METHOD", "GET");
    assert_eq!(proxy_of(&http), None);
    assert_eq!(proxy_of(&http.variable("http_proxy", "http://own")).as_deref(), Some("http://own/"));
}

#[test]
fn no_proxy_lists_hosts_domains_addresses_and_networks() {
    for (list, endpoint, direct) in [
        ("*", "far.example", true),
        ("far.example", "far.example", true),
        ("FAR.example", "far.EXAMPLE", true),
        ("example", "far.example", true),
        (".far.example", "far.example", true),
        ("*.example", "far.example", true),
        ("ar.example", "far.example", false),
        ("far.example.com", "far.example", false),
        ("one, two ,far.example", "far.example", true),
        ("one far.example", "far.example", true),
        ("far.example:8443", "far.example:8443", true),
        ("far.example:443", "far.example", true),
        ("far.example:8443", "far.example", false),
        ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.0/24", "192.0.2.77:8443", true),
        ("192.0.2.0/24", "192.0.3.1", false),
        ("0.0.0.0/0", "192.0.3.1", true),
        ("192.0.2.0/33", "192.0.2.0", true),
        ("192.0.2.0/x", "192.0.2.0", false),
        ("2001:db8::1", "[2001:db8::1]:8443", true),
        ("[2001:db8::1]:8443", "[2001:db8::1]:8443", true),
        ("[2001:db8::1]:443", "[2001:db8::1]:8443", false),
        ("2001:db8::/32", "[2001:db8:5::1]", true),
        ("2001:db9::/32", "[2001:db8:5::1]", false),
        ("192.0.2.0/24", "[2001:db8::1]", false),
        ("", "far.example", false),
        (", ,", "far.example", false),
        (".", "far.example", false),
    ] {
        let world = world()
            .variable("HTTPS_PROXY", "http://proxy")
            .variable("no_proxy", list)
            .variable("OSC_ENDPOINT_API", endpoint);
        assert_eq!(proxy_of(&world).is_none(), direct, "{list:?} {endpoint}");
    }
}

#[test]
fn loopback_uses_only_an_explicit_proxy() {
    for endpoint in ["https://localhost", "https://127.0.0.1:8443", "https://[::1]"] {
        let world = world().variable("OSC_ENDPOINT_API", endpoint).variable("ALL_PROXY", "http://proxy");
        assert_eq!(proxy_of(&world), None, "{endpoint}");
        let world = world.profile(r#""proxy": "http://other""#);
        assert_eq!(proxy_of(&world).as_deref(), Some("http://other/"), "{endpoint}");
    }
}

#[test]
fn plain_http_does_not_leave_the_machine_through_a_proxy() {
    let world = world()
        .variable("OSC_ENDPOINT_API", "http://localhost:3000")
        .profile(r#""proxy": "http://me:marker@far.example:3128""#);
    world.one_problem(&["`proxy`", "http://far.example:3128", "plain http", "no_proxy"]);
    assert!(world.overrides(|overrides| overrides.allow_http = true).resolve().is_ok());
    let near = World::default()
        .variable("OSC_ENDPOINT_API", "http://localhost:3000")
        .profile(r#""proxy": "http://127.0.0.1:3128""#);
    assert!(near.resolve().is_ok());
}
