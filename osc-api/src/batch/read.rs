//! Reads resources by ID in one request, or in several if one of the IDs makes the server refuse the request.

use super::Listed;
use crate::Client;
use crate::error::Result;

/// Maximum number of resources per request: the minimum page size of the API's responses.
pub(crate) const MAX_IDS_PER_REQUEST: usize = 100;

/// Reads resources. `deliver` is called with groups of the IDs, as soon as each is read: with its resources and whether
/// these are all, or with the error of the group.
pub(crate) async fn read_divided<A: Listed>(
    client: &Client,
    ids: &[String],
    mut deliver: impl FnMut(&[String], Result<(Vec<A::Item>, bool)>) + Send,
) {
    let mut groups = vec![ids];
    while let Some(ids) = groups.pop() {
        match list::<A>(client, ids).await {
            Err(error) if ids.len() > 1 && (error.is_not_found() || error.is_validation()) => {
                let (first, second) = ids.split_at(ids.len() / 2);
                groups.extend([second, first]);
            }
            result => deliver(ids, result),
        }
    }
}

/// Lists the resources with these IDs. Returns also whether the listing is complete.
async fn list<A: Listed>(client: &Client, ids: &[String]) -> Result<(Vec<A::Item>, bool)> {
    let (mut items, mut page) = (Vec::new(), None);
    // There are at most as many pages as resources, and an empty one at the end.
    for _ in 0..=ids.len() {
        let (more, next) = A::items(client.send_for_page::<A>(&A::request(ids.to_vec(), page)).await?);
        items.extend(more);
        page = next.filter(|token| !token.is_empty());
        if page.is_none() {
            return Ok((items, true));
        }
    }
    Ok((items, false))
}
