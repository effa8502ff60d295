use serde_json::{Map, Value, json};

use crate::testing::actor_name::{grant_covers, is_actor_name};
use crate::testing::path::{self, Segment};
use crate::testing::run::{Emit, Route};
use crate::testing::value::{self, Mismatch};
use crate::{MeshError, json};

/// Most actors that a route may still have before it.
const MAX_NEXT: usize = 256;
/// Bytes of all payloads of a hop.
const EMITTED_BYTES: usize = 16 * 1024 * 1024;

/// What a handler may do, and what the envelope is.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) id: String,
    pub(super) parent_id: Option<String>,
    pub(super) route: Route,
    pub(super) headers: Map<String, Value>,
    pub(super) status: Option<Value>,
    pub(super) grants: Vec<String>,
    pub(super) most_emits: usize,
}

/// An envelope as a handler edits it during one hop.
pub(super) struct Draft {
    source: Source,
    next: Vec<String>,
    headers: Map<String, Value>,
    pub(super) emits: Vec<Emit>,
    emitted_bytes: usize,
}

impl Draft {
    pub(super) fn new(source: Source) -> Self {
        let (next, headers) = (source.route.next.clone(), source.headers.clone());
        Self {
            source,
            next,
            headers,
            emits: Vec::new(),
            emitted_bytes: 0,
        }
    }

    pub(super) fn get(&self, path: &str) -> Result<Option<String>, MeshError> {
        let path = path::parse(path)?;
        Ok(value::read(&self.view(), &path).map(|value| value.to_string()))
    }

    pub(super) fn set(&mut self, path: &str, text: &str) -> Result<(), MeshError> {
        let segments = writable(path)?;
        let value: Value = check(text)?;
        self.write(path, &segments, Some(value::as_doubles(value)))
    }

    pub(super) fn del(&mut self, path: &str) -> Result<(), MeshError> {
        let segments = writable(path)?;
        let is_next = segments.len() == 2 && segments[0] == Segment::Key("route".into());
        self.write(path, &segments, is_next.then(|| json!([])))
    }

    pub(super) fn emit(&mut self, text: &str) -> Result<(), MeshError> {
        let most = self.source.most_emits;
        if self.emits.len() >= most {
            return Err(output_limit(format!(
                "More than {most} emits in one hop (limits.emits)"
            )));
        }
        let bytes = self.emitted_bytes + text.len();
        if bytes > EMITTED_BYTES {
            return Err(output_limit(format!(
                "More than {EMITTED_BYTES} bytes emitted in one hop (limits.emittedBytes)"
            )));
        }
        let payload = check(text)?;
        self.emitted_bytes = bytes;
        let route = Route {
            next: self.next.clone(),
            ..self.source.route.clone()
        };
        self.emits.push(Emit {
            payload,
            text: text.into(),
            route,
            headers: self.headers.clone(),
        });
        Ok(())
    }

    fn view(&self) -> Value {
        let Source {
            id,
            parent_id,
            route,
            status,
            ..
        } = &self.source;
        let mut view = json!({
            "id": id,
            "route": { "prev": route.prev, "curr": route.curr, "next": self.next },
            "headers": self.headers,
        });
        if let Some(parent_id) = parent_id {
            view["parent_id"] = json!(parent_id);
        }
        if let Some(status) = status {
            view["status"] = status.clone();
        }
        view
    }

    fn write(
        &mut self,
        path: &str,
        segments: &[Segment],
        put: Option<Value>,
    ) -> Result<(), MeshError> {
        let written = if segments[0] == Segment::Key("route".into()) {
            let next = value::write(Some(json!(self.next)), &segments[2..], put);
            next.and_then(|next| match next {
                Some(Value::Array(next)) => Ok(next),
                _ => Err(Mismatch::Shape(
                    "route.next has to be an array of actors' names".into(),
                )),
            })
            .map(|next| self.set_next(next))
        } else {
            let headers = Value::Object(self.headers.clone());
            value::write(Some(headers), &segments[1..], put).map(|headers| {
                if let Some(Value::Object(headers)) = headers {
                    self.headers = headers;
                }
                Ok(())
            })
        };
        written.unwrap_or_else(|mismatch| {
            let (code, problem) = match mismatch {
                Mismatch::Range(problem) => ("troupe.IndexOutOfRange", problem),
                Mismatch::Shape(problem) => ("troupe.BadPath", problem),
            };
            Err(MeshError::refused(
                code,
                format!("{}: {problem}", shown(path)),
            ))
        })
    }

    /// What is not granted has to have been there: kept, dropped or moved, never added or doubled.
    fn set_next(&mut self, next: Vec<Value>) -> Result<(), MeshError> {
        if next.len() > MAX_NEXT {
            let message = format!(
                "route.next would have {} actors; {MAX_NEXT} is the limit",
                next.len()
            );
            return Err(MeshError::refused("troupe.RouteTooLong", message));
        }
        let mut left = self.source.route.next.clone();
        let mut names = Vec::with_capacity(next.len());
        for name in next {
            let Some(name) = name.as_str().filter(|name| is_actor_name(name)) else {
                let message = format!("{name} is not the name of an actor: a DNS label is needed");
                return Err(MeshError::refused("troupe.BadActorName", message));
            };
            if let Some(at) = left.iter().position(|incoming| incoming == name) {
                left.swap_remove(at);
            } else if name == "x-resume"
                || !self
                    .source
                    .grants
                    .iter()
                    .any(|grant| grant_covers(grant, name))
            {
                let message = format!(
                    "This actor may not add {name} to a route: list it in spec.grants.route of its actor.yaml"
                );
                return Err(MeshError::refused("troupe.RouteDenied", message));
            }
            names.push(name.to_owned());
        }
        self.next = names;
        Ok(())
    }
}

/// The segments of a path that may be written.
fn writable(path: &str) -> Result<Vec<Segment>, MeshError> {
    let segments = path::parse(path)?;
    match segments.as_slice() {
        [Segment::Key(first), Segment::Key(second), ..] if first == "route" && second == "next" => {
            Ok(segments)
        }
        [Segment::Key(first), Segment::Key(header), ..] if first == "headers" => {
            if is_reserved(header) {
                let message = format!("The header {header:?} is reserved: actors can read it only");
                return Err(MeshError::refused("troupe.AccessError", message));
            }
            Ok(segments)
        }
        _ => {
            let message = format!(
                "{} cannot be written: actors can write .route.next and .headers.NAME",
                shown(path)
            );
            Err(MeshError::refused("troupe.AccessError", message))
        }
    }
}

/// Whether actors can only read a header: the trace context, and what the platform keeps there.
fn is_reserved(header: &str) -> bool {
    let lower = header.to_lowercase();
    ["traceparent", "tracestate"].contains(&lower.as_str())
        || ["x-troupe-", "x-asya-"]
            .iter()
            .any(|prefix| lower.starts_with(prefix))
}

fn check(text: &str) -> Result<Value, MeshError> {
    json::decode(text).map_err(|error| MeshError::refused("troupe.BadOutput", error.to_string()))
}

fn output_limit(message: String) -> MeshError {
    MeshError::refused("troupe.OutputLimit", message)
}

fn shown(path: &str) -> String {
    path.chars().take(200).collect()
}
