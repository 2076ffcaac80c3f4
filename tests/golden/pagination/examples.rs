// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadByItemRequest;

    let request = ReadByItemRequest::new();
    let response = client.read_by_item(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadByNestedRequest;

    let request = ReadByNestedRequest::new();
    let response = client.read_by_nested(&request).await?;
    Ok(())
    }
}

pub mod example3 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadByTokenRequest;

    let request = ReadByTokenRequest::new();
    let response = client.read_by_token(&request).await?;
    Ok(())
    }
}

pub mod example4 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::ReadByTokenRequest;

    let request = ReadByTokenRequest::new();
    let response = client.read_half(&request).await?;
    Ok(())
    }
}
