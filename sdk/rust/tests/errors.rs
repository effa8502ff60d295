//! What a handler's errors become.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use serde_json::Value;
use troupe::testing::run;
use troupe::{Failure, Fatal, Handler, Mesh, RetryAfter};

fn failure_of<Arguments>(handler: impl Handler<Arguments>) -> Failure {
    let hop = run(handler, ());
    assert!(hop.emits.is_empty());
    hop.failure.expect("it fails")
}

/// An error that has another of its kind below it, or is its own cause.
#[derive(Debug)]
struct Link(Option<Box<Link>>);

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a link")
    }
}

impl StdError for Link {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.0.as_deref().unwrap_or(self))
    }
}

#[test]
fn the_type_is_known_of_errors_of_ones_own_and_of_what_a_question_mark_made() {
    let own = failure_of(|_: Value| Err::<(), _>("x".parse::<i32>().unwrap_err()));
    assert_eq!(own.kind, "std.ParseIntError");
    fn question(_: Value) -> troupe::Result<f64> {
        Ok("x".parse::<f64>()?)
    }
    let converted = failure_of(question);
    assert_eq!(converted.kind, "std.ParseFloatError");
    let place = format!("\n    at {}:", file!());
    assert!(converted.traceback.unwrap().contains(&place));
}

#[test]
fn in_a_box_it_is_read_off() {
    let boxed = failure_of(|_: Value| {
        "x".parse::<i32>()?;
        Ok::<(), Box<dyn StdError>>(())
    });
    assert_eq!(boxed.kind, "std.ParseIntError");
    let text = failure_of(|_: Value| Err::<(), _>(String::from("text")));
    assert_eq!(
        (text.kind.as_str(), text.message.as_str()),
        ("Error", "text")
    );
}

#[test]
fn what_the_mesh_has_words_for_is_known_wherever_it_is_the_first() {
    let boxed = failure_of(|_: Value| Err::<(), Box<dyn StdError>>(Box::new(Fatal::new("no"))));
    assert_eq!(boxed.kind, "troupe.Fatal");
    let later = failure_of(|_: Value| {
        let wait = Duration::from_millis(1500);
        Err::<(), troupe::Error>(RetryAfter::new(wait, "later").into())
    });
    assert_eq!(later.kind, "troupe.RetryAfter");
    assert_eq!(later.details.as_deref(), Some(r#"{"seconds":1.5}"#));
    fn refused(_: Value, mesh: &Mesh) -> troupe::Result<()> {
        Ok(mesh.set(".status", 1)?)
    }
    assert_eq!(failure_of(refused).kind, "troupe.AccessError");
}

#[test]
fn a_chain_is_told_of_up_to_where_it_cannot_be_meant() {
    let chain = failure_of(|_: Value| Err::<(), _>(Link(Some(Box::new(Link(None))))));
    assert_eq!(chain.kind, "Link");
    assert_eq!(chain.lineage, ["Link"; 16]);
    let traceback = chain.traceback.unwrap();
    assert_eq!(traceback.lines().count(), 17);
    assert!(traceback.ends_with("\nCaused by: Link: a link"));
}

#[test]
fn details_that_are_too_long_are_left_out() {
    let details = |length: usize| {
        failure_of(move |_: Value| {
            Err::<(), _>(troupe::Error::new("K", "m").with_details("x".repeat(length)))
        })
        .details
    };
    assert_eq!(details(1), Some(r#""x""#.into()));
    assert_eq!(details(40_000), None);
}

#[test]
fn a_payload_of_another_form_fails() {
    let hop = run(|number: u8| Ok::<_, troupe::Error>(number), "not a number");
    let failure = hop.failure.unwrap();
    assert_eq!(failure.kind, "serde_json.Error");
    assert!(failure.message.contains("invalid type"));
}

#[cfg(feature = "anyhow")]
#[test]
fn an_anyhow_error_is_what_is_in_it() {
    use anyhow::Context;

    fn fatal(_: Value) -> anyhow::Result<()> {
        Err(Fatal::new("no"))?
    }
    assert_eq!(failure_of(fatal).kind, "troupe.Fatal");
    fn context(_: Value) -> anyhow::Result<i32> {
        "x".parse().context("reading a number")
    }
    let failure = failure_of(context);
    assert_eq!(failure.message, "reading a number");
    assert_eq!(failure.lineage, ["std.ParseIntError"]);
}
