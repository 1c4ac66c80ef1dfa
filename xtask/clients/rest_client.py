"""openapi-spec-validator reads what /openapi.json of a server says, and each address is held to it.

    python rest_client.py http://127.0.0.1:8420

Ends with `N passed, N failed, 0 skipped`; exit status 1 when anything failed.
"""

import io
import sys

import docx
import requests
from openapi_spec_validator import OpenAPIV31SpecValidator
from counted import run

BASE = sys.argv[1].rstrip("/")


def described() -> dict:
    answer = requests.get(BASE + "/openapi.json", timeout=60)
    answer.raise_for_status()
    return answer.json()


def the_description_is_openapi() -> None:
    OpenAPIV31SpecValidator(described()).validate()


def no_address_passes_over_a_parameter_it_does_not_take() -> None:
    paths = described()["paths"]
    asked = 0
    for path, item in paths.items():
        if "get" not in item:
            continue
        address = path.replace("{picture}", "matrix").replace("{name}", "sources")
        address = address.replace("{id}", "MPs campaign 2023")
        answer = requests.get(BASE + address, params={"unheard-of": "1"}, timeout=60)
        assert answer.status_code == 400, (path, answer.status_code)
        assert "unheard-of" in answer.json()["detail"], (path, answer.text)
        asked += 1
    assert asked > 10, asked


def what_an_address_gives_is_what_it_says() -> None:
    """A dossier has every property that its description requires, and none that it does not name."""
    document = described()
    schema = document["components"]["schemas"]["DossierRow"]
    parts = schema.get("allOf", [schema])
    named, required = set(), set()
    for part in parts:
        while "$ref" in part:
            part = document["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]]
        for inner in part.get("allOf", [part]):
            while "$ref" in inner:
                inner = document["components"]["schemas"][inner["$ref"].rsplit("/", 1)[1]]
            named |= set(inner.get("properties", {}))
            required |= set(inner.get("required", []))
    given = requests.get(BASE + "/api/v1/dossier/MPs campaign 2023", timeout=60).json()
    assert required <= set(given), required - set(given)
    assert set(given) <= named, set(given) - named


def a_dossier_in_word_opens_and_says_what_the_json_says() -> None:
    for lang in ("en", "fr"):
        address = BASE + "/api/v1/dossier/MPs campaign 2023"
        given = requests.get(address, params={"lang": lang}, timeout=60).json()
        answer = requests.get(address + ".docx", params={"lang": lang}, timeout=60)
        answer.raise_for_status()
        document = docx.Document(io.BytesIO(answer.content))
        head = "\n".join(one.text for one in document.sections[0].header.paragraphs)
        assert given["marking"] in head and given["audience"] in head, head
        said = [one.text for one in document.paragraphs]
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        assert len(document.tables) == len(given["propositions"])
        for proposition in given["propositions"]:
            assert proposition["weighing"]["headline"] in said, proposition["weighing"]["headline"]
            for claim in proposition["claims"]:
                for words in claim["verbatim"]:
                    assert any(words["text"] in cell for cell in cells), words["text"]


run(
    [
        a_dossier_in_word_opens_and_says_what_the_json_says,
        the_description_is_openapi,
        no_address_passes_over_a_parameter_it_does_not_take,
        what_an_address_gives_is_what_it_says,
    ]
)
