"""The official Python SDK of the Model Context Protocol calls every tool, over HTTP and over stdio.

    python mcp_client.py http://127.0.0.1:8420 PATH/TO/fieldmark

The server holds the seed case and shows anonymous callers the steward's view. Ends with `N passed,
N failed, 0 skipped`; exit status 1 when anything failed.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from mcp import Client, StdioServerParameters
from mcp.types import Implementation

from counted import run, same

BASE = sys.argv[1].rstrip("/")
FIELDMARK = Path(sys.argv[2]).resolve()
SEED = Path(__file__).resolve().parents[2] / "seed-data"
BEGINS, ENDS = '<fieldmark-data trust="untrusted">', "</fieldmark-data>"
TOOLS = {"search", "show", "dossier", "overlap", "path", "ask", "sparql", "form", "propose"}
SCRATCH = tempfile.TemporaryDirectory()
CLIENT = Implementation(name="checker", version="3.1")


def local() -> StdioServerParameters:
    """A data directory of our own, served over standard input and output."""
    data = str(Path(SCRATCH.name) / "data")
    if not Path(data).exists():
        subprocess.run(
            [FIELDMARK, "--data", data, "import", SEED], check=True, stdout=subprocess.DEVNULL
        )
    return StdioServerParameters(command=str(FIELDMARK), args=["--data", data, "mcp"])


def with_client(server, work):
    """What a piece of work answers that is given a connected client."""

    async def main():
        async with Client(server, client_info=CLIENT) as client:
            return await work(client)

    return asyncio.run(main())


async def call(client, tool: str, /, **arguments) -> str:
    """The text of a tool's answer, which is no error."""
    result = await client.call_tool(tool, arguments)
    text = result.content[0].text
    assert not result.is_error, f"{tool}: {text}"
    return text


def data(text: str) -> dict:
    """What an answer says, from within its frame."""
    assert text.count(BEGINS) == 1 and text.rstrip().endswith(ENDS), text[:200]
    return json.loads(text.split(BEGINS)[1].split(ENDS)[0])


async def every_tool(client) -> None:
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    same(set(tools), TOOLS, "the tools")
    writing = [name for name, tool in tools.items() if not tool.annotations.read_only_hint]
    same(writing, ["propose"], "the tools that write")
    found = data(await call(client, "search", text="Spamouflage"))
    assert found["total"] > 0, found
    claim = data(await call(client, "show", record="C27"))
    assert claim["id"].startswith("relationship--"), claim
    dossier = await call(client, "dossier", subject="MPs campaign 2023")
    assert claim["id"].split("--")[0] in dossier and "verbatim" in dossier
    overlap = data(await call(client, "overlap", of="Alces Lake 2022", shuffles=19, **{"with": "MPs campaign 2023"}))
    assert "shared" in json.dumps(overlap), overlap
    hops = data(await call(client, "path", **{"from": "Alces Lake", "to": "Ministry of Public Security"}))
    assert hops, hops
    questions = data(await call(client, "ask"))
    assert "asserted-before" in json.dumps(questions)
    said = data(await call(client, "ask", question="asserted-before", parameters={"before": "2023-09-06"}, first=5))
    assert said, said
    query = "SELECT (COUNT(*) AS ?n) { ?claim a <https://w3id.org/fieldmark/ns#Claim> }"
    rows = data(await call(client, "sparql", query=query))
    assert int(rows["results"]["bindings"][0]["n"]["value"]) >= 30, rows
    form = data(await call(client, "form", name="attribution"))
    assert any(slot["name"] == "assessor" and slot["needed"] for slot in form["slots"])


def tools_over_http() -> None:
    with_client(BASE + "/mcp", every_tool)


def tools_over_stdio() -> None:
    with_client(local(), every_tool)


async def refusals(client) -> None:
    for name, arguments, why in [
        ("show", {"record": "no such thing at all"}, "there is no such thing here"),
        ("search", {}, "text is needed"),
        ("sparql", {"query": "SELEC"}, "not a SPARQL query"),
        ("sparql", {"query": "INSERT DATA { <a:a> <a:b> <a:c> }"}, "not by SPARQL"),
    ]:
        result = await client.call_tool(name, arguments)
        assert result.is_error, f"{name} {arguments}: {result.content[0].text[:200]}"
        assert why in result.content[0].text, result.content[0].text


def what_cannot_be_answered_says_why() -> None:
    with_client(BASE + "/mcp", refusals)


def strangers_propose_nothing() -> None:
    """Whoever has no token reads what the server shows them, and proposes nothing."""

    async def work(client):
        result = await client.call_tool("propose", {"order": "assertClaim", "said": {}})
        assert result.is_error and "token" in result.content[0].text, result.content[0].text

    with_client(BASE + "/mcp", work)


def what_is_proposed_waits_under_the_programs_name() -> None:
    async def work(client):
        said = {
            "kind": "attribution",
            "subject": "MPs campaign 2023",
            "object": "Ministry of Public Security",
            "assessor": "Rapid Response Mechanism Canada",
            "verbatim": "points to the MPS from Zanzibar",
            "source": "report--f0552024-4d02-51c0-a216-31526bea841e",
            "marking": "tlp:clear",
        }
        wrong = await client.call_tool("propose", {"order": "assertClaim", "said": {**said, "confidence": "likely"}})
        assert wrong.is_error and "belongs in" in wrong.content[0].text, wrong.content[0].text
        answer = data(await call(client, "propose", order="assertClaim", said=said, reason="read in a report"))
        same(answer["verdict"], "waiting", "what becomes of it")
        found = data(await call(client, "search", text="Zanzibar"))
        same(found["total"], 0, "what is found of it")

    server = local()
    with_client(server, work)
    listed = subprocess.run(
        [FIELDMARK, *server.args[:2], "review", "list", "--json"], check=True, capture_output=True
    )
    proposal = json.loads(listed.stdout)["proposals"][0]
    same(proposal["author"], "checker 3.1 (tool of local)", "who proposed it")
    same(proposal["why"], "read in a report", "why")


run(
    [
        tools_over_http,
        tools_over_stdio,
        what_cannot_be_answered_says_why,
        strangers_propose_nothing,
        what_is_proposed_waits_under_the_programs_name,
    ]
)
