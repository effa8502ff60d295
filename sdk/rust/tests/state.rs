//! The bucket of the test kit keeps to the rules of the real one.

use std::time::Duration;

use serde_json::Value;
use troupe::testing::{Envelope, TestState};
use troupe::{Mesh, MeshError};

fn during(bucket: &TestState, test: impl Fn(&Mesh) -> Result<(), MeshError>) {
    let hop = Envelope::new(())
        .state(bucket)
        .run(|_: Value, mesh: &Mesh| test(mesh));
    assert_eq!(hop.failure, None);
}

fn code_of<T>(result: Result<T, MeshError>) -> String {
    let error = result.err().expect("it is refused");
    error.code().expect("it has a code").to_owned()
}

#[test]
fn a_value_is_swapped_only_for_the_one_that_was_read() {
    during(&TestState::default(), |mesh| {
        let state = mesh.state();
        let first = state.swap("k", None, 1)?.unwrap();
        assert_eq!(state.swap("k", None, 2)?, None);
        let second = state.swap("k", Some(first), 2)?.unwrap();
        assert_ne!(first, second);
        assert_eq!(state.swap("k", Some(first), 3)?, None);
        assert_eq!(state.get::<u8>("k")?, Some(2));
        assert!(matches!(state.get::<String>("k"), Err(MeshError::Decode { at, .. }) if at == "k"));
        Ok(())
    });
}

#[test]
fn what_expires_is_gone_and_a_counter_keeps_its_time() {
    let bucket = TestState::default();
    during(&bucket, |mesh| {
        let state = mesh.state().expiring(Duration::from_secs(1));
        state.set("counter", 5)?;
        mesh.state().add("counter", 1)?;
        mesh.state().set("stays", true)?;
        Ok(())
    });
    assert_eq!(bucket.text("counter").as_deref(), Some("6"));
    bucket.elapse(Duration::from_secs(1));
    assert_eq!(bucket.text("counter"), None);
    during(&bucket, |mesh| {
        assert_eq!(mesh.state().keys("")?, ["stays"]);
        assert!(!mesh.state().delete("counter")?);
        Ok(())
    });
}

#[test]
fn keys_come_in_pages_in_the_order_of_their_bytes() {
    during(&TestState::default(), |mesh| {
        let state = mesh.state();
        for key in ["a/ü", "a/z", "a/1", "b"] {
            state.set(key, 0)?;
        }
        assert_eq!(state.keys("a/")?, ["a/1", "a/z", "a/ü"]);
        assert_eq!(state.keys_after("a/", "a/1", 1)?, ["a/z"]);
        Ok(())
    });
}

#[test]
fn what_is_refused_has_the_codes_of_the_real_one() {
    during(&TestState::default(), |mesh| {
        let state = mesh.state();
        state.set("text", "x")?;
        state.add("most", i64::MAX)?;
        let long = "k".repeat(513);
        let now = state.expiring(Duration::ZERO);
        for (found, code) in [
            (code_of(state.get::<Value>("")), "troupe.BadStateRequest"),
            (code_of(state.delete(&long)), "troupe.BadStateRequest"),
            (
                code_of(state.keys_after("", "a", 0)),
                "troupe.BadStateRequest",
            ),
            (code_of(now.set("k", 1)), "troupe.BadStateRequest"),
            (code_of(state.add("text", 1)), "troupe.NotACounter"),
            (code_of(state.add("most", 1)), "troupe.CounterRange"),
            (
                code_of(state.set_bytes("k", &vec![0; 1024 * 1024 + 1])),
                "troupe.StateTooLarge",
            ),
        ] {
            assert_eq!(found, code);
        }
        Ok(())
    });
}
