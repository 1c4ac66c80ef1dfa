"""The libraries of OpenCTI and of MISP read what a server that holds the seed case exports for them.

    python exchange_client.py http://127.0.0.1:8420

Ends with `N passed, N failed, 0 skipped`; exit status 1 when anything failed.
"""

import json
import sys
import warnings
from copy import deepcopy

import requests
import stix2
from misp_stix_converter import ExternalSTIX2toMISPParser
from pycti import OpenCTIStix2Splitter
from pymisp import MISPEvent

from counted import run, same

BASE = sys.argv[1].rstrip("/")


def export(form: str):
    query = {"format": form}
    answer = requests.get(BASE + "/api/v1/export", params=query, timeout=60)
    same(answer.status_code, 200, "the status")
    return answer.json(), json.loads(answer.headers["fieldmark-export"])["receiver"]


OPENCTI, OPENCTI_LOSSES = export("stix-opencti")
EVENT, MISP_LOSSES = export("misp")
STIX, _ = export("stix")


def of_type(kind: str) -> list:
    return [one for one in OPENCTI["objects"] if one["type"] == kind]


def attributions(objects: list) -> list:
    return [one for one in objects if one.get("relationship_type") == "attributed-to"]


def every_loss_is_said() -> None:
    for loss in OPENCTI_LOSSES + MISP_LOSSES:
        assert loss["count"] >= len(loss["first"]) > 0 and loss["says"], loss
    assert {"merged", "extension"} <= {loss["change"] for loss in OPENCTI_LOSSES}


def stix2_reads_what_opencti_gets() -> None:
    for one in OPENCTI["objects"]:
        stix2.parse(one, allow_custom=True)


def pycti_splits_the_bundle_and_leaves_nothing() -> None:
    count, incompatible, parts = OpenCTIStix2Splitter().split_bundle_with_expectations(
        json.dumps(OPENCTI), use_json=True
    )
    same(incompatible, [], "what OpenCTI does not take")
    given = {item["id"] for part in parts for item in json.loads(part)["objects"]}
    same({one["id"] for one in OPENCTI["objects"]} - given, set(), "what was left")
    assert count >= len(OPENCTI["objects"]), count


def opencti_gets_the_words_of_every_attribution() -> None:
    notes = {one["object_refs"][0]: one for one in of_type("note") if one.get("note_types")}
    said = attributions(STIX["objects"])
    assert len(said) > 20, len(said)
    for one in said:
        note = notes[one["id"]]
        same(note["content"], one["description"], one["id"])
        same(note["created_by_ref"], one["created_by_ref"], one["id"])
        assert note["authors"], one["id"]


def opencti_gets_the_code_and_phase_of_every_technique() -> None:
    techniques = of_type("attack-pattern")
    coded = [one for one in techniques if one.get("x_mitre_id")]
    assert len(coded) >= len(techniques) - 1 > 10
    for one in coded:
        same(one["kill_chain_phases"][0]["kill_chain_name"], "disarm", one["id"])


def pymisp_loads_the_event() -> None:
    event = MISPEvent()
    event.load(deepcopy(EVENT))
    tags = {tag.name for tag in event.tags}
    assert "tlp:clear" in tags, tags
    assert sum(tag.startswith("misp-galaxy:disarm-techniques=") for tag in tags) > 10, tags
    same(len(event.objects), len(EVENT["Event"]["Object"]), "the objects")
    known = {one.uuid for one in event.objects}
    comments = []
    for one in event.objects:
        template = one.template_uuid
        assert template, one.name
        for reference in one.references:
            assert reference.referenced_uuid in known, reference
            if reference.relationship_type == "attributed-to":
                comments.append(reference.comment)
    words = [one["description"] for one in attributions(STIX["objects"])]
    same(len(comments), len(words), "the attributions")
    for said in words:
        assert any(comment.endswith(said) for comment in comments), said
    with warnings.catch_warnings():
        # An attribute that its template does not know, or a template without what it requires.
        warnings.simplefilter("error")
        event.to_json(sort_keys=True)


def misp_stix_keeps_of_the_bundle_what_it_can() -> None:
    """Reports, clusters, accounts and identities; every relationship between clusters is lost."""
    parser = ExternalSTIX2toMISPParser()
    parser.load_stix_bundle(stix2.parse(STIX, allow_custom=True))
    parser.parse_stix_bundle(single_event=True)
    names = {tag.name for tag in parser.misp_event.tags}
    names |= {
        f"{galaxy['type']}={cluster['value']}"
        for galaxy in getattr(parser.misp_event, "Galaxy", [])
        for cluster in galaxy["GalaxyCluster"]
    }
    for one in STIX["objects"]:
        if one["type"] in ("campaign", "intrusion-set"):
            assert any(one["name"] in name for name in names), one["name"]


run(
    [
        every_loss_is_said,
        stix2_reads_what_opencti_gets,
        pycti_splits_the_bundle_and_leaves_nothing,
        opencti_gets_the_words_of_every_attribution,
        opencti_gets_the_code_and_phase_of_every_technique,
        pymisp_loads_the_event,
        misp_stix_keeps_of_the_bundle_what_it_can,
    ]
)
