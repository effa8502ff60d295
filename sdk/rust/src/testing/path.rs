//! Paths into an envelope: `.route.next[:0]`, `.headers["any key"]`, `.route.prev[-1]`.

use crate::MeshError;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Key(String),
    /// Negative counts from the end.
    Index(i64),
    Slice(Option<i64>, Option<i64>),
}

/// Longest path, in UTF-16 units, as the host counts.
const MAX_LENGTH: usize = 4096;
/// Digits of an index.
const MAX_DIGITS: usize = 9;

/// Reads a path. `.` alone is the whole envelope.
pub(super) fn parse(path: &str) -> Result<Vec<Segment>, MeshError> {
    if path.encode_utf16().count() > MAX_LENGTH {
        return Err(bad(
            path,
            MAX_LENGTH,
            &format!("more than {MAX_LENGTH} characters"),
        ));
    }
    if path == "." {
        return Ok(Vec::new());
    }
    // The first segment may be quoted: `.["headers"]`.
    let mut rest = if path.starts_with(".[") {
        &path[1..]
    } else {
        path
    };
    let mut segments = Vec::new();
    while !rest.is_empty() {
        let offset = || path[..path.len() - rest.len()].encode_utf16().count();
        let Some((segment, after)) = key(rest)
            .or_else(|| quoted(rest))
            .or_else(|| brackets(rest))
        else {
            return Err(bad(
                path,
                offset(),
                r#"expected .key, ["key"], [index] or [start:stop]"#,
            ));
        };
        segments.push(segment.ok_or_else(|| bad(path, offset(), "the key is not a JSON string"))?);
        rest = after;
    }
    if segments.is_empty() {
        return Err(bad(path, 0, "it is empty"));
    }
    Ok(segments)
}

/// A segment, if what it says can be read, and what follows it.
type Taken<'a> = Option<(Option<Segment>, &'a str)>;

fn key(text: &str) -> Taken<'_> {
    let name = text.strip_prefix('.')?;
    name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
        .then_some(())?;
    let end = name.find(|char: char| !(char.is_ascii_alphanumeric() || "_-".contains(char)));
    let (name, rest) = name.split_at(end.unwrap_or(name.len()));
    Some((Some(Segment::Key(name.into())), rest))
}

fn quoted(text: &str) -> Taken<'_> {
    let inside = text.strip_prefix("[\"")?;
    let mut escaped = false;
    let end = inside.find(|char| {
        let ends = char == '"' && !escaped;
        escaped = char == '\\' && !escaped;
        ends
    })?;
    let rest = inside[end + 1..].strip_prefix(']')?;
    let name = serde_json::from_str(&format!("\"{}\"", &inside[..end])).ok();
    Some((name.map(Segment::Key), rest))
}

fn brackets(text: &str) -> Taken<'_> {
    let (inside, rest) = text.strip_prefix('[')?.split_once(']')?;
    let segment = match inside.split_once(':') {
        None => Segment::Index(integer(inside)?),
        Some((start, stop)) => Segment::Slice(side(start)?, side(stop)?),
    };
    Some((Some(segment), rest))
}

fn side(text: &str) -> Option<Option<i64>> {
    if text.is_empty() {
        Some(None)
    } else {
        integer(text).map(Some)
    }
}

fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let fits = (1..=MAX_DIGITS).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

fn bad(path: &str, offset: usize, problem: &str) -> MeshError {
    let shown: String = path.chars().take(200).collect();
    MeshError::refused(
        "troupe.BadPath",
        format!("Bad path {shown:?}: {problem} at offset {offset}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form() {
        let key = |name: &str| Segment::Key(name.into());
        for (path, segments) in [
            (".", vec![]),
            (".id", vec![key("id")]),
            (".a-b._c", vec![key("a-b"), key("_c")]),
            (
                r#".["any key"]["\"\u00fc]"]"#,
                vec![key("any key"), key("\"ü]")],
            ),
            (
                ".a[0][-1]",
                vec![key("a"), Segment::Index(0), Segment::Index(-1)],
            ),
            (".a[:]", vec![key("a"), Segment::Slice(None, None)]),
            (
                ".a[1:-2]",
                vec![key("a"), Segment::Slice(Some(1), Some(-2))],
            ),
            (".a[:0]", vec![key("a"), Segment::Slice(None, Some(0))]),
            (".a[999:]", vec![key("a"), Segment::Slice(Some(999), None)]),
        ] {
            assert_eq!(parse(path).unwrap(), segments, "{path}");
        }
    }

    #[test]
    fn what_is_none_says_where() {
        for (path, offset) in [
            ("", 0),
            ("a", 0),
            ("..", 0),
            (".a.", 2),
            (".ü", 0),
            (".a[", 2),
            (".a[x]", 2),
            (".a[1.5]", 2),
            (".a[1234567890]", 2),
            (".a[0:1:2]", 2),
            (".a[+1]", 2),
            (r#".a["x]"#, 2),
            (r#".a["\x"]"#, 2),
            (&format!(".{}", "a".repeat(4096)), 4096),
        ] {
            let error = parse(path).unwrap_err();
            assert_eq!(error.code(), Some("troupe.BadPath"));
            assert!(
                error.to_string().ends_with(&format!("at offset {offset}")),
                "{error}"
            );
        }
    }
}
