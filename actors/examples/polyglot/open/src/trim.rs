//! What of a body its writer wrote.

/// The body without the mails that it quotes and without its signature.
pub fn own_words(body: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in body.lines().map(str::trim_end) {
        // RFC 3676: two hyphens and a space, of which many programs send no space.
        if line == "--" {
            break;
        }
        if !line.starts_with('>') {
            lines.push(line);
        } else if lines.last().is_some_and(|line| introduces_quote(line)) {
            lines.pop();
        }
    }
    lines.join("\n").trim().to_owned()
}

/// Such as "On Monday Ada wrote:".
fn introduces_quote(line: &str) -> bool {
    let of = |begin: &[&str], end: &[&str]| {
        begin.iter().any(|begin| line.starts_with(begin))
            && end.iter().any(|end| line.ends_with(end))
    };
    of(&["On "], &["wrote:"]) || of(&["Am "], &["schrieb:", "schrieben:"])
}

#[cfg(test)]
mod tests {
    use super::own_words;

    #[test]
    fn quotes_and_signatures_are_left_out() {
        let body = "Hello,\r\n\r\nOn Monday Ada wrote:\r\n> old\r\n> older\r\nit is here.\r\n\r\n-- \r\nBob\r\n";
        assert_eq!(own_words(body), "Hello,\n\nit is here.");
        assert_eq!(own_words("Danke!\nAm 3.5. schrieb:\n> alt"), "Danke!");
    }

    #[test]
    fn nothing_else_is() {
        assert_eq!(
            own_words("On the way\na > b\n--- \n"),
            "On the way\na > b\n---"
        );
    }
}
