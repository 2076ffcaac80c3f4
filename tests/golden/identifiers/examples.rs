// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::{FeedLionRequest, Meat};

    let request = FeedLionRequest::new("lion-1", [Meat::new(5)]);
    let response = client.feed_lion(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::{CageId, LinkLionRequest, LionId};

    let request = LinkLionRequest::new(CageId::from("…"), "…", LionId::from("…"));
    let response = client.link_lion(&request).await?;
    Ok(())
    }
}

pub mod example3 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::{MoveLionRequest, MoveLionRequired};

    let request = MoveLionRequest::new(MoveLionRequired {
        at: "2030-01-31T00:00:00.000Z".into(),
        lion_ids: vec!["…".into()],
        source_cage_id: "…".into(),
        target_cage_id: "…".into(),
    });
    let response = client.move_lion(&request).await?;
    Ok(())
    }
}
