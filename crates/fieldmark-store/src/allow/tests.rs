//! Nothing loosens in silence, and nobody writes or learns beyond what they see.

use crate::gate::{Credential, Role, Writer};
use crate::import::{ImportOptions, ImportReport, Verdict};
use crate::proposals::Standing;
use crate::testing::{base_with_partner, with_token};
use crate::{Base, Op, StoreError};
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::format::Format;
use std::collections::BTreeSet;

const HEAD: &str = "@prefix id: <https://w3id.org/fieldmark/id/> . @prefix fm: <https://w3id.org/fieldmark/ns#> . @prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dcterms: <http://purl.org/dc/terms/> .
";
const ONE: &str = "id:campaign--00000000-0000-4000-8000-000000000001";
const OTHER: &str = "id:campaign--00000000-0000-4000-8000-000000000002";

struct Site {
    base: Base,
    steward: Writer,
    public: Writer,
    partner: Writer,
    _dir: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let (base, dir) = base_with_partner(Tlp::Amber);
        let local = base.gate().enter(Credential::Local).unwrap();
        let writer = |audience: &str| {
            let caller = with_token(&base, audience, audience, Role::Writer);
            caller.writer.unwrap()
        };
        Self {
            public: writer("public"),
            partner: writer("partner"),
            steward: local.writer.unwrap(),
            base,
            _dir: dir,
        }
    }

    fn import(
        &self,
        who: &Writer,
        text: &str,
        loosen: Option<&str>,
        dry_run: bool,
    ) -> ImportReport {
        let options = ImportOptions {
            dry_run,
            loosen: loosen.map(str::to_owned),
            ..ImportOptions::of(Format::TriG)
        };
        let text = format!("{HEAD}{text}");
        self.base
            .import(who, text.as_bytes(), &options, None)
            .unwrap()
    }

    /// The verdicts of an import, with the reasons.
    fn told(&self, who: &Writer, text: &str, loosen: Option<&str>) -> String {
        told(&self.import(who, text, loosen, false))
    }

    fn sees(&self, audience: &str, words: &str) -> bool {
        let gate = self.base.gate();
        let local = gate.enter(Credential::Local).unwrap();
        let reader = gate.step_down(&local.reader, audience).unwrap();
        let view = self.base.view(&reader).unwrap();
        view.statements(None)
            .unwrap()
            .iter()
            .any(|triple| triple.to_string().contains(words))
    }

    fn loosenings(&self, id: &str) -> Vec<Option<String>> {
        let local = self.base.gate().enter(Credential::Local).unwrap();
        let id = RecordId::parse(id.trim_start_matches("id:")).unwrap();
        let history = self
            .base
            .history(&local.reader.steward().unwrap(), &id)
            .unwrap();
        history
            .into_iter()
            .map(|(revision, _)| revision.loosening)
            .collect()
    }
}

fn told(report: &ImportReport) -> String {
    let entries = report.entries.iter().map(|entry| {
        let why: Vec<&str> = entry.findings.iter().map(|f| f.message.as_str()).collect();
        format!("{} {}", entry.verdict.name(true), why.join("; "))
            .trim_end()
            .to_owned()
    });
    entries.collect::<Vec<_>>().join("\n")
}

fn rank(level: &str) -> usize {
    let level = Tlp::parse(level).unwrap();
    Tlp::ALL.iter().position(|one| *one == level).unwrap()
}

fn under(level: Tlp, text: &str) -> String {
    format!("id:{} {{ {text} }}\n", level.marking_id())
}

fn campaign(id: &str, name: &str) -> String {
    format!("{id} a stix:Campaign ; skos:prefLabel \"{name}\"@en .")
}

#[test]
fn what_is_marked_down_needs_a_reason_that_stands_in_the_ledger() {
    let site = Site::new();
    let whole = |level| under(level, &campaign(ONE, "Sundew"));
    assert_eq!(site.told(&site.steward, &whole(Tlp::Red), None), "added");
    for looser in [Tlp::Clear, Tlp::Green, Tlp::AmberStrict] {
        let said = site.told(&site.steward, &whole(looser), None);
        assert!(said.contains("prefLabel from TLP:RED to"), "{said}");
        assert!(said.contains("--loosen REASON"), "{said}");
    }
    assert!(!site.sees("public", "Sundew"));
    // Only one statement, and the rest as strict as before.
    let part = under(Tlp::Red, &format!("{ONE} a stix:Campaign ."))
        + &under(Tlp::Green, &format!("{ONE} skos:prefLabel \"Sundew\"@en ."));
    let dry = site.import(&site.steward, &part, None, true);
    let changes: Vec<(bool, String)> = dry
        .remarked
        .iter()
        .map(|(_, one)| (one.looser, one.statement.predicate.as_str().to_owned()))
        .collect();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert!(changes[0].0 && changes[0].1.ends_with("prefLabel"));
    let said = site.told(
        &site.steward,
        &whole(Tlp::Clear),
        Some("published on 3 May"),
    );
    assert_eq!(said, "revised");
    assert!(site.sees("public", "Sundew"));
    assert_eq!(
        site.loosenings(ONE),
        [None, Some("published on 3 May".to_owned())]
    );
    // To mark up is anybody's right and needs no word.
    assert_eq!(site.told(&site.steward, &whole(Tlp::Red), None), "revised");
    assert!(!site.sees("public", "Sundew"));
}

#[test]
fn to_drop_a_statement_and_say_it_again_is_to_loosen_it() {
    let site = Site::new();
    let named = |level| under(level, &format!("{ONE} skos:prefLabel \"Sundew\"@en ."));
    let typed = under(
        Tlp::Clear,
        &format!("{ONE} a stix:Campaign ; skos:prefLabel \"X\"@fr ."),
    );
    site.told(&site.steward, &format!("{typed}{}", named(Tlp::Red)), None);
    assert_eq!(site.told(&site.steward, &typed, None), "revised");
    let said = site.told(
        &site.steward,
        &format!("{typed}{}", named(Tlp::Clear)),
        None,
    );
    assert!(
        said.contains("prefLabel from TLP:RED to TLP:CLEAR"),
        "{said}"
    );
    // The same when the whole record was withdrawn in between.
    let id = RecordId::parse(ONE.trim_start_matches("id:")).unwrap();
    site.base
        .write(&site.steward, vec![crate::Change::Retract(id)])
        .unwrap();
    let said = site.told(
        &site.steward,
        &format!("{typed}{}", named(Tlp::Clear)),
        None,
    );
    assert!(
        said.contains("prefLabel from TLP:RED to TLP:CLEAR"),
        "{said}"
    );
}

#[test]
fn a_policy_is_loosened_only_with_a_reason_and_tlp_never() {
    let site = Site::new();
    let marking = "id:marking-definition--00000000-0000-4000-8000-00000000000a";
    let define = |level: &str, to: &str| {
        under(
            Tlp::Clear,
            &format!(
                "{marking} a stix:MarkingDefinition ; skos:prefLabel \"Ours\"@en ; fm:tlp \"{level}\" ; fm:tlpRank {} {to} .",
                rank(level)
            ),
        )
    };
    let text = define("amber", "; fm:releasableTo \"A\"")
        + &format!("{marking} {{ {} }}", campaign(ONE, "Sundew"));
    assert_eq!(site.told(&site.steward, &text, None), "added\nadded");
    for looser in [
        define("green", "; fm:releasableTo \"A\""),
        define("amber", "; fm:releasableTo \"A\" , \"B\""),
        define("amber", ""),
    ] {
        let said = site.told(&site.steward, &looser, None);
        assert!(said.contains("every statement under"), "{said}");
    }
    let stricter = define("red", "; fm:releasableTo \"A\"");
    assert_eq!(site.told(&site.steward, &stricter, None), "revised");
    let said = site.told(&site.steward, &define("clear", ""), Some("published"));
    assert_eq!(said, "revised");
    assert!(site.sees("public", "Sundew"));
    for level in Tlp::ALL {
        let text = under(
            Tlp::Clear,
            &format!(
                "id:{} a stix:MarkingDefinition ; skos:prefLabel \"TLP\"@en ; fm:tlp \"clear\" ; fm:tlpRank 0 .",
                level.marking_id()
            ),
        );
        for who in [&site.steward, &site.public] {
            let said = site.told(who, &text, Some("because"));
            assert!(said.contains("which nobody changes"), "{said}");
        }
    }
}

#[test]
fn what_stands_under_a_refused_policy_is_refused_with_it() {
    let site = Site::new();
    let marking = "id:marking-definition--00000000-0000-4000-8000-00000000000a";
    let text = under(
        Tlp::Clear,
        &format!(
            "{marking} a stix:MarkingDefinition ; skos:prefLabel \"Ours\"@en ; fm:tlp \"amber\" ."
        ),
    ) + &format!("{marking} {{ {} }}", campaign(ONE, "Sundew"));
    let said = site.told(&site.steward, &text, None);
    assert!(said.contains("nobody defined the release policy"), "{said}");
    assert!(!said.contains("added"), "{said}");
}

#[test]
fn who_sees_less_changes_no_policy() {
    let site = Site::new();
    let marking = "id:marking-definition--00000000-0000-4000-8000-00000000000a";
    let define = |level: &str| {
        under(
            Tlp::Clear,
            &format!(
                "{marking} a stix:MarkingDefinition ; skos:prefLabel \"Ours\"@en ; fm:tlp \"{level}\" ; fm:tlpRank {} .",
                rank(level)
            ),
        )
    };
    let absent = site.told(&site.public, &define("red"), None);
    assert!(absent.contains("by a steward alone"), "{absent}");
    site.told(&site.steward, &define("red"), None);
    for level in ["red", "clear"] {
        let said = site.told(&site.public, &define(level), None);
        let wanted = if level == "red" {
            "unchanged"
        } else {
            "by a steward alone"
        };
        assert!(said.contains(wanted), "{level}: {said}");
    }
}

/// What a writer is told of a record, whether it is withheld from them or nowhere at all.
#[test]
fn a_withheld_record_is_to_a_writer_as_an_absent_one() {
    let site = Site::new();
    let marking = "id:marking-definition--00000000-0000-4000-8000-00000000000a";
    let hidden_policy = under(
        Tlp::Red,
        &format!(
            "{marking} a stix:MarkingDefinition ; skos:prefLabel \"Ours\"@en ; fm:tlp \"clear\" ; fm:tlpRank 0 ."
        ),
    );
    let text = hidden_policy + &under(Tlp::Red, &campaign(ONE, "Sundew"));
    assert_eq!(site.told(&site.steward, &text, None), "added\nadded");
    let absent_policy = "id:marking-definition--00000000-0000-4000-8000-00000000000b";
    let mut seen = BTreeSet::new();
    for (id, policy) in [(ONE, marking), (OTHER, absent_policy)] {
        let texts = [
            under(Tlp::Clear, &campaign(id, "Sundew")),
            under(Tlp::Clear, &campaign(id, "Other")),
            under(Tlp::Red, &campaign(id, "Sundew")),
            format!(
                "{policy} {{ {} }}",
                campaign("id:campaign--00000000-0000-4000-8000-000000000003", "P")
            ),
            under(
                Tlp::Clear,
                &format!(
                    "id:report--00000000-0000-4000-8000-000000000004 a stix:Report ; skos:prefLabel \"R\"@en ; dcterms:references {id} ."
                ),
            ),
            under(
                Tlp::Clear,
                &format!(
                    "{policy} a stix:MarkingDefinition ; skos:prefLabel \"x\"@en ; fm:tlp \"green\" ; fm:tlpRank 1 ."
                ),
            ),
        ];
        let mut answers = String::new();
        for dry_run in [true, false] {
            for text in &texts {
                let report = site.import(&site.public, text, None, dry_run);
                let line = format!(
                    "{} {:?} {:?} {}\n",
                    told(&report),
                    report.waiting,
                    report.remarked,
                    report.committed
                );
                answers += &line
                    .replace(id.trim_start_matches("id:"), "ID")
                    .replace(policy.trim_start_matches("id:"), "POLICY");
            }
        }
        seen.insert(answers);
    }
    assert_eq!(seen.len(), 1, "{seen:#?}");
    let told = seen.first().unwrap();
    assert!(told.contains("waiting"), "{told}");
    assert!(told.contains("may write nothing there"), "{told}");
    // And nothing of it has reached the ledger.
    assert!(site.sees("steward", "Sundew") && !site.sees("steward", "Other"));
}

#[test]
fn what_a_writer_does_not_see_stays_when_they_write() {
    let site = Site::new();
    let source = "id:identity--00000000-0000-4000-8000-000000000005";
    let text = under(
        Tlp::Clear,
        &format!(
            "{} {ONE} dcterms:references {source} .",
            campaign(ONE, "Sundew")
        ),
    ) + &under(
        Tlp::Red,
        &format!(
            "{ONE} skos:altLabel \"Secret\"@en . {source} a stix:Identity ; skos:prefLabel \"Source\"@en ."
        ),
    ) + &under(
        Tlp::Amber,
        &format!("{ONE} skos:altLabel \"Partners\"@en ."),
    );
    site.told(&site.steward, &text, None);
    let renamed = under(Tlp::Clear, &campaign(ONE, "Drosera"));
    assert_eq!(site.told(&site.public, &renamed, None), "revised");
    assert_eq!(site.told(&site.public, &renamed, None), "unchanged");
    for (audience, words, there) in [
        ("public", "Drosera", true),
        ("public", "Sundew", false),
        ("public", "Secret", false),
        ("partner", "Partners", true),
        ("steward", "Secret", true),
        ("steward", source.trim_start_matches("id:"), true),
    ] {
        assert_eq!(site.sees(audience, words), there, "{audience} {words}");
    }
    // A partner may leave out what it sees, and may not show it to more people.
    let shown = under(
        Tlp::Clear,
        &format!(
            "{} {ONE} skos:altLabel \"Partners\"@en .",
            campaign(ONE, "Drosera")
        ),
    );
    let said = site.told(&site.partner, &shown, Some("because"));
    assert!(said.contains("Only a steward may show more"), "{said}");
    assert_eq!(site.told(&site.partner, &renamed, None), "revised");
    assert!(!site.sees("steward", "Partners") && site.sees("steward", "Secret"));
    // A guess at what is hidden tells nothing: it is another statement of theirs.
    let guess = under(
        Tlp::Clear,
        &format!(
            "{} {ONE} skos:altLabel \"Secret\"@en .",
            campaign(ONE, "Drosera")
        ),
    );
    let wrong = under(
        Tlp::Clear,
        &format!(
            "{} {ONE} skos:altLabel \"Wrong\"@en .",
            campaign(ONE, "Drosera")
        ),
    );
    assert_eq!(
        told(&site.import(&site.public, &guess, None, true)),
        "revised"
    );
    assert_eq!(
        told(&site.import(&site.public, &wrong, None, true)),
        "revised"
    );
}

#[test]
fn a_proposal_waits_for_a_steward_and_drops_nothing_hidden() {
    let site = Site::new();
    site.told(
        &site.steward,
        &under(
            Tlp::Red,
            &format!(
                "{} {ONE} skos:altLabel \"Secret\"@en .",
                campaign(ONE, "Sundew")
            ),
        ),
        None,
    );
    let both = under(
        Tlp::Clear,
        &(campaign(ONE, "Drosera") + &campaign(OTHER, "Sphagnum")),
    );
    assert_eq!(site.told(&site.public, &both, None), "waiting\nwaiting");
    assert_eq!(site.told(&site.public, &both, None), "waiting\nwaiting");
    let local = site.base.gate().enter(Credential::Local).unwrap();
    let steward = local.reader.steward().unwrap();
    let waiting = site
        .base
        .proposals(&steward, Some(Standing::Waiting), 0, 10)
        .unwrap();
    assert_eq!(waiting.len(), 2, "what waits already is not kept twice");
    assert_eq!(waiting[0].author, "public");
    assert!(matches!(
        crate::testing::take(&site.base, &site.partner, &waiting[1], None, false),
        Err(StoreError::NotAllowed { .. })
    ));
    crate::testing::take(&site.base, &site.steward, &waiting[1], None, false).unwrap();
    assert!(site.sees("public", "Sphagnum"));
    // It would show the record that stands here: that takes a reason.
    let refused = crate::testing::take(&site.base, &site.steward, &waiting[0], None, false);
    assert!(refused.unwrap_err().to_string().contains("--loosen"));
    crate::testing::take(
        &site.base,
        &site.steward,
        &waiting[0],
        Some("both say so"),
        false,
    )
    .unwrap();
    assert!(site.sees("public", "Drosera") && !site.sees("public", "Secret"));
    assert!(site.sees("steward", "Secret") && site.sees("steward", "Sundew"));
    assert_eq!(site.loosenings(ONE), [None, Some("both say so".to_owned())]);
    for proposal in &waiting {
        let one = std::slice::from_ref(proposal);
        let again = site
            .base
            .refuse(&site.steward, one, "late")
            .unwrap()
            .remove(0);
        assert!(again.unwrap_err().to_string().contains("already"));
    }
}

#[test]
fn nobody_writes_under_a_pseudonym() {
    let site = Site::new();
    let id = "id:identity--00000000-0000-8000-8000-000000000001";
    for who in [&site.steward, &site.public] {
        let text = under(
            Tlp::Clear,
            &format!("{id} a stix:Identity ; skos:prefLabel \"x\"@en ."),
        );
        let said = site.told(who, &text, None);
        assert!(said.contains("stands for a withheld assessor"), "{said}");
    }
}

#[test]
fn a_stated_marking_must_hold_in_the_policies() {
    let site = Site::new();
    let stated = |level: Tlp, says: &str| {
        under(
            level,
            &format!("{} {ONE} {says} .", campaign(ONE, "Sundew")),
        )
    };
    let red = format!("stix:object_marking_refs id:{}", Tlp::Red.marking_id());
    let said = site.told(&site.steward, &stated(Tlp::Clear, &red), None);
    assert!(said.contains("it says that it is marked"), "{said}");
    let said = site.told(
        &site.steward,
        &stated(Tlp::Clear, "stix:object_marking_refs \"TLP:RED\""),
        None,
    );
    assert!(said.contains("cannot be read"), "{said}");
    assert_eq!(
        site.told(&site.steward, &stated(Tlp::Red, &red), None),
        "added"
    );
    let history = {
        let local = site.base.gate().enter(Credential::Local).unwrap();
        let id = RecordId::parse(ONE.trim_start_matches("id:")).unwrap();
        let steward = local.reader.steward().unwrap();
        site.base.history(&steward, &id).unwrap()
    };
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].0.op, Op::Put);
    assert_eq!(Verdict::Waiting.name(true), "waiting");
}

/// Two claims about one proposition, with what each says it rests on, and hidden records beside.
fn on_how_many_lines(rests: [&str; 2], hidden: &str) -> (usize, usize) {
    let site = Site::new();
    let claim = |n: u32, rests: &str| {
        format!(
            "id:relationship--00000000-0000-4000-8000-00000000010{n} a fm:Attribution , fm:Claim ; fm:subject {ONE} ; fm:object {OTHER} ;
             fm:assessor id:identity--00000000-0000-4000-8000-00000000020{n} ; fm:verbatim \"we say {n}\"@en ; fm:polarity fm:affirms ;
             fm:scale fm:unstated ; fm:dateBasis fm:undated ; dcterms:source id:report--00000000-0000-4000-8000-000000000300 {rests} .
             id:identity--00000000-0000-4000-8000-00000000020{n} a stix:Identity , prov:Organization ; skos:prefLabel \"Body {n}\"@en .\n"
        )
    };
    let text = "@prefix prov: <http://www.w3.org/ns/prov#> .\n".to_owned()
        + &under(
            Tlp::Clear,
            &(campaign(ONE, "Sundew")
                + &format!(
                    "{OTHER} a stix:Campaign ; skos:prefLabel \"Other\"@en . id:report--00000000-0000-4000-8000-000000000300 a stix:Report ; skos:prefLabel \"R\"@en ."
                )
                + &claim(1, rests[0])
                + &claim(2, rests[1])),
        )
        + &under(Tlp::Red, hidden);
    let said = site.told(&site.steward, &text, None);
    assert!(!said.contains("refused"), "{said}");
    let lines = |audience: &str| {
        let gate = site.base.gate();
        let local = gate.enter(Credential::Local).unwrap();
        let reader = gate.step_down(&local.reader, audience).unwrap();
        let view = site.base.view(&reader).unwrap();
        let id = RecordId::parse(ONE.trim_start_matches("id:")).unwrap();
        let dossier = view.dossier(&id, &crate::read::Reading::default()).unwrap();
        dossier
            .propositions
            .iter()
            .map(|one| one.weighing.support.lines)
            .max()
            .unwrap()
    };
    (lines("steward"), lines("public"))
}

#[test]
fn what_is_withheld_fakes_no_corroboration() {
    let evidence = |n: u32| {
        format!(
            "id:evidence--00000000-0000-4000-8000-00000000040{n} a fm:Evidence ; skos:prefLabel \"E{n}\"@en . "
        )
    };
    let rests = |n: u32| {
        format!(
            "; fm:basis fm:ownCollection ; fm:evidence id:evidence--00000000-0000-4000-8000-00000000040{n}"
        )
    };
    let hidden = evidence(1) + &evidence(2);
    assert_eq!(on_how_many_lines([&rests(1), &rests(1)], &hidden), (1, 1));
    assert_eq!(on_how_many_lines([&rests(1), &rests(2)], &hidden), (2, 2));
    // Two that follow from one claim that is withheld.
    let source = "id:relationship--00000000-0000-4000-8000-000000000109 a fm:Attribution , fm:Claim ; fm:subject id:campaign--00000000-0000-4000-8000-000000000001 ; fm:object id:campaign--00000000-0000-4000-8000-000000000002 ;
        fm:assessor id:identity--00000000-0000-4000-8000-000000000201 ; fm:verbatim \"first\"@en ; fm:polarity fm:affirms ; fm:scale fm:unstated ; fm:dateBasis fm:undated ;
        fm:basis fm:ownAnalysis ; dcterms:source id:report--00000000-0000-4000-8000-000000000300 .";
    let follows = "; fm:basis fm:ownAnalysis ; fm:derivedFrom id:relationship--00000000-0000-4000-8000-000000000109";
    let (all, fewer) = on_how_many_lines([follows, follows], source);
    assert!(
        fewer <= all,
        "{fewer} lines for the public, {all} for the steward"
    );
    assert_eq!(fewer, 1);
}
