//! A bundle as OpenCTI keeps most of it.
//!
//! OpenCTI (6 and 7) drops properties that it does not know, takes a relationship only between types
//! that its schema names, and merges relationships of the same two ends and type, whoever says so.
//! Its importer (pycti) reads the code of a technique from `x_mitre_id` or from MITRE's extension.

mod judged;
mod one;
mod survey;
mod ties;

use super::loss::{Change, Losses};
use super::{Objects, carried, ends, id, kind, kind_of, text, texts};
use judged::Judges;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};
use std::io;
use survey::{Survey, is_ours};
use ties::{actor_of, nearest, takes};

/// Gives the objects for OpenCTI, and says what it will not keep of them. They come in no order, each
/// once. What is held meanwhile grows with the names, claims and reports among them.
///
/// # Errors
/// What goes wrong while `objects` are read or `give` takes one.
pub fn write(
    objects: &dyn Objects,
    give: &mut dyn FnMut(Value) -> io::Result<()>,
) -> io::Result<Losses> {
    let survey = Survey::of(objects)?;
    let mut writing = Writing {
        judges: Judges::new(objects),
        objects,
        survey,
        stand_ins: HashSet::new(),
        reports: Vec::new(),
        losses: Losses::default(),
    };
    objects.each(&mut |object| writing.object(&object, give))?;
    writing.end(give)
}

/// Objects on their way out.
struct Writing<'o> {
    objects: &'o dyn Objects,
    survey: Survey<'o>,
    judges: Judges<'o>,
    /// The threat actors that stand in for an identity.
    stand_ins: HashSet<String>,
    /// The reports, which come last: they list what was made of what they list.
    reports: Vec<String>,
    losses: Losses,
}

impl Writing<'_> {
    fn object(
        &mut self,
        object: &Value,
        give: &mut dyn FnMut(Value) -> io::Result<()>,
    ) -> io::Result<()> {
        for opinion in self.judges.opinions(object, &self.survey)? {
            give(opinion)?;
        }
        if is_ours(id(object)) {
            return Ok(());
        }
        let Some(mut given) = self.survey.given(object) else {
            self.losses.add(Change::Unknown, id(object));
            return Ok(());
        };
        let is_carried = carried::record(object).is_some();
        for (happens, change, of) in [
            (
                kind(&given) == "note" && is_carried && !carried::is_claim(object),
                Change::Note,
                object,
            ),
            (is_carried, Change::Extension, &given),
            (
                given.get("granular_markings").is_some(),
                Change::Whole,
                object,
            ),
            (self.survey.is_gone(id(&given)), Change::Loose, object),
        ] {
            if happens {
                self.losses.add(change, id(of));
            }
        }
        if self.survey.is_gone(id(&given)) {
            return Ok(());
        }
        one::fit(&mut given, object);
        if self.survey.part(&mut given) {
            self.losses.add(Change::Alias, id(&given));
        }
        match kind(&given) {
            "report" => {
                self.reports.push(id(&given).to_owned());
                return Ok(());
            }
            "relationship" => self.relationship(object, &mut given, give)?,
            _ => {}
        }
        give(given)
    }

    /// Makes a relationship one that OpenCTI takes, and gives what goes with it.
    fn relationship(
        &mut self,
        object: &Value,
        given: &mut Value,
        give: &mut dyn FnMut(Value) -> io::Result<()>,
    ) -> io::Result<()> {
        self.fit(given, give)?;
        let goes_out = |end: &str| self.stand_ins.contains(end) || self.survey.goes_out(end);
        if self.survey.listed.contains(id(given)) {
            let ends = ends(given).into_iter().filter(|end| goes_out(end));
            self.judges.beside(id(given), ends);
        }
        if object["relationship_type"] == "attributed-to" {
            let (note, merged) = self.judges.attribution(object, given, &self.survey)?;
            if merged {
                self.losses.add(Change::Merged, id(object));
            }
            give(note)?;
        }
        Ok(())
    }

    fn fit(
        &mut self,
        relationship: &mut Value,
        give: &mut dyn FnMut(Value) -> io::Result<()>,
    ) -> io::Result<()> {
        let [from, to] = ends(relationship).map(str::to_owned);
        let [from_kind, to_kind] = [&from, &to].map(|end| kind_of(end));
        let said = text(relationship, "relationship_type")
            .unwrap_or_default()
            .to_owned();
        if said == "attributed-to"
            && to_kind == "identity"
            && takes(from_kind, &said, "threat-actor")
            && let Some(identity) = self.objects.one(&to)?
        {
            let [actor, attributed] = actor_of(&identity);
            relationship["target_ref"] = id(&actor).into();
            if self.stand_ins.insert(id(&actor).to_owned()) {
                self.losses.add(Change::StandsIn, id(&actor));
                give(actor)?;
                give(attributed)?;
            }
            return Ok(());
        }
        if takes(from_kind, &said, to_kind) {
            return Ok(());
        }
        if let Some((new, turned)) = nearest(from_kind, &said, to_kind) {
            relationship["relationship_type"] = new.into();
            if turned {
                relationship["source_ref"] = to.into();
                relationship["target_ref"] = from.into();
            }
            return Ok(());
        }
        self.losses.add(Change::Related, id(relationship));
        let described = match text(relationship, "description") {
            Some(words) => format!("{said}: {words}"),
            None => said,
        };
        relationship["description"] = described.into();
        relationship["relationship_type"] = "related-to".into();
        Ok(())
    }

    /// Gives what is known only now.
    fn end(self, give: &mut dyn FnMut(Value) -> io::Result<()>) -> io::Result<Losses> {
        self.judges.groupings(&self.survey, give)?;
        for report in &self.reports {
            let Some(object) = self.objects.one(report)? else {
                continue;
            };
            let Some(mut given) = self.survey.given(&object) else {
                continue;
            };
            one::fit(&mut given, &object);
            self.survey.part(&mut given);
            let own =
                texts(&given, "object_refs").chain(self.survey.beside(report).map(String::as_str));
            let own: BTreeSet<String> = own.map(str::to_owned).collect();
            let made = own.iter().flat_map(|one| self.judges.made_beside(one));
            let listed: BTreeSet<&String> = own.iter().chain(made).collect();
            given["object_refs"] = json!(listed);
            give(given)?;
        }
        Ok(self.losses)
    }
}
