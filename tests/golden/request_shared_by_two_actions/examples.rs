// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::LockRequest;

    let request = LockRequest::new("…");
    let response = client.lock_zoo(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::LockRequest;

    let request = LockRequest::new("…");
    let response = client.lock_zoo_for_users(&request).await?;
    Ok(())
    }
}
