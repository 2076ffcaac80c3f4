//! What threads may share: proved by the compiler, action by action.

use osc_api::action::{Action, ReadVms};
use osc_api::types::{
    CreateVmsRequest, DeleteVmsRequest, ReadRegionsRequest, ReadVmsRequest, UpdateListenerRuleRequest,
};
use osc_api::{
    Client, ClientBuilder, Credentials, Date, DateOrDateTime, DateTime, Error, Nullable, Secret,
    UnknownInteger, UnknownValue,
};

const fn free<T: Send + Sync + Unpin + 'static>() {}

fn sent_to_another_thread<T: Send>(_: &T) {}

/// The types of an action can be kept and used anywhere.
pub const fn action<A>()
where
    A: Action,
    A::Request: Send + Sync + Unpin + Clone + 'static,
    A::Response: Send + Sync + Unpin + Clone + 'static,
{
    free::<A::Request>();
    free::<A::Response>();
}

const _: () = {
    free::<Client>();
    free::<ClientBuilder>();
    free::<Credentials>();
    free::<Error>();
    free::<(Date, DateTime, DateOrDateTime)>();
    free::<(Secret, Nullable<Secret>)>();
    free::<(UnknownInteger, UnknownValue)>();
};

/// All methods are one line on top of `send`, whose future is one that a multi-threaded runtime can move.
fn any_action<A: Action>(client: &Client, request: &A::Request) {
    sent_to_another_thread(&client.send::<A>(request));
}

#[test]
fn futures_of_calls_can_be_moved_to_another_thread() {
    let client = Client::builder().ignore_environment().no_credentials().build().expect("a client");
    any_action::<ReadVms>(&client, &ReadVmsRequest::new());
    sent_to_another_thread(&client.read_vms(&ReadVmsRequest::new()));
    sent_to_another_thread(&client.read_regions(&ReadRegionsRequest::new()));
    sent_to_another_thread(&client.create_vms(&CreateVmsRequest::new("ami-12345678")));
    sent_to_another_thread(&client.delete_vms(&DeleteVmsRequest::new(["i-12345678"])));
    sent_to_another_thread(&client.update_listener_rule(&UpdateListenerRuleRequest::new("rule")));
    sent_to_another_thread(&client.send_raw("ReadVms", &serde_json::json!({})));
}
