//! Access keys: the one that every fake has, and those that calls create.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::filters::filtered;
use super::{FakeAccount, Operation, decode, encode, invalid, now};
use crate::DateTime;
use crate::codes;
use crate::testing::FakeApi;
use crate::testing::fault::Fault;
use crate::types::{
    AccessKey, AccessKeyId, AccessKeyState, CreateAccessKeyRequest, DeleteAccessKeyRequest,
    ReadAccessKeysRequest, UpdateAccessKeyRequest, UserName,
};

pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("CreateAccessKey", create),
    ("DeleteAccessKey", delete),
    ("ReadAccessKeys", read),
    ("UpdateAccessKey", update),
];

const FILTERS: &[(&str, &str)] = &[("AccessKeyIds", "AccessKeyId"), ("States", "State")];

/// The access keys of an account.
pub(in crate::testing) struct AccessKeys(Vec<HeldKey>);

struct HeldKey {
    key: AccessKey,
    secret_key: String,
    /// The EIM user that the key is for; `None` for the root user.
    user: Option<UserName>,
}

impl Default for AccessKeys {
    /// The key with which programs are configured.
    fn default() -> Self {
        Self(vec![HeldKey::new(FakeApi::ACCESS_KEY.into(), FakeApi::SECRET_KEY.to_owned(), None)])
    }
}

impl HeldKey {
    fn new(id: AccessKeyId, secret_key: String, user: Option<UserName>) -> Self {
        let now = DateTime::from(now().as_str());
        let key = AccessKey {
            access_key_id: Some(id),
            creation_date: Some(now.clone()),
            last_modification_date: Some(now),
            state: Some(AccessKeyState::Active),
            ..AccessKey::default()
        };
        Self { key, secret_key, user }
    }

    fn is(&self, id: &str) -> bool {
        self.key.access_key_id.as_ref().is_some_and(|known| known == id)
    }

    fn is_usable(&self, at: Timestamp) -> bool {
        let expiration = self.key.expiration_date.as_ref().and_then(DateTime::to_timestamp);
        self.key.state == Some(AccessKeyState::Active) && expiration.is_none_or(|expiration| at < expiration)
    }
}

impl AccessKeys {
    /// The secret key of an access key, if requests can be signed with it at this time.
    pub(in crate::testing) fn secret_key(&self, id: &str, at: Timestamp) -> Option<&str> {
        let held = self.0.iter().find(|held| held.is(id) && held.is_usable(at))?;
        Some(&held.secret_key)
    }

    fn get_mut(&mut self, id: &AccessKeyId, user: Option<&UserName>) -> Result<&mut HeldKey, Fault> {
        let found = self.0.iter_mut().find(|held| held.is(id.as_str()) && held.user.as_ref() == user);
        found.ok_or_else(|| Fault::code(codes::ACCESS_KEYS_NOT_FOUND).details(id.as_str()))
    }
}

fn create(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let CreateAccessKeyRequest { expiration_date, tag, user_name, .. } = decode(request)?;
    // Never the number of the fake's own key.
    let number = 1_000 + account.next_number();
    let secret_key = format!("FAKESECRETKEYOFTHEFAKEENDPOINT{number:010}");
    let mut held = HeldKey::new(format!("FAKEACCESSKEY{number:07}").into(), secret_key, user_name);
    held.key.tag = tag;
    held.key.expiration_date = expiration_date.map(|date| moment(date.to_timestamp())).transpose()?;
    let mut shown = encode(&held.key);
    if let Some(members) = shown.as_object_mut() {
        members.insert("SecretKey".to_owned(), held.secret_key.as_str().into());
    }
    account.keys.0.push(held);
    Ok(json!({ "AccessKey": shown }))
}

fn read(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let ReadAccessKeysRequest { tag, user_name, .. } = decode(request)?;
    let of_user = account.keys.0.iter().filter(|held| held.user == user_name);
    let keys = of_user.map(|held| &held.key).filter(|key| tag.is_none() || key.tag == tag);
    Ok(json!({ "AccessKeys": filtered(keys.map(encode), request, FILTERS)? }))
}

/// Changes a key. Without an expiration date, it never expires.
fn update(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let request: UpdateAccessKeyRequest = decode(request)?;
    let key = &mut account.keys.get_mut(&request.access_key_id, request.user_name.as_ref())?.key;
    let expiration = request.expiration_date.filter(|_| request.clear_expiration_date != Some(true));
    key.expiration_date = expiration.map(|date| moment(date.to_timestamp())).transpose()?;
    key.state = request.state.or_else(|| key.state.take());
    key.tag = match request.clear_tag {
        Some(true) => None,
        _ => request.tag.or_else(|| key.tag.take()),
    };
    key.last_modification_date = Some(DateTime::from(now().as_str()));
    Ok(json!({ "AccessKey": encode(&*key) }))
}

fn delete(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let DeleteAccessKeyRequest { access_key_id, user_name, .. } = decode(request)?;
    account.keys.get_mut(&access_key_id, user_name.as_ref())?;
    account.keys.0.retain(|held| !held.is(access_key_id.as_str()));
    Ok(json!({}))
}

fn moment(date: Option<Timestamp>) -> Result<DateTime, Fault> {
    date.map(DateTime::from).ok_or_else(|| invalid("ExpirationDate is not a date"))
}
