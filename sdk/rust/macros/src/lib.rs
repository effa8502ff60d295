//! The attribute `#[troupe::actor]`. It is written without a parser of Rust, so that a build of an actor does not wait for
//! one: all that it looks for is the function's name.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Makes a function the actor's `handle`: see the crate `troupe`.
#[proc_macro_attribute]
pub fn actor(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let expansion = match exported(&arguments, &item) {
        Ok(name) => format!("::troupe::__export!({name});"),
        Err(problem) => format!("::core::compile_error!({problem:?});"),
    };
    let mut tokens = item;
    tokens.extend(
        expansion
            .parse::<TokenStream>()
            .expect("what is made here is Rust"),
    );
    tokens
}

/// The name of the function that is to be exported.
fn exported(arguments: &TokenStream, item: &TokenStream) -> Result<String, &'static str> {
    if !arguments.is_empty() {
        return Err("#[troupe::actor] takes no arguments");
    }
    let mut tokens = item.clone().into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) => match word.to_string().as_str() {
                "fn" => {
                    return match tokens.next() {
                        Some(TokenTree::Ident(name)) => Ok(name.to_string()),
                        _ => Err("#[troupe::actor] stands before a function"),
                    };
                }
                "async" => {
                    return Err(
                        "an actor's function is not async: it may block, and its calls to the mesh return at once",
                    );
                }
                _ => {}
            },
            // Attributes, and what is in `pub(…)`; a block ends whatever this is.
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
            _ => {}
        }
    }
    Err("#[troupe::actor] stands before a function")
}
