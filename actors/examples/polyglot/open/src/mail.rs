//! One mail, before and after it was opened.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{decode, trim};

/// A mail as it was received.
#[derive(Deserialize)]
struct Raw {
    id: String,
    from: String,
    #[serde(default)]
    subject: String,
    /// How the body is written: its Content-Transfer-Encoding.
    #[serde(default)]
    encoding: Encoding,
    /// Of the body, once it is decoded.
    #[serde(default)]
    charset: Option<String>,
    body: String,
}

#[derive(Default, Deserialize)]
enum Encoding {
    #[default]
    #[serde(rename = "7bit", alias = "8bit")]
    Plain,
    #[serde(rename = "quoted-printable")]
    QuotedPrintable,
    #[serde(rename = "base64")]
    Base64,
}

/// A mail that can be read.
#[derive(Debug, PartialEq, Serialize)]
pub struct Mail {
    id: String,
    from: String,
    subject: String,
    body: String,
}

/// Why a mail cannot be read.
#[derive(Debug)]
pub enum Problem {
    /// It has not the shape of one.
    Shape(serde_json::Error),
    Body(decode::DecodeError),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(error) => write!(f, "it is no mail: {error}"),
            Self::Body(error) => write!(f, "the body is {error}"),
        }
    }
}

/// Reads a mail.
pub fn open(raw: &Value) -> Result<Mail, Problem> {
    let raw = Raw::deserialize(raw).map_err(Problem::Shape)?;
    let body = match raw.encoding {
        Encoding::Plain => raw.body,
        Encoding::QuotedPrintable => {
            let bytes = decode::quoted_printable(raw.body.as_bytes()).map_err(Problem::Body)?;
            decode::text(bytes, raw.charset.as_deref()).map_err(Problem::Body)?
        }
        Encoding::Base64 => {
            let bytes = decode::base64(raw.body.as_bytes()).map_err(Problem::Body)?;
            decode::text(bytes, raw.charset.as_deref()).map_err(Problem::Body)?
        }
    };
    Ok(Mail {
        id: raw.id,
        from: raw.from,
        subject: decode::encoded_words(&raw.subject),
        body: trim::own_words(&body),
    })
}

/// What is passed on of a mail that cannot be read: all of it, and why.
pub fn with_problem(raw: Value, problem: &Problem) -> Value {
    match raw {
        Value::Object(mut mail) => {
            mail.insert("problem".into(), problem.to_string().into());
            mail.into()
        }
        other => json!({ "mail": other, "problem": problem.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::open;

    #[test]
    fn the_body_is_decoded_by_its_encoding_and_charset() {
        for (encoding, charset, body) in [
            ("8bit", "utf-8", "Grüße"),
            ("quoted-printable", "utf-8", "Gr=C3=BC=\r\n=C3=9Fe"),
            ("quoted-printable", "ISO-8859-1", "Gr=FC=DFe"),
            ("base64", "utf-8", "R3LDvMOf\r\nZQ=="),
        ] {
            let raw = json!({
                "id": "a", "from": "a@example.com", "encoding": encoding, "charset": charset, "body": body,
            });
            assert_eq!(open(&raw).unwrap().body, "Grüße", "{encoding}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (raw, problem) in [
            (json!(7), "it is no mail: "),
            (
                json!({ "id": "a", "from": "b" }),
                "it is no mail: missing field `body`",
            ),
            (
                json!({ "id": "a", "from": "b", "body": "", "encoding": "x" }),
                "it is no mail: unknown variant `x`",
            ),
            (
                json!({ "id": "a", "from": "b", "body": "=C3", "encoding": "quoted-printable" }),
                "the body is no utf-8",
            ),
            (
                json!({ "id": "a", "from": "b", "body": "", "encoding": "base64", "charset": "koi8-r" }),
                "the body is in koi8-r, which is not known here",
            ),
        ] {
            let said = open(&raw).unwrap_err().to_string();
            assert!(said.starts_with(problem), "{said}");
        }
    }
}
