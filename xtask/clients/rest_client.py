"""openapi-spec-validator reads what /openapi.json of a server says, and each address is held to it.

    python rest_client.py http://127.0.0.1:8420

Ends with `N passed, N failed, 0 skipped`; exit status 1 when anything failed.
"""

import sys

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


run(
    [
        the_description_is_openapi,
        no_address_passes_over_a_parameter_it_does_not_take,
        what_an_address_gives_is_what_it_says,
    ]
)
