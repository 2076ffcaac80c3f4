// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::CreateSharedRequest;

    let request = CreateSharedRequest::new();
    let response = client.create_shared(&request).await?;
    Ok(())
    }
}
