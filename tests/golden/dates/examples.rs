// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadDatesRequest;

    let request = ReadDatesRequest::new("2030-01-31T00:00:00.000Z");
    let response = client.read_dates(&request).await?;
    Ok(())
    }
}
