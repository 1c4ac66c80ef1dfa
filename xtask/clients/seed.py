"""What both clients share: the seed case read from its own files, and a count of what held.

The files are read here by rdflib, which has nothing in common with the server: the two agree, or one
of them is wrong.
"""

import sys
import traceback
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


def run(checks) -> None:
    """Runs each check, names those that do not hold, and ends with the count."""
    passed = failed = 0
    for check in checks:
        try:
            check()
        except Exception as error:
            failed += 1
            print(f"FAIL   {check.__name__} -- {type(error).__name__}: {error}")
            traceback.print_exc(limit=-2)
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)


def same(found, wanted, what: str) -> None:
    """Fails, and says how the two differ, unless they are equal."""
    if found == wanted:
        return
    if isinstance(found, (list, set)) and isinstance(wanted, (list, set)):
        extra = [item for item in found if item not in wanted]
        lacking = [item for item in wanted if item not in found]
        raise AssertionError(
            f"{what}: {len(found)} found, {len(wanted)} wanted; "
            f"not wanted: {extra[:5]}; not found: {lacking[:5]}"
        )
    raise AssertionError(f"{what}: found {found!r}, wanted {wanted!r}")
