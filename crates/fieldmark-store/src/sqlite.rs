//! How every SQLite file of a data directory is opened.

use crate::error::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How long a connection waits for another that writes.
const BUSY: Duration = Duration::from_secs(10);

/// Opens a file for writing, making it when there is none: a commit that returned has reached the
/// disk.
pub(crate) fn durable(path: &Path) -> rusqlite::Result<Connection> {
    let connection = steady(Connection::open(path)?)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// Opens a file that is there for reading.
pub(crate) fn reading(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    steady(Connection::open_with_flags(path, flags)?)
}

/// A plan is made once for each statement. Without the guarantee SQLite, as it is built here, plans
/// anew for every value bound, which took longer than the look-ups themselves.
fn steady(connection: Connection) -> rusqlite::Result<Connection> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Now, to the second, as rows beside the ledger have it.
pub(crate) fn now() -> Result<String, StoreError> {
    let now = OffsetDateTime::now_utc();
    let now = now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339);
    now.map_err(|error| StoreError::Clock(error.to_string()))
}
