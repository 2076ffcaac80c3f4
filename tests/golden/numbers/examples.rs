// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::CreateNumbersRequest;

    let request = CreateNumbersRequest::new(1);
    let response = client.create_numbers(&request).await?;
    Ok(())
    }
}
