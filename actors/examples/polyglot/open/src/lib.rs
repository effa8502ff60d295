//! Makes readable mails of a batch of raw ones: bodies and subjects are decoded, and what a mail only repeats (the mail
//! that it answers, a signature) is left out. Each mail goes on in an envelope of its own; one that cannot be read ends
//! here, marked for a person to look at.

mod decode;
mod mail;
mod trim;

use serde::Deserialize;
use serde_json::Value;
use troupe::{Level, Mesh};

/// What is sent to it.
#[derive(Deserialize)]
struct Batch {
    mails: Vec<Value>,
}

#[troupe::actor]
fn handle(batch: Batch, mesh: &Mesh) -> troupe::Result<()> {
    let mut unreadable = Vec::new();
    for raw in batch.mails {
        match mail::open(&raw) {
            Ok(mail) => mesh.emit(mail)?,
            Err(problem) => unreadable.push((raw, problem)),
        }
    }
    // Edits hold for what is emitted after them: these go no further.
    mesh.set(".route.next", [""; 0])?;
    for (raw, problem) in unreadable {
        mesh.log(Level::Warn, format!("a mail cannot be read: {problem}"));
        mesh.set(".headers.review", problem.to_string())?;
        mesh.emit(mail::with_problem(raw, &problem))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use troupe::testing::Envelope;

    use super::handle;

    fn mail(id: &str, encoding: &str, body: &str) -> serde_json::Value {
        json!({ "id": id, "from": "ada@example.com", "subject": "Hi", "encoding": encoding, "body": body })
    }

    #[test]
    fn each_mail_goes_on_by_itself() {
        let batch = json!({ "mails": [mail("a", "7bit", "one"), mail("b", "base64", "dHdv")] });
        let hop = Envelope::new(batch).next(["redact"]).run(handle);
        let bodies: Vec<_> = hop
            .payloads()
            .into_iter()
            .map(|mail| mail["body"].clone())
            .collect();
        assert_eq!(bodies, ["one", "two"]);
        assert!(hop.emits.iter().all(|emit| emit.route.next == ["redact"]));
    }

    #[test]
    fn a_mail_that_cannot_be_read_ends_here_and_does_not_keep_the_others() {
        let batch = json!({ "mails": [mail("a", "base64", "%%%"), mail("b", "7bit", "two")] });
        let hop = Envelope::new(batch).next(["redact"]).run(handle);
        let [good, bad] = &hop.emits[..] else {
            panic!("{} emits", hop.emits.len());
        };
        assert_eq!(
            (&good.payload["id"], &good.route.next[..]),
            (&json!("b"), &["redact".to_owned()][..])
        );
        assert_eq!((&bad.payload["id"], bad.route.next.len()), (&json!("a"), 0));
        assert_eq!(bad.payload["problem"], "the body is no base64");
        assert_eq!(bad.headers["review"], "the body is no base64");
        assert!(!good.headers.contains_key("review"));
    }

    #[test]
    fn what_is_no_batch_fails() {
        let failure = Envelope::new(json!({ "mail": 1 }))
            .run(handle)
            .failure
            .unwrap();
        assert_eq!(failure.kind, "serde_json.Error");
    }
}
