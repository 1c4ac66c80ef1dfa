//! `--format`: an answer as a paper, into a file or onto the terminal.

use super::print_bytes;
use crate::cli::PastEyes;
use crate::cli::paper::OnPaper;
use crate::door::{Door, address};
use anyhow::{Context, Result, bail};
use fieldmark_api::Form;
use std::io::IsTerminal;
use std::process::ExitCode;

/// Asks for the paper of what an address gives of a subject, if one is wanted.
///
/// # Errors
/// When it cannot be made or written, and when the terminal would have to show what is no text.
pub async fn written(
    door: &Door,
    wanted: &OnPaper,
    (noun, subject): (&str, &str),
    asked: &[(&str, &str)],
    eyes: &PastEyes,
) -> Result<Option<ExitCode>> {
    let Some(ending) = &wanted.format else {
        return Ok(None);
    };
    let mut forms = Form::ALL.iter();
    let is_text = forms.any(|(name, form)| name == ending && form.is_text());
    if !is_text && wanted.output.is_none() && std::io::stdout().is_terminal() {
        bail!("{ending} is not for a terminal: name a file with --output FILE");
    }
    let name = format!("{subject}.{ending}");
    let path = address(&["api", "v1", noun, &name], asked);
    let answer = door.get(&path, eyes.seen()).await?;
    let answer = answer.success().with_context(|| format!("\"{subject}\""))?;
    match &wanted.output {
        None => print_bytes(&answer.body)?,
        Some(file) => {
            std::fs::write(file, &answer.body).with_context(|| file.display().to_string())?;
        }
    }
    Ok(Some(ExitCode::SUCCESS))
}
