//! Reads and writes JSON values at paths, as the host does.

use serde_json::{Map, Number, Value};

use crate::testing::path::Segment;

/// Why a path does not fit a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// An index is outside of its array.
    Range(String),
    /// The value at that point cannot have such a part.
    Shape(String),
}

/// The value at a path; `None` where there is nothing.
pub(super) fn read(value: &Value, path: &[Segment]) -> Option<Value> {
    let Some((segment, rest)) = path.split_first() else {
        return Some(value.clone());
    };
    match (segment, value) {
        (Segment::Key(key), Value::Object(object)) => read(object.get(key)?, rest),
        (Segment::Index(index), Value::Array(array)) => {
            read(&array[position(*index, array.len())?], rest)
        }
        (Segment::Slice(start, stop), Value::Array(array)) => {
            let (from, to) = bounds(*start, *stop, array.len());
            read(&Value::Array(array[from..to].to_vec()), rest)
        }
        _ => None,
    }
}

/// The value with another one put at a path, making missing objects on the way; `None` removes what is there.
pub(super) fn write(
    value: Option<Value>,
    path: &[Segment],
    put: Option<Value>,
) -> Result<Option<Value>, Mismatch> {
    let Some((segment, rest)) = path.split_first() else {
        return Ok(put);
    };
    match (segment, value) {
        (Segment::Key(_), None) if put.is_none() => Ok(None),
        (Segment::Key(key), None) => write_key(Map::new(), key, rest, put),
        (Segment::Key(key), Some(Value::Object(object))) => write_key(object, key, rest, put),
        (Segment::Key(key), value) => Err(Mismatch::Shape(format!(
            "there is no key {key:?} in {}",
            kind_of(value)
        ))),
        (Segment::Index(index), Some(Value::Array(array))) => write_index(array, *index, rest, put),
        (Segment::Slice(start, stop), Some(Value::Array(array))) => {
            if !rest.is_empty() {
                return Err(Mismatch::Shape(
                    "a slice can only be the last part of a path".into(),
                ));
            }
            let put = match put {
                None => Vec::new(),
                Some(Value::Array(items)) => items,
                Some(_) => {
                    return Err(Mismatch::Shape(
                        "what replaces a slice has to be an array".into(),
                    ));
                }
            };
            let (from, to) = bounds(*start, *stop, array.len());
            let mut array = array;
            array.splice(from..to, put);
            Ok(Some(Value::Array(array)))
        }
        (_, value) => Err(Mismatch::Shape(format!(
            "there is no index in {}",
            kind_of(value)
        ))),
    }
}

fn write_key(
    mut object: Map<String, Value>,
    key: &str,
    rest: &[Segment],
    put: Option<Value>,
) -> Result<Option<Value>, Mismatch> {
    match write(object.get(key).cloned(), rest, put)? {
        Some(member) => object.insert(key.into(), member),
        None => object.remove(key),
    };
    Ok(Some(Value::Object(object)))
}

fn write_index(
    mut array: Vec<Value>,
    index: i64,
    rest: &[Segment],
    put: Option<Value>,
) -> Result<Option<Value>, Mismatch> {
    let Some(at) = position(index, array.len()) else {
        return Err(Mismatch::Range(format!(
            "index {index} is outside of an array of {}",
            array.len()
        )));
    };
    match write(Some(array[at].clone()), rest, put)? {
        Some(item) => array[at] = item,
        None => drop(array.remove(at)),
    }
    Ok(Some(Value::Array(array)))
}

/// Numbers as the host keeps them where it has values and not texts: in 64 bits with a fraction.
pub(super) fn as_doubles(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(as_double(&number)),
        Value::Array(items) => items.into_iter().map(as_doubles).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(key, member)| (key, as_doubles(member)))
            .collect(),
        other => other,
    }
}

fn as_double(number: &Number) -> Number {
    let Some(double) = number.as_f64() else {
        return number.clone();
    };
    // A whole number is written without a fraction.
    if double.fract() == 0.0 && double.abs() < 1e18 {
        #[allow(clippy::cast_possible_truncation)]
        return Number::from(double as i64);
    }
    Number::from_f64(double).unwrap_or_else(|| number.clone())
}

fn position(index: i64, length: usize) -> Option<usize> {
    let length = length as i64;
    let at = if index < 0 { length + index } else { index };
    (0..length).contains(&at).then_some(at as usize)
}

fn bounds(start: Option<i64>, stop: Option<i64>, length: usize) -> (usize, usize) {
    let length = length as i64;
    let clamp =
        |index: i64| (if index < 0 { length + index } else { index }).clamp(0, length) as usize;
    let from = clamp(start.unwrap_or(0));
    (from, from.max(clamp(stop.unwrap_or(length))))
}

fn kind_of(value: Option<Value>) -> &'static str {
    match value {
        None => "nothing",
        Some(Value::Null) => "null",
        Some(Value::Array(_)) => "an array",
        Some(Value::Object(_)) => "an object",
        Some(Value::String(_)) => "a string",
        Some(Value::Number(_)) => "a number",
        Some(Value::Bool(_)) => "a boolean",
    }
}
