// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::AnyRequest;

    let request = AnyRequest::new();
    let response = client.read_no_object(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::AnyRequest;

    let request = AnyRequest::new();
    let response = client.read_none(&request).await?;
    Ok(())
    }
}

pub mod example3 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::AnyRequest;

    let request = AnyRequest::new();
    let response = client.read_one(&request).await?;
    Ok(())
    }
}

pub mod example4 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::AnyRequest;

    let request = AnyRequest::new();
    let response = client.read_several(&request).await?;
    Ok(())
    }
}
