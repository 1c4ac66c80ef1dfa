"""openapi-spec-validator reads what /openapi.json of a server says, and each address is held to it.

    python rest_client.py http://127.0.0.1:8420

Ends with `N passed, N failed, 0 skipped`; exit status 1 when anything failed.
"""

import io
import sys

import docx
import pypdf
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
            headline = proposition["weighing"]["headline"]
            assert any(headline in one for one in said), headline
            for claim in proposition["claims"]:
                for words in claim["verbatim"]:
                    assert any(words["text"] in cell for cell in cells), words["text"]


def a_dossier_as_pdf_says_what_the_json_says_under_its_marking() -> None:
    for lang in ("en", "fr"):
        address = BASE + "/api/v1/dossier/Spamouflage"
        given = requests.get(address, params={"lang": lang}, timeout=60).json()
        answer = requests.get(address + ".pdf", params={"lang": lang}, timeout=60)
        answer.raise_for_status()
        assert answer.headers["content-type"] == "application/pdf", answer.headers
        read = pypdf.PdfReader(io.BytesIO(answer.content))
        assert read.trailer["/Root"]["/MarkInfo"]["/Marked"], "the PDF has no tags"
        assert read.trailer["/Root"]["/Lang"] == lang, read.trailer["/Root"]
        # Words broken at the end of a line come together again.
        pages = [page.extract_text() for page in read.pages]
        said = pressed("".join(pages))
        senses = given.get("senses", [given])
        for sense in senses:
            assert all(pressed(sense["marking"]) in pressed(page) for page in pages), sense["marking"]
            for proposition in sense["propositions"]:
                assert pressed(proposition["weighing"]["headline"]) in said, proposition["weighing"]
                for claim in proposition["claims"]:
                    assert pressed(claim["id"]) in said, claim["id"]


def an_overlap_is_a_paper_in_each_form() -> None:
    address = BASE + "/api/v1/overlap/Alces Lake"
    asked = {"with": "MPs campaign 2023", "lang": "en"}
    given = requests.get(address, params=asked, timeout=60).json()

    def paper(ending: str) -> bytes:
        answer = requests.get(address + ending, params=asked, timeout=60)
        answer.raise_for_status()
        return answer.content

    read = pypdf.PdfReader(io.BytesIO(paper(".pdf")))
    word = docx.Document(io.BytesIO(paper(".docx")))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    texts = {
        ".pdf": "".join(page.extract_text() for page in read.pages),
        ".docx": "\n".join([one.text for one in word.paragraphs] + cells),
        ".md": paper(".md").decode().replace("\\", ""),
        ".html": paper(".html").decode(),
    }
    assert given["shared"], given
    for ending, text in texts.items():
        assert pressed(given["weighing"]["says"]) in pressed(text), ending
        for row in given["shared"]:
            assert pressed(row["feature"]["label"]) in pressed(text), (ending, row["feature"])
    alone = requests.get(address + ".pdf", timeout=60)
    assert alone.status_code == 400 and "with" in alone.json()["detail"], alone.text


def pressed(text: str) -> str:
    """Letters and digits alone: what a line's end, a hyphen or a quotation mark does to them is gone."""
    return "".join(c for c in text if c.isalnum())


run(
    [
        a_dossier_as_pdf_says_what_the_json_says_under_its_marking,
        an_overlap_is_a_paper_in_each_form,
        a_dossier_in_word_opens_and_says_what_the_json_says,
        the_description_is_openapi,
        no_address_passes_over_a_parameter_it_does_not_take,
        what_an_address_gives_is_what_it_says,
    ]
)
