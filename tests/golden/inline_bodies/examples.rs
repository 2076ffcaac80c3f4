// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::CreateUnnamedRequest;

    let request = CreateUnnamedRequest::new("…");
    let response = client.create_unnamed(&request).await?;
    Ok(())
    }
}
