//! The command line, as `--help` shows it.

pub mod paper;
pub mod writing;

use clap::{Args, Parser, Subcommand};
use paper::{DossierReading, OnPaper};
use std::net::SocketAddr;
use std::path::PathBuf;

/// An attribution knowledge base: who says who ran which operation, in what words, on what
/// evidence, and what links one campaign to another.
#[derive(Debug, Parser)]
#[command(name = "fieldmark", version, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// The data directory [default: ./fieldmark-data]
    #[arg(long, global = true, env = "FIELDMARK_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The configuration file (TOML) [default: ./fieldmark.toml, if there is one]
    #[arg(long, global = true, env = "FIELDMARK_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print facts as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// The language of labels and headings
    #[arg(long = "lang", alias = "language", global = true, value_name = "LANGUAGE", value_parser = ["en", "fr"], env = "FIELDMARK_LANGUAGE")]
    pub language: Option<String>,
}

/// Whose eyes a reading command looks through, and as of when by both clocks.
#[derive(Args, Clone, Debug)]
pub struct PastEyes {
    /// Read as this audience sees it [default: steward, who sees everything]
    #[arg(long = "as", value_name = "AUDIENCE")]
    pub audience: Option<String>,
    /// As the ledger had it then: 2026-11-24 (to its end in UTC), 2026-11-24T09:30:00Z or entry:123
    #[arg(long, value_name = "MOMENT")]
    pub known_at: Option<String>,
    /// As if no claims were there but those certainly made by the end of this date: 2023, 2023-08 or 2023-08-29
    #[arg(long, value_name = "DATE")]
    pub asserted_by: Option<String>,
}

impl PastEyes {
    /// The audience, when one is named.
    pub fn seen(&self) -> Option<&str> {
        self.audience.as_deref()
    }

    /// As of when, as an address takes it.
    pub fn query(&self) -> impl Iterator<Item = (&str, &str)> {
        let known = ("knownAt", self.known_at.as_deref());
        let asserted = ("assertedBy", self.asserted_by.as_deref());
        let both = [known, asserted].into_iter();
        both.filter_map(|(name, value)| Some((name, value?)))
    }
}

/// Whose eyes a reading command looks through.
#[derive(Args, Clone, Debug)]
pub struct Eyes {
    /// Read as this audience sees it [default: steward, who sees everything]
    #[arg(long = "as", value_name = "AUDIENCE")]
    pub audience: Option<String>,
}

/// What is exported, and how.
#[derive(Args, Clone, Debug)]
pub struct ExportArgs {
    /// stix (2.1); stix-opencti or misp (an event), as those two keep most of it; turtle, trig, ntriples, nquads, jsonld or rdfxml; ledger or ledger-trig; to draw: gexf, graphml, csv (edges),
    /// csv-nodes, navigator (DISARM Navigator) or navigator-attack (ATT&CK Navigator)
    #[arg(long)]
    pub format: String,
    #[command(flatten)]
    pub eyes: PastEyes,
    /// Only these records: ids, IRIs or names
    #[arg(long, num_args = 1.., value_name = "ID")]
    pub of: Vec<String>,
    /// Only the records that this saved question answers with
    #[arg(long, value_name = "NAME")]
    pub question: Option<String>,
    /// A parameter of the question
    #[arg(long, value_name = "KEY=VALUE", requires = "question")]
    pub with: Vec<String>,
    /// How many steps around the records, at most 6: each takes the relationships and claims that speak of them, and the records at their ends [default: 1 to draw, else 0]
    #[arg(long, value_name = "STEPS")]
    pub depth: Option<usize>,
    /// Of stix, stix-opencti and misp: what the objects refer to goes along, as far as it may be seen
    #[arg(long)]
    pub closed: bool,
    /// Of csv and csv-nodes: an apostrophe in front of every cell that a spreadsheet would run
    #[arg(long)]
    pub spreadsheet: bool,
    /// Where to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What is pulled from another server, and how.
#[derive(Args, Clone, Debug)]
pub struct PullArgs {
    /// The server's discovery (https://host/taxii2/), or one of its API roots
    pub url: String,
    /// The collection: its id, alias or title
    #[arg(long, value_name = "COLLECTION")]
    pub collection: Option<String>,
    /// Who asks
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Only what was added there after this moment, whatever was pulled before
    #[arg(long, value_name = "MOMENT", conflicts_with = "all")]
    pub added_after: Option<String>,
    /// From the beginning, whatever was pulled before
    #[arg(long)]
    pub all: bool,
    /// How many objects are asked for at once
    #[arg(long, value_name = "COUNT", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    pub page: u32,
    /// The release policy of objects without a marking: tlp:clear to tlp:red, or a marking
    /// definition's id
    #[arg(long)]
    pub marking: Option<String>,
    /// Judge and report; change nothing, and do not remember how far it was pulled
    #[arg(long)]
    pub dry_run: bool,
    /// Let what comes wait for a steward (`fieldmark review list`)
    #[arg(long)]
    pub propose: bool,
    /// Why this is written; `fieldmark history` shows it
    #[arg(long, value_name = "REASON")]
    pub reason: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the server
    #[command(
        after_help = "Example: fieldmark serve --listen 127.0.0.1:8420 --data ./fieldmark-data"
    )]
    Serve {
        /// Where to listen [default: 127.0.0.1:8420]
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
        /// Where to serve /metrics, or `off` [default: 127.0.0.1:9420]
        #[arg(long, value_name = "ADDRESS")]
        metrics: Option<String>,
    },
    /// Load the seed case into a scratch directory, serve it and print its first answer
    #[command(
        after_help = "Anonymous callers on loopback see the steward's view, in the demo only.\nExample: fieldmark demo --listen 127.0.0.1:8420"
    )]
    Demo {
        /// Where to listen; loopback only
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420", value_parser = loopback)]
        listen: SocketAddr,
    },
    /// Take facts in: each record is judged, those that hold are committed
    #[command(
        after_help = "Formats: stix (2.1 and 2.0: a bundle, a list or one object), turtle, trig, ntriples, nquads, jsonld, rdfxml, csv, misp (events), misp-galaxy; by the file's ending unless --format says, and STIX and events of MISP by their beginning. Any of them may be gzip.\nOf a directory, the files with such endings are read, or all of them with --format.\nExample: fieldmark import report.trig --dry-run\n         fieldmark import bundle.json --marking tlp:green\n         fieldmark import seed-data\n         fieldmark import facts.ttl --marking tlp:green\n         fieldmark import facts.ttl --marking tlp:green --reason \"the name was misspelt\"\n         fieldmark import facts.ttl --marking tlp:clear --loosen \"published on 3 May\"\n         fieldmark import incidents.csv --mapping incidents.toml --marking tlp:green\n         fieldmark import event.json --marking tlp:green\n         fieldmark import threat-actor.json --format misp-galaxy --marking tlp:clear"
    )]
    Import {
        /// Files to read, or directories of them; - is standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The format of all of them
        #[arg(long)]
        format: Option<String>,
        /// The release policy of statements that stand in no graph, and of STIX objects without a
        /// marking: tlp:clear to tlp:red, or a marking definition's id
        #[arg(long)]
        marking: Option<String>,
        /// For CSV: the file (TOML) that says which columns are what; docs/tables.md explains it
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,
        /// Judge and report, with every change of marking; change nothing
        #[arg(long)]
        dry_run: bool,
        /// Let what holds wait for a steward (`fieldmark review list`)
        #[arg(long)]
        propose: bool,
        /// Why statements may be seen by more people than now; without it, a record that would
        /// show more than it does is refused
        #[arg(long, value_name = "REASON")]
        loosen: Option<String>,
        /// Why this is written, such as what it corrects; `fieldmark history` shows it
        #[arg(long, value_name = "REASON")]
        reason: Option<String>,
    },
    /// Take in what another server's TAXII 2.1 collection holds, from where the last pull ended
    #[command(
        after_help = "Without --collection the collections are listed. The password of --user is read from FIELDMARK_TAXII_PASSWORD; FIELDMARK_TAXII_TOKEN holds a bearer's token instead. How far each collection was pulled is kept in the data directory: after an interruption, the same command goes on from there. A request that fails is made again, up to five times.\nExample: fieldmark pull https://partner.example/taxii2/\n         fieldmark pull https://partner.example/taxii2/ --collection Reports --user desk-a\n         fieldmark pull https://partner.example/taxii2/ --collection Reports --all --dry-run"
    )]
    Pull(PullArgs),
    /// Claims written by hand: assert, revise, withdraw, dispute, concur
    #[command(subcommand)]
    Claim(writing::ClaimCommand),
    /// Records and links written by hand
    #[command(subcommand)]
    Record(writing::RecordCommand),
    /// What was proposed from outside a view, and your word on it
    #[command(subcommand)]
    Review(writing::ReviewCommand),
    /// The texts of sources, and where in them stands what is quoted
    #[command(subcommand)]
    Source(writing::SourceCommand),
    /// Give out what one audience may see: as STIX, as RDF, or to draw
    #[command(
        after_help = "RDF is the whole view: a query finds in the file what it finds here. ledger (N-Quads) and ledger-trig are the steward's: what stands behind every view, each statement in the graph of its release policy.\nExample: fieldmark export --format turtle --as public -o public.ttl\n         fieldmark export --format ledger -o all.nq\n         fieldmark export --format stix --as public -o public.json\n         fieldmark export --format misp --as public --of \"MPs campaign 2023\" --closed -o event.json\n         fieldmark export --format stix --of \"MPs campaign 2023\" --depth 1 -o around.json\n         fieldmark export --format stix --question asserted-before --with before=2023-09-06"
    )]
    Export(ExportArgs),
    /// Make a key to sign releases with; what is printed is for partners
    #[command(after_help = "Example: fieldmark release-key desk.key > desk.pub")]
    ReleaseKey {
        /// Where the secret key goes; nothing is written over
        file: PathBuf,
    },
    /// Seal a bundle: who released it, when, and a signature over its canonical form
    #[command(
        after_help = "The seal (Ed25519 over JCS, RFC 8785) goes beside the bundle as BUNDLE.seal.\nExample: fieldmark sign-bundle release.json --key desk.key --by \"Desk A\""
    )]
    SignBundle {
        /// The bundle
        bundle: PathBuf,
        /// The secret key's file
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Who releases it, as partners will read it
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Where the seal goes [default: BUNDLE.seal]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Check a bundle against its seal; what changed is named
    #[command(after_help = "Example: fieldmark verify-bundle release.json --key $(cat desk.pub)")]
    VerifyBundle {
        /// The bundle
        bundle: PathBuf,
        /// The seal [default: BUNDLE.seal]
        #[arg(long, value_name = "FILE")]
        seal: Option<PathBuf>,
        /// The releaser's public key: 64 hex digits
        #[arg(long, value_name = "HEX")]
        key: String,
    },
    /// Ask a saved question
    #[command(
        after_help = "Example: fieldmark ask --list\n         fieldmark ask overlap left=\"Alces Lake\" right=\"MPs campaign 2023\""
    )]
    Ask {
        /// The question's name
        #[arg(required_unless_present = "list")]
        name: Option<String>,
        /// Its parameters, each key=value
        #[arg(value_name = "KEY=VALUE")]
        parameters: Vec<String>,
        /// List the questions with their parameters
        #[arg(long)]
        list: bool,
        /// How many rows at most
        #[arg(long, default_value_t = 200)]
        limit: usize,
        /// Print every row as CSV (RFC 4180), IRIs and all; --limit does not cut it
        #[arg(long, conflicts_with = "json")]
        csv: bool,
        /// With --csv: an apostrophe in front of every cell that a spreadsheet would run
        #[arg(long, requires = "csv")]
        spreadsheet: bool,
        #[command(flatten)]
        eyes: PastEyes,
    },
    /// Ask in SPARQL, read only
    #[command(
        after_help = "Example: fieldmark sparql 'ASK { ?claim a <https://w3id.org/fieldmark/ns#Claim> }'\n         fieldmark sparql queries/timeline.rq --as public"
    )]
    Sparql {
        /// The query, or a file ending in .rq
        query: String,
        /// The result format: table, json, xml, csv, tsv, turtle, ntriples, jsonld or rdfxml
        #[arg(long, default_value = "table", value_parser = ["table", "json", "xml", "csv", "tsv", "turtle", "ntriples", "jsonld", "rdfxml"])]
        format: String,
        /// Print the rows as CSV, as --format csv does
        #[arg(long, conflicts_with_all = ["format", "json"])]
        csv: bool,
        #[command(flatten)]
        eyes: PastEyes,
    },
    /// What links one campaign to others, item by item, and what it comes to
    #[command(
        after_help = "Example: fieldmark overlap \"Alces Lake\" --with \"MPs\"\n         fieldmark overlap \"Alces Lake\" --top 5\n         fieldmark overlap \"Alces Lake\" --with \"MPs\" --svg waterfall.svg\n         fieldmark overlap \"Alces Lake\" --with \"MPs\" --format html -o overlap.html"
    )]
    Overlap {
        /// The campaign: id, IRI or name
        campaign: String,
        /// The other one; without it, the campaigns that share most
        #[arg(long)]
        with: Option<String>,
        /// How many others at most
        #[arg(long, default_value_t = 10)]
        top: usize,
        /// The STIX types to rank, between commas
        #[arg(long, default_value = "campaign,incident")]
        types: String,
        /// How often to shuffle the population to see what chance gives; 0 for not at all
        #[arg(long, default_value_t = 999)]
        shuffles: u32,
        /// Draw it into this file (SVG; with its table when the name ends in .html)
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
        /// What to draw: waterfall or sides of two, matrix of one or two, neighbourhood of one
        #[arg(long, default_value = "waterfall", requires = "svg", value_parser = ["waterfall", "sides", "matrix", "neighbourhood"])]
        picture: String,
        #[command(flatten)]
        paper: OnPaper,
        #[command(flatten)]
        eyes: PastEyes,
    },
    /// Every claim about a subject, side by side
    #[command(
        after_help = "Example: fieldmark dossier \"MPs campaign 2023\"\n         fieldmark dossier \"MPs campaign 2023\" --asserted-by 2023-09-06 --as public --json\n         fieldmark dossier \"MPs campaign 2023\" --known-at $(date -u +%F)\n         fieldmark dossier \"MPs campaign 2023\" --diff 2023-09-06 --clock asserted\n         fieldmark dossier Spamouflage --lens wide\n         fieldmark dossier \"MPs campaign 2023\" --format html -o dossier.html"
    )]
    Dossier {
        /// The subject: id, IRI or name
        subject: String,
        #[command(flatten)]
        reading: DossierReading,
        #[command(flatten)]
        eyes: PastEyes,
    },
    /// How two records are linked, hop by hop
    #[command(
        after_help = "Example: fieldmark path \"Alces Lake\" \"Ministry of Public Security\""
    )]
    Path {
        /// Where to begin: id, IRI or name
        from: String,
        /// Where to end: id, IRI or name
        to: String,
        /// How many hops at most
        #[arg(long, default_value_t = 6)]
        max_hops: usize,
        #[command(flatten)]
        eyes: PastEyes,
    },
    /// One record
    #[command(
        after_help = "Example: fieldmark show \"Alces Lake\"\n         fieldmark show campaign--0d216287-6b9c-5940-afe0-4d84d545b13b --format turtle"
    )]
    Show {
        /// The record: id, IRI or name
        record: String,
        /// text, turtle or jsonld
        #[arg(long, default_value = "text", value_parser = ["text", "turtle", "jsonld"])]
        format: String,
        #[command(flatten)]
        eyes: PastEyes,
    },
    /// Every revision of one record, from the ledger
    #[command(after_help = "Example: fieldmark history \"Alces Lake\"")]
    History {
        /// The record: id, IRI or name
        record: String,
    },
    /// Find records by their names and words
    #[command(after_help = "Example: fieldmark search deepfake")]
    Search {
        /// What to look for, in any script
        text: String,
        /// Only records of this noun, such as Campaign
        #[arg(long)]
        noun: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[command(flatten)]
        eyes: PastEyes,
    },
    /// Serve an assistant over standard input and output (Model Context Protocol)
    #[command(
        after_help = "A server offers the same at /mcp, to whoever has a token. Tools read as --as sees it, and can propose for a steward to decide (`fieldmark review list`).\nExample: fieldmark mcp --as public < /dev/null"
    )]
    Mcp {
        #[command(flatten)]
        eyes: Eyes,
    },
    /// Callers' tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Groups of callers who see the same
    #[command(subcommand)]
    Audience(AudienceCommand),
    /// Who took what by TAXII, when, and which of their copies are stale
    #[command(
        after_help = "Example: fieldmark deliveries\n         fieldmark deliveries partner-x"
    )]
    Deliveries {
        /// The name of a token: also each stale copy of its bearer
        taker: Option<String>,
    },
    /// Check every entry of the ledger and every view
    #[command(
        after_help = "Exit status 1 when anything is wrong; the first bad entry is named.\nExample: fieldmark verify"
    )]
    Verify,
    /// Make the views again from the ledger
    #[command(after_help = "Example: fieldmark rebuild --as public")]
    Rebuild {
        /// One audience's only
        #[arg(long = "as", value_name = "AUDIENCE")]
        audience: Option<String>,
    },
    /// The configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print completions for a shell
    #[command(after_help = "Example: fieldmark completions bash > fieldmark.bash")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(
        after_help = "Example: fieldmark man > fieldmark.1\n         fieldmark man import > fieldmark-import.1"
    )]
    Man {
        /// The page of one command
        command: Option<String>,
    },
}

impl Command {
    /// Its name, as it is typed.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Serve { .. } => "serve",
            Self::Demo { .. } => "demo",
            Self::Import { .. } => "import",
            Self::Claim(_) => "claim",
            Self::Record(_) => "record",
            Self::Review(_) => "review",
            Self::Source(_) => "source",
            Self::Pull(_) => "pull",
            Self::Export(_) => "export",
            Self::ReleaseKey { .. } => "release-key",
            Self::SignBundle { .. } => "sign-bundle",
            Self::VerifyBundle { .. } => "verify-bundle",
            Self::Ask { .. } => "ask",
            Self::Sparql { .. } => "sparql",
            Self::Overlap { .. } => "overlap",
            Self::Dossier { .. } => "dossier",
            Self::Path { .. } => "path",
            Self::Show { .. } => "show",
            Self::History { .. } => "history",
            Self::Search { .. } => "search",
            Self::Mcp { .. } => "mcp",
            Self::Token(_) => "token",
            Self::Audience(_) => "audience",
            Self::Deliveries { .. } => "deliveries",
            Self::Verify => "verify",
            Self::Rebuild { .. } => "rebuild",
            Self::Config(_) => "config",
            Self::Completions { .. } => "completions",
            Self::Man { .. } => "man",
        }
    }
}

/// Whoever asks the demo anonymously sees everything: nobody outside this machine may.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text
        .parse()
        .map_err(|_| "not an address, such as 127.0.0.1:8420".to_owned())?;
    match address.ip().is_loopback() {
        true => Ok(address),
        false => Err(
            "the demo shows everything to anybody, so it listens on loopback only; use `serve`"
                .into(),
        ),
    }
}

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print its secret, once
    #[command(
        after_help = "Example: fieldmark token create --name desk --audience partner --expires 2027-06-30"
    )]
    Create {
        /// Its name, unique here
        #[arg(long)]
        name: String,
        /// The audience of its bearer
        #[arg(long)]
        audience: String,
        /// What it allows beside reading; a tool may only propose
        #[arg(long, default_value = "reader", value_parser = ["reader", "tool", "writer", "operator"])]
        role: String,
        /// The last day it is good for, such as 2027-06-30
        #[arg(long)]
        expires: Option<String>,
    },
    /// List the tokens, without their secrets
    #[command(after_help = "Example: fieldmark token list")]
    List,
    /// Revoke a token
    #[command(after_help = "Example: fieldmark token revoke desk")]
    Revoke {
        /// Its name
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum AudienceCommand {
    /// List the audiences
    #[command(
        after_help = "Audiences are configured in fieldmark.toml, as [[audience]].\nExample: fieldmark audience list"
    )]
    List,
    /// Count what an audience may see
    #[command(after_help = "Example: fieldmark audience preview public")]
    Preview {
        /// Its name
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the configuration in force
    #[command(after_help = "Example: fieldmark config show --origin")]
    Show {
        /// Say where each value comes from
        #[arg(long)]
        origin: bool,
    },
    /// Check the configuration; say nothing when it is fine
    #[command(after_help = "Example: fieldmark config check --config fieldmark.toml")]
    Check,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_option_and_conflict_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_demo_listens_to_this_machine_only() {
        for (address, allowed) in [
            ("127.0.0.1:1", true),
            ("[::1]:1", true),
            ("0.0.0.0:1", false),
            ("x", false),
        ] {
            assert_eq!(loopback(address).is_ok(), allowed, "{address}");
        }
    }
}
