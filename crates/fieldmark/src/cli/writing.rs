//! The commands that write by hand and decide on what waits, as `--help` shows them.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// On what terms something is written.
#[derive(Args, Clone, Debug)]
pub struct TermsArgs {
    /// Judge and report the change; write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Let it wait for a steward; nothing of it stands anywhere until then
    #[arg(long)]
    pub propose: bool,
    /// Why this is written; `fieldmark history` shows it
    #[arg(long, value_name = "REASON")]
    pub reason: Option<String>,
    /// Why more people may see statements of it than now
    #[arg(long, value_name = "REASON")]
    pub loosen: Option<String>,
    /// A word of your own: the same command run again with it changes nothing more
    #[arg(long, value_name = "WORD")]
    pub key: Option<String>,
}

/// What is filled in.
#[derive(Args, Clone, Debug)]
pub struct SaidArgs {
    /// A file (TOML) of what is said, by name; - is standard input
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// One value, which goes before the file's: basis=ownAnalysis, verbatim@fr="…"; given again, one more
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Who may see it: tlp:clear to tlp:red, or a marking definition's id
    #[arg(long)]
    pub marking: Option<String>,
    #[command(flatten)]
    pub terms: TermsArgs,
}

/// A change of what is there.
#[derive(Args, Clone, Debug)]
pub struct ChangeArgs {
    /// A property that is to have no value any more
    #[arg(long, value_name = "NAME")]
    pub unset: Vec<String>,
    /// The version that is changed, as it was read [default: what stands there now]
    #[arg(long, value_name = "VERSION")]
    pub if_version: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum ClaimCommand {
    /// Assert a claim: an assessor's word on a subject; what is not given is asked for
    #[command(
        after_help = "With neither --from nor --set, it asks step by step, completes names (Tab) and shows what would be written first. `fieldmark claim form KIND` lists what may be filled in.\nExample: fieldmark claim add attribution --from attribution.toml --dry-run"
    )]
    Add {
        /// attribution, control, alias, sameNetwork, classification, objective, impact, authenticity or denial
        kind: Option<String>,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Give some properties of a claim other values; all else stays
    #[command(
        after_help = "Example: fieldmark claim revise C15 --set confidence=moderate --dry-run"
    )]
    Revise {
        /// The claim: its id
        claim: String,
        #[command(flatten)]
        change: ChangeArgs,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Take a claim back, for its assessor: it stands, and has no say any more
    #[command(after_help = "Example: fieldmark claim withdraw C15 --dry-run")]
    Withdraw {
        /// The claim: its id
        claim: String,
        /// The version that is changed, as it was read [default: what stands there now]
        #[arg(long, value_name = "VERSION")]
        if_version: Option<String>,
        #[command(flatten)]
        terms: TermsArgs,
    },
    /// Assert a claim about the same, which says that it is not so
    #[command(
        after_help = "Who says so, in what words and where is filled in as for `claim add`.\nExample: fieldmark claim dispute C15 --from denial.toml --dry-run"
    )]
    Dispute {
        /// The claim that is disputed: its id
        claim: String,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Assert a claim about the same, which says that it is so
    #[command(
        after_help = "Who says so, in what words and where is filled in as for `claim add`.\nExample: fieldmark claim concur C15 --from denial.toml --dry-run"
    )]
    Concur {
        /// The claim that is concurred with: its id
        claim: String,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Attach evidence to a claim, beside what it rests on already
    #[command(
        after_help = "Example: fieldmark claim attach C15 evidence--520eda0a-9d56-5a9d-b4fe-75d88768d31c --dry-run"
    )]
    Attach {
        /// The claim: its id
        claim: String,
        /// Records of evidence: ids or names
        #[arg(required = true)]
        evidence: Vec<String>,
        /// The version that is changed, as it was read [default: what stands there now]
        #[arg(long, value_name = "VERSION")]
        if_version: Option<String>,
        #[command(flatten)]
        terms: TermsArgs,
    },
    /// Assert that two names or networks are one: a claim that links them and merges nothing
    #[command(
        after_help = "Example: fieldmark claim same \"MPs campaign 2023\" \"Alces Lake\" --from denial.toml --dry-run"
    )]
    Same {
        /// The one: id or name
        one: String,
        /// The other: id or name
        other: String,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// What a claim of a kind may say, as a file (TOML) to fill in
    #[command(after_help = "Example: fieldmark claim form attribution > claim.toml")]
    Form {
        /// attribution, control, alias, sameNetwork, classification, objective, impact, authenticity or denial
        kind: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum RecordCommand {
    /// Make a record of another noun than a claim; what is not given is asked for
    #[command(
        after_help = "Example: fieldmark record add campaign --set prefLabel=\"Winter campaign\" --marking tlp:green --dry-run"
    )]
    Add {
        /// The noun, such as campaign, organization, evidence or report
        noun: Option<String>,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Give some properties of a record other values; all else stays
    #[command(
        after_help = "Example: fieldmark record revise \"Alces Lake\" --set description=\"A mine\" --dry-run"
    )]
    Revise {
        /// The record: id or name
        record: String,
        #[command(flatten)]
        change: ChangeArgs,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Say again what a record or claim said before its last revision, as a further one
    #[command(
        after_help = "Example: fieldmark record revise \"Alces Lake\" --set description=\"A mine, and nothing else\"\n         fieldmark record revert \"Alces Lake\" --reason \"said by mistake\""
    )]
    Revert {
        /// The record: id or name
        record: String,
        /// The version that is changed, as it was read [default: what stands there now]
        #[arg(long, value_name = "VERSION")]
        if_version: Option<String>,
        #[command(flatten)]
        terms: TermsArgs,
    },
    /// Link two records by a relationship, as a source states it
    #[command(
        after_help = "Example: fieldmark record link \"Alces Lake\" uses Facebook --from link.toml --dry-run"
    )]
    Link {
        /// Where it goes out from: id or name
        source: String,
        /// The relationship's type, such as uses or targets
        by: String,
        /// Where it goes to: id or name
        target: String,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// What a record of a noun may say, as a file (TOML) to fill in
    #[command(after_help = "Example: fieldmark record form campaign > campaign.toml")]
    Form {
        /// The noun, such as campaign, organization, evidence or report
        noun: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// Keep the text of a source, in the place of one kept before, and say where what is quoted stands
    #[command(
        after_help = "UTF-8, up to 2 MB; of a PDF, the text in it (pdftotext -layout). It stands in no view and no export, and stewards alone read it.\nExample: fieldmark source keep report--f0552024-4d02-51c0-a216-31526bea841e report.txt"
    )]
    Keep {
        /// The source: an id or a name
        source: String,
        /// Its text; - is standard input
        file: PathBuf,
    },
    /// Print the text, 300 rows at a time, with what is quoted of it
    #[command(
        after_help = "Example: fieldmark source show report--f0552024-4d02-51c0-a216-31526bea841e"
    )]
    Show {
        /// The source: an id or a name
        source: String,
        /// The row to begin with
        #[arg(long, default_value_t = 1)]
        from: usize,
    },
    /// Keep the text no longer
    #[command(
        after_help = "Example: fieldmark source forget report--f0552024-4d02-51c0-a216-31526bea841e"
    )]
    Forget {
        /// The source: an id or a name
        source: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ReviewCommand {
    /// List the proposals
    #[command(after_help = "Example: fieldmark review list --standing all")]
    List {
        /// Which: waiting, accepted, refused or all
        #[arg(long, default_value = "waiting", value_parser = ["waiting", "accepted", "refused", "all"])]
        standing: String,
        /// Only those with a higher number
        #[arg(long, default_value_t = 0)]
        after: u64,
    },
    /// Take some into the ledger; what their author does not see of a record stays as it is
    #[command(
        after_help = "Example: fieldmark review accept 3\n         fieldmark review accept 1 2 --reason \"checked against the report\""
    )]
    Accept {
        #[command(flatten)]
        which: WhichArgs,
        /// Why; it stands in the ledger beside the author's reason
        #[arg(long)]
        reason: Option<String>,
        /// Why statements may be seen by more people than now, where that is so
        #[arg(long, value_name = "REASON")]
        loosen: Option<String>,
        /// Although the record changed since it was proposed
        #[arg(long)]
        anyway: bool,
    },
    /// Take one with some of its values said otherwise
    #[command(
        after_help = "Example: fieldmark review edit 5 --set confidence=low --reason \"the report says low\""
    )]
    Edit {
        /// Its number
        number: u64,
        /// A file (TOML) of what it is to say otherwise, by name; - is standard input
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// One value, which goes before the file's; given again, one more
        #[arg(long, value_name = "NAME=VALUE")]
        set: Vec<String>,
        /// A property that is to have no value
        #[arg(long, value_name = "NAME")]
        unset: Vec<String>,
        /// Why
        #[arg(long)]
        reason: String,
        /// Although the record changed since it was proposed
        #[arg(long)]
        anyway: bool,
    },
    /// Take a claim as one of its own, beside the claim that it would change
    #[command(
        after_help = "Example: fieldmark review compete 6 --reason \"another reading, not a correction\""
    )]
    Compete {
        /// Its number
        number: u64,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Turn some down
    #[command(after_help = "Example: fieldmark review refuse 4 --reason \"no source given\"")]
    Refuse {
        #[command(flatten)]
        which: WhichArgs,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

/// Which proposals.
#[derive(Args, Clone, Debug)]
pub struct WhichArgs {
    /// Their numbers
    #[arg(required_unless_present = "all_of")]
    pub numbers: Vec<u64>,
    /// All that wait of this author, instead
    #[arg(long, value_name = "AUTHOR", conflicts_with = "numbers")]
    pub all_of: Option<String>,
}
