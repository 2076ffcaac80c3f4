// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::XYRequestV2;

    let request = XYRequestV2::new(1);
    let response = client.read_co2(&request).await?;
    Ok(())
    }
}
