// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::U8;

    let request = U8::new();
    let response = client.match_(&request).await?;
    Ok(())
    }
}
