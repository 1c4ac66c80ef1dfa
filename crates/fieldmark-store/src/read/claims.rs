//! Claims, by id and by what they speak of.

use super::ReadError;
use super::fixed::Fixed;
use crate::index::recent::Beside;
use crate::view::View;
use fieldmark_model::{
    Claim, ClaimKind, Derivation, Edtf, Likelihood, Noun, Polarity, Quotation, RecordId,
};
use fieldmark_rdf::ontology::local;
use fieldmark_rdf::vocab::{DERIVATIONS, classes, properties, values};
use oxrdf::Term;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

static BANDS: Fixed = Fixed::new(
    "SELECT ?band ?label ?low ?high WHERE {
       VALUES ?band { UNDEF } ?band skos:prefLabel ?label . FILTER(LANG(?label) = 'en')
       OPTIONAL { ?band fm:rangeLow ?low ; fm:rangeHigh ?high } }",
);

struct Band {
    label: String,
    range: Option<(f64, f64)>,
}

impl View {
    /// Claims by id, aligned with `ids`; `None` where this view shows no claim of that id. Three
    /// queries at most, however many ids.
    pub fn claims(&self, ids: &[RecordId]) -> Result<Vec<Option<Arc<Claim>>>, ReadError> {
        let read = |ids: &[RecordId]| self.claims_read(ids);
        self.recent().read(|kept| &mut kept.claims, ids, read)
    }

    /// Claims by id, of the engine.
    fn claims_read(&self, ids: &[RecordId]) -> Result<HashMap<RecordId, Arc<Claim>>, ReadError> {
        // Not by way of the records that are kept: a claim takes a third of the room.
        let nodes = self.nodes_read(ids)?;
        let said: BTreeSet<&str> = nodes
            .values()
            .flat_map(|node| {
                [properties::FM_BAND, properties::FM_ASSUMED_BAND].map(|p| node.values(p))
            })
            .flatten()
            .filter_map(|term| match term {
                Term::NamedNode(band) => Some(band.as_str()),
                _ => None,
            })
            .collect();
        let said = said
            .into_iter()
            .map(|iri| oxrdf::NamedNode::new_unchecked(iri).into())
            .collect();
        let mut bands: BTreeMap<String, Band> = BTreeMap::new();
        BANDS.run(self, &[("band", said)], |row| {
            if let [
                Some(Term::NamedNode(band)),
                Some(Term::Literal(label)),
                low,
                high,
            ] = row
            {
                let number = |term: &Option<Term>| super::text(term.as_ref())?.parse::<f64>().ok();
                let range = number(low).zip(number(high));
                bands.insert(
                    band.as_str().to_owned(),
                    Band {
                        label: label.value().to_owned(),
                        range,
                    },
                );
            }
        })?;
        // What is kept of a claim has its words.
        let quoted = self.quotations_read(ids)?;
        let claims = nodes.into_iter().filter_map(|(id, node)| {
            let claim = claim(&node, &bands, quoted.get(&id).map_or(&[], AsRef::as_ref))?;
            Some((id, Arc::new(claim)))
        });
        Ok(claims.collect())
    }

    /// The claims that speak of each record, as subject, object or whom they concern, aligned with `of`; each list by
    /// date asserted (undated first), then id.
    pub fn claims_of(&self, of: &[RecordId]) -> Result<Vec<Vec<Arc<Claim>>>, ReadError> {
        self.claims_found(Beside::Of, of)
    }

    /// The claims whose subject each record is, aligned and in order likewise.
    pub fn claims_on(&self, subjects: &[RecordId]) -> Result<Vec<Vec<Arc<Claim>>>, ReadError> {
        self.claims_found(Beside::On, subjects)
    }

    /// The claims that each record makes, as an assessor, aligned and in order likewise.
    pub fn claims_by(&self, of: &[RecordId]) -> Result<Vec<Vec<Arc<Claim>>>, ReadError> {
        self.claims_found(Beside::By, of)
    }

    fn claims_found(
        &self,
        how: Beside,
        of: &[RecordId],
    ) -> Result<Vec<Vec<Arc<Claim>>>, ReadError> {
        let speaking = self.beside(how, of)?;
        let ids = speaking.iter().flat_map(|ids| ids.iter());
        let ids: HashSet<&RecordId> = ids.collect();
        let ids: Vec<RecordId> = ids.into_iter().cloned().collect();
        let claims = self.claims(&ids)?;
        let claims = ids.iter().zip(claims);
        let claims: HashMap<&RecordId, Arc<Claim>> = claims
            .filter_map(|(id, claim)| Some((id, claim?)))
            .collect();
        let lists = speaking.iter().map(|ids| {
            let mut list: Vec<Arc<Claim>> = ids
                .iter()
                .filter_map(|id| claims.get(id).cloned())
                .collect();
            list.sort_by(|a, b| order(a).cmp(&order(b)));
            list
        });
        Ok(lists.collect())
    }
}

fn order(claim: &Claim) -> (Option<(i32, u8, u8)>, &RecordId) {
    (claim.dated().map(Edtf::earliest), &claim.id)
}

fn claim(node: &super::Node, bands: &BTreeMap<String, Band>, words: &[Quotation]) -> Option<Claim> {
    if node.noun != Noun::Claim {
        return None;
    }
    let iri = |property| {
        node.values(property).iter().find_map(|term| match term {
            Term::NamedNode(node) => Some(node.as_str().to_owned()),
            _ => None,
        })
    };
    let locals = |property| {
        let named = node.values(property).iter().filter_map(|term| match term {
            Term::NamedNode(term) => Some(local(term.as_str()).to_owned()),
            _ => None,
        });
        named.collect()
    };
    let object = || {
        iri(properties::FM_OBJECT).or_else(|| {
            node.text(properties::FM_OBJECT_TEXT, "en")
                .map(str::to_owned)
        })
    };
    let date = |property| Edtf::parse(node.word(property)?).ok();
    let kind = node
        .values(properties::RDF_TYPE)
        .iter()
        .find_map(|term| match term {
            Term::NamedNode(class) if class.as_ref() != classes::FM_CLAIM => {
                ClaimKind::from_name(local(class.as_str()))
            }
            _ => None,
        })?;
    let denies = iri(properties::FM_POLARITY).is_some_and(|p| p == values::FM_DENIES.as_str());
    let stated = iri(properties::FM_SCALE).filter(|scale| scale != values::FM_UNSTATED.as_str());
    let assumed = iri(properties::FM_ASSUMED_BAND);
    let band_iri = iri(properties::FM_BAND).or(assumed.clone());
    let band = band_iri.as_ref().and_then(|iri| bands.get(iri));
    Some(Claim {
        id: node.id.clone(),
        number: node.word(properties::DCTERMS_IDENTIFIER).map(str::to_owned),
        kind,
        subject: node.records(properties::FM_SUBJECT).into_iter().next()?,
        object: object(),
        object_words: node
            .values(properties::FM_OBJECT_TEXT)
            .iter()
            .filter_map(|term| match term {
                Term::Literal(words) => Some((
                    words.language().unwrap_or_default().to_owned(),
                    words.value().to_owned(),
                )),
                _ => None,
            })
            .collect(),
        level: iri(properties::FM_LEVEL),
        relation: iri(properties::FM_ALIAS_RELATION),
        assessors: node.records(properties::FM_ASSESSOR),
        verbatim: words.to_vec(),
        polarity: if denies {
            Polarity::Denies
        } else {
            Polarity::Affirms
        },
        likelihood: Likelihood {
            assumed: stated.is_none() && assumed.is_some(),
            scale: stated.or_else(|| iri(properties::FM_ASSUMED_SCALE)),
            band: band_iri.clone(),
            term: band.map(|band| band.label.clone()),
            range: band.and_then(|band| band.range),
        },
        confidence: node.word(properties::FM_CONFIDENCE).map(str::to_owned),
        asserted_at: date(properties::FM_ASSERTED_AT),
        published_at: date(properties::FM_PUBLISHED_AT),
        basis: locals(properties::FM_BASIS),
        evidence: node.records(properties::FM_EVIDENCE),
        status: iri(properties::FM_STATUS).map(|status| local(&status).to_owned()),
        derivation: DERIVATIONS
            .iter()
            .filter_map(|property| {
                Some((Derivation::from_name(local(property.as_str()))?, *property))
            })
            .flat_map(|(relation, property)| {
                let others = node.records(property).into_iter();
                others.map(move |id| (relation, id))
            })
            .collect(),
        withheld: locals(properties::FM_DERIVATION_WITHHELD)
            .iter()
            .filter_map(|relation| Derivation::from_name(relation))
            .collect(),
        sources: node.records(properties::DCTERMS_SOURCE),
        locator: node.word(properties::FM_LOCATOR).map(str::to_owned),
    })
}
