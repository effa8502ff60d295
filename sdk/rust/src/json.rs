use serde::{Serialize, de::DeserializeOwned};

/// How deep a value may be nested. Nothing deeper can be emitted, and each level takes some of the stack.
const MAX_DEPTH: usize = 512;

/// The JSON text of a value.
pub(crate) fn encode<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<String> {
    serde_json::to_string(value)
}

/// Reads a JSON text.
pub(crate) fn decode<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    // A text that is too short to be nested deeply need not be looked through.
    if text.len() > MAX_DEPTH && depth(text) > MAX_DEPTH {
        return Err(serde::de::Error::custom(format_args!(
            "it is nested more than {MAX_DEPTH} deep"
        )));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// How deep the value is nested that a text is; of a text that is none, not less than what can be read of it.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0usize, 0);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                now += 1;
                most = most.max(now);
            }
            b']' | b'}' => now = now.saturating_sub(1),
            b'"' => {
                while let Some(inside) = bytes.next() {
                    match inside {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn what_the_mesh_carries_can_be_read_and_nothing_deeper() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(decode::<Value>(&nested(512)).is_ok());
        let problem = decode::<Value>(&nested(513)).unwrap_err().to_string();
        assert_eq!(problem, "it is nested more than 512 deep");
        assert!(decode::<Value>(&nested(200_000)).is_err());
        // Brackets in texts are no depth, whatever stands before a quote.
        let text = format!(r#"["{}\\", "\"{}"]"#, "[".repeat(600), "{".repeat(600));
        assert!(decode::<Value>(&text).is_ok());
    }

    #[test]
    fn numbers_are_what_the_readme_says() {
        let exact = u128::from(u64::MAX) + 1;
        assert_eq!(decode::<u128>(&exact.to_string()).unwrap(), exact);
        assert!(decode::<Value>("1e400").is_err());
        for (text, written) in [
            ("9007199254740993", "9007199254740993"),
            ("18446744073709551616", "1.8446744073709552e+19"),
            ("1.0", "1.0"),
            ("-0", "-0.0"),
            ("0.1", "0.1"),
        ] {
            let value: Value = decode(text).unwrap();
            assert_eq!(encode(&value).unwrap(), written);
        }
    }

    #[test]
    fn exactly_one_value_is_read() {
        for text in ["", "1 2", "{", "[1,]", "nul"] {
            assert!(decode::<Value>(text).is_err(), "{text}");
        }
        assert_eq!(decode::<f64>(" 0.1 ").unwrap(), 0.1);
    }
}
