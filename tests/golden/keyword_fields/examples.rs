// The documentation's examples, for the compiler. Written by the test `golden`.

pub mod example1 {
    pub async fn example(client: &crate::Client) -> crate::Result<()> {
    use super::super::modules::types::{ReadWordsRequest, ReadWordsRequired};

    let request = ReadWordsRequest::new(ReadWordsRequired {
        self_: "…".into(),
        type_: "…".into(),
    });
    let response = client.read_words(&request).await?;
    Ok(())
    }
}
