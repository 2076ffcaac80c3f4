use super::*;
use crate::Credentials;
use crate::endpoint::{Endpoint, Protocol};

fn config(credentials: Credentials) -> Config {
    let endpoint = Endpoint::parse("https://host:8443", Protocol::Https).unwrap();
    Config { credentials, region: "r".to_owned(), endpoint, remedy: "do something".to_owned() }
}

/// What is sent as `Authorization`, up to the first space or the end, or the error.
fn scheme(auth: Auth, credentials: Credentials) -> String {
    let action = ActionMeta { auth, ..ActionMeta::unknown("ReadVms") };
    match identify(&config(credentials), action, Timestamp::UNIX_EPOCH, "/path", b"{}") {
        Ok(Identity { date: None, authorization: None }) => "nothing".to_owned(),
        Ok(Identity { date, authorization }) => {
            assert_eq!(date.as_deref(), Some("19700101T000000Z"));
            authorization.unwrap().split(' ').next().unwrap().to_owned()
        }
        Err(error) => {
            assert!(error.is_authentication());
            error.to_string()
        }
    }
}

#[test]
fn each_action_gets_what_it_takes_of_what_there_is() {
    let (none, basic) = (Credentials::none, || Credentials::basic("me", "p"));
    let (key, both) = (|| Credentials::access_key("A", "s"), || basic().with_access_key("A", "s"));
    let osc4 = "OSC4-HMAC-SHA256";
    for (auth, credentials, expected) in [
        (Auth::None, both(), "nothing"),
        (Auth::None, none(), "nothing"),
        (Auth::AccessKey, key(), osc4),
        (Auth::AccessKey, both(), osc4),
        (Auth::AccessKeyOrBasic, both(), osc4),
        (Auth::AccessKeyOrBasic, basic(), "Basic"),
        (Auth::Available, both(), osc4),
        (Auth::Available, basic(), "Basic"),
        (Auth::Available, none(), "nothing"),
    ] {
        assert_eq!(scheme(auth, credentials), expected, "{auth:?}");
    }
    for (auth, credentials, parts) in [
        (Auth::AccessKey, basic(), ["ReadVms was not sent", "only a login", "do something"]),
        (Auth::AccessKey, none(), ["ReadVms was not sent", "has none", "do something"]),
        (Auth::AccessKeyOrBasic, none(), ["ReadVms was not sent", "has neither", "do something"]),
    ] {
        let error = scheme(auth, credentials);
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
}

#[test]
fn basic_is_in_the_standard_alphabet() {
    let basic = Basic { login: "é?".to_owned(), password: "~>".into() };
    let identity = basic_identity(&basic, Timestamp::UNIX_EPOCH);
    assert_eq!(identity.authorization.unwrap().as_str(), "Basic w6k/On4+");
}

#[test]
fn a_request_without_fields_is_an_object() {
    #[derive(Serialize)]
    struct Unit;
    #[derive(Serialize)]
    struct Empty {}
    for body in [encode("X", &Unit), encode("X", &Empty {}), encode("X", &()), encode("X", &Value::Null)] {
        assert_eq!(body.unwrap(), b"{}");
    }
}

#[test]
fn a_client_can_be_shared_and_shows_no_secret() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let builder =
        Client::builder().ignore_environment().access_key("ABCDEFGH", "marker").endpoint("http://127.0.0.1");
    assert!(!format!("{builder:?}").contains("marker"));
    let client = builder.build().unwrap();
    shared(&client);
    let shown = format!("{client:?}");
    assert!(shown.contains("127.0.0.1") && !shown.contains("marker"), "{shown}");
}

#[test]
fn the_futures_can_be_spawned() {
    fn spawned<T: Send>(_: T) {}
    let client = Client::builder().ignore_environment().endpoint("http://127.0.0.1").build().unwrap();
    spawned(client.send_raw("ReadVms", &Value::Null));
    spawned(client.send::<crate::action::ReadVms>(&crate::types::ReadVmsRequest::new()));
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let client = Client::builder().ignore_environment().endpoint("http://127.0.0.1").build().unwrap();
    let request = std::pin::pin!(client.send_raw("ReadRegions", &Value::Null));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = request.poll(&mut context) else { panic!("it went out") };
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}

#[test]
fn problems_of_settings_and_options_come_together() {
    let error = Client::builder()
        .ignore_environment()
        .region("")
        .user_agent("a\nb")
        .add_root_certificate("nothing")
        .build()
        .unwrap_err();
    assert!(error.is_configuration());
    let shown = error.to_string();
    for part in ["region", "user agent", "root certificate 1"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn names_of_actions_cannot_lead_elsewhere() {
    let client = Client::builder().ignore_environment().endpoint("http://127.0.0.1").build().unwrap();
    for name in ["", "a/b", "..", "ReadVms?x", "é"] {
        let request = std::pin::pin!(client.send_raw(name, &Value::Null));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let std::task::Poll::Ready(Err(error)) = request.poll(&mut context) else { panic!("it went out") };
        assert!(error.to_string().contains("letters and digits"), "{error}");
    }
}
