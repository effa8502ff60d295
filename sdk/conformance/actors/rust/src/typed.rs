use serde::{Deserialize, Serialize};

/// A shape of the language's own.
#[derive(Deserialize, Serialize)]
pub struct Typed {
    name: String,
    count: i64,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}
