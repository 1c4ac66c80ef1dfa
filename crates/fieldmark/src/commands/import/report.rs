//! What became of a file, in words.

use crate::commands::text::{items, plain};
use crate::language::Language;
use serde_json::Value;
use std::collections::BTreeSet;

/// The verdicts of what was kept out.
pub(super) const KEPT_OUT: [&str; 2] = ["refused", "conflict"];

/// How many records a report names that were not refused; JSON names them all.
pub(super) const NAMED: usize = 1_000;

/// The report for a reader: the counts, then each record, then what others still wait for.
pub fn text(lang: Language, file: &str, report: &Value, dry_run: bool) -> String {
    let mut out = headline(lang, file, report, dry_run);
    for note in items(&report["notes"]).filter_map(Value::as_str) {
        out.push_str(&format!("  {}\n", plain(note)));
    }
    for problem in items(&report["problems"]) {
        out.push_str(&format!("    {}\n", finding(lang, file, problem, None)));
    }
    let width = if report["committed"] == true { 10 } else { 16 };
    out.push_str(&entries(lang, file, report, width));
    out.push_str(&markings(lang, report, width));
    let waiting: Vec<String> = items(&report["waiting"])
        .filter_map(Value::as_str)
        .map(plain)
        .collect();
    if !waiting.is_empty() {
        let words = lang.say(
            "referred to and not here yet:",
            "mentionnés, pas encore ici :",
        );
        out.push_str(&format!("  {words} {}\n", waiting.join(", ")));
    }
    out
}

/// The counts, in one line.
fn headline(lang: Language, file: &str, report: &Value, dry_run: bool) -> String {
    let count = |key: &str| report[key].as_u64().unwrap_or_default();
    // What would have been stored is not called stored.
    let would = |key: &str| report["would"][key].as_u64().unwrap_or_default();
    let stored = report["committed"] == true;
    let (added, revised) = match stored {
        true => ((count("added"), "added"), (count("revised"), "revised")),
        false => (
            (would("add"), "would-add"),
            (would("revise"), "would-revise"),
        ),
    };
    format!(
        "{}{} {}; {} {}, {} {}, {}{} {}, {}{} {}{}\n",
        plain(file),
        lang.say(":", " :"),
        lang.count(
            count("statements"),
            ["statement", "statements"],
            ["énoncé", "énoncés"]
        ),
        added.0,
        verdict(lang, added.1),
        revised.0,
        verdict(lang, revised.1),
        match count("proposed") + would("propose") {
            0 => String::new(),
            some => format!(
                "{}, ",
                lang.count(
                    some,
                    ["waits for a steward", "wait for a steward"],
                    ["attend un administrateur", "attendent un administrateur"]
                )
            ),
        },
        count("unchanged"),
        verdict(lang, "unchanged"),
        match count("conflicts") {
            0 => String::new(),
            some => format!(
                "{}, ",
                lang.count(some, ["conflict", "conflicts"], ["conflit", "conflits"])
            ),
        },
        count("refused"),
        verdict(lang, "refused"),
        match (dry_run, items(&report["problems"]).next().is_some()) {
            (_, true) => lang.say("; nothing was changed", " ; rien n’a été changé"),
            (true, false) => lang.say(
                "; a dry run: nothing was changed",
                " ; à l’essai : rien n’a été changé"
            ),
            (false, false) => "",
        },
    )
}

/// Each record with what was found in it; of those that were not kept out, the first few.
fn entries(lang: Language, file: &str, report: &Value, width: usize) -> String {
    let mut out = String::new();
    let mut named = 0;
    for entry in items(&report["entries"]) {
        let kind = entry["verdict"].as_str().unwrap_or_default();
        if !KEPT_OUT.contains(&kind) {
            named += 1;
            if named > NAMED {
                continue;
            }
        }
        let name = plain(entry["name"].as_str().unwrap_or_default());
        out.push_str(&format!("  {:<width$} {name}\n", verdict(lang, kind)));
        for found in items(&entry["findings"]) {
            out.push_str(&format!(
                "    {}\n",
                finding(lang, file, found, entry["line"].as_u64())
            ));
        }
    }
    let omitted = report["omitted"].as_u64().unwrap_or_default() as usize;
    if named + omitted > NAMED {
        let words = lang.say(
            "more that were not refused; --json names them",
            "autres non refusés ; --json les nomme",
        );
        out.push_str(&format!(
            "  … {} {words}\n",
            (named + omitted).saturating_sub(NAMED)
        ));
    }
    out
}

/// Whose marking changed, from what to what.
fn markings(lang: Language, report: &Value, width: usize) -> String {
    let mut out = String::new();
    let refused: BTreeSet<&str> = items(&report["entries"])
        .filter(|entry| entry["verdict"] == "refused")
        .filter_map(|entry| entry["name"].as_str())
        .collect();
    for change in items(&report["markings"]) {
        let word = |key: &str| plain(change[key].as_str().unwrap_or_default());
        let written = report["committed"] == true
            && !refused.contains(change["record"].as_str().unwrap_or_default());
        out.push_str(&format!(
            "  {:<width$} {}: {} → {}  {}\n",
            match (change["looser"] == true, written) {
                (true, true) => lang.say("loosened", "assoupli"),
                (true, false) => lang.say("would loosen", "assouplirait"),
                (false, _) => lang.say("marking", "marquage"),
            },
            word("record"),
            word("from"),
            word("to"),
            word("statement"),
        ));
    }
    out
}

/// What went wrong in a file, in one line; nothing when all of it was taken.
pub fn wrong(lang: Language, file: &str, report: &Value) -> Option<String> {
    let problems: Vec<&Value> = items(&report["problems"]).collect();
    if let Some(first) = problems.first() {
        let more = match problems.len() - 1 {
            0 => String::new(),
            more => format!(
                " ({} {more})",
                lang.say("further problems:", "autres problèmes :")
            ),
        };
        return Some(format!("{}{more}", finding(lang, file, first, None)));
    }
    let count = |key: &str| report[key].as_u64().unwrap_or_default();
    let (refused, conflicts) = (count("refused"), count("conflicts"));
    if refused + conflicts == 0 {
        return None;
    }
    let first = items(&report["entries"])
        .filter(|entry| KEPT_OUT.contains(&entry["verdict"].as_str().unwrap_or_default()))
        .flat_map(|entry| {
            items(&entry["findings"])
                .map(|found| finding(lang, file, found, entry["line"].as_u64()))
        })
        .next()
        .unwrap_or_else(|| plain(file));
    let refused =
        (refused > 0).then(|| lang.count(refused, ["refused", "refused"], ["refusé", "refusés"]));
    let conflicts = (conflicts > 0).then(|| {
        lang.count(
            conflicts,
            ["conflict", "conflicts"],
            ["conflit", "conflits"],
        )
    });
    let counted: Vec<String> = refused.into_iter().chain(conflicts).collect();
    Some(format!("{first} ({})", counted.join(", ")))
}

/// `FILE:LINE:COLUMN: message`, as compilers write it, so that editors can follow.
fn finding(lang: Language, file: &str, found: &Value, entry_line: Option<u64>) -> String {
    let mut place = plain(file);
    if let Some(line) = found["line"].as_u64().or(entry_line) {
        place.push_str(&format!(":{line}"));
        if let Some(column) = found["column"].as_u64() {
            place.push_str(&format!(":{column}"));
        }
    }
    let english = found["message"].as_str().unwrap_or_default();
    let message = match lang {
        Language::Fr => found["message_fr"].as_str().unwrap_or(english),
        Language::En => english,
    };
    format!("{place}: {}", plain(message))
}

fn verdict(lang: Language, verdict: &str) -> &str {
    match verdict {
        "added" => lang.say("added", "ajouté"),
        "revised" => lang.say("revised", "révisé"),
        "unchanged" => lang.say("unchanged", "inchangé"),
        "would-add" => lang.say("would be added", "serait ajouté"),
        "would-revise" => lang.say("would be revised", "serait révisé"),
        "would-wait" => lang.say("would wait", "attendrait"),
        "waiting" => lang.say("waits for a steward", "attend un administrateur"),
        "refused" => lang.say("refused", "refusé"),
        "conflict" => lang.say("conflict", "conflit"),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn a_report_names_each_record_and_where_it_is_wrong() {
        let report = json!({
            "committed": true, "statements": 9, "added": 1, "revised": 0, "unchanged": 0, "refused": 1,
            "problems": [],
            "entries": [
                {"name": "campaign--1", "line": 3, "verdict": "added", "findings": []},
                {"name": "note--2", "line": 7, "verdict": "refused", "findings": [
                    {"line": 8, "column": 5, "message": "no assessor", "message_fr": "aucun évaluateur"},
                    {"line": null, "column": null, "message": "no source"},
                ]},
            ],
            "waiting": ["report--3"],
        });
        expect![[r#"
            a.trig: 9 statements; 1 added, 0 revised, 0 unchanged, 1 refused
              added      campaign--1
              refused    note--2
                a.trig:8:5: no assessor
                a.trig:7: no source
              referred to and not here yet: report--3
        "#]]
        .assert_eq(&text(Language::En, "a.trig", &report, false));
        assert_eq!(
            wrong(Language::Fr, "a.trig", &report).unwrap(),
            "a.trig:8:5: aucun évaluateur (1 refusé)"
        );
    }
}
