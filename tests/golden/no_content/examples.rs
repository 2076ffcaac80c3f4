// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadEmptyRequest;

    let request = ReadEmptyRequest::new();
    let response = client.read_empty(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::DeleteEverythingRequest;

    let request = DeleteEverythingRequest::new();
    let response = client.delete_everything(&request).await?;
    Ok(())
    }
}

pub mod example3 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::PingRequest;

    let request = PingRequest::new();
    let response = client.ping(&request).await?;
    Ok(())
    }
}

pub mod example4 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadNothingRequest;

    let request = ReadNothingRequest::new();
    let response = client.read_nothing(&request).await?;
    Ok(())
    }
}
