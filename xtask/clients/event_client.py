"""`fieldmark import` takes in events as PyMISP writes them, and gives them back to it.

    python event_client.py PATH/TO/fieldmark

Ends with `N passed, N failed, 0 skipped`; exit status 1 when anything failed.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import stix2
from pymisp import MISPEvent, MISPObject

from counted import run, same

BINARY = str(Path(sys.argv[1]).resolve())
SCRATCH = tempfile.TemporaryDirectory()
DIRECTORY = Path(SCRATCH.name)
WORDS = "We assess that Alder Fox ran it."


def fieldmark(*arguments: str) -> str:
    command = [BINARY, "--data", str(DIRECTORY / "data"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    same(done.returncode, 0, f"{arguments[0]}: {done.stderr}")
    return done.stdout


def thing(template: str, **values: str) -> MISPObject:
    """An object of one of MISP's templates, which PyMISP brings along."""
    made = MISPObject(template.replace("_", "-"), strict=True)
    for relation, value in values.items():
        made.add_attribute(relation.replace("_", "-"), value=value)
    return made


def written() -> MISPEvent:
    event = MISPEvent()
    event.info = "A false story of a poisoned harbour"
    event.uuid = "5f0c1d3e-0000-4000-8000-000000000001"
    event.set_date("2024-05-03")
    event.timestamp = 1714900000
    event.Orgc = {"name": "Harbour Watch", "uuid": "5f0c1d3e-0000-4000-8000-0000000000aa"}
    event.add_tag("tlp:green")
    event.add_attribute("domain", "alder.example", comment="First copy that we found")
    account = event.add_object(thing("twitter_account", name="alderfox", id="77"))
    campaign = event.add_object(thing("incident", name="Poisoned harbour"))
    actor = event.add_object(thing("intrusion_set", name="Alder Fox"))
    campaign.add_reference(actor.uuid, "attributed-to", comment=WORDS)
    campaign.add_reference(account.uuid, "uses")
    return event


EVENT = written()
(DIRECTORY / "event.json").write_text(EVENT.to_json())
FILE = str(DIRECTORY / "event.json")


def an_event_comes_in_whole_and_once() -> None:
    report = json.loads(fieldmark("import", FILE, "--json"))
    same((report["refused"], report["added"]), (0, 9), "what became of it")
    again = json.loads(fieldmark("import", FILE, "--json"))
    same((again["added"], again["revised"]), (0, 0), "what the same again changes")


def its_reference_is_its_organisations_attribution() -> None:
    dossier = fieldmark("dossier", "Poisoned harbour")
    for said in (WORDS, "Harbour Watch", "Alder Fox", "TLP:GREEN"):
        assert said in dossier, f"{said}: {dossier}"


def its_values_have_the_ids_that_stix_derives() -> None:
    account = stix2.UserAccount(account_type="twitter", user_id="77", account_login="alderfox")
    for one in (account, stix2.DomainName(value="alder.example")):
        assert one.id in fieldmark("show", one.id), one.id


def it_goes_back_to_misp() -> None:
    event = MISPEvent()
    event.load(json.loads(fieldmark("export", "--format", "misp", "--as", "steward")))
    names = {one.name for one in event.objects}
    assert {"incident", "intrusion-set", "user-account", "domain-ip"} <= names, names
    references = [reference for one in event.objects for reference in one.references]
    said = [one.comment for one in references if one.relationship_type == "attributed-to"]
    same(said, [f"Harbour Watch: {WORDS}"], "the attributions")


run(
    [
        an_event_comes_in_whole_and_once,
        its_reference_is_its_organisations_attribution,
        its_values_have_the_ids_that_stix_derives,
        it_goes_back_to_misp,
    ]
)
