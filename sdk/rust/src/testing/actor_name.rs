/// Whether a text can be an actor's name: a DNS label (RFC 1123), up to 63 characters.
pub(super) fn is_actor_name(text: &str) -> bool {
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(&first), Some(&last)) => {
            bytes.len() <= 63
                && is_alphanumeric(first)
                && is_alphanumeric(last)
                && bytes
                    .iter()
                    .all(|&byte| is_alphanumeric(byte) || byte == b'-')
        }
        _ => false,
    }
}

/// Whether a grant (an exact name, or `prefix-*`) covers a name. The crew has to be named exactly.
pub(super) fn grant_covers(grant: &str, name: &str) -> bool {
    grant == name
        || grant.strip_suffix('*').is_some_and(|prefix| {
            prefix.ends_with('-') && !name.starts_with("x-") && name.starts_with(prefix)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["a", "0", "a-b", "x-sink", &"a".repeat(63)] {
            assert!(is_actor_name(name), "{name}");
        }
        for name in ["", "-a", "a-", "A", "a_b", "a.b", "ü", &"a".repeat(64)] {
            assert!(!is_actor_name(name), "{name}");
        }
    }

    #[test]
    fn grants() {
        for (grant, name, covers) in [
            ("store", "store", true),
            ("store", "store-eu", false),
            ("store-*", "store-eu", true),
            ("store-*", "store", false),
            ("store*", "store-eu", false),
            ("x-*", "x-pause", false),
            ("x-pause", "x-pause", true),
        ] {
            assert_eq!(grant_covers(grant, name), covers, "{grant} {name}");
        }
    }
}
