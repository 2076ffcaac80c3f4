// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadAnimalsRequest;

    let request = ReadAnimalsRequest::new();
    let response = client.read_animals(&request).await?;
    Ok(())
    }
}
