// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadLionsRequest;

    let request = ReadLionsRequest::new();
    let response = client.read_common(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadLionsRequest;

    let request = ReadLionsRequest::new();
    let response = client.read_lions(&request).await?;
    Ok(())
    }
}

pub mod example3 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadTigersRequest;

    let request = ReadTigersRequest::new();
    let response = client.read_tigers(&request).await?;
    Ok(())
    }
}
