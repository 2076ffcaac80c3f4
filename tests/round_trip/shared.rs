//! `Send` and `Sync` of types and futures, proved by the compiler for every action.

use osc_api::action::{Action, ReadVms};
use osc_api::types::{
    CreateVmsRequest, DeleteVmsRequest, ReadRegionsRequest, ReadVmsRequest, UpdateListenerRuleRequest,
};
use osc_api::{
    Client, ClientBuilder, Credentials, Date, DateOrDateTime, DateTime, Error, Nullable, Secret,
    UnknownInteger, UnknownValue,
};

const fn is_shareable<T: Send + Sync + Unpin + 'static>() {}

fn is_send<T: Send>(_: &T) {}

/// The types of an action can be shared between threads.
pub const fn action<A>()
where
    A: Action,
    A::Request: Send + Sync + Unpin + Clone + 'static,
    A::Response: Send + Sync + Unpin + Clone + 'static,
{
    is_shareable::<A::Request>();
    is_shareable::<A::Response>();
}

const _: () = {
    is_shareable::<Client>();
    is_shareable::<ClientBuilder>();
    is_shareable::<Credentials>();
    is_shareable::<Error>();
    is_shareable::<(Date, DateTime, DateOrDateTime)>();
    is_shareable::<(Secret, Nullable<Secret>)>();
    is_shareable::<(UnknownInteger, UnknownValue)>();
};

/// All methods call `send`, so its future decides for them.
fn any_action<A: Action>(client: &Client, request: &A::Request) {
    is_send(&client.send::<A>(request));
}

#[test]
fn futures_of_calls_can_be_moved_to_another_thread() {
    let client = Client::builder().ignore_environment().no_credentials().build().expect("a client");
    any_action::<ReadVms>(&client, &ReadVmsRequest::new());
    is_send(&client.read_vms(&ReadVmsRequest::new()));
    is_send(&client.read_regions(&ReadRegionsRequest::new()));
    is_send(&client.create_vms(&CreateVmsRequest::new("ami-12345678")));
    is_send(&client.delete_vms(&DeleteVmsRequest::new(["i-12345678"])));
    is_send(&client.update_listener_rule(&UpdateListenerRuleRequest::new("rule")));
    is_send(&client.send_raw("ReadVms", &serde_json::json!({})));
}
