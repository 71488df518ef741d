//! `accreditor collect`.

use std::path::{Path, PathBuf};

use clap::Args;
use cli_kit::{Context, ExitCode, Failure, files};
use fs_err as fs;
use identity_core::{trust::Bundle, verify::Budget};
use serde_json::json;

use super::{command, writing};
use crate::{
    accreditor::{AccreditorCode, Fate},
    cli::{now, web},
};

/// Arguments of `accreditor collect`.
#[derive(Args, Debug)]
pub(in crate::cli) struct CollectArgs {
    /// A bundle, a folder with sites of parliaments, or the URL of a bundle or a site
    #[arg(required = true, value_name = "FILE|DIR|URL")]
    sources: Vec<String>,
    /// For https: the certificate authorities of the house, PEM, which count alone then
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

/// Most bytes of one bundle.
const MOST: u64 = 64 << 20;

pub(super) fn run(args: &CollectArgs, context: &mut Context) -> Result<ExitCode, Failure> {
    let (archive, _lock) = writing(context)?;
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for source in &args.sources {
        for (name, read) in read(source, args.ca.as_deref()) {
            let opened = read.and_then(|bytes| {
                let bundle = Bundle::open(&bytes, &mut Budget::bundle())
                    .map_err(|error| Failure::from_error(error.code().as_str(), &error))?;
                Ok((bytes, bundle))
            });
            match opened {
                Ok(pair) => found.push(pair),
                Err(failure) => problems.push((name, failure)),
            }
        }
    }
    let collected = archive.collect(found, now())?;
    let printer = &mut context.printer;
    for (name, failure) in &problems {
        printer.warn(format!("{name}: {failure} ({})", failure.code));
    }
    if printer.is_json() {
        let items: Vec<_> = collected
            .iter()
            .map(|one| {
                json!({
                    "id": one.issuer,
                    "seq": one.seq,
                    "nextUpdate": one.next_update,
                    "outcome": one.fate.as_str(),
                })
            })
            .collect();
        let problems: Vec<_> = problems
            .iter()
            .map(|(source, failure)| {
                json!({ "source": source, "code": failure.code, "message": failure.to_string() })
            })
            .collect();
        printer.json(&json!({
            "schema": "mandate.accreditor-collected/1",
            "items": items,
            "problems": problems,
        }))?;
    }
    for one in &collected {
        printer.line(format!(
            "{}  number {}  {}",
            one.issuer,
            one.seq,
            said(one.fate)
        ))?;
    }
    if collected.iter().any(|one| one.fate.is_held()) {
        printer.hint(format!("publish with: {}", command("publish --out DIR")));
        return Ok(ExitCode::Done);
    }
    let code = AccreditorCode::AccreditorNothingCollected.as_str();
    Err(
        Failure::failed(code, "not one of the bundles is taken").hint(
            "a parliament is accredited first; it publishes with: mandate-issuer publish --out DIR",
        ),
    )
}

const fn said(fate: Fate) -> &'static str {
    match fate {
        Fate::Taken => "taken",
        Fate::Same => "held already",
        Fate::Older => "older than the one that is held",
        Fate::Conflict => "another of that number is held: its issuer tells two stories",
        Fate::Fork => "with another history of its DID than the one that is held",
        Fate::Untimely => "expired, or signed later than now",
        Fate::Stranger => "of nobody that is accredited, and of no unit of theirs",
    }
}

/// Reads what a source holds, each with its name.
fn read(source: &str, ca: Option<&Path>) -> Vec<(String, Result<Vec<u8>, Failure>)> {
    if source.starts_with("https://") || source.starts_with("http://") {
        return vec![(source.to_owned(), fetch(source, ca))];
    }
    let path = Path::new(source);
    let of_file = |path: &Path| {
        let bytes = files::read_bounded(path, MOST).map(|bytes| bytes.to_vec());
        (path.display().to_string(), bytes)
    };
    if !path.is_dir() {
        return vec![of_file(path)];
    }
    match bundles_in(path) {
        Ok(paths) => paths.iter().map(|path| of_file(path)).collect(),
        Err(failure) => vec![(source.to_owned(), Err(failure))],
    }
}

/// A site has `bundle.json`; a folder of sites has folders with it, or bundles under names of their own.
fn bundles_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let own = folder.join("bundle.json");
    if own.is_file() {
        return Ok(vec![own]);
    }
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| Failure::reading(folder, &error))? {
        let path = entry
            .map_err(|error| Failure::reading(folder, &error))?
            .path();
        let inner = path.join("bundle.json");
        if inner.is_file() {
            paths.push(inner);
        } else if path.is_file() && path.extension().is_some_and(|end| end == "json") {
            paths.push(path);
        }
    }
    paths.sort_unstable();
    Ok(paths)
}

/// Gets a bundle from the web. Whoever serves it is believed in nothing: its signatures are.
fn fetch(url: &str, ca: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let is_file = Path::new(url).extension().is_some_and(|end| end == "json");
    let url = if is_file {
        url.to_owned()
    } else {
        format!("{}/bundle.json", url.trim_end_matches('/'))
    };
    let agent = web::agent(60, 10, ca)?;
    let got = agent.get(&url).call().and_then(|mut response| {
        let body = response.body_mut().with_config().limit(MOST);
        body.read_to_vec()
    });
    got.map_err(|error| {
        let message = format!("cannot read {url}");
        Failure::failed(cli_kit::Code::FileUnreadable.as_str(), message)
            .caused_by(&error)
            .hint("check the address, or bring the file by other means")
    })
}
