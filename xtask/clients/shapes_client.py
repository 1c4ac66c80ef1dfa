"""pySHACL and the program judge the same records by ontology/shapes.ttl, and find the same.

    python shapes_client.py PATH/TO/fieldmark

The records are those of the seed case, one of each class, each copied with one of its properties
taken away, said twice, or said otherwise. One that is left without a class is refused before any
shape is asked, and is none of them.

Ends with `N passed, N failed, 0 skipped`; exit status 1 when anything failed.
"""

import json
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from pyshacl import validate
from rdflib import RDF, XSD, Dataset, Graph, Literal, Namespace, URIRef

from counted import run, same
from seed import case

FIELDMARK = Path(sys.argv[1]).resolve()
SHAPES = Path(__file__).resolve().parents[2] / "ontology" / "shapes.ttl"
SH = Namespace("http://www.w3.org/ns/shacl#")
ID = "https://w3id.org/fieldmark/id/"
CLEAR = URIRef(ID + "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487")

shapes = Graph().parse(SHAPES, format="turtle")
seed = case()


def owner(node) -> str:
    """The record that a node is, or is a part of."""
    return str(node).partition("#")[0]


def records() -> list:
    """A record of each class that a shape is about, whole, each once."""
    whole: dict = {}
    for triple in seed:
        if str(triple[0]).startswith(ID):
            whole.setdefault(owner(triple[0]), []).append(triple)
    chosen: dict = {}
    for target in sorted(set(shapes.objects(None, SH.targetClass))):
        of_class = sorted({owner(node) for node in seed.subjects(RDF.type, target)})
        for record in [one for one in of_class if one in whole][:1]:
            chosen[record] = whole[record]
    return sorted(chosen.items())


def others(value) -> list:
    """What may be said in place of a value, or beside it."""
    date = Literal("1999", datatype=XSD.gYear)
    return [
        Literal(" ", lang="en"),
        Literal("words", lang="fr"),
        Literal("words"),
        Literal("-7", datatype=XSD.integer),
        Literal("5000", datatype=XSD.decimal),
        Literal("x" * 70_000, lang="en"),
        date,
        URIRef("https://example.org/nothing"),
        URIRef(ID + "campaign--00000000-0000-4000-8000-000000000001"),
    ]


def changes(triples: list):
    """The record as it is, and with one of its properties changed, in every way."""
    yield triples
    for subject, predicate in sorted({(s, p) for s, p, _ in triples}):
        said = sorted(o for s, p, o in triples if (s, p) == (subject, predicate))
        rest = [one for one in triples if one[:2] != (subject, predicate)]
        yield rest
        for other in others(said[0]):
            yield [*rest, (subject, predicate, other)]
            yield [*triples, (subject, predicate, other)]


def samples() -> Graph:
    """Every change of every record, each under an id of its own."""
    graph, count = Graph(), 0
    for record, triples in records():
        kind = record.removeprefix(ID).partition("--")[0]
        for changed in changes(triples):
            if not any(p == RDF.type and isinstance(o, URIRef) and str(s) == record for s, p, o in changed):
                continue
            count += 1
            new = f"{ID}{kind}--{uuid.uuid5(uuid.NAMESPACE_URL, f'sample {count}')}"
            renamed = {
                node: URIRef(new + str(node).removeprefix(record))
                for node in {node for triple in changed for node in triple}
                if isinstance(node, URIRef) and owner(node) == record
            }
            for triple in changed:
                graph.add(tuple(renamed.get(node, node) for node in triple))
    return graph


def by_pyshacl(data: Graph) -> set:
    """What pySHACL finds: record, property and rule."""
    _, results, _ = validate(data, shacl_graph=shapes, inference="none", advanced=False)
    found = set()
    for result in results.subjects(RDF.type, SH.ValidationResult):
        component = results.value(result, SH.sourceConstraintComponent)
        name = str(component).removeprefix(str(SH)).removesuffix("ConstraintComponent")
        path = results.value(result, SH.resultPath)
        focus = owner(results.value(result, SH.focusNode))
        found.add((focus, str(path or ""), f"sh:{name[0].lower()}{name[1:]}"))
    return found


def by_fieldmark(data: Graph) -> set:
    """The same by the program."""
    dataset = Dataset()
    for triple in data:
        dataset.graph(CLEAR).add(triple)
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "samples.nq"
        dataset.serialize(file, format="nquads")
        command = [FIELDMARK, "--data", f"{place}/data", "import", file, "--dry-run", "--json"]
        told = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    report = json.loads(told.stdout)
    same(report["problems"], [], "what cannot be read")
    return {
        (ID + entry["name"], finding["property"] or "", finding["rule"])
        for entry in report["entries"]
        for finding in entry["findings"]
        if (finding["rule"] or "").startswith("sh:")
    }


DATA = samples()
THEIRS, OURS = by_pyshacl(DATA), by_fieldmark(DATA)


def samples_break_most_rules() -> None:
    assert len({owner(subject) for subject in DATA.subjects()}) > 2_500
    assert len({rule for *_, rule in THEIRS}) > 8, {rule for *_, rule in THEIRS}


def both_find_the_same() -> None:
    same(OURS, THEIRS, "what is broken")


run([samples_break_most_rules, both_find_the_same])
