// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::UpdateNullableRequest;

    let request = UpdateNullableRequest::new();
    let response = client.update_nullable(&request).await?;
    Ok(())
    }
}
