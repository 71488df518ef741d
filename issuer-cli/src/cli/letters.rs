//! Letters of invitation: one A4 page in SVG for each member, with the code in letters and as QR.

use std::{fmt::Write as _, path::Path};

use cli_kit::{
    Failure, Staged,
    files::{self, Access},
};
use qrcode::{QrCode, render::svg};

use super::naming::file_name;
use crate::office::{Invitation, Profile};

/// Writes the letters, which get their names with [`Staged::keep`].
pub(super) fn stage(
    profile: &Profile,
    invitations: &[Invitation],
    folder: &Path,
) -> Result<Vec<Staged>, Failure> {
    files::make_private_dir(folder)?;
    let letter = |invitation: &Invitation| {
        let path = folder.join(file_name(&invitation.member, "svg"));
        let page = page(profile, invitation)?;
        Staged::write(&path, page.as_bytes(), Access::Private)
    };
    invitations.iter().map(letter).collect()
}

fn page(profile: &Profile, invitation: &Invitation) -> Result<String, Failure> {
    let code = QrCode::new(invitation.secret_code.as_bytes())
        .map_err(|error| Failure::from_error("letter.qr", &error))?;
    let image = code
        .render::<svg::Color<'_>>()
        .min_dimensions(60, 60)
        .quiet_zone(true)
        .build();
    let mut text = Text::default();
    text.folded(30.0, long(&profile.name, 6.0), &profile.name);
    let name = format!("For {}", invitation.name);
    text.folded(text.y + 8.0, long(&name, 5.0), &name);
    text.line(
        text.y + 8.0,
        4.0,
        "This code enrols your wallet. Keep it to yourself until you have used it.",
    );
    let until = format!("It can be used once, until {}.", invitation.expires);
    text.line(text.y, 4.0, &until);
    text.line(text.y + 8.0, 7.0, &invitation.secret_code);
    // Only the drawing: an XML declaration may not stand in the middle of a document.
    let image = image.find("<svg").map_or("", |at| &image[at..]);
    let image = image.replacen("<svg", &format!("<svg x=\"65\" y=\"{:.1}\"", text.y), 1);
    text.line(
        text.y + 85.0,
        4.0,
        "With your wallet, and the secretariat's card in issuer.json; type the code when asked:",
    );
    text.line(
        text.y,
        4.0,
        "mandate-wallet enrol --issuer issuer.json --out enrolment.txt",
    );
    text.folded(text.y + 2.0, 3.0, &format!("Issuer: {}", profile.did));
    if let Some(code) = &invitation.suspension_code {
        text.line(
            text.y + 4.0,
            4.0,
            "Keep this letter apart from your device. If the device is lost or stolen, give this second",
        );
        text.line(
            text.y,
            4.0,
            "code to the secretariat: it suspends your credentials at once, and does nothing else.",
        );
        text.line(text.y + 2.0, 5.0, code);
    }
    let text = text.svg;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" viewBox=\"0 0 210 297\" font-family=\"sans-serif\">\n{text}{image}\n</svg>\n"
    ))
}

/// How wide a line may be, in millimetres: the page without its margins.
const WIDTH: f32 = 170.0;

/// The lines of a page, from its top down.
#[derive(Default)]
struct Text {
    svg: String,
    /// Where the next line may stand.
    y: f32,
}

impl Text {
    fn line(&mut self, y: f32, size: f32, line: &str) {
        let line = escape(line);
        // Writing into a String cannot fail.
        writeln!(
            self.svg,
            "<text x=\"20\" y=\"{y:.1}\" font-size=\"{size}\">{line}</text>"
        )
        .unwrap_or_default();
        self.y = y + size * 1.8;
    }

    /// Writes a text that may be long on as many lines as it needs: SVG does not break lines itself.
    fn folded(&mut self, y: f32, size: f32, text: &str) {
        self.y = y;
        for line in fold(text, WIDTH / size) {
            self.line(self.y, size, &line);
            self.y -= size * 0.5;
        }
        self.y += size * 0.5;
    }
}

/// A smaller size for a text that would need many lines.
fn long(text: &str, size: f32) -> f32 {
    let lines = text.chars().map(width).sum::<f32>() * size / WIDTH;
    if lines > 8.0 {
        3.0
    } else if lines > 2.0 {
        4.0
    } else {
        size
    }
}

/// How wide a character is at most in a common font without serifs, in parts of the font's size.
fn width(c: char) -> f32 {
    match c {
        // Hangul, Han, Kana and what comes after them fill the square.
        '\u{1100}'.. => 1.0,
        c if c.is_uppercase() => 0.75,
        _ => 0.62,
    }
}

/// Breaks a text between words, or within a word that is wider than a line.
fn fold(text: &str, room: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut left = room;
    for word in text.split_whitespace() {
        let of_word: f32 = word.chars().map(width).sum();
        let is_first = lines.last().is_none_or(String::is_empty);
        if !is_first && of_word + width(' ') > left {
            lines.push(String::new());
            left = room;
        } else if !is_first {
            push(&mut lines, ' ');
            left -= width(' ');
        }
        for c in word.chars() {
            if width(c) > left {
                lines.push(String::new());
                left = room;
            }
            push(&mut lines, c);
            left -= width(c);
        }
    }
    lines
}

fn push(lines: &mut [String], c: char) {
    if let Some(line) = lines.last_mut() {
        line.push(c);
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use identity_core::{did, key::Signer as _, status::Instant};
    use testkit::world::{key, now};

    use super::*;

    #[test]
    fn the_longest_names_leave_the_letter_on_its_page() {
        for name in ["Ana", &"Wide Name ".repeat(50), &"名".repeat(500)] {
            let profile = Profile {
                schema: Profile::SCHEMA.to_owned(),
                did: did::key::create(key(1).public_key()),
                name: name.to_owned(),
                chamber: "XX-1".to_owned(),
                country: "XX".to_owned(),
                time_zone: "UTC".to_owned(),
                max_term_days: 1,
                publish_suspensions: false,
                publish_every_minutes: None,
                status_key: String::new(),
                predecessor: None,
            };
            let invitation = Invitation {
                member: "m-1".to_owned(),
                name: name.to_owned(),
                secret_code: "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ".to_owned().into(),
                expires: Instant::floor(now()),
                suspension_code: Some("0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ".to_owned().into()),
            };
            let page = page(&profile, &invitation).unwrap();
            // The code is typed: a file that is standard input is nothing for a letter.
            assert!(
                page.contains(">mandate-wallet enrol --issuer issuer.json --out enrolment.txt<")
            );
            let texts: Vec<&str> = page.split("<text ").skip(1).collect();
            for text in texts {
                let y = text
                    .split("y=\"")
                    .nth(1)
                    .unwrap()
                    .split('"')
                    .next()
                    .unwrap();
                assert!(y.parse::<f32>().unwrap() < 287.0, "{page}");
            }
        }
    }

    #[test]
    fn a_long_text_is_broken_between_words_and_a_long_word_anywhere() {
        assert_eq!(fold("Ana Example", 100.0), ["Ana Example"]);
        assert_eq!(fold("Ana  Maria Example", 7.0), ["Ana Maria", "Example"]);
        let long = "x".repeat(500);
        for text in [
            &long[..],
            &"W".repeat(500),
            &"名".repeat(500),
            "a b",
            &"ab ".repeat(166),
        ] {
            let lines = fold(text, WIDTH / 4.0);
            let of = |line: &String| line.chars().map(width).sum::<f32>() * 4.0;
            assert!(lines.iter().all(|line| of(line) <= WIDTH), "{lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }
}
