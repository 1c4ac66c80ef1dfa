//! What a receiver drops or changes of a bundle, counted by kind.

use serde::Serialize;
use std::collections::BTreeMap;

/// How many objects are named under each kind of change.
const NAMED: usize = 5;

/// What happens to objects on the way to a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// They lose the extension that holds their records whole.
    Extension,
    /// They are attributions which the receiver merges with another between the same two.
    Merged,
    /// They are relationships of a type that the receiver does not take between these two.
    Related,
    /// They stand in for an identity, so that something can be attributed to it.
    StandsIn,
    /// They are records for which the receiver has no type, and stay notes.
    Note,
    /// They lose an alias by which the receiver would merge them with another.
    Alias,
    /// They are of a type that the receiver does not know, and are left out.
    Unknown,
    /// They are relationships with an end that is not in the export, or that can be none there, and
    /// are left out.
    Loose,
    /// They go out as a reference with a name alone, for want of a template.
    Named,
    /// They lose markings that are none of TLP's.
    Terms,
    /// They stand as a whole under the marking of a part.
    Whole,
}

impl Change {
    /// What happens, as a clause about a number of objects, in `fr` or else in English.
    pub fn says(self, lang: &str) -> &'static str {
        let [en, fr] = match self {
            Self::Extension => [
                "without Fieldmark's extension, which only Fieldmark reads (format stix keeps it)",
                "sans l’extension de Fieldmark, que lui seul lit (le format stix la garde)",
            ],
            Self::Merged => [
                "attributions which OpenCTI merges with another between the same two; a note keeps \
                 the words and the author of each",
                "attributions qu’OpenCTI fusionne avec une autre entre les deux mêmes ; une note \
                 garde les mots et l’auteur de chacune",
            ],
            Self::Related => [
                "relationships given as related-to, since their type is not taken between these two; \
                 the description begins with it",
                "relations données comme related-to, leur type n’étant pas admis entre ces deux ; \
                 la description commence par lui",
            ],
            Self::StandsIn => [
                "threat actors that stand in for an identity, since OpenCTI attributes nothing to one",
                "acteurs qui tiennent lieu d’une identité, OpenCTI n’attribuant rien à celle-ci",
            ],
            Self::Note => [
                "records that stay notes, for want of a type or of what their type requires",
                "fiches qui restent des notes, faute de type ou de ce que leur type exige",
            ],
            Self::Alias => [
                "without an alias by which OpenCTI would merge two of them",
                "sans un alias par lequel OpenCTI en fusionnerait deux",
            ],
            Self::Unknown => [
                "left out, since the receiver does not know their type",
                "omis, leur type étant inconnu du destinataire",
            ],
            Self::Loose => [
                "relationships left out, since one of their ends can be none there or is not exported",
                "relations omises, l’un de leurs bouts n’y pouvant en être un ou n’étant pas exporté",
            ],
            Self::Named => [
                "given as a reference with its name, since MISP has no object for them",
                "donnés comme une référence avec leur nom, MISP n’ayant pas d’objet pour eux",
            ],
            Self::Terms => [
                "without markings that are none of TLP's, such as terms of use",
                "sans les marquages qui ne sont pas du TLP, comme des conditions d’emploi",
            ],
            Self::Whole => [
                "marked as a whole like the part of them that is marked most strictly",
                "marqués en entier comme celle de leurs parties qui l’est le plus strictement",
            ],
        };
        if lang == "fr" { fr } else { en }
    }
}

/// Every change with how many objects it concerns and the first of them.
#[derive(Clone, Debug, Default)]
pub struct Losses(BTreeMap<Change, (usize, Vec<String>)>);

impl Losses {
    /// One more object.
    pub(super) fn add(&mut self, change: Change, id: &str) {
        let (count, first) = self.0.entry(change).or_default();
        *count += 1;
        if first.len() < NAMED {
            first.push(id.to_owned());
        }
    }

    /// How many objects a change concerns.
    pub fn count(&self, change: Change) -> usize {
        self.0.get(&change).map_or(0, |(count, _)| *count)
    }

    /// As a list, in words.
    pub fn listed(&self, lang: &str) -> Vec<Loss> {
        let listed = self.0.iter().map(|(change, (count, first))| Loss {
            change: *change,
            says: change.says(lang),
            count: *count,
            first: first.clone(),
        });
        listed.collect()
    }
}

/// One change in words.
#[derive(Clone, Debug, Serialize)]
pub struct Loss {
    /// Which.
    pub change: Change,
    /// What it says.
    pub says: &'static str,
    /// How many objects it concerns.
    pub count: usize,
    /// The ids of the first.
    pub first: Vec<String>,
}
