//! `dossier`: every claim about a subject, what agrees beside what does not.

use super::claims::{claim, kind, place, proposition, words};
use super::text::{banner, items, marked, plain};
use super::{Desktop, paper};
use crate::cli::PastEyes;
use crate::cli::paper::DossierReading;
use crate::door::address;
use crate::language::Language;
use anyhow::Result;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::ExitCode;

/// Asks for it and prints it.
pub async fn run(
    on: &Desktop,
    subject: &str,
    reading: &DossierReading,
    eyes: &PastEyes,
) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let asked: Vec<(&str, &str)> = [
        ("rule", &reading.rule),
        ("scale", &reading.scale),
        ("lens", &reading.lens),
        ("lensBy", &reading.lens_by),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    .chain([("lang", on.language.tag())])
    .chain(eyes.query())
    .collect();
    if let Some(since) = &reading.diff {
        let mut asked = asked;
        asked.push(("since", since));
        asked.extend(reading.clock.as_deref().map(|clock| ("clock", clock)));
        let path = address(&["api", "v1", "dossier", subject, "changes"], &asked);
        let answer = door.get(&path, eyes.seen()).await?.json_about(&[subject])?;
        return on.print(&answer, |found| changes(on.language, found));
    }
    let about = ("dossier", subject);
    if let Some(written) = paper::written(&door, &reading.paper, about, &asked, eyes).await? {
        return Ok(written);
    }
    let answer = door
        .get(
            &address(&["api", "v1", "dossier", subject], &asked),
            eyes.seen(),
        )
        .await?
        .json_about(&[subject])?;
    on.print(&answer, |answer| match answer["senses"].as_array() {
        None => text(on.language, answer),
        Some(senses) => several(on.language, answer, senses),
    })
}

/// What a name stands for, each thing under its own heading.
fn several(lang: Language, answer: &Value, senses: &[Value]) -> String {
    let name = plain(answer["name"].as_str().unwrap_or_default());
    let mut out = match lang {
        Language::En => format!("\"{name}\" stands for {} things:\n", senses.len()),
        Language::Fr => format!("« {name} » désigne {} choses :\n", senses.len()),
    };
    for sense in senses {
        out.push_str(&format!("  {}\n", lang.name_and_id(&sense["subject"])));
    }
    for (at, sense) in senses.iter().enumerate() {
        let which = lang.say("sense", "sens");
        out.push_str(&format!("\n==== {which} {} / {}\n", at + 1, senses.len()));
        out.push_str(&text(lang, sense));
    }
    out
}

/// What passes for the subject under a lens, each with the way there and who says so.
fn lens(lang: Language, lens: &Value) -> String {
    if lens["alone"] == true {
        return String::new();
    }
    let word = |of: &Value, key: &str| plain(of[key].as_str().unwrap_or_default());
    let mut out = format!(
        "{} {} — {}",
        lang.say("Lens:", "Optique :"),
        word(lens, "label"),
        word(lens, "definition")
    );
    let by = lang.names(&lens["by"]);
    if !by.is_empty() {
        out.push_str(&format!(" ({} {by})", lang.say("by", "selon")));
    }
    out.push('\n');
    let who = |claims: &Value| {
        let who = items(claims).map(|claim| {
            let date = claim["assertedAt"].as_str().map(plain);
            let date = date.map_or_else(String::new, |date| format!(", {date}"));
            format!("{}{date}{}", lang.names(&claim["assessors"]), marked(claim))
        });
        who.collect::<Vec<_>>().join("; ")
    };
    for same in items(&lens["same"]) {
        out.push_str(&format!("  = {}\n", word(same, "label")));
        for step in items(&same["way"]) {
            let relation = word(&step["relation"], "label");
            out.push_str(&format!(
                "      {} {} {} ({})\n",
                word(&step["from"], "label"),
                match step["backwards"] == true {
                    true => format!("← {relation} —"),
                    false => format!("— {relation} →"),
                },
                word(&step["to"], "label"),
                who(&step["claims"])
            ));
            let denied = who(&step["denied"]);
            if !denied.is_empty() {
                let against = lang.say("denied by", "nié par");
                out.push_str(&format!("        {against} {denied}\n"));
            }
        }
    }
    if items(&lens["same"]).next().is_none() {
        out.push_str(lang.say(
            "  Nothing else passes for it.\n",
            "  Rien d’autre ne passe pour lui.\n",
        ));
    }
    if lens["cut"] == true {
        out.push_str(lang.say("  … and more\n", "  … et d’autres\n"));
    }
    out
}

/// What is stated beside claims: relationships, and what was counted.
fn stated(lang: Language, dossier: &Value) -> String {
    let mut out = String::new();
    let mut section = |title: &str, rows: &Value, row: &dyn Fn(&Value) -> String| {
        for (at, one) in items(rows).enumerate() {
            if at == 0 {
                out.push_str(&format!("\n== {title}\n"));
            }
            out.push_str(&format!("  {}", row(one)));
            for words in words(lang, &one["verbatim"]) {
                out.push_str(&format!(" {words}"));
            }
            let at = place(&lang.names(&one["sources"]), one["locator"].as_str());
            if !at.is_empty() {
                out.push_str(&format!(" ({at})"));
            }
            out.push_str(&format!("{}\n", marked(one)));
        }
    };
    let tie = |one: &Value| {
        let (from, to) = (lang.name(&one["from"]), lang.name(&one["to"]));
        let hedge = lang.names(&one["hedgedBy"]);
        let hedge = match hedge.is_empty() {
            true => hedge,
            false => format!(
                ", {} {hedge}",
                lang.say("only as surely as", "seulement aussi sûrement que")
            ),
        };
        let role = lang.label(&one["role"]);
        let role = role.map_or_else(String::new, |role| format!(" ({role})"));
        format!("{from} — {}{role} → {to}{hedge}", kind(one))
    };
    let count = |one: &Value| {
        let value = one["value"].as_str().map_or_else(String::new, |value| {
            format!("{} {}", lang.colon(), plain(value))
        });
        let (of, who) = (lang.names(&one["of"]), lang.names(&one["assessors"]));
        format!(
            "{of} — {}{value} — {who}",
            plain(one["kind"].as_str().unwrap_or_default())
        )
    };
    section(
        lang.say("Relationships", "Relations"),
        &dossier["relationships"],
        &tie,
    );
    section(lang.say("Counted", "Mesures"), &dossier["metrics"], &count);
    out
}

/// The heading of what is not about the subject itself.
fn heading(lang: Language, proposition: &Value) -> String {
    let what = match proposition["place"].as_str() {
        Some("label") => lang.say("Of the name", "Du nom"),
        Some("same") => lang.say(
            "Of what passes for the same",
            "De ce qui passe pour le même",
        ),
        Some("part") => lang.say("Of what it consists of", "De ce qui le compose"),
        Some("hop") => lang.say(
            "One hop on, of what it is claimed to be",
            "Un pas plus loin, de ce qu’on affirme qu’il est",
        ),
        _ => return String::new(),
    };
    let about = lang.name_and_id(&proposition["about"]);
    format!("\n== {what}{} {about}\n", lang.colon())
}

fn text(lang: Language, dossier: &Value) -> String {
    let subject = &dossier["subject"];
    let mut out = format!("{}{}\n", banner(lang, dossier), lang.name_and_id(subject));
    out.push_str(&lens(lang, &dossier["lens"]));
    let mut any = false;
    let mut above = (Some("own"), subject["id"].as_str());
    for thing in items(&dossier["propositions"]) {
        any = true;
        let number = |key: &str| thing[key].as_u64().unwrap_or_default();
        let counts = match lang {
            Language::En => format!(
                "affirmed by {}, denied by {}; {}",
                lang.count(number("affirmed"), ["claim", "claims"], ["", ""]),
                number("denied"),
                lang.count(number("sources"), ["source", "sources"], ["", ""]),
            ),
            Language::Fr => format!(
                "{}, {} ; {}",
                lang.count(
                    number("affirmed"),
                    ["", ""],
                    ["affirmation", "affirmations"]
                ),
                lang.count(number("denied"), ["", ""], ["négation", "négations"]),
                lang.count(number("sources"), ["", ""], ["source", "sources"]),
            ),
        };
        let weighing = &thing["weighing"];
        let under = (thing["place"].as_str(), thing["about"]["id"].as_str());
        if under != above {
            out.push_str(&heading(lang, thing));
            above = under;
        }
        out.push_str(&format!(
            "\n{}\n  → {}\n  {counts}\n",
            proposition(lang, thing),
            plain(weighing["headline"].as_str().unwrap_or_default()),
        ));
        out.push_str(&lines(lang, weighing, &thing["claims"]));
        for one in items(&thing["claims"]) {
            out.push_str(&claim(lang, one, "  "));
        }
    }
    if !any {
        out.push_str(lang.say(
            "  No claims about it.\n",
            "  Aucune affirmation à son sujet.\n",
        ));
    }
    for (at, one) in items(&dossier["claimsMade"]).enumerate() {
        if at == 0 {
            let made = lang.say("What it claims itself", "Ce qu’il affirme lui-même");
            out.push_str(&format!("\n== {made}\n"));
        }
        out.push_str(&format!(
            "{}\n{}",
            proposition(lang, one),
            claim(lang, one, "  ")
        ));
    }
    out.push_str(&stated(lang, dossier));
    if let Some(date) = dossier["assertedBy"].as_str() {
        let later = dossier["later"].as_u64().unwrap_or_default();
        out.push_str(&match lang {
            Language::En => format!("\nAs asserted by {date}: {later} later left out.\n"),
            Language::Fr => {
                format!("\nTel qu’affirmé au {date} : {later} plus tardives omises.\n")
            }
        });
        for (key, why) in [
            (
                "possible",
                lang.say("Possibly by then", "Peut-être déjà alors"),
            ),
            ("undated", lang.say("Without a date", "Sans date")),
        ] {
            for (at, one) in items(&dossier[key]).enumerate() {
                if at == 0 {
                    out.push_str(&format!(
                        "\n== {why}; {}\n",
                        lang.say("not weighed above", "non pesé ci-dessus")
                    ));
                }
                out.push_str(&format!(
                    "{}\n{}",
                    proposition(lang, one),
                    claim(lang, one, "  ")
                ));
            }
        }
    }
    out
}

/// What changed, proposition by proposition, each claim with the entry that changed it.
fn changes(lang: Language, found: &Value) -> String {
    let since = plain(found["since"].as_str().unwrap_or_default());
    let subject = lang.name_and_id(&found["subject"]);
    let mut out = banner(lang, found);
    out.push_str(&match lang {
        Language::En => format!("{subject}\nChanged since {since}\n"),
        Language::Fr => format!("{subject}\nChangé depuis le {since}\n"),
    });
    let nothing = lang.say("nothing was claimed", "rien n’était affirmé");
    for thing in items(&found["changes"]) {
        let headline = |key: &str| thing[key].as_str().map_or(nothing.to_owned(), plain);
        let (before, after) = (headline("headlineBefore"), headline("headlineAfter"));
        out.push_str(&format!("\n{}\n", proposition(lang, thing)));
        out.push_str(&match thing["headlineChanged"] == true {
            true => format!("  {before} → {after}\n"),
            false => format!("  {} {after}\n", lang.say("still", "toujours")),
        });
        for change in items(&thing["claims"]) {
            let respects: Vec<String> = items(&change["respects"])
                .filter_map(Value::as_str)
                .map(plain)
                .collect();
            let fate = match change["fate"].as_str().unwrap_or_default() {
                "came" => lang.say("came", "arrivée"),
                "perhaps" => lang.say(
                    "came, or was there already: its date is too coarse to tell",
                    "arrivée ou déjà là : sa date est trop large pour trancher",
                ),
                "undated" => lang.say(
                    "undated: it may have been there already",
                    "sans date : elle était peut-être déjà là",
                ),
                "revised" => lang.say("revised", "révisée"),
                "withdrawn" => lang.say("withdrawn", "rétractée"),
                _ => lang.say("gone", "partie"),
            };
            let mut head = format!("  {fate}");
            if !respects.is_empty() {
                head.push_str(&format!(" ({})", respects.join(", ")));
            }
            let entry = &change["entry"];
            if entry.is_object() {
                let word = |key: &str| plain(entry[key].as_str().unwrap_or_default());
                head.push_str(&format!(
                    ", {} {}, {}, {}",
                    lang.say("entry", "entrée"),
                    entry["seq"],
                    word("author"),
                    word("recordedAt"),
                ));
                if let Some(reason) = entry["reason"].as_str() {
                    let why = lang.say("reason:", "raison :");
                    head.push_str(&format!("\n    {why} {}", plain(reason)));
                }
            }
            out.push_str(&format!(
                "{head}\n{}",
                claim(lang, &change["claim"], "    ")
            ));
        }
    }
    if items(&found["changes"]).next().is_none() {
        out.push_str(lang.say("  Nothing changed.\n", "  Rien n’a changé.\n"));
    }
    out
}

/// The lines of evidence, with who stands on each; nothing when there is only one claim.
fn lines(lang: Language, weighing: &Value, claims: &Value) -> String {
    if items(claims).count() < 2 {
        return String::new();
    }
    let who = |keys: &Value| -> String {
        items(keys)
            .filter_map(|key| items(claims).find(|claim| claim["id"] == *key))
            .map(|claim| lang.names(&claim["assessors"]))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut out = String::new();
    for (at, line) in items(&weighing["lines"]).enumerate() {
        let leaning = who(&line["derivatives"]);
        let leaning = if leaning.is_empty() {
            leaning
        } else {
            format!(
                "{} {leaning}",
                lang.say("; leaning on it:", " ; s’y appuient :")
            )
        };
        out.push_str(&format!(
            "  {} {}{} {} ({}){leaning}\n",
            lang.say("line", "ligne"),
            at + 1,
            lang.colon(),
            who(&line["primaries"]),
            lang.names(&line["roots"]),
        ));
    }
    let counted = items(&weighing["countedOnce"]).count() as u64;
    if counted > 0 {
        out.push_str(&format!(
            "  {}\n",
            lang.say(
                "who leans on several lines is counted once",
                "qui s’appuie sur plusieurs lignes compte une fois"
            )
        ));
    }
    if weighing["wantsSecondCategory"] == true {
        out.push_str(lang.say(
            "  so strong a word should rest on two kinds of evidence; fewer are stated\n",
            "  un mot si fort devrait reposer sur deux sortes de preuve ; il y en a moins\n",
        ));
    }
    out
}
