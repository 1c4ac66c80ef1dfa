//! The gate: who is asking, and what that lets them do.
//!
//! A [`Reader`] opens one audience's view, a [`Writer`] changes facts, an [`Operator`] runs the
//! installation. Their fields are private and only the gate makes them, so code that forgot to
//! ask does not compile:
//!
//! ```compile_fail
//! let reader = fieldmark_store::gate::Reader { audience: "steward".into() };
//! ```
//!
//! ```compile_fail
//! let writer = fieldmark_store::gate::Writer { author: "anyone".into() };
//! ```

use crate::error::StoreError;
use fieldmark_model::Audience;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, macros::format_description};

/// Leave to read one audience's view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    audience: String,
    who: Arc<str>,
}

impl Reader {
    /// The audience whose view it opens.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Whose share of what all callers share it uses: a token's name, or `public`.
    pub fn who(&self) -> &Arc<str> {
        &self.who
    }

    /// The same leave, told apart from others of the same name, as anonymous callers are by where
    /// they come from.
    pub fn told_apart(&self, by: &str) -> Self {
        Self {
            who: format!("{} {by}", self.who).into(),
            ..self.clone()
        }
    }

    /// Leave to see the ledger itself, which only the steward has.
    pub fn steward(&self) -> Option<Steward> {
        (self.audience == STEWARD).then_some(Steward { _gate: () })
    }
}

/// Leave to change facts, under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    author: String,
    audience: String,
    proposes: bool,
}

impl Writer {
    /// The name that stands as author in the ledger.
    pub fn author(&self) -> &str {
        &self.author
    }

    /// The audience whose view they write within.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Whether what they write only waits for a steward, whatever they see.
    pub fn proposes(&self) -> bool {
        self.proposes
    }

    /// The same, able to do no more than propose; under the name of a tool where one does.
    pub fn proposing(&self, tool: Option<&str>) -> Self {
        Self {
            author: match tool {
                Some(tool) => format!("{tool} (tool of {})", self.author),
                None => self.author.clone(),
            },
            audience: self.audience.clone(),
            proposes: true,
        }
    }

    /// Whether they write as a steward, who sees everything.
    pub fn steward(&self) -> bool {
        self.audience == STEWARD
    }
}

/// Leave to run the installation: tokens, rebuilds, checks. It opens no view, and reaches no
/// further than the audience it was given for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    audience: String,
    /// Whether they hold the data directory itself.
    local: bool,
}

impl Operator {
    /// The audience whose matters they run.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Whether they run everything.
    pub fn runs_all(&self) -> bool {
        self.audience == STEWARD
    }

    /// Whether they run an audience's matters.
    pub fn runs(&self, audience: &str) -> bool {
        self.runs_all() || self.audience == audience
    }
}

/// Leave to read the ledger, history and all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steward {
    _gate: (),
}

/// What somebody shows at the gate.
#[derive(Clone, Copy, Debug)]
pub enum Credential<'a> {
    /// Nothing: they are `public`.
    Anonymous,
    /// A token, `fm_…`.
    Token(&'a str),
    /// They hold the data directory itself: the command line, or its socket.
    Local,
}

/// Somebody who came through the gate.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Their name, as author of what they write and in the log.
    pub name: String,
    /// What they may read.
    pub reader: Reader,
    /// Whether they may write.
    pub writer: Option<Writer>,
    /// Whether they may run the installation.
    pub operator: Option<Operator>,
}

/// What a token lets its bearer do beside reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Read only.
    Reader,
    /// Read, and propose what a steward decides on: for programs.
    Tool,
    /// Read and write.
    Writer,
    /// Run the installation; not thereby a steward.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Reader, Self::Tool, Self::Writer, Self::Operator];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Tool => "tool",
            Self::Writer => "writer",
            Self::Operator => "operator",
        }
    }

    /// The role of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == text)
    }
}

/// A token as it is listed: never its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its name, unique here.
    pub name: String,
    /// The audience of its bearer.
    pub audience: String,
    /// What else it allows.
    pub role: Role,
    /// When it was made (RFC 3339).
    pub created: String,
    /// The last moment it is good for (RFC 3339), if there is one.
    pub expires: Option<String>,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// Why somebody did not get through, or a token could not be made.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// Unknown, expired or revoked: the three are not told apart.
    #[error("this token is not valid here; ask the operator for a new one")]
    BadToken,
    /// There is no such audience.
    #[error("no audience is named \"{0}\": `fieldmark audience list` names them")]
    NoAudience(String),
    /// Only the steward may look through others' eyes.
    #[error("only the steward may read as another audience")]
    NotSteward,
    /// There is a token of that name.
    #[error("a token named \"{0}\" exists; revoke it, or choose another name")]
    Taken(String),
    /// There is no token of that name.
    #[error("no token is named \"{0}\": `fieldmark token list` names them")]
    NoToken(String),
    /// An operator reaches no further than their own token.
    #[error(
        "{0}: an operator makes tokens only for what their own token allows; ask somebody who holds the data directory"
    )]
    BeyondReach(String),
    /// The name is not one line of letters and signs.
    #[error("a token's name is one line of 1 to {most} printable characters", most = LONGEST_NAME)]
    Name,
    /// The end date cannot be read, or lies in the past.
    #[error("\"{0}\" is not a future day: write --expires 2027-06-30")]
    Expiry(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for GateError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The longest name of a token, in characters.
const LONGEST_NAME: usize = 200;

const STEWARD: &str = "steward";
pub(crate) const PUBLIC: &str = "public";

/// The gate of one data directory.
#[derive(Debug)]
pub struct Gate {
    tokens: Mutex<Connection>,
    audiences: Vec<Audience>,
}

impl Gate {
    pub(crate) fn open(path: &Path, audiences: Vec<Audience>) -> Result<Self, StoreError> {
        let tokens = crate::sqlite::durable(path)?;
        // Only a digest is kept: whoever reads this file learns no token.
        tokens.execute_batch(
            "CREATE TABLE IF NOT EXISTS token (
               name TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, audience TEXT NOT NULL,
               role TEXT NOT NULL, created TEXT NOT NULL, expires TEXT, revoked INTEGER NOT NULL DEFAULT 0
             ) STRICT, WITHOUT ROWID;",
        )?;
        Ok(Self {
            tokens: Mutex::new(tokens),
            audiences,
        })
    }

    /// Lets somebody through, as far as what they show allows.
    pub fn enter(&self, credential: Credential<'_>) -> Result<Caller, GateError> {
        let reader = |audience: &str, who: &str| Reader {
            audience: audience.to_owned(),
            who: who.into(),
        };
        match credential {
            Credential::Anonymous => Ok(Caller {
                name: PUBLIC.into(),
                reader: reader(PUBLIC, PUBLIC),
                writer: None,
                operator: None,
            }),
            Credential::Local => Ok(Caller {
                name: "local".into(),
                reader: reader(STEWARD, "local"),
                writer: Some(Writer {
                    author: "local".into(),
                    audience: STEWARD.into(),
                    proposes: false,
                }),
                operator: Some(Operator {
                    audience: STEWARD.into(),
                    local: true,
                }),
            }),
            Credential::Token(secret) => {
                let token = self.find(secret)?.ok_or(GateError::BadToken)?;
                let now = OffsetDateTime::now_utc();
                // An end that cannot be read has come.
                let over = token.expires.as_deref().is_some_and(|end| {
                    !OffsetDateTime::parse(end, &Rfc3339).is_ok_and(|end| end > now)
                });
                // An audience that was taken out of the configuration opens nothing.
                if token.revoked || over || self.audience(&token.audience).is_none() {
                    return Err(GateError::BadToken);
                }
                Ok(Caller {
                    reader: reader(&token.audience, &format!("token {}", token.name)),
                    writer: [Role::Writer, Role::Tool]
                        .contains(&token.role)
                        .then(|| Writer {
                            author: token.name.clone(),
                            audience: token.audience.clone(),
                            proposes: token.role == Role::Tool,
                        }),
                    operator: (token.role == Role::Operator).then(|| Operator {
                        audience: token.audience.clone(),
                        local: false,
                    }),
                    name: token.name,
                })
            }
        }
    }

    /// A steward reading as another audience, to see what it sees.
    pub fn step_down(&self, reader: &Reader, audience: &str) -> Result<Reader, GateError> {
        if reader.audience == audience {
            return Ok(reader.clone());
        }
        if reader.steward().is_none() {
            return Err(GateError::NotSteward);
        }
        match self.audience(audience) {
            Some(found) => Ok(Reader {
                audience: found.name.clone(),
                who: reader.who.clone(),
            }),
            None => Err(GateError::NoAudience(audience.to_owned())),
        }
    }

    /// The audiences of this installation, the built-in ones first.
    pub fn audiences(&self) -> &[Audience] {
        &self.audiences
    }

    /// Makes a token and returns its secret, which is not kept and cannot be shown again.
    /// `expires` is the last day it is good for, such as `2027-06-30`.
    ///
    /// # Errors
    /// When the operator's own token does not reach as far, the name or the day is unusable, or
    /// the name is taken.
    pub fn create_token(
        &self,
        operator: &Operator,
        name: &str,
        audience: &str,
        role: Role,
        expires: Option<&str>,
    ) -> Result<String, GateError> {
        if !operator.runs(audience) {
            // To them an audience that is not theirs is one that is not there.
            return Err(GateError::NoAudience(audience.to_owned()));
        }
        let audience = self
            .audience(audience)
            .ok_or_else(|| GateError::NoAudience(audience.to_owned()))?;
        if role == Role::Writer && !operator.local {
            return Err(GateError::BeyondReach(role.name().to_owned()));
        }
        let printable = |c: char| !c.is_control() && !INVISIBLE.contains(&c);
        if name.trim().is_empty()
            || name.chars().count() > LONGEST_NAME
            || !name.chars().all(printable)
        {
            return Err(GateError::Name);
        }
        let now = OffsetDateTime::now_utc();
        let expires = expires
            .map(|day| {
                Date::parse(day, format_description!("[year]-[month]-[day]"))
                    .ok()
                    .and_then(Date::next_day)
                    .map(|after| after.midnight().assume_utc())
                    .filter(|end| *end > now)
                    .and_then(|end| end.format(&Rfc3339).ok())
                    .ok_or_else(|| GateError::Expiry(day.to_owned()))
            })
            .transpose()?;
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| StoreError::Random(error.to_string()))?;
        let secret = format!("fm_{}", hex::encode(bytes));
        let created = now
            .format(&Rfc3339)
            .map_err(|error| StoreError::Clock(error.to_string()))?;
        let made = self.tokens().execute(
            "INSERT OR IGNORE INTO token (name, digest, audience, role, created, expires)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                name,
                digest(&secret),
                audience.name,
                role.name(),
                created,
                expires
            ],
        )?;
        if made == 0 {
            return Err(GateError::Taken(name.to_owned()));
        }
        Ok(secret)
    }

    /// Every token of what the operator runs, by name.
    pub fn tokens_list(&self, operator: &Operator) -> Result<Vec<Token>, GateError> {
        let connection = self.tokens();
        let mut statement = connection.prepare(
            "SELECT name, audience, role, created, expires, revoked FROM token ORDER BY name",
        )?;
        let rows = statement.query_map([], token)?;
        let mut tokens: Vec<Token> = rows.collect::<Result<_, _>>()?;
        tokens.retain(|token| operator.runs(&token.audience));
        Ok(tokens)
    }

    /// Revokes a token, from the next request on.
    pub fn revoke_token(&self, operator: &Operator, name: &str) -> Result<(), GateError> {
        let theirs = (!operator.runs_all()).then_some(operator.audience());
        match self.tokens().execute(
            "UPDATE token SET revoked = 1 WHERE name = ?1 AND (?2 IS NULL OR audience = ?2)",
            params![name, theirs],
        )? {
            0 => Err(GateError::NoToken(name.to_owned())),
            _ => Ok(()),
        }
    }

    fn audience(&self, name: &str) -> Option<&Audience> {
        self.audiences.iter().find(|audience| audience.name == name)
    }

    fn find(&self, secret: &str) -> Result<Option<Token>, GateError> {
        Ok(self
            .tokens()
            .prepare_cached(
                "SELECT name, audience, role, created, expires, revoked FROM token WHERE digest = ?1",
            )?
            .query_row([digest(secret)], token)
            .optional()?)
    }

    fn tokens(&self) -> MutexGuard<'_, Connection> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Signs that are there and cannot be seen, or turn the direction of what follows.
const INVISIBLE: [char; 15] = [
    '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}', '\u{202a}',
    '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{feff}',
];

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn token(row: &rusqlite::Row<'_>) -> rusqlite::Result<Token> {
    let role: String = row.get(2)?;
    Ok(Token {
        name: row.get(0)?,
        audience: row.get(1)?,
        role: Role::parse(&role).unwrap_or(Role::Reader),
        created: row.get(3)?,
        expires: row.get(4)?,
        revoked: row.get(5)?,
    })
}

#[cfg(test)]
mod tests;
