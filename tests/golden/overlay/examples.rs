// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadFixedRequest;

    let request = ReadFixedRequest::new();
    let response = client.read_fixed(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::SendRequest;

    let request = SendRequest::new();
    let response = client.send_parcel(&request).await?;
    Ok(())
    }
}
