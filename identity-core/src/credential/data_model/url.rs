//! Which texts are URLs.

use crate::did::DidUrl;

/// Tells whether the text is one absolute URL: a scheme and something behind it, in the characters
/// that RFC 3986 section 2 and RFC 3987 section 2.2 allow, every percent sign an escape.
///
/// A URL of `http` or `https` names a host, and one of `did` has the syntax of a DID URL.
pub(crate) fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let mut letters = scheme.bytes();
    if !letters.next().is_some_and(|b| b.is_ascii_alphabetic())
        || !letters.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        || rest.is_empty()
        || !has_url_characters(rest)
    {
        return false;
    }
    match scheme.to_ascii_lowercase().as_str() {
        "did" => text.parse::<DidUrl>().is_ok(),
        "http" | "https" => rest.strip_prefix("//").is_some_and(has_host),
        _ => true,
    }
}

fn has_url_characters(text: &str) -> bool {
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let fits = match c {
            '%' => [rest.next(), rest.next()]
                .iter()
                .all(|digit| digit.is_some_and(|d| d.is_ascii_hexdigit())),
            c if c.is_ascii() => c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c),
            c => !c.is_control() && !c.is_whitespace(),
        };
        if !fits {
            return false;
        }
    }
    true
}

/// Tells whether an authority with what follows it begins with a host (RFC 3986 section 3.2).
fn has_host(rest: &str) -> bool {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = match host.strip_prefix('[') {
        Some(address) => match address.split_once(']') {
            Some((address, port)) => {
                let fits = address
                    .bytes()
                    .all(|b| b.is_ascii_hexdigit() || b":.".contains(&b));
                (if fits { address } else { "" }, port.strip_prefix(':'))
            }
            None => return false,
        },
        None => match host.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (host, None),
        },
    };
    let port_fits = port.is_none_or(|port| port.bytes().all(|b| b.is_ascii_digit()));
    !host.is_empty() && !host.contains(['[', ']']) && port_fits && !behind.contains(['[', ']'])
}

#[cfg(test)]
mod tests {
    use super::is_url;

    #[test]
    fn absolute_urls_are_taken() {
        for url in [
            "https://parliament.example/credentials/3732?a=b#c",
            "http://[::1]:8080/x",
            "HTTPS://user@example.org:443",
            "did:key:z6Mk#z6Mk",
            "urn:uuid:0c07c1ce-57cb-41af-bef2-1b932b986873",
            "data:application/vc+jwt,e30.e30.x",
            "https://parlement.example/députés",
            "ex:Foo%20Bar",
            "mailto:clerk@example.org",
        ] {
            assert!(is_url(url), "{url}");
        }
    }

    #[test]
    fn other_texts_are_not() {
        for text in [
            "",
            "credentials",
            "/relative/path",
            "#fragment",
            ":nothing",
            "urn:",
            "1ab:c",
            "_:b0",
            "https ://example.org/x",
            "https://example.org/a b",
            "https://example.org/a\nb",
            "https://exa<mple.org",
            "https://example.org/%zz",
            "https://example.org/%2",
            "https://",
            "https:///path",
            "https:example.org",
            "https://example.org:port/",
            "https://[::1/",
            "https://[zz]/",
            "https://example.org/[x]",
            "did:",
            "did:KEY:x",
            "did:key:",
            "https://example.org/\u{a0}",
        ] {
            assert!(!is_url(text), "{text}");
        }
    }
}
