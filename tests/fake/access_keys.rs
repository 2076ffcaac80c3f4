//! Access keys of a stateful fake: those that calls create sign requests until they are inactive, expired or deleted.

use osc_api::testing::FakeApi;
use osc_api::types::{
    AccessKeyState, CreateAccessKeyRequest, DeleteAccessKeyRequest, FiltersAccessKeys, ReadAccessKeysRequest,
    UpdateAccessKeyRequest,
};
use osc_api::{Client, codes};

use crate::fake::client;

fn stateful() -> FakeApi {
    FakeApi::builder().stateful(true).start().expect("a fake API")
}

/// Creates a key, and a client with it.
async fn create(fake: &FakeApi, request: CreateAccessKeyRequest) -> (String, Client) {
    let created = client(fake).create_access_key(&request).await.expect("a key").access_key.expect("a key");
    let id = created.access_key_id.expect("an ID").as_str().to_owned();
    let secret_key = created.secret_key.expect("a secret key");
    assert_eq!((id.len(), secret_key.expose().len()), (20, 40));
    let client = fake.client_builder().access_key(&*id, secret_key).build().expect("a client");
    (id, client)
}

/// The IDs of the keys that a request lists.
async fn list(client: &Client, request: ReadAccessKeysRequest) -> Vec<String> {
    let keys = client.read_access_keys(&request).await.expect("keys").access_keys;
    keys.iter().map(|key| key.access_key_id.as_ref().expect("an ID").as_str().to_owned()).collect()
}

/// Fails unless the cloud does not know the client's key.
async fn assert_unknown(client: &Client) {
    let error = client.read_access_keys(&ReadAccessKeysRequest::new()).await.expect_err("a refusal");
    assert!(error.has_code(codes::UNKNOWN_ACCESS_KEY), "{error:?}");
}

#[tokio::test]
async fn a_created_key_signs_until_it_is_inactive_or_deleted() {
    let fake = stateful();
    let (old, first) = (FakeApi::ACCESS_KEY, client(&fake));
    let (id, second) = create(&fake, CreateAccessKeyRequest::new().tag("second")).await;
    assert_eq!(list(&second, ReadAccessKeysRequest::new()).await, [old, &id]);

    // Each key can switch the other one off and on.
    let switch = |id: &str, state: AccessKeyState| UpdateAccessKeyRequest::new(id).state(state);
    second.update_access_key(&switch(old, AccessKeyState::Inactive)).await.expect("an update");
    assert_unknown(&first).await;
    let inactive = FiltersAccessKeys::new().states([AccessKeyState::Inactive]);
    assert_eq!(list(&second, ReadAccessKeysRequest::new().filters(inactive)).await, [old]);
    second.update_access_key(&switch(old, AccessKeyState::Active)).await.expect("an update");

    first.delete_access_key(&DeleteAccessKeyRequest::new(&*id)).await.expect("a deletion");
    assert_unknown(&second).await;
    assert_eq!(list(&first, ReadAccessKeysRequest::new()).await, [old]);
    for error in [
        first.delete_access_key(&DeleteAccessKeyRequest::new(&*id)).await.expect_err("an error"),
        first.update_access_key(&UpdateAccessKeyRequest::new(&*id)).await.expect_err("an error"),
    ] {
        assert!(error.has_code(codes::ACCESS_KEYS_NOT_FOUND), "{error:?}");
    }
}

#[tokio::test]
async fn an_expired_key_signs_nothing_and_an_update_without_a_date_removes_the_date() {
    let fake = stateful();
    let request = CreateAccessKeyRequest::new();
    let (id, expired) = create(&fake, request.clone().expiration_date("2020-06-14")).await;
    assert_unknown(&expired).await;
    let updated =
        client(&fake).update_access_key(&UpdateAccessKeyRequest::new(&*id)).await.expect("an update");
    assert_eq!(updated.access_key.expect("a key").expiration_date, None);
    assert_eq!(list(&expired, ReadAccessKeysRequest::new()).await.len(), 2);

    let (_, lasting) = create(&fake, request.clone().expiration_date("2999-12-31T12:00:00.000Z")).await;
    assert_eq!(list(&lasting, ReadAccessKeysRequest::new()).await.len(), 3);
    let error =
        client(&fake).create_access_key(&request.expiration_date("soon")).await.expect_err("an error");
    assert!(error.has_code(codes::INVALID_PARAMETER_VALUE), "{error:?}");
}

#[tokio::test]
async fn keys_are_those_of_one_user_and_have_tags() {
    let fake = stateful();
    let root = client(&fake);
    let (id, of_user) = create(&fake, CreateAccessKeyRequest::new().user_name("ann").tag("ci")).await;
    assert_eq!(list(&root, ReadAccessKeysRequest::new()).await, [FakeApi::ACCESS_KEY]);
    assert_eq!(list(&of_user, ReadAccessKeysRequest::new().user_name("ann")).await, [&*id]);
    let tagged = |tag: &str| ReadAccessKeysRequest::new().user_name("ann").tag(tag);
    assert_eq!(list(&root, tagged("ci")).await, [&*id]);
    assert_eq!(list(&root, tagged("cd")).await, [""; 0]);

    let error = root.delete_access_key(&DeleteAccessKeyRequest::new(&*id)).await.expect_err("an error");
    assert!(error.has_code(codes::ACCESS_KEYS_NOT_FOUND), "{error:?}");
    let update = UpdateAccessKeyRequest::new(&*id).user_name("ann");
    let kept = root.update_access_key(&update).await.expect("an update").access_key.expect("a key");
    assert_eq!((kept.tag.as_deref(), kept.state), (Some("ci"), Some(AccessKeyState::Active)));
    let cleared = root.update_access_key(&update.clear_tag(true).tag("ignored")).await.expect("an update");
    assert_eq!(cleared.access_key.expect("a key").tag, None);
}
