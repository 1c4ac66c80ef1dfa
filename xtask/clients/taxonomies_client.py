"""PyPI's pytaxonomies holds MISP's vocabularies of how likely, how reliable, how credible: each of
their steps is one step of a scale here, with the range that is printed beside it, and what cannot be
judged has neither range nor rank.

    python taxonomies_client.py http://127.0.0.1:8420

Ends with `N passed, N failed, 0 skipped`; exit status 1 when anything failed.
"""

import json
import re
import sys
import urllib.parse
import urllib.request

from counted import run, same
from pytaxonomies import Taxonomies

BASE = sys.argv[1].rstrip("/")
TAXONOMIES = {
    "admiralty-scale": 13,
    "estimative-language": 10,
    "vocabulaire-des-probabilites-estimatives": 5,
}
QUERY = """
PREFIX fm: <https://w3id.org/fieldmark/ns#>
SELECT ?tag ?band ?low ?high ?rank WHERE {
  ?band fm:machineTag ?tag .
  OPTIONAL { ?band fm:rangeLow ?low ; fm:rangeHigh ?high }
  OPTIONAL { ?band fm:rank ?rank } }
"""


def bands() -> dict[str, list[dict]]:
    """What is stated of each tag, by the tag."""
    request = urllib.request.Request(
        f"{BASE}/sparql?{urllib.parse.urlencode({'query': QUERY})}",
        headers={"Accept": "application/sparql-results+json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        rows = json.load(answer)["results"]["bindings"]
    found: dict[str, list[dict]] = {}
    for row in rows:
        found.setdefault(row["tag"]["value"], []).append(
            {name: cell["value"] for name, cell in row.items()}
        )
    return found


BANDS = bands()
ENTRIES = [
    (name, taxonomy.make_machinetag(predicate, entry), entry)
    for name in TAXONOMIES
    for taxonomy in [Taxonomies()[name]]
    for predicate in taxonomy.predicates.values()
    for entry in predicate.entries.values()
]


def each_step_is_one_step_here() -> None:
    for name, count in TAXONOMIES.items():
        tags = [tag for of, tag, _ in ENTRIES if of == name]
        same(len(tags), count, name)
        for tag in tags:
            same(len(BANDS.get(tag, [])), 1, tag)
    # And none of two steps is the same step.
    told = [BANDS[tag][0]["band"] for _, tag, _ in ENTRIES]
    same(len(set(told)), len(told), "steps")


def ranges_are_those_printed() -> None:
    compared = 0
    for _, tag, entry in ENTRIES:
        band = BANDS[tag][0]
        printed = entry.expanded or ""
        span = re.search(r"(\d+)-(\d+)\s*%", printed)
        margin = re.search(r"(\d+)\s*% \(marge d’erreur d’environ (\d+) %\)", printed)
        if span:
            wanted = (int(span[1]) / 100, int(span[2]) / 100)
        elif margin:
            middle, off = int(margin[1]), int(margin[2])
            wanted = ((middle - off) / 100, (middle + off) / 100)
        else:
            same(band.get("low"), None, tag)
            continue
        same((float(band["low"]), float(band["high"])), wanted, tag)
        compared += 1
    same(compared, 12, "ranges")


def what_cannot_be_judged_is_in_no_middle() -> None:
    unknown = [
        BANDS[tag][0] for _, tag, entry in ENTRIES if "cannot be judged" in (entry.expanded or "")
    ]
    same(len(unknown), 2, "steps that say so")
    for band in unknown:
        same(band.get("rank"), None, band["band"])
        same(band.get("low"), None, band["band"])


run([each_step_is_one_step_here, ranges_are_those_printed, what_cannot_be_judged_is_in_no_middle])
