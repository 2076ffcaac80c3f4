// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use crate::Nullable;
    use super::super::modules::types::{CreateExampleRequest, CreateExampleRequestKind, ExampleCage};

    let request = CreateExampleRequest::new(
            "quote \" and \\ and {} and é",
            ExampleCage::new(1),
        )
        .big(4294967295i64)
        .small(5)
        .price(2.0)
        .kind(CreateExampleRequestKind::Big)
        .tags([("b", "x"), ("a", "y")])
        .cages([
            ExampleCage::new(1),
            ExampleCage::new(2)
                .free(crate::serde_json::json!({ "a" : [1, null, 2.5] })),
        ])
        .pattern(Nullable::Null)
        .since("2024-01-02")
        .key("hidden");
    let response = client.create_example(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::{CreatePlaceholderRequest, ExampleCage};

    let request = CreatePlaceholderRequest::new(
        true,
        1.0,
        "2030-01-31",
        [ExampleCage::new(1)],
        [("…", 1)],
        crate::serde_json::json!(null),
        "…",
    );
    let response = client.create_placeholder(&request).await?;
    Ok(())
    }
}
