// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadTentsRequest;

    let request = ReadTentsRequest::new();
    let response = client.read_tents(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadTentsRequest;

    let request = ReadTentsRequest::new().size(1);
    let response = client.read_tents(&request).await?;
    Ok(())
    }
}

pub mod example3 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadTentsRequest;

    let request = ReadTentsRequest::new().name("big");
    let response = client.read_tents(&request).await?;
    Ok(())
    }
}
