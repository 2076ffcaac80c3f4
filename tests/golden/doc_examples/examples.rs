// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use crate::Nullable;
    use super::super::modules::types::{CreateExampleRequest, CreateExampleRequestKind, ExampleCage};

    let request = CreateExampleRequest::new(
            ExampleCage::new(1),
            "quote \" and \\ and {} and é",
        )
        .big(4294967295)
        .cages([
            ExampleCage::new(1),
            ExampleCage::new(2)
                .free(crate::serde_json::json!({ "a" : [1, null, 2.5] })),
        ])
        .key("hidden")
        .kind(CreateExampleRequestKind::Big)
        .pattern(Nullable::Null)
        .price(2.0)
        .since("2024-01-02")
        .small(5)
        .tags([("a", "y"), ("b", "x")]);
    let response = client.create_example(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::{
        CreatePlaceholderRequest, CreatePlaceholderRequired, ExampleCage,
    };

    let request = CreatePlaceholderRequest::new(CreatePlaceholderRequired {
        a: true,
        b: 1.0,
        c: "2030-01-31".into(),
        d: vec![ExampleCage::new(1)],
        e: Default::default(),
        f: crate::serde_json::json!(null),
        g: "…".into(),
    });
    let response = client.create_placeholder(&request).await?;
    Ok(())
    }
}
