// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadZoosRequest;

    let request = ReadZoosRequest::new();
    let response = client.read_zoos(&request).await?;
    Ok(())
    }
}
