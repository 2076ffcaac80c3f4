// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::AuthRequest;

    let request = AuthRequest::new();
    let response = client.read_basic(&request).await?;
    Ok(())
    }
}

pub mod example2 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::AuthRequest;

    let request = AuthRequest::new();
    let response = client.read_open(&request).await?;
    Ok(())
    }
}

pub mod example3 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::AuthRequest;

    let request = AuthRequest::new();
    let response = client.read_optional(&request).await?;
    Ok(())
    }
}

pub mod example4 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::AuthRequest;

    let request = AuthRequest::new();
    let response = client.read_signed(&request).await?;
    Ok(())
    }
}
