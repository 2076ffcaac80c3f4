//! Compiles the expected files of the golden cases and of the second API: generated code must have no warnings.
//!
//! A separate target, so that `generator` can regenerate files that no longer compile.
#![deny(warnings)]

pub use osc_api::{
    __private, Date, DateOrDateTime, DateTime, Nullable, Paginated, Result, Secret, UnknownInteger,
    UnknownValue, batch, serde_json, wait,
};

pub mod second_api;

/// The items of the crate that generated code uses.
pub mod action {
    pub use osc_api::action::{Action, Auth, RetrySafety};
}

/// Stub of the client, local so that generated code can add methods.
pub struct Client;

impl Client {
    async fn send<A: action::Action>(&self, request: &A::Request) -> Result<A::Response> {
        _ = (request, A::NAME, A::AUTH, A::RETRY);
        std::future::pending().await
    }
}

/// Stub of the blocking client's module.
pub mod blocking {
    use osc_api::action::Action;

    /// Stub of the blocking client.
    pub struct Client;

    impl Client {
        /// Aborts the process.
        ///
        /// # Errors
        /// Never returns.
        pub fn send<A: Action>(&self, request: &A::Request) -> osc_api::Result<A::Response> {
            _ = (request, A::NAME);
            std::process::abort()
        }
    }
}

// The runtime uses this constant.
const _: &[u32] = error_codes::modules::codes::TRANSIENT;

/// Compiles a case: its files and the examples of its documentation.
macro_rules! case {
    ($name:ident, $folder:literal) => {
        #[doc = $folder]
        #[path = $folder]
        pub mod $name {
            #[path = "out/blocking.rs"]
            mod blocking;
            #[path = "examples.rs"]
            #[allow(missing_docs, unused_variables, reason = "examples of the documentation")]
            pub mod examples;
            #[path = "out/fake_data.rs"]
            pub mod fake_data;
            #[path = "out/listings.rs"]
            pub mod listings;
            #[path = "out/modules.rs"]
            pub mod modules;
            use modules::{action, types};
        }
    };
}

case!(action_and_type_with_the_same_name, "golden/action_and_type_with_the_same_name");
case!(aliases, "golden/aliases");
case!(authentication, "golden/authentication");
case!(both_directions, "golden/both_directions");
case!(dates, "golden/dates");
case!(description_texts, "golden/description_texts");
case!(equal_inline_enums, "golden/equal_inline_enums");
case!(doc_examples, "golden/doc_examples");
case!(error_codes, "golden/error_codes");
case!(constraints, "golden/constraints");
case!(error_responses, "golden/error_responses");
case!(identifiers, "golden/identifiers");
case!(inline_bodies, "golden/inline_bodies");
case!(inline_objects, "golden/inline_objects");
case!(integer_enum, "golden/integer_enum");
case!(keyword_fields, "golden/keyword_fields");
case!(maps, "golden/maps");
case!(no_content, "golden/no_content");
case!(nullable_fields, "golden/nullable_fields");
case!(numbers, "golden/numbers");
case!(object_without_properties, "golden/object_without_properties");
case!(unusual_names, "golden/unusual_names");
case!(optional_list, "golden/optional_list");
case!(overlay, "golden/overlay");
case!(pagination, "golden/pagination");
case!(published_responses, "golden/published_responses");
case!(recursion, "golden/recursion");
case!(request_shared_by_two_actions, "golden/request_shared_by_two_actions");
case!(required_fields, "golden/required_fields");
case!(retry_safety, "golden/retry_safety");
case!(schema_without_type, "golden/schema_without_type");
case!(secrets, "golden/secrets");
case!(several_examples, "golden/several_examples");
case!(shared_bodies, "golden/shared_bodies");
case!(setter_name_clashes, "golden/setter_name_clashes");
case!(ref_with_description, "golden/ref_with_description");
case!(string_enum, "golden/string_enum");
case!(documentation, "golden/documentation");
case!(tags, "golden/tags");
case!(types_shared_by_two_tags, "golden/types_shared_by_two_tags");
case!(unused_schema, "golden/unused_schema");
case!(waiters, "golden/waiters");
case!(value_sets, "golden/value_sets");
case!(enums_without_variants, "golden/enums_without_variants");
case!(names_of_the_rust_prelude, "golden/names_of_the_rust_prelude");
