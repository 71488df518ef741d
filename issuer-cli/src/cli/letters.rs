//! Letters of invitation: one A4 page in SVG for each member, with the code in letters and as QR.

use std::path::Path;

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
    // Only the drawing: an XML declaration may not stand in the middle of a document.
    let image = image.find("<svg").map_or("", |at| &image[at..]);
    let image = image.replacen("<svg", "<svg x=\"65\" y=\"120\"", 1);
    let lines = [
        (30, 6, escape(&profile.name)),
        (48, 5, format!("For {}", escape(&invitation.name))),
        (64, 4, "This code enrols your wallet. Keep it to yourself until you have used it.".to_owned()),
        (72, 4, format!("It can be used once, until {}.", invitation.expires)),
        (92, 7, escape(&invitation.secret_code)),
        (225, 4, "In your wallet: mandate-wallet enrol --code-file - --issuer issuer.json --out enrolment.txt".to_owned()),
        (235, 3, format!("Issuer: {}", profile.did)),
    ];
    let text: Vec<String> = lines
        .iter()
        .map(|(y, size, line)| {
            format!("<text x=\"20\" y=\"{y}\" font-size=\"{size}\">{line}</text>")
        })
        .collect();
    let text = text.join("\n");
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" viewBox=\"0 0 210 297\" font-family=\"sans-serif\">\n{text}{image}\n</svg>\n"
    ))
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
