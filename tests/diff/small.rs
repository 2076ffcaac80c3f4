//! A small description, its overlay, its error codes and its waiters, and edits of them.

use osc_codegen::Input;
use osc_codegen::ir::Api;

/// The inputs of a model.
#[derive(Clone)]
pub struct Texts {
    pub description: String,
    pub overlay: String,
    pub errors: String,
    pub waiters: String,
}

impl Texts {
    pub fn base() -> Self {
        Self {
            description: include_str!("base.yaml").to_owned(),
            overlay: include_str!("overlay.yaml").to_owned(),
            errors: include_str!("errors.yaml").to_owned(),
            waiters: include_str!("waiters.yaml").to_owned(),
        }
    }

    /// Replaces strings, each of which occurs once in the inputs.
    #[track_caller]
    pub fn edited(mut self, edits: &[(&str, &str)]) -> Self {
        for (from, to) in edits {
            let texts = [&mut self.description, &mut self.overlay, &mut self.errors, &mut self.waiters];
            let mut count = 0;
            for text in texts {
                count += text.matches(from).count();
                *text = text.replace(from, to);
            }
            assert_eq!(count, 1, "`{from}` must occur once");
        }
        self
    }

    #[track_caller]
    pub fn model(&self) -> Api {
        let Self { description, overlay, errors, waiters } = self;
        let input = Input {
            description,
            overlay: Some(overlay),
            docs: None,
            errors: Some(errors),
            waiters: Some(waiters),
            strict: false,
        };
        match osc_codegen::model(&input, &mut |_| {}) {
            Ok((api, _)) => api,
            Err(problems) => panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>()),
        }
    }
}
