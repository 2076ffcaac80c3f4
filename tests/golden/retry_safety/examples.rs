// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::PlainRequest;

    let request = PlainRequest::new();
    let response = client.check_retried(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::PlainRequest;

    let request = PlainRequest::new();
    let response = client.create_plain(&request).await?;
    Ok(())
    }
}

pub mod example3 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::TokenRequest;

    let request = TokenRequest::new();
    let response = client.create_with_token(&request).await?;
    Ok(())
    }
}

pub mod example4 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::PlainRequest;

    let request = PlainRequest::new();
    let response = client.delete_retried(&request).await?;
    Ok(())
    }
}

pub mod example5 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::TokenRequest;

    let request = TokenRequest::new();
    let response = client.read_retried(&request).await?;
    Ok(())
    }
}

pub mod example6 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::PlainRequest;

    let request = PlainRequest::new();
    let response = client.reader(&request).await?;
    Ok(())
    }
}

pub mod example7 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::PlainRequest;

    let request = PlainRequest::new();
    let response = client.readjust(&request).await?;
    Ok(())
    }
}
