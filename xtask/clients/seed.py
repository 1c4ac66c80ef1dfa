"""What clients share: the seed case read from its own files.

The files are read here by rdflib, which has nothing in common with the server: the two agree, or one
of them is wrong.
"""

from pathlib import Path

from rdflib import Dataset, Graph

FILES = Path(__file__).resolve().parents[2] / "seed-data"

PREFIXES = """
PREFIX id: <https://w3id.org/fieldmark/id/>
PREFIX fm: <https://w3id.org/fieldmark/ns#>
PREFIX stix: <http://docs.oasis-open.org/cti/ns/stix#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
"""

ALCES = "Alces Lake 2022"
MPS = "MPs campaign 2023"


def case() -> Graph:
    """The seed case as one graph, its release policies left aside: a steward sees all of it."""
    dataset = Dataset(default_union=True)
    paths = sorted(FILES.glob("*.trig"))
    if not paths:
        raise SystemExit(f"there is no seed case in {FILES.name}")
    for path in paths:
        dataset.parse(path, format="trig")
    graph = Graph()
    for subject, predicate, object_, _ in dataset.quads():
        graph.add((subject, predicate, object_))
    return graph


def strings(graph: Graph, query: str) -> list[tuple[str, ...]]:
    """The rows of a SELECT on the files, as sorted strings."""
    rows = graph.query(PREFIXES + query)
    return sorted(tuple("" if cell is None else str(cell) for cell in row) for row in rows)
