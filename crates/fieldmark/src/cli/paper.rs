//! How a dossier is read, and what becomes a paper.

use clap::Args;
use clap::builder::PossibleValuesParser;
use fieldmark_api::Form;
use std::path::PathBuf;

/// How a dossier is to be read.
#[derive(Args, Debug)]
pub struct DossierReading {
    /// How lines of evidence are combined
    #[arg(long, value_parser = ["ledger", "single-best", "full-independence"])]
    pub rule: Option<String>,
    /// The estimative scale whose words the headlines use, such as icd203 or phia
    #[arg(long, value_name = "NAME")]
    pub scale: Option<String>,
    /// What else is taken for the subject: own (nothing), strict (exactly the same), near (or nearly)
    /// or wide (or claimed to be of it)
    #[arg(long, value_name = "LENS")]
    pub lens: Option<String>,
    /// Whose claims the lens follows: id or name, several between semicolons [default: everybody's]
    #[arg(long, value_name = "WHO", requires = "lens")]
    pub lens_by: Option<String>,
    #[command(flatten)]
    pub paper: OnPaper,
    /// Instead: what changed since then, and by which entry
    #[arg(long, value_name = "EARLIER", conflicts_with = "format")]
    pub diff: Option<String>,
    /// The clock of --diff: when the ledger recorded it, or when it was asserted
    #[arg(long, value_parser = ["recorded", "asserted"], requires = "diff")]
    pub clock: Option<String>,
}

/// An answer as a paper.
#[derive(Args, Clone, Debug)]
pub struct OnPaper {
    /// A paper instead of text: Markdown, one HTML file, Word or PDF; HTML and PDF have drawings
    #[arg(long, value_parser = PossibleValuesParser::new(Form::ALL.iter().map(|(ending, _)| *ending)))]
    pub format: Option<String>,
    /// Where to write what --format makes [default: standard output]
    #[arg(short, long, value_name = "FILE", requires = "format")]
    pub output: Option<PathBuf>,
}
