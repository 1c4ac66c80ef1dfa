"""`fieldmark pull` takes in what others' TAXII 2.1 servers hold: medallion and OpenTAXII.

    python pull_client.py PATH/TO/fieldmark

Ends with `N passed, N failed, 0 skipped`; exit status 1 when anything failed.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import requests

from counted import run, same

BINARY = str(Path(sys.argv[1]).resolve())
BIN = Path(sys.executable).parent
MEDIA = "application/taxii+json;version=2.1"
COLLECTION = "22222222-2222-4222-8222-222222222222"
USER, PASSWORD = "desk-a", "a pass phrase"
CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
TERMS = "marking-definition--00000000-0000-4000-8000-000000000099"


def objects(first: int, last: int, *terms: str) -> list:
    """Campaigns under these terms of use."""
    made = []
    for number in range(first, last):
        time = f"2024-01-01T00:00:{number % 60:02}.000Z"
        one = {
            "type": "campaign", "spec_version": "2.1", "created": time, "modified": time,
            "id": f"campaign--00000000-0000-4000-8000-{number:012}",
            "name": f"Campaign {number}", "object_marking_refs": [CLEAR, *terms],
        }
        made.append(one)
    return made


DEFINITION = {
    "type": "marking-definition", "spec_version": "2.1", "id": TERMS,
    "created": "2024-01-01T00:00:00.000Z", "definition_type": "statement",
    "definition": {"statement": "for research"}, "object_marking_refs": [CLEAR],
}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def serving(command: list, url: str, directory: Path, **environment):
    with open(directory / "log", "w") as log:
        server = subprocess.Popen(
            command, cwd=directory, stdout=log, stderr=log,
            env={**os.environ, **environment},
        )
    try:
        for _ in range(150):
            try:
                requests.get(url, timeout=5)
                break
            except requests.ConnectionError:
                assert server.poll() is None, (directory / "log").read_text()[-2000:]
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def post(root: str, collection: str, sent: list) -> None:
    answer = requests.post(
        f"{root}collections/{collection}/objects/", data=json.dumps({"objects": sent}),
        headers={"Accept": MEDIA, "Content-Type": MEDIA}, auth=(USER, PASSWORD), timeout=60,
    )
    same(answer.status_code, 202, answer.text[-3000:])
    same(answer.json()["failure_count"], 0, answer.text[:500])


def pull(directory: Path, url: str, *more: str) -> dict:
    ran = subprocess.run(
        [BINARY, "--json", "pull", url, "--user", USER, *more], cwd=directory,
        env={**os.environ, "FIELDMARK_TAXII_PASSWORD": PASSWORD},
        capture_output=True, text=True, timeout=300,
    )
    same(ran.returncode, 0, ran.stderr + ran.stdout)
    return json.loads(ran.stdout)


def counts(report: dict) -> tuple:
    return tuple(report[key] for key in ("added", "revised", "conflicts", "refused"))


def walked(directory: Path, url: str, root: str, collection: str, definitions: list) -> None:
    """All of it page by page, then what is new alone, and what is open is shown to everybody.

    A definition comes after the first of what bears it."""
    terms = [one["id"] for one in definitions]
    post(root, collection, objects(0, 3, *terms))
    post(root, collection, [*definitions, *objects(3, 25, *terms)])
    all_of_it = 25 + len(definitions)
    listed = pull(directory, url)
    assert collection in {one["id"] for one in listed}, listed
    where = ("--collection", collection)
    dry = pull(directory, url, *where, "--dry-run", "--page", "7")
    same(dry["received"], all_of_it, "what a dry run receives")
    first = pull(directory, url, *where, "--page", "7")
    same(counts(first), (all_of_it, 0, 0, 0), "what the first pull adds")
    time.sleep(0.01)
    post(root, collection, objects(25, 30, *terms))
    second = pull(directory, url, *where, "--page", "7")
    same(counts(second), (5, 0, 0, 0), "what the second pull adds")
    assert second["received"] < all_of_it + 5, second
    third = pull(directory, url, *where)
    same(counts(third), (0, 0, 0, 0), "what the third pull adds")
    shown = subprocess.run(
        [BINARY, "export", "--format", "stix", "--as", "public"], cwd=directory,
        capture_output=True, text=True, timeout=60, check=True,
    )
    given = {one["id"] for one in json.loads(shown.stdout)["objects"]}
    same({one["id"] for one in objects(0, 30)} - given, set(), "what the public is not shown")


def medallion_is_pulled_from() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory, port = Path(name), free_port()
        base = f"http://127.0.0.1:{port}"
        data = {
            "/discovery": {"title": "t", "default": f"{base}/api1/", "api_roots": [f"{base}/api1/"]},
            "api1": {
                "information": {"title": "r", "versions": [MEDIA], "max_content_length": 9765625},
                "status": [],
                "collections": [{
                    "id": COLLECTION, "title": "Reports", "can_read": True, "can_write": True,
                    "media_types": ["application/stix+json;version=2.1"],
                    "objects": [], "manifest": [],
                }],
            },
        }
        (directory / "data.json").write_text(json.dumps(data))
        (directory / "medallion.json").write_text(json.dumps({
            "backend": {
                "module": "medallion.backends.memory_backend", "module_class": "MemoryBackend",
                "filename": str(directory / "data.json"),
            },
            "users": {USER: PASSWORD}, "taxii": {"max_page_size": 100},
        }))
        command = [str(BIN / "medallion"), "--port", str(port), str(directory / "medallion.json")]
        with serving(command, f"{base}/taxii2/", directory):
            walked(directory, f"{base}/taxii2/", f"{base}/api1/", COLLECTION, [DEFINITION])


# OpenTAXII 0.9.3 answers a post with the id of its job as it is, which JSON cannot say.
OPENTAXII = """
import json
import sys
from opentaxii.cli import app
json.JSONEncoder.default = lambda self, value: str(value)
server = app.taxii_server
with app.app_context():
    server.auth.api.create_account(username=sys.argv[2], password=sys.argv[3], is_admin=True)
    api = server.servers.taxii2.persistence.api
    root = api.add_api_root(title="r", description=None, default=True)
    collection = api.add_collection(api_root_id=root.id, title="Reports", is_public=True,
                                    is_public_write=True)
    open("ids", "w").write(f"{root.id} {collection.id}")
app.run(host="127.0.0.1", port=int(sys.argv[1]), use_reloader=False)
"""


def opentaxii_is_pulled_from() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory, port = Path(name), free_port()
        base = f"http://127.0.0.1:{port}"
        (directory / "opentaxii.yml").write_text(f"""
domain: "127.0.0.1:{port}"
support_basic_auth: yes
auth_api:
  class: opentaxii.auth.sqldb.SQLDatabaseAPI
  parameters: {{db_connection: "sqlite:///{directory}/auth.db", create_tables: yes, secret: "{COLLECTION}"}}
taxii1:
taxii2:
  title: t
  public_discovery: true
  max_content_length: 9765625
  persistence_api:
    class: opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI
    parameters: {{db_connection: "sqlite:///{directory}/data.db", create_tables: yes}}
""")
        (directory / "serve.py").write_text(OPENTAXII)
        command = [sys.executable, "serve.py", str(port), USER, PASSWORD]
        config = str(directory / "opentaxii.yml")
        with serving(command, f"{base}/taxii2/", directory, OPENTAXII_CONFIG=config):
            root, collection = (directory / "ids").read_text().split()
            # It stores nothing without `modified`, which definitions have not.
            walked(directory, f"{base}/taxii2/", f"{base}/taxii2/{root}/", collection, [])


run([medallion_is_pulled_from, opentaxii_is_pulled_from])
