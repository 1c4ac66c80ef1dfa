//! The commands, one file each: what is asked of the desks, and how the answer reads.

mod admin;
mod ask;
mod claims;
mod deliveries;
mod demo;
mod dossier;
mod export;
mod history;
mod import;
mod mcp;
mod operator;
mod overlap;
mod paper;
mod path;
mod progress;
mod pull;
mod review;
mod seal;
mod search;
mod show;
mod source;
mod sparql;
pub mod text;
mod toml_file;
mod writing;

use crate::cli::paper::OnPaper;
use crate::cli::{Cli, Command, ConfigCommand};
use crate::config::{Config, Origin};
use crate::door::Door;
use crate::language::Language;
use anyhow::{Context, Result, bail};
use fieldmark_api::DeskSettings;
use serde_json::Value;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// What every command is given.
pub struct Desktop {
    /// The configuration in force.
    pub config: Config,
    /// The language of headings and labels.
    pub language: Language,
    /// Whether facts are printed as JSON.
    pub json: bool,
    command: &'static str,
}

/// Runs one command to its exit status; an error is exit status 1.
pub async fn run(cli: Cli) -> Result<ExitCode> {
    let Cli { global, command } = cli;
    match &command {
        // These must work where nothing else does.
        Command::Completions { shell } => return operator::completions(*shell),
        Command::Man { command } => return operator::man(command.as_deref()),
        _ => {}
    }
    let (listen, metrics) = match &command {
        Command::Serve { listen, metrics } => (*listen, metrics.as_deref()),
        Command::Demo { listen } => (Some(*listen), Some("off")),
        _ => (None, None),
    };
    let config = Config::read(&global, listen, metrics)?;
    log(&config, &command)?;
    let on = Desktop {
        config,
        language: Language::of(&global),
        json: global.json,
        command: command.name(),
    };
    match command {
        Command::Serve { .. } => serve(on).await,
        Command::Demo { .. } => demo::run(on).await,
        Command::Import {
            files,
            format,
            marking,
            mapping,
            dry_run,
            propose,
            loosen,
            reason,
        } => {
            let mapping = mapping.as_deref().map(import::mapping).transpose()?;
            import::run(
                &on,
                &files,
                &import::How {
                    format,
                    marking,
                    mapping,
                    dry_run,
                    propose,
                    loosen,
                    reason,
                },
            )
            .await
        }
        Command::Pull(wanted) => pull::run(&on, wanted).await,
        Command::Claim(command) => writing::claim(&on, command).await,
        Command::Record(command) => writing::record(&on, command).await,
        Command::Review(command) => review::run(&on, command).await,
        Command::Source(command) => source::run(&on, command).await,
        Command::Export(wanted) => export::run(&on, wanted).await,
        Command::Ask { list: true, .. } => ask::list(&on).await,
        Command::Ask {
            name,
            parameters,
            limit,
            csv,
            spreadsheet,
            eyes,
            ..
        } => {
            ask::run(
                &on,
                &name.unwrap_or_default(),
                &parameters,
                limit,
                (csv, spreadsheet),
                &eyes,
            )
            .await
        }
        Command::Sparql {
            query,
            format,
            csv,
            eyes,
        } => {
            let format = if csv { "csv" } else { &format };
            sparql::run(&on, &query, format, &eyes).await
        }
        Command::Overlap {
            campaign,
            with,
            svg: Some(file),
            picture,
            eyes,
            ..
        } => overlap::draw(&on, (&campaign, with.as_deref()), &picture, &file, &eyes).await,
        Command::Overlap {
            campaign,
            with: Some(other),
            shuffles,
            paper,
            eyes,
            ..
        } => overlap::pair(&on, (&campaign, &other), shuffles, &paper, &eyes).await,
        Command::Overlap {
            with: None,
            paper: OnPaper {
                format: Some(_), ..
            },
            ..
        } => bail!("a paper is of two campaigns: name the other with --with"),
        Command::Overlap {
            campaign,
            with: None,
            top,
            types,
            shuffles,
            eyes,
            ..
        } => overlap::ranking(&on, &campaign, (top, &types, shuffles), &eyes).await,
        Command::Dossier {
            subject,
            reading,
            eyes,
        } => dossier::run(&on, &subject, &reading, &eyes).await,
        Command::Path {
            from,
            to,
            max_hops,
            eyes,
        } => path::run(&on, &from, &to, max_hops, &eyes).await,
        Command::Show {
            record,
            format,
            eyes,
        } => show::run(&on, &record, &format, &eyes).await,
        Command::History { record } => history::run(&on, &record).await,
        Command::Search {
            text,
            noun,
            limit,
            eyes,
        } => search::run(&on, &text, noun.as_deref(), limit, &eyes).await,
        Command::Mcp { eyes } => mcp::run(&on, eyes.audience).await,
        Command::Deliveries { taker } => deliveries::run(&on, taker.as_deref()).await,
        Command::Token(command) => admin::token(&on, command).await,
        Command::Audience(command) => admin::audience(&on, command).await,
        Command::ReleaseKey { file } => seal::key(&on, &file),
        Command::SignBundle {
            bundle,
            key,
            by,
            output,
        } => seal::sign(&on, &bundle, &key, &by, output.as_deref()),
        Command::VerifyBundle { bundle, seal, key } => {
            seal::verify(&on, &bundle, seal.as_deref(), &key)
        }
        Command::Verify => operator::verify(&on).await,
        Command::Rebuild { audience } => operator::rebuild(&on, audience.as_deref()).await,
        Command::Config(ConfigCommand::Show { origin }) => operator::config_show(&on, origin),
        Command::Config(ConfigCommand::Check) => operator::config_check(&on),
        Command::Completions { .. } | Command::Man { .. } => Ok(ExitCode::SUCCESS),
    }
}

async fn serve(on: Desktop) -> Result<ExitCode> {
    let base = crate::open::open(&on.config, on.command)?;
    crate::serve::serve(&on.config, base, DeskSettings::default(), async |address| {
        if let Err(error) = print(&format!("Fieldmark listens on http://{address}\n")) {
            tracing::warn!("{error:#}");
        }
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

impl Desktop {
    /// The way to the facts, which are made when there are none yet.
    pub async fn door(&self) -> Result<Door> {
        Door::open(&self.config, self.command, self.language).await
    }

    /// The way to facts that must be there: asking of a directory that nobody filled is a
    /// misspelt name more often than a question.
    pub async fn filled_door(&self) -> Result<Door> {
        let data = &self.config.data;
        if !data.join("ledger.sqlite").exists() {
            bail!(
                "there is no knowledge base in {}: `fieldmark import` begins one, --data names another",
                data.display()
            );
        }
        self.door().await
    }

    /// Prints the answer as it came when JSON is wished for, else as `text` writes it.
    pub fn print(&self, answer: &Value, text: impl FnOnce(&Value) -> String) -> Result<ExitCode> {
        match self.json {
            true => print(&format!("{answer:#}\n"))?,
            false => print(&text(answer))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints to standard output. A reader that has seen enough and closed the pipe is no error.
pub fn print(text: &str) -> Result<()> {
    print_bytes(text.as_bytes())
}

/// The same for bytes.
pub fn print_bytes(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("standard output")
        }
        _ => Ok(()),
    }
}

/// Log lines go to standard error: all that is configured from a server, failures alone from a
/// command, unless `FIELDMARK_LOG` asks for more.
fn log(config: &Config, command: &Command) -> Result<()> {
    let asked = config.origins().any(|(key, _, origin)| {
        key == "log" && matches!(origin, Origin::Environment(_) | Origin::Flag(_))
    });
    let filter = match command {
        Command::Serve { .. } => config.log.as_str(),
        Command::Demo { .. } if !asked => "warn",
        _ if asked => config.log.as_str(),
        _ => "error",
    };
    let filter = EnvFilter::try_new(filter).with_context(|| {
        format!("log: \"{filter}\" is not a filter, such as info or warn,fieldmark_api=debug")
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}
