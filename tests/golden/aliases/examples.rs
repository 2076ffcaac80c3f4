// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadAliasesRequest;

    let request = ReadAliasesRequest::new();
    let response = client.read_aliases(&request).await?;
    Ok(())
    }
}
