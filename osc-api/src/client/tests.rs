use std::time::Duration;

use serde::Serialize;

use super::client_token::encode;
use super::*;
use crate::RetryPolicy;

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
fn a_client_shows_no_secret() {
    let builder =
        Client::builder().ignore_environment().access_key("ABCDEFGH", "marker").endpoint("http://127.0.0.1");
    assert!(!format!("{builder:?}").contains("marker"));
    let client = builder.build().unwrap();
    let shown = format!("{client:?}");
    assert!(shown.contains("127.0.0.1") && !shown.contains("marker"), "{shown}");
}

#[test]
fn a_client_can_be_shared_and_its_futures_spawned() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn spawned<T: Send>(_: T) {}
    let client = Client::builder().ignore_environment().endpoint("http://127.0.0.1").build().unwrap();
    shared(&client);
    spawned(client.send_raw("ReadVms", &Value::Null));
    spawned(client.send::<crate::action::ReadVms>(&crate::types::ReadVmsRequest::new()));
}

#[test]
fn options_are_for_the_derived_client_only() {
    let client = Client::builder()
        .ignore_environment()
        .endpoint("http://127.0.0.1")
        .timeout(Duration::from_secs(7))
        .build()
        .unwrap();
    let derived = client.with(CallOptions::new().max_response_size(1).retry(RetryPolicy::none()));
    assert!(Arc::ptr_eq(&client.shared, &derived.shared));
    assert_eq!((client.settings.max_response_size, client.settings.retry), (64 << 20, RetryPolicy::new()));
    assert_eq!((derived.settings.max_response_size, derived.settings.retry), (1, RetryPolicy::none()));
    // What they do not set stays.
    assert_eq!(derived.settings.timeout, Duration::from_secs(7));
    assert_eq!(derived.settings.attempt_timeout, Duration::from_secs(60));
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let client = Client::builder().ignore_environment().endpoint("http://127.0.0.1").build().unwrap();
    let request = std::pin::pin!(client.send_raw("ReadRegions", &Value::Null));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = request.poll(&mut context) else { panic!("it went out") };
    assert!(error.to_string().contains("Tokio runtime"), "{error}");
}

#[test]
fn problems_of_settings_and_options_come_together() {
    let error = Client::builder()
        .ignore_environment()
        .region("")
        .user_agent("a\nb")
        .rate_limit(0.0)
        .add_root_certificate("nothing")
        .build()
        .unwrap_err();
    assert!(error.is_configuration());
    let shown = error.to_string();
    for part in ["region", "user agent", "root certificate 1", "rate limit"] {
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
