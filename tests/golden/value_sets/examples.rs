// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::{LockKind, ReadCagesRequest};

    let request = ReadCagesRequest::new(LockKind::DeadBolt);
    let response = client.read_cages(&request).await?;
    Ok(())
    }
}
