//! The source of each setting: profile file × environment × overrides × keys of older tools.

use super::*;
use crate::Secret;

/// The profile file, the environment, the overrides of the program, and the expected result. Settings are `name=value`,
/// separated by spaces. An expected problem is `!` and the parts of its message.
type Row = (&'static str, &'static str, &'static str, &'static str);

const NONE: &str = "";
const KEYS: &str = r#"{"default": {"access_key": "FILE", "secret_key": "marker-file", "region": "file-1"}}"#;
const BOTH: &str = r#"{"default": {"access_key": "FILE", "secret_key": "marker-file", "login": "me", "password": "marker-pw"}}"#;
const TWO: &str = r#"{"default": {"access_key": "FILE", "secret_key": "marker-file", "region": "file-1"},
    "prod": {"access_key": "PROD", "secret_key": "marker-prod", "region": "prod-1"}}"#;
const MARKED: &str = r#"{"default": {"region": "file-1"}, "main": {"default": true, "access_key": "MAIN", "secret_key": "marker-main"}}"#;
const SECOND: &str = r#"{"default": {"access_key": "FIRST", "secret_key": "marker-1", "access_key_v2": "SECOND",
    "secret_key_v2": "marker-2", "iam_v2_services": ["fcu", "api"]}}"#;
const SECOND_UNUSED: &str = r#"{"default": {"access_key": "FIRST", "secret_key": "marker-1", "access_key_v2": "SECOND",
    "secret_key_v2": "marker-2", "iam_v2_services": ["oos"]}}"#;
const ENDPOINT: &str = r#"{"default": {"endpoints": {"api": "https://file.example/api/v1", "fcu": 3}, "endpoint": "https://old.example"}}"#;
const OLD: &str = r#"{"default": {"email": "me", "password": "marker-pw", "region_name": "old-1", "host": "old.example", "https": true, "method": 3}}"#;
const OLD_ENDPOINT: &str = r#"{"default": {"endpoint": "https://old.example", "host": "older.example"}}"#;
const PLAIN: &str = r#"{"default": {"protocol": "http", "endpoints": {"api": "localhost:3000"}}}"#;
const PROXY: &str = r#"{"default": {"proxy": "http://u:marker-p@file-proxy:1"}}"#;
const SKIP: &str = r#"{"default": {"tls_skip_verify": true}}"#;
const OTHERS: &str = r#"{"default": {"region": "file-1", "ssl_verify": false, "version": 1, "method": "https", "icu": {},
    "verbose": [1], "max_retries": "x", "retry_backoff": null, "limiter_max": {}, "endpoints": {"icu": 1, "okms": []}}}"#;

const ROWS: &[Row] = &[
    // No settings.
    (NONE, "", "", "key=- login=- region=eu-west-2 proxy=- verify=yes"),
    ("{}", "", "", "key=- region=eu-west-2"),
    (r#"{"other": {"region": "x"}}"#, "", "", "region=eu-west-2"),
    (OTHERS, "", "", "key=- region=file-1 verify=yes at=https://api.file-1.outscale.com/api/v1/X"),
    // Region.
    (KEYS, "", "", "region=file-1"),
    (KEYS, "OSC_REGION=env-1", "", "region=env-1 key=FILE"),
    (KEYS, "OSC_REGION=env-1", "region=program-1", "region=program-1 key=FILE"),
    (KEYS, "OSC_REGION=", "", "region=file-1"),
    (OLD, "", "", "region=old-1 at=https://api.old-1.old.example/api/v1/X login=me"),
    (OLD, "OSC_REGION=env-1", "", "region=env-1 at=https://api.env-1.old.example/api/v1/X"),
    (r#"{"default": {"region": "new-1", "region_name": "old-1"}}"#, "", "", "region=new-1"),
    (KEYS, "OSC_REGION=eu/marker", "", "! OSC_REGION eu-west-2"),
    (r#"{"default": {"region": 5}}"#, "", "", "! `region` `default` quotes"),
    // Credentials.
    (KEYS, "", "", "key=FILE secret=marker-file login=-"),
    (BOTH, "", "", "key=FILE login=me"),
    (BOTH, "OSC_ACCESS_KEY=ENV OSC_SECRET_KEY=marker-env", "", "key=ENV secret=marker-env login=-"),
    (BOTH, "OSC_LOGIN=you OSC_PASSWORD=marker-env", "", "key=- login=you"),
    (BOTH, "OSC_ACCESS_KEY=ENV OSC_SECRET_KEY=marker-env", "key=PROGRAM", "key=PROGRAM login=-"),
    (BOTH, "OSC_ACCESS_KEY=ENV", "", "! OSC_ACCESS_KEY OSC_SECRET_KEY"),
    (BOTH, "OSC_SECRET_KEY=marker", "", "! OSC_SECRET_KEY OSC_ACCESS_KEY"),
    (BOTH, "OSC_PASSWORD=marker", "", "! OSC_PASSWORD OSC_LOGIN"),
    (BOTH, "OSC_ACCESS_KEY=ENV", "key=PROGRAM", "key=PROGRAM login=-"),
    (BOTH, "OSC_ACCESS_KEY= OSC_PASSWORD=", "", "key=FILE login=me"),
    (r#"{"default": {"secret_key": "marker"}}"#, "", "", "! `secret_key` `default` access_key"),
    (r#"{"default": {"email": "me"}}"#, "", "", "! `email` password"),
    (OLD, "", "", "key=- login=me"),
    // The method.
    (BOTH, "OSC_AUTH_METHOD=accesskey", "", "key=FILE login=-"),
    (BOTH, "OSC_AUTH_METHOD=Basic", "", "key=- login=me"),
    (BOTH, "OSC_AUTH_METHOD=PASSWORD", "", "key=- login=me"),
    (BOTH, "OSC_AUTH_METHOD=none", "", "key=- login=-"),
    (BOTH, "OSC_AUTH_METHOD=marker", "", "! OSC_AUTH_METHOD accesskey"),
    (KEYS, "OSC_AUTH_METHOD=basic", "", "! OSC_AUTH_METHOD password profile"),
    (OLD, "OSC_AUTH_METHOD=accesskey", "", "! OSC_AUTH_METHOD key profile"),
    (NONE, "OSC_AUTH_METHOD=accesskey", "", "! OSC_AUTH_METHOD none"),
    (
        BOTH,
        "OSC_AUTH_METHOD=basic OSC_ACCESS_KEY=ENV OSC_SECRET_KEY=marker",
        "",
        "! OSC_AUTH_METHOD password environment",
    ),
    (BOTH, "OSC_AUTH_METHOD=basic", "key=PROGRAM", "key=PROGRAM login=-"),
    (
        BOTH,
        "OSC_AUTH_METHOD=marker OSC_TLS_SKIP_VERIFY=marker",
        "key=PROGRAM verify endpoint=https://program.example",
        "key=PROGRAM verify=yes",
    ),
    (TWO, "OSC_AUTH_METHOD=none", "profile=prod", "key=PROD"),
    // Second-generation keys.
    (SECOND, "", "", "key=SECOND secret=marker-2"),
    (SECOND_UNUSED, "", "", "key=FIRST secret=marker-1"),
    (SECOND_UNUSED, "OSC_IAM_V2_SERVICES=oos,osc", "", "key=SECOND"),
    (SECOND, "OSC_IAM_V2_SERVICES=fcu", "", "key=FIRST"),
    (SECOND, "OSC_ACCESS_KEY=ENV OSC_SECRET_KEY=marker-env", "", "key=ENV"),
    (SECOND, "OSC_ACCESS_KEY_V2=ENV OSC_SECRET_KEY_V2=marker-env", "", "key=ENV secret=marker-env"),
    (SECOND_UNUSED, "OSC_ACCESS_KEY_V2=ENV OSC_SECRET_KEY_V2=marker-env", "", "key=FIRST"),
    (SECOND, "OSC_ACCESS_KEY_V2=ENV", "", "! OSC_ACCESS_KEY_V2 OSC_SECRET_KEY_V2"),
    (KEYS, "OSC_IAM_V2_SERVICES=api", "", "key=FILE"),
    // Profiles.
    (TWO, "", "", "key=FILE region=file-1"),
    (TWO, "OSC_PROFILE=prod", "", "key=PROD region=prod-1"),
    (TWO, "OSC_PROFILE=prod OSC_REGION=env-1", "", "key=PROD region=env-1"),
    (
        TWO,
        "OSC_REGION=env-1 OSC_ACCESS_KEY=ENV OSC_SECRET_KEY=marker",
        "profile=prod",
        "key=PROD region=prod-1",
    ),
    (TWO, "OSC_PROFILE=default", "profile=prod region=program-1", "key=PROD region=program-1"),
    (TWO, "OSC_PROFILE=unknown", "", "! `unknown` exist"),
    (MARKED, "", "", "key=MAIN region=eu-west-2"),
    (MARKED, "OSC_PROFILE=default", "", "key=- region=file-1"),
    (
        TWO,
        "OSC_REGION=env-1 OSC_PROFILE=prod HTTPS_PROXY=http://p:1",
        "ignore",
        "key=- region=eu-west-2 proxy=-",
    ),
    // Endpoints.
    (ENDPOINT, "", "", "at=https://file.example/api/v1/X"),
    (ENDPOINT, "OSC_ENDPOINT_API=env.example", "", "at=https://env.example/api/v1/X"),
    (
        ENDPOINT,
        "OSC_ENDPOINT_API=env.example",
        "endpoint=program.example:8443",
        "at=https://program.example:8443/api/v1/X",
    ),
    (OLD_ENDPOINT, "", "", "at=https://old.example/api/v1/X"),
    (OLD_ENDPOINT, "OSC_ENDPOINT_API=[2001:db8::1]:8443", "", "at=https://[2001:db8::1]:8443/api/v1/X"),
    (PLAIN, "", "", "at=http://localhost:3000/api/v1/X"),
    (PLAIN, "OSC_PROTOCOL=https", "", "at=https://localhost:3000/api/v1/X"),
    (NONE, "OSC_PROTOCOL=http OSC_ENDPOINT_API=[::1]:80", "", "at=http://[::1]/api/v1/X"),
    (NONE, "OSC_ENDPOINT_API=http://far.example", "", "! OSC_ENDPOINT_API far.example https"),
    (NONE, "OSC_ENDPOINT_API=http://far.example", "http", "at=http://far.example/api/v1/X"),
    (NONE, "OSC_ENDPOINT_API=https://u:marker@far.example", "", "! OSC_ENDPOINT_API password"),
    (NONE, "OSC_PROTOCOL=marker", "", "! OSC_PROTOCOL https"),
    // Proxies.
    (PROXY, "", "", "proxy=http://file-proxy:1"),
    (PROXY, "HTTPS_PROXY=http://u:marker@env-proxy:2", "", "proxy=http://env-proxy:2"),
    (PROXY, "https_proxy=env-proxy:2", "", "proxy=http://env-proxy:2"),
    (PROXY, "HTTPS_PROXY=http://env-proxy:2", "proxy=http://program-proxy:3", "proxy=http://program-proxy:3"),
    (PROXY, "HTTPS_PROXY=http://env-proxy:2", "direct", "proxy=-"),
    (PROXY, "HTTPS_PROXY=http://env-proxy:2 NO_PROXY=.outscale.com", "", "proxy=-"),
    (PROXY, "HTTPS_PROXY=http://env-proxy:2", "profile=default", "proxy=http://file-proxy:1"),
    (
        PROXY,
        "OSC_ENDPOINT_API=https://localhost HTTPS_PROXY=http://env-proxy:2",
        "",
        "proxy=http://file-proxy:1",
    ),
    (NONE, "HTTPS_PROXY=socks5://u:marker@far.example", "", "! HTTPS_PROXY http"),
    // Certificates of servers.
    (SKIP, "", "", "verify=no"),
    (SKIP, "OSC_TLS_SKIP_VERIFY=no", "", "verify=yes"),
    (SKIP, "OSC_TLS_SKIP_VERIFY=0", "", "verify=yes"),
    (NONE, "OSC_TLS_SKIP_VERIFY=Yes", "", "verify=no"),
    (NONE, "OSC_TLS_SKIP_VERIFY=1", "verify", "verify=yes"),
    (NONE, "OSC_TLS_SKIP_VERIFY=marker", "", "! OSC_TLS_SKIP_VERIFY true"),
    (r#"{"default": {"tls_skip_verify": "FALSE"}}"#, "", "", "verify=yes"),
    (r#"{"default": {"tls_skip_verify": 3}}"#, "", "", "! `tls_skip_verify` `default`"),
    // Client certificates.
    (r#"{"default": {"x509_client_cert": "c.pem", "x509_client_key": "k.pem"}}"#, "", "", "certificate=yes"),
    (
        r#"{"default": {"x509_client_cert": "c.pem", "x509_client_key": "k.pem"}}"#,
        "OSC_X509_CLIENT_CERT=none.pem",
        "",
        "! OSC_X509_CLIENT_CERT none.pem",
    ),
    (r#"{"default": {"client_certificate": "both.pem"}}"#, "", "", "certificate=yes"),
    (
        r#"{"default": {"client_certificate": "none.pem", "x509_client_cert": "c.pem", "x509_client_key": "k.pem"}}"#,
        "",
        "",
        "certificate=yes",
    ),
    (NONE, "OSC_X509_CLIENT_CERT=c.pem OSC_X509_CLIENT_KEY=k.pem", "", "certificate=yes"),
    (NONE, "OSC_X509_CLIENT_KEY=k.pem", "", "! OSC_X509_CLIENT_KEY OSC_X509_CLIENT_CERT"),
];

impl World {
    fn row((file, variables, program, _): Row) -> Self {
        let mut world = world()
            .file("c.pem", CERTIFICATE)
            .file("k.pem", KEY)
            .file("both.pem", &format!("{KEY}{CERTIFICATE}"));
        if !file.is_empty() {
            world = world.file(HOME_FILE, file);
        }
        for setting in variables.split_whitespace() {
            let (name, value) = setting.split_once('=').unwrap();
            world = world.variable(name, value);
        }
        for setting in program.split_whitespace() {
            let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
            let overrides = &mut world.overrides;
            match name {
                "key" => overrides.credentials = Some(Credentials::access_key(value, "marker-program")),
                "region" => overrides.region = Some(value.to_owned()),
                "endpoint" => overrides.endpoint = Some(value.to_owned()),
                "profile" => overrides.profile = Some(value.to_owned()),
                "proxy" => overrides.proxy = Some(ExplicitProxy::Through(Secret::from(value))),
                "direct" => overrides.proxy = Some(ExplicitProxy::Direct),
                "verify" => overrides.tls_skip_verify = Some(false),
                "http" => overrides.allow_http = true,
                "ignore" => overrides.ignore_environment = true,
                other => panic!("unknown setting `{other}`"),
            }
        }
        world
    }
}

/// The result, in the notation of the table.
fn describe(Resolved { config, connection, .. }: &Resolved) -> Vec<String> {
    let Credentials { access_key, basic } = &config.credentials;
    let absent = || "-".to_owned();
    let proxy = connection.proxy.as_ref().map(|proxy| format!("{proxy:?}").replace('"', ""));
    vec![
        format!("key={}", access_key.as_ref().map_or_else(absent, |key| key.id.clone())),
        format!("secret={}", access_key.as_ref().map_or_else(absent, |key| key.secret.expose().to_owned())),
        format!("login={}", basic.as_ref().map_or_else(absent, |basic| basic.login.clone())),
        format!("region={}", config.region),
        format!("at={}", address(config)),
        format!("proxy={}", proxy.unwrap_or_else(absent)),
        format!("verify={}", if connection.tls_skip_verify { "no" } else { "yes" }),
        format!("certificate={}", if connection.client_certificate.is_some() { "yes" } else { "no" }),
    ]
}

#[test]
fn every_row_of_the_table_holds() {
    let mut wrong = Vec::new();
    for row in ROWS {
        let (expected, world) = (row.3, World::row(*row));
        let (is_expected, found) = match (expected.strip_prefix('!'), world.resolve()) {
            (None, Ok(resolved)) => {
                let shown =
                    format!("{:?} {:?} {:?}", resolved.config, resolved.connection, resolved.warnings);
                let facts = describe(&resolved);
                let is_expected =
                    expected.split_whitespace().all(|fact| facts.iter().any(|found| found == fact));
                (is_expected && !shown.contains("marker"), format!("{facts:?}"))
            }
            (Some(parts), Err(problems)) => {
                let shown = problems.join("; ");
                let is_expected =
                    problems.len() == 1 && parts.split_whitespace().all(|part| shown.contains(part));
                (is_expected && !shown.contains("marker"), shown)
            }
            (_, Ok(resolved)) => (false, format!("{:?}", describe(&resolved))),
            (_, Err(problems)) => (false, problems.join("; ")),
        };
        if !is_expected {
            wrong.push(format!("{row:?}\n    found {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), ROWS.len(), wrong.join("\n"));
    assert!(ROWS.len() >= 60);
}
