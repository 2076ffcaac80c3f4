// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::CreateManyRequiredRequest;

    let request = CreateManyRequiredRequest::new(
        "…",
        "…",
        "…",
        "…",
        "…",
        "…",
        "…",
        true,
    );
    let response = client.create_many_required(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::{CreateRequiredRequest, RequiredGate};

    let request = CreateRequiredRequest::new(
        1,
        [RequiredGate::new(1)],
        [("…", "…")],
        "…",
    );
    let response = client.create_required(&request).await?;
    Ok(())
    }
}
