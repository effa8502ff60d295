//! How mails write what is not ASCII.

use std::fmt;

/// Why something cannot be decoded. Reads on after "the body is".
#[derive(Debug, PartialEq)]
pub enum DecodeError {
    /// It is not written in this way.
    Not(&'static str),
    /// A charset that is not known.
    Charset(String),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Not(what) => write!(f, "no {what}"),
            Self::Charset(name) => write!(f, "in {name}, which is not known here"),
        }
    }
}

/// Decodes quoted-printable (RFC 2045): `=C3=BC` is two bytes, and `=` at the end of a line joins it to the next.
pub fn quoted_printable(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    const NOT: DecodeError = DecodeError::Not("quoted-printable");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'=', [b'\r', b'\n', tail @ ..] | [b'\n', tail @ ..]) => tail,
            (b'=', [high, low, tail @ ..]) => {
                bytes.push(hex(*high).ok_or(NOT)? << 4 | hex(*low).ok_or(NOT)?);
                tail
            }
            (b'=', _) => return Err(NOT),
            (byte, tail) => {
                bytes.push(*byte);
                tail
            }
        };
    }
    Ok(bytes)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// Decodes base64 (RFC 2045), with whatever white space is in it.
pub fn base64(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    const NOT: DecodeError = DecodeError::Not("base64");
    let digits: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    if digits.len() % 4 != 0 {
        return Err(NOT);
    }
    let padding = digits
        .iter()
        .rev()
        .take_while(|&&digit| digit == b'=')
        .count();
    if padding > 2 {
        return Err(NOT);
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for &digit in &digits[..digits.len() - padding] {
        bits = bits << 6 | sextet(digit).ok_or(NOT)?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Ok(bytes)
}

fn sextet(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

/// A text of bytes in a charset; UTF-8 where none is named.
pub fn text(bytes: Vec<u8>, charset: Option<&str>) -> Result<String, DecodeError> {
    match charset.unwrap_or("utf-8").to_ascii_lowercase().as_str() {
        "utf-8" | "us-ascii" => String::from_utf8(bytes).map_err(|_| DecodeError::Not("utf-8")),
        "iso-8859-1" => Ok(bytes.into_iter().map(char::from).collect()),
        other => Err(DecodeError::Charset(other.into())),
    }
}

/// Decodes the encoded words (RFC 2047) of a subject, such as `=?utf-8?Q?Gr=C3=BC=C3=9Fe?=`. What only looks like one
/// stays as it is, as in any reader of mails.
pub fn encoded_words(subject: &str) -> String {
    let mut decoded = String::new();
    let mut rest = subject;
    let mut after_word = false;
    while let Some(at) = rest.find("=?") {
        let (before, from) = rest.split_at(at);
        let Some((word, after)) = encoded_word(from) else {
            decoded += before;
            decoded += "=?";
            rest = &from[2..];
            after_word = false;
            continue;
        };
        // White space between two of them is there only because of the length of lines.
        if !after_word || !before.trim().is_empty() {
            decoded += before;
        }
        decoded += &word;
        rest = after;
        after_word = true;
    }
    decoded + rest
}

/// The encoded word at the beginning, and what follows it.
fn encoded_word(from: &str) -> Option<(String, &str)> {
    let (charset, from) = from.strip_prefix("=?")?.split_once('?')?;
    let (encoding, from) = from.split_once('?')?;
    let (encoded, after) = from.split_once("?=")?;
    let bytes = match encoding {
        "Q" | "q" => quoted_printable(encoded.replace('_', "=20").as_bytes()),
        "B" | "b" => base64(encoded.as_bytes()),
        _ => return None,
    };
    Some((text(bytes.ok()?, Some(charset)).ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::{DecodeError, base64, encoded_words, quoted_printable};

    #[test]
    fn quoted_printable_is_decoded_or_refused() {
        assert_eq!(quoted_printable(b"a=3D=\nb=e4").unwrap(), b"a=b\xe4");
        for text in ["=", "=4", "=XY", "a=\rb"] {
            assert_eq!(
                quoted_printable(text.as_bytes()),
                Err(DecodeError::Not("quoted-printable")),
                "{text}"
            );
        }
    }

    #[test]
    fn base64_is_decoded_or_refused() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm 9v\n", "foo"),
            ("Zm9vYg==", "foob"),
        ] {
            assert_eq!(base64(text.as_bytes()).unwrap(), bytes.as_bytes(), "{text}");
        }
        for text in ["Zg", "Zg=", "Z===", "Zm9*", "Z=g="] {
            assert_eq!(
                base64(text.as_bytes()),
                Err(DecodeError::Not("base64")),
                "{text}"
            );
        }
    }

    #[test]
    fn subjects_are_decoded_where_they_can_be() {
        for (subject, decoded) in [
            ("Re: hello", "Re: hello"),
            ("=?utf-8?Q?St=C3=B6rung_heute?=", "Störung heute"),
            (
                "=?UTF-8?B?R3LDvA==?=\r\n =?iso-8859-1?q?=DFe?= aus Ulm",
                "Grüße aus Ulm",
            ),
            ("=?utf-8?Q?=ZZ?= and =?", "=?utf-8?Q?=ZZ?= and =?"),
        ] {
            assert_eq!(encoded_words(subject), decoded);
        }
    }
}
