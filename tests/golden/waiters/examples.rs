// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadWatchedCagesRequest;

    let request = ReadWatchedCagesRequest::new();
    let response = client.read_watched_cages(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadWatchedLionsRequest;

    let request = ReadWatchedLionsRequest::new();
    let response = client.read_watched_lions(&request).await?;
    Ok(())
    }
}
