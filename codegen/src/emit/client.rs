//! Actions: a marker with each one's metadata, and a method of the client.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, examples, ident};
use crate::doc_text::sentences;
use crate::ir::{Action, Auth, RetrySafety};

/// The marker types of a file's actions, in a module of their own: an action and a type may share a name.
pub(super) fn markers(actions: &[Action]) -> Option<TokenStream> {
    let markers = actions.iter().map(marker);
    (!actions.is_empty()).then(|| {
        quote! {
            /// Marker types: the metadata of each action.
            #[allow(missing_debug_implementations, reason = "markers have no values")]
            pub mod action {
                use crate::action::{Action, Auth, RetrySafety};
                #(#markers)*
            }
        }
    })
}

fn marker(action: &Action) -> TokenStream {
    let Action { wire, marker, method, request, response, auth, retry, client_token, .. } = action;
    let auth = self::auth(*auth);
    let retry = match retry {
        RetrySafety::Idempotent => quote!(RetrySafety::Idempotent),
        RetrySafety::ClientToken => quote!(RetrySafety::ClientToken),
        RetrySafety::Unsafe => quote!(RetrySafety::Unsafe),
    };
    let docs = doc(&sentences::marker(wire, method));
    let (marker, request, response) = (ident(marker), ident(request), ident(response));
    let client_token = client_token.as_deref().map(|field| {
        let field = ident(field);
        quote! {
            #[inline]
            fn client_token(request: &mut Self::Request) -> Option<&mut Option<String>> {
                Some(&mut request.#field)
            }
        }
    });
    quote! {
        #docs
        pub struct #marker;
        impl Action for #marker {
            type Request = super::#request;
            type Response = super::#response;
            const NAME: &'static str = #wire;
            const AUTH: Auth = #auth;
            const RETRY: RetrySafety = #retry;
            #client_token
        }
    }
}

/// The constant of the runtime.
fn auth(auth: Auth) -> TokenStream {
    match auth {
        Auth::AccessKey => quote!(Auth::AccessKey),
        Auth::AccessKeyOrBasic => quote!(Auth::AccessKeyOrBasic),
        Auth::None => quote!(Auth::None),
    }
}

/// The client's methods, one per action.
pub(super) fn methods(title: &str, actions: &[Action]) -> Option<TokenStream> {
    let methods = actions.iter().map(|action| {
        let Action { marker, method, request, response, aliases, summary, facts, errors, .. } = action;
        let (summary, facts, errors) = (doc(summary), doc(facts), doc(errors));
        let example = doc(&examples::lines(action));
        let (marker, method, request, response) =
            (ident(marker), ident(method), ident(request), ident(response));
        quote! {
            #summary
            #[doc = ""]
            #facts
            ///
            /// # Errors
            #errors
            ///
            #example
            #(#[doc(alias = #aliases)])*
            #[inline]
            pub async fn #method(&self, request: &#request) -> Result<#response> {
                self.send::<action::#marker>(request).await
            }
        }
    });
    let heading = doc(&sentences::methods_heading(title));
    (!actions.is_empty()).then(|| quote! { #heading impl Client { #(#methods)* } })
}
