//! The cases through the SDK's test kit, without a component.

use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use troupe::testing::{Envelope, Run};

#[derive(Deserialize)]
struct Conformance {
    id: String,
    actor: String,
    grants: Vec<String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    payload: Option<Box<RawValue>>,
    #[serde(rename = "payloadText")]
    payload_text: Option<String>,
    #[serde(default)]
    prev: Vec<String>,
    #[serde(default)]
    next: Vec<String>,
    #[serde(default)]
    headers: Map<String, Value>,
    only: Option<String>,
    expect: Expect,
    #[serde(default)]
    differs: HashMap<String, Expect>,
}

#[derive(Deserialize)]
struct Expect {
    payloads: Option<Vec<Value>>,
    texts: Option<Vec<String>>,
    emits: Option<Vec<ExpectedEmit>>,
    failure: Option<ExpectedFailure>,
    flies: Option<Vec<Value>>,
    logs: Option<Vec<(String, String)>>,
}

#[derive(Deserialize)]
struct ExpectedEmit {
    payload: Option<Value>,
    next: Option<Vec<String>>,
    headers: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct ExpectedFailure {
    r#type: Option<String>,
    lineage: Option<Vec<String>>,
    message: Option<String>,
    details: Option<Value>,
}

#[test]
fn every_case_that_is_not_about_the_sandbox() {
    let Conformance {
        id,
        actor,
        grants,
        cases,
    } = serde_json::from_str(include_str!("../../../cases.json"))
        .expect("the cases are of this form");
    let mut done = 0;
    for case in cases.iter().filter(|case| case.only.is_none()) {
        let expect = case.differs.get("rust").unwrap_or(&case.expect);
        let payload = match (&case.payload, &case.payload_text) {
            (Some(payload), _) => payload.to_string(),
            (None, Some(text)) => text.clone(),
            (None, None) => panic!("{}: it has no payload", case.name),
        };
        let mut envelope = Envelope::new(RawValue::from_string(payload).expect("it is JSON"))
            .id(&id)
            .actor(&actor)
            .prev(&case.prev)
            .next(&case.next);
        for (name, value) in &case.headers {
            envelope = envelope.header(name, value);
        }
        for grant in &grants {
            envelope = envelope.grant(grant);
        }
        match panic::catch_unwind(AssertUnwindSafe(|| envelope.run(crate::handle))) {
            Ok(run) => check(&case.name, run, expect),
            // A bug ends a test, as it ends a component.
            Err(_) => assert!(
                expect
                    .failure
                    .as_ref()
                    .is_some_and(|failure| failure.message.is_none()),
                "{}",
                case.name
            ),
        }
        done += 1;
    }
    assert!(done > 90, "{done} cases are too few");
}

fn check(name: &str, run: Run, expect: &Expect) {
    match (&run.failure, &expect.failure) {
        (None, None) => {}
        (Some(failure), Some(expected)) => {
            if let Some(kind) = &expected.r#type {
                assert_eq!(failure.kind, *kind, "{name}");
            }
            if let Some(lineage) = &expected.lineage {
                assert_eq!(failure.lineage, *lineage, "{name}");
            }
            if let Some(message) = &expected.message {
                assert_eq!(failure.message, *message, "{name}");
            }
            if let Some(details) = &expected.details {
                let found: Value =
                    serde_json::from_str(failure.details.as_deref().expect(name)).expect(name);
                assert_eq!(found, *details, "{name}");
            }
        }
        (failure, _) => panic!("{name}: {failure:?}"),
    }
    if let Some(payloads) = &expect.payloads {
        assert_eq!(run.payloads(), *payloads, "{name}");
    }
    if let Some(texts) = &expect.texts {
        assert_eq!(
            run.emits.iter().map(|emit| &emit.text).collect::<Vec<_>>(),
            texts.iter().collect::<Vec<_>>()
        );
    }
    if let Some(emits) = &expect.emits {
        assert_eq!(run.emits.len(), emits.len(), "{name}");
        for (emit, expected) in run.emits.iter().zip(emits) {
            assert_eq!(
                emit.payload,
                *expected.payload.as_ref().unwrap_or(&emit.payload),
                "{name}"
            );
            assert_eq!(
                emit.route.next,
                *expected.next.as_ref().unwrap_or(&emit.route.next),
                "{name}"
            );
            assert_eq!(
                emit.headers,
                *expected.headers.as_ref().unwrap_or(&emit.headers),
                "{name}"
            );
        }
    }
    if let Some(flies) = &expect.flies {
        assert_eq!(run.flies, *flies, "{name}");
    }
    if let Some(logs) = &expect.logs {
        let found = run.logs.iter().map(|log| {
            (
                format!("{:?}", log.level).to_lowercase(),
                log.message.clone(),
            )
        });
        assert_eq!(found.collect::<Vec<_>>(), *logs, "{name}");
    }
}
