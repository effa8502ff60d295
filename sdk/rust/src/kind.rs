//! What errors are called in failures: by the names of their types.

use std::error::Error as StdError;
use std::fmt::Write;

use crate::{Fatal, MeshError, RetryAfter};

/// Modules that say nothing: `serde_json::error::Error` is known as `serde_json::Error`.
const MEANINGLESS: [&str; 3] = ["error", "errors", "err"];
/// Crates that are parts of `std`.
const PARTS_OF_STD: [&str; 2] = ["alloc", "core"];
/// A type's name is not longer than this when it is read off a `Debug` text.
const LONGEST: usize = 64;

/// The kind of a type, by the name that the compiler has for it.
///
/// What is in the actor's own crate goes by its own name, all else by crate and name. The module in which it was written
/// says nothing to others, and can be another one in the next release; only where the name is just `Error`, as
/// `std.io.Error`, it is needed.
pub(crate) fn of_type(type_name: &str, own_crate: &str) -> String {
    let path: Vec<_> = type_name
        .split('<')
        .next()
        .unwrap_or_default()
        .split("::")
        .collect();
    let [krate, modules @ .., name] = path.as_slice() else {
        return type_name.to_owned();
    };
    if *krate == own_crate {
        return (*name).to_owned();
    }
    let krate = if PARTS_OF_STD.contains(krate) {
        "std"
    } else {
        krate
    };
    let module = modules
        .iter()
        .rfind(|module| !MEANINGLESS.contains(*module));
    match module.filter(|_| *name == "Error") {
        Some(module) => format!("{krate}.{module}.{name}"),
        None => format!("{krate}.{name}"),
    }
}

/// The kind of an error whose type is not known.
pub(crate) fn of_error(error: &(dyn StdError + 'static)) -> String {
    if error.is::<Fatal>() {
        return "troupe.Fatal".into();
    }
    if error.is::<RetryAfter>() {
        return "troupe.RetryAfter".into();
    }
    match error.downcast_ref() {
        Some(MeshError::Refused { code, .. }) => return code.clone(),
        Some(MeshError::Encode(_) | MeshError::Decode { .. }) => return "MeshError".into(),
        None => {}
    }
    /// Types whose `Debug` text begins with something else than their name, or with one that many have.
    macro_rules! known {
        ($($type:ty),* $(,)?) => {
            $(if error.is::<$type>() { return of_type(std::any::type_name::<$type>(), ""); })*
        };
    }
    known!(
        serde_json::Error,
        std::io::Error,
        std::fmt::Error,
        std::num::ParseIntError,
        std::num::ParseFloatError,
        std::str::Utf8Error,
        std::string::FromUtf8Error,
    );
    by_debug(error).unwrap_or_else(|| "Error".into())
}

/// What a `Debug` text begins with is the type's name, or an enum's variant, where it is derived; some write `Type::Variant`.
fn by_debug(error: &(dyn StdError + 'static)) -> Option<String> {
    let text = head_of(|head| write!(head, "{error:?}"));
    let end = text.find([' ', '(', '{', '\n']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    // A sentence is no name, nor is a message that is its own `Debug` text.
    let ends_as_one = ["(", "{", " {"].iter().any(|next| rest.starts_with(next)) || rest.is_empty();
    let is_name = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_uppercase())
            && part
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || char == '_')
    };
    (ends_as_one
        && name.len() < LONGEST
        && name.split("::").all(is_name)
        && (name.contains("::") || text != head_of(|head| write!(head, "{error}"))))
    .then(|| name.replace("::", "."))
}

/// The beginning of what is written.
fn head_of(write: impl FnOnce(&mut Head) -> std::fmt::Result) -> String {
    let mut head = Head(String::new());
    // It takes no more than it needs, which is an error to the writer.
    let _ = write(&mut head);
    head.0
}

/// Takes the beginning of a text.
struct Head(String);

impl Write for Head {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let room = LONGEST.saturating_sub(self.0.len());
        let end = (0..=room.min(text.len()))
            .rev()
            .find(|&at| text.is_char_boundary(at))
            .unwrap_or(0);
        self.0.push_str(&text[..end]);
        if end < text.len() {
            Err(std::fmt::Error)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[test]
    fn types_go_by_crate_and_name() {
        for (name, kind) in [
            ("shop::order::OrderError", "OrderError"),
            ("shop::ParseError<shop::Order>", "ParseError"),
            ("serde_json::error::Error", "serde_json.Error"),
            ("std::io::error::Error", "std.io.Error"),
            ("core::num::error::ParseIntError", "std.ParseIntError"),
            ("alloc::string::FromUtf8Error", "std.FromUtf8Error"),
            ("reqwest::Error", "reqwest.Error"),
            ("str", "str"),
        ] {
            assert_eq!(of_type(name, "shop"), kind);
        }
    }

    #[derive(Debug)]
    struct Named {
        _field: u8,
    }
    #[derive(Debug)]
    struct Unit;
    #[derive(Debug)]
    enum Either {
        Left(#[allow(dead_code)] u8),
    }
    struct Talking(&'static str);

    impl fmt::Debug for Talking {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    macro_rules! errors {
        ($($type:ty),*) => {$(
            impl fmt::Display for $type {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("Something went wrong")
                }
            }
            impl StdError for $type {}
        )*};
    }
    errors!(Named, Unit, Either, Talking);

    #[test]
    fn of_a_type_that_is_not_known_its_debug_text_says_the_name() {
        assert_eq!(of_error(&Named { _field: 1 }), "Named");
        assert_eq!(of_error(&Unit), "Unit");
        assert_eq!(of_error(&Either::Left(1)), "Left");
        assert_eq!(
            of_error(&"x".parse::<u8>().unwrap_err()),
            "std.ParseIntError"
        );
        assert_eq!(of_error(&std::io::Error::other("x")), "std.io.Error");
    }

    #[test]
    fn a_sentence_is_no_name() {
        for text in [
            "Something went wrong",
            "Not now",
            "",
            "Größe",
            "lower",
            "No\nway",
        ] {
            assert_eq!(of_error(&Talking(text)), "Error", "{text:?}");
        }
        let long: &'static str = "L".repeat(100).leak();
        assert_eq!(of_error(&Talking(long)), "Error");
    }
}
