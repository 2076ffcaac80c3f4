// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::{CreateManyRequiredRequest, CreateManyRequiredRequired};

    let request = CreateManyRequiredRequest::new(CreateManyRequiredRequired {
        a: "…".into(),
        b: "…".into(),
        c: "…".into(),
        d: "…".into(),
        e: "…".into(),
        f: "…".into(),
        g: "…".into(),
        h: true,
    });
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
