//! Synthetic records, the same for the same seed: a quarter of the triples each for incidents and
//! what they touch, for the techniques they used, for the claims about them, and for accounts.
//!
//! Every name in it is made up. The techniques are DISARM's, from the ontology, so that the
//! benchmark joins what an installation joins.

use super::CLEAR;
use anyhow::{Context, Result, bail};
use oxrdf::{NamedOrBlankNode, Term};
use oxttl::TurtleParser;
use std::collections::BTreeSet;
use std::io::Write;

const PREFIXES: &str = "\
PREFIX id: <https://w3id.org/fieldmark/id/>
PREFIX fm: <https://w3id.org/fieldmark/ns#>
PREFIX stix: <http://docs.oasis-open.org/cti/ns/stix#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX edtf: <http://id.loc.gov/datatypes/edtf/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
";

/// How many of the things that many incidents share.
const REPORTS: usize = 500;
const CAMPAIGNS: usize = 300;
const NARRATIVES: usize = 400;
const ASSESSORS: usize = 200;
const NETWORKS: usize = 60;
const ACTORS: usize = 15;
const PLATFORMS: usize = 12;

/// The words of each assessment, and our reading of them where there is one.
const HEDGES: [(&str, Option<&str>); 5] = [
    ("likely run by", Some("likely")),
    ("almost certainly run by", Some("almost-certain")),
    ("may be tied to", None),
    ("bears the marks of", None),
    ("probably steered by", Some("likely")),
];

/// What was made: how much of it, and names that queries can ask for.
pub struct Made {
    /// Triples as a view holds them, direct edges counted.
    pub triples: u64,
    /// How many records.
    pub records: u64,
    /// Some incidents, as local names under `id:`.
    pub incidents: Vec<String>,
    /// Every campaign.
    pub campaigns: Vec<String>,
    /// Every assessor.
    pub assessors: Vec<String>,
    /// Every technique.
    pub techniques: Vec<String>,
}

/// The local names of DISARM's techniques that are still in use.
pub fn techniques(disarm: &str) -> Result<Vec<String>> {
    let (mut found, mut retired) = (BTreeSet::new(), BTreeSet::new());
    for triple in TurtleParser::new().for_slice(disarm) {
        let triple = triple.context("ontology/disarm.ttl is not Turtle")?;
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
            continue;
        };
        let Some(local) = subject
            .as_str()
            .strip_prefix("https://w3id.org/fieldmark/id/")
        else {
            continue;
        };
        match &triple.object {
            Term::NamedNode(class)
                if triple.predicate == oxrdf::vocab::rdf::TYPE
                    && class.as_str() == "http://docs.oasis-open.org/cti/ns/stix#AttackPattern" =>
            {
                found.insert(local.to_owned());
            }
            Term::Literal(said)
                if triple.predicate.as_str() == "http://www.w3.org/2002/07/owl#deprecated"
                    && said.value() == "true" =>
            {
                retired.insert(local.to_owned());
            }
            _ => {}
        }
    }
    let found: Vec<String> = found.difference(&retired).cloned().collect();
    if found.is_empty() {
        bail!("ontology/disarm.ttl states no technique");
    }
    Ok(found)
}

/// Writes at least `triples` triples twice: to `records` as TriG, graph names being policies, and
/// to `plain` as Turtle with each relationship's direct edge, as a view states them.
pub fn write(
    seed: u64,
    triples: u64,
    techniques: Vec<String>,
    records: &mut dyn Write,
    plain: &mut dyn Write,
) -> Result<Made> {
    let mut out = Out {
        random: Random(seed),
        records,
        plain,
        triples: 0,
        count: 0,
    };
    out.records.write_all(PREFIXES.as_bytes())?;
    out.plain.write_all(PREFIXES.as_bytes())?;

    let reports = out.named("report", "stix:Report", "Synthetic report", REPORTS)?;
    let campaigns = out.named("campaign", "stix:Campaign", "Synthetic campaign", CAMPAIGNS)?;
    let narratives = out.named("narrative", "fm:Narrative", "Synthetic story", NARRATIVES)?;
    let assessors = out.named(
        "identity",
        "prov:Organization, stix:Identity",
        "Synthetic observer",
        ASSESSORS,
    )?;
    let networks = out.named(
        "infrastructure",
        "fm:BotNetwork, stix:Infrastructure",
        "Synthetic network",
        NETWORKS,
    )?;
    let actors = out.named(
        "threat-actor",
        "stix:ThreatActor",
        "Synthetic actor",
        ACTORS,
    )?;
    let platforms = out.named(
        "identity",
        "fm:Platform, stix:Identity",
        "Synthetic platform",
        PLATFORMS,
    )?;

    let mut incidents = Vec::new();
    while out.triples < triples {
        let number = incidents.len() + 1;
        let report = out.pick(&reports);
        let date = out.date();
        let incident = out.id("incident");
        out.record(
            &incident,
            &format!(
                "a stix:Incident ; skos:prefLabel \"Synthetic incident {number}\"@en ; \
                 dcterms:description \"One of many made-up incidents.\"@en ; \
                 stix:first_seen \"{date}\"^^edtf:EDTF ; stix:last_seen \"{date}\"^^edtf:EDTF ; \
                 dcterms:language \"en\" ; dcterms:source id:{report} ; fm:locator \"L{number}\""
            ),
            8,
        )?;

        // What the incident touched.
        for _ in 0..2 {
            let platform = out.pick(&platforms);
            out.relation(
                &incident,
                "operates-on",
                "fm:operatesOn",
                &platform,
                &report,
            )?;
        }
        let campaign = out.pick(&campaigns);
        out.relation(&incident, "part-of", "dcterms:isPartOf", &campaign, &report)?;
        let narrative = out.pick(&narratives);
        out.relation(&incident, "conveys", "fm:conveys", &narrative, &report)?;

        // How.
        for _ in 0..5 {
            let technique = out.pick(&techniques);
            out.relation(&incident, "uses", "stix:uses", &technique, &report)?;
        }

        // Through which accounts.
        for _ in 0..3 {
            let account = out.id("user-account");
            let network = out.pick(&networks);
            let handle = out.random.below(1_000_000_000);
            out.record(
                &account,
                &format!(
                    "a stix:UserAccount ; skos:prefLabel \"made_up_{handle}\"@en ; \
                     stix:url \"https://example.org/u/{handle}\"^^xsd:anyURI ; \
                     stix:first_seen \"{date}\"^^edtf:EDTF ; dcterms:source id:{report} ; \
                     fm:locator \"L{number}\""
                ),
                6,
            )?;
            if out.random.below(3) == 0 {
                out.relation(
                    &network,
                    "consists-of",
                    "stix:consists-of",
                    &account,
                    &report,
                )?;
            } else {
                out.relation(&incident, "uses", "stix:uses", &account, &report)?;
            }
        }

        // And who says whose it was.
        for _ in 0..2 + out.random.below(2) {
            let actor = out.pick(&actors);
            let assessor = out.pick(&assessors);
            out.claim(&incident, &actor, &assessor, &report, number)?;
        }
        incidents.push(incident);
    }
    Ok(Made {
        triples: out.triples,
        records: out.count,
        incidents,
        campaigns,
        assessors,
        techniques,
    })
}

struct Out<'a> {
    random: Random,
    records: &'a mut dyn Write,
    plain: &'a mut dyn Write,
    triples: u64,
    count: u64,
}

impl Out<'_> {
    /// A new id of that type.
    fn id(&mut self, kind: &str) -> String {
        let (high, low) = (self.random.next(), self.random.next());
        // Version 4, variant 1: a random UUID, were the generator not seeded.
        let high = (high & !0xf000) | 0x4000;
        let low = (low & !(0b11 << 62)) | (0b10 << 62);
        format!(
            "{kind}--{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }

    /// One of `among`, the first far more often than the last, as in life.
    fn pick(&mut self, among: &[String]) -> String {
        let share = self.random.share();
        let at = (share * share * among.len() as f64) as usize;
        among[at.min(among.len() - 1)].clone()
    }

    /// A day from 2016 to 2025.
    fn date(&mut self) -> String {
        format!(
            "{}-{:02}-{:02}",
            2016 + self.random.below(10),
            1 + self.random.below(12),
            1 + self.random.below(28)
        )
    }

    /// `many` records of one class that have little more than a name.
    fn named(&mut self, kind: &str, classes: &str, name: &str, many: usize) -> Result<Vec<String>> {
        let mut ids = Vec::with_capacity(many);
        for number in 1..=many {
            let id = self.id(kind);
            let mut says = format!("a {classes} ; skos:prefLabel \"{name} {number}\"@en");
            let mut statements = 2 + classes.matches(',').count() as u64;
            if kind == "report" {
                let date = self.date();
                says.push_str(&format!(
                    " ; dcterms:title \"{name} {number}\"@en ; dcterms:issued \"{date}\"^^edtf:EDTF ; dcterms:language \"en\""
                ));
                statements += 3;
            }
            self.record(&id, &says, statements)?;
            ids.push(id);
        }
        Ok(ids)
    }

    /// A relationship record, and in a view its direct edge.
    fn relation(
        &mut self,
        from: &str,
        kind: &str,
        edge: &str,
        to: &str,
        report: &str,
    ) -> Result<()> {
        let id = self.id("relationship");
        let line = 1 + self.random.below(400);
        self.record(
            &id,
            &format!(
                "a stix:Relationship ; stix:relationship_type \"{kind}\" ; stix:source_ref id:{from} ; \
                 stix:target_ref id:{to} ; dcterms:source id:{report} ; fm:locator \"L{line}\""
            ),
            6,
        )?;
        writeln!(self.plain, "id:{from} {edge} id:{to} .")?;
        self.triples += 1;
        Ok(())
    }

    fn claim(
        &mut self,
        subject: &str,
        object: &str,
        assessor: &str,
        report: &str,
        line: usize,
    ) -> Result<()> {
        let id = self.id("relationship");
        let (words, band) = HEDGES[self.random.below(HEDGES.len() as u64) as usize];
        let date = self.date();
        let mut says = format!(
            "a fm:Attribution, fm:Claim ; fm:subject id:{subject} ; fm:object id:{object} ; \
             fm:assessor id:{assessor} ; fm:verbatim \"{words}\"@en ; fm:polarity fm:affirms ; \
             fm:scale fm:unstated ; fm:assertedAt \"{date}\"^^edtf:EDTF ; fm:dateBasis fm:stated ; \
             fm:basis fm:ownAnalysis ; dcterms:source id:{report} ; fm:locator \"L{line}\""
        );
        let mut statements = 13;
        if let Some(band) = band {
            says.push_str(&format!(
                " ; fm:assumedScale <https://w3id.org/fieldmark/scale/icd203> ; \
                 fm:assumedBand <https://w3id.org/fieldmark/scale/icd203/{band}>"
            ));
            statements += 2;
        }
        self.record(&id, &says, statements)
    }

    fn record(&mut self, id: &str, says: &str, statements: u64) -> Result<()> {
        // Everything is public: the comparison server knows no policies.
        writeln!(self.records, "id:{CLEAR} {{ id:{id} {says} . }}")?;
        writeln!(self.plain, "id:{id} {says} .")?;
        self.triples += statements;
        self.count += 1;
        Ok(())
    }
}

/// SplitMix64: small, seeded, and good enough to scatter made-up incidents.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to but not including `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// From 0 up to but not including 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxttl::TriGParser;

    fn small(seed: u64) -> (String, String, Made) {
        let (mut records, mut plain) = (Vec::new(), Vec::new());
        let made = write(
            seed,
            20_000,
            vec![
                "attack-pattern--x".to_owned(),
                "attack-pattern--y".to_owned(),
            ],
            &mut records,
            &mut plain,
        )
        .expect("memory can be written to");
        let text = |bytes| String::from_utf8(bytes).expect("it is text");
        (text(records), text(plain), made)
    }

    #[test]
    fn retired_techniques_are_left_out() {
        let disarm = "PREFIX id: <https://w3id.org/fieldmark/id/>\n\
             PREFIX stix: <http://docs.oasis-open.org/cti/ns/stix#>\n\
             PREFIX owl: <http://www.w3.org/2002/07/owl#>\n\
             id:attack-pattern--x a stix:AttackPattern .\n\
             id:attack-pattern--y a stix:AttackPattern ; owl:deprecated true .\n\
             id:x-mitre-tactic--z a stix:Other .\n";
        assert_eq!(
            techniques(disarm).expect("one technique is in use"),
            ["attack-pattern--x"]
        );
    }

    #[test]
    fn the_same_seed_gives_the_same_triples_and_another_does_not() {
        assert_eq!(small(7).0, small(7).0);
        assert_ne!(small(7).0, small(8).0);
    }

    #[test]
    fn both_files_parse_and_hold_as_many_triples_as_counted() {
        let (records, plain, made) = small(7);
        let plain: BTreeSet<String> = TurtleParser::new()
            .for_slice(&plain)
            .map(|triple| triple.expect("Turtle").to_string())
            .collect();
        assert!(made.triples >= 20_000);
        // An incident that drew the same platform or technique twice states that edge once.
        let lost = made.triples - plain.len() as u64;
        assert!(lost < made.triples / 20, "{lost} of {} lost", made.triples);
        let quads: Vec<_> = TriGParser::new()
            .for_slice(&records)
            .map(|quad| quad.expect("TriG"))
            .collect();
        assert!(
            quads
                .iter()
                .all(|quad| plain.contains(&oxrdf::Triple::from(quad.clone()).to_string()))
        );
        let graphs: BTreeSet<_> = quads
            .iter()
            .map(|quad| quad.graph_name.to_string())
            .collect();
        assert_eq!(graphs.len(), 1);
    }

    #[test]
    fn each_kind_has_about_a_quarter() {
        let (_, plain, made) = small(7);
        let of = |marks: &[&str], each: u64| {
            marks
                .iter()
                .map(|mark| plain.matches(mark).count() as u64 * each)
                .sum::<u64>()
        };
        let incidents =
            of(&["a stix:Incident"], 8) + of(&["\"operates-on\"", "\"part-of\"", "\"conveys\""], 7);
        let claims = of(&["a fm:Attribution"], 14);
        let accounts = of(&["a stix:UserAccount"], 13);
        for (kind, share) in [
            ("incidents", incidents),
            ("claims", claims),
            ("accounts", accounts),
        ] {
            let share = share as f64 / made.triples as f64;
            assert!((0.12..0.36).contains(&share), "{kind}: {share}");
        }
    }
}
