"""Others' STIX libraries read the export of a server that holds the seed case and shows the steward's view.

    python stix_client.py http://127.0.0.1:8420

Ends with `N passed, N failed, 0 skipped`; exit status 1 when anything failed.
"""

import json
import sys

import requests
import stix2
from counted import run, same
from stix2validator import ValidationOptions, validate_instance

BASE = sys.argv[1].rstrip("/")
MEDIA = "application/stix+json;version=2.1"


def export(**more):
    query = {"format": "stix", **more}
    answer = requests.get(BASE + "/api/v1/export", params=query, timeout=60)
    same(answer.status_code, 200, "the status")
    same(answer.headers["content-type"], MEDIA, "the media type")
    return answer.json()


BUNDLE = export()
OBJECTS = BUNDLE["objects"]


def stix2_reads_each_strictly_and_writes_it_the_same() -> None:
    assert len(OBJECTS) > 250, len(OBJECTS)
    for one in OBJECTS:
        read = stix2.parse(one, allow_custom=False)
        same(json.loads(read.serialize()), one, one["id"])


def the_validator_finds_no_error() -> None:
    found = validate_instance(BUNDLE, ValidationOptions(version="2.1"))
    same([str(error) for error in found.errors or []], [], "what is wrong")
    assert found.is_valid


def an_attribution_has_its_words_and_a_denial_is_none() -> None:
    said = [one for one in OBJECTS if one.get("relationship_type") == "attributed-to"]
    assert said and all(one["description"] for one in said)
    denials = [one for one in OBJECTS if "fm:denies" in json.dumps(one)]
    assert denials
    same({one["type"] for one in denials}, {"note"}, "the types of denials")


def a_bundle_stands_alone_once_closed() -> None:
    campaign = next(one["id"] for one in OBJECTS if one["type"] == "campaign")
    alone, closed = export(of=campaign), export(of=campaign, closed="true")
    assert campaign in {one["id"] for one in alone["objects"]}
    assert len(alone["objects"]) <= len(closed["objects"])
    ids = {one["id"] for one in closed["objects"]}
    for one in closed["objects"]:
        for key, value in one.items():
            named = value if key.endswith("_refs") else [value] * key.endswith("_ref")
            same([it for it in named if it not in ids], [], f"{key} of {one['id']}")


run(
    [
        stix2_reads_each_strictly_and_writes_it_the_same,
        the_validator_finds_no_error,
        an_attribution_has_its_words_and_a_denial_is_none,
        a_bundle_stands_alone_once_closed,
    ]
)
