// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::FailingRequest;

    let request = FailingRequest::new();
    let response = client.read_failing(&request).await?;
    Ok(())
    }
}
