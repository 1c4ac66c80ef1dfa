"""SPARQLWrapper asks /sparql of a server that holds the seed case and shows the steward's view.

    python sparql_client.py http://127.0.0.1:8420

Ends with `N passed, N failed, 0 skipped`; exit status 1 when anything failed.
"""

import csv
import io
import sys
import urllib.error
import urllib.request

from rdflib import Graph, Namespace, URIRef
from rdflib.compare import isomorphic
from counted import run, same
from seed import ALCES, FILES, MPS, PREFIXES, case, strings
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

BASE = sys.argv[1].rstrip("/")
SEED = case()
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")

CAMPAIGNS = f"""
SELECT ?campaign ?name WHERE {{
  ?campaign a stix:Campaign ; skos:altLabel ?name .
  FILTER(STR(?name) IN ("{ALCES}", "{MPS}") && LANG(?name) = "en")
}}"""

CLAIMS = """
SELECT ?claim ?subject ?assessor ?words WHERE {
  ?claim a fm:Claim ; fm:subject ?subject ; fm:assessor ?assessor ; fm:verbatim ?words .
}"""


def endpoint(
    query: str, form: str, method: str = GET, request: str = URLENCODED, prefixes: str = PREFIXES
) -> SPARQLWrapper:
    """A request that is ready to be sent, with the wrapper's own defaults for all else."""
    wrapper = SPARQLWrapper(BASE + "/sparql")
    wrapper.setQuery(prefixes + query)
    wrapper.setReturnFormat(form)
    wrapper.setMethod(method)
    wrapper.setRequestMethod(request)
    wrapper.setTimeout(60)
    return wrapper


def select(query: str, **how) -> list[tuple[str, ...]]:
    """The rows of a SELECT at the server, as sorted strings."""
    answer = endpoint(query, JSON, **how).queryAndConvert()
    names = answer["head"]["vars"]
    return sorted(
        tuple(row[name]["value"] if name in row else "" for name in names)
        for row in answer["results"]["bindings"]
    )


def ask(query: str) -> bool:
    return endpoint(query, JSON).queryAndConvert()["boolean"]


def graph(wrapper: SPARQLWrapper, form: str) -> Graph:
    """The triples of an answer, which the wrapper gives as a graph or as bytes."""
    answer = wrapper.queryAndConvert()
    if isinstance(answer, bytes):
        return Graph().parse(data=answer, format=form)
    triples = Graph()
    for triple in answer.triples((None, None, None)):
        triples.add(triple)
    return triples


def campaign(name: str) -> str:
    """The IRI of a campaign of the case, by its short name, in angle brackets."""
    return next(f"<{iri}>" for iri, found in strings(SEED, CAMPAIGNS) if found == name)


def status(wrapper: SPARQLWrapper) -> tuple[int, str]:
    """The status and body of an answer that refuses."""
    try:
        wrapper.query()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()
    raise AssertionError("it was not refused")


def the_two_campaigns_are_found_by_name():
    found = select(CAMPAIGNS)
    same(found, strings(SEED, CAMPAIGNS), "campaigns")
    same({name for _, name in found}, {ALCES, MPS}, "names")


def every_way_to_send_a_query_is_answered_alike():
    wanted = strings(SEED, CAMPAIGNS)
    for method, request in [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]:
        same(select(CAMPAIGNS, method=method, request=request), wanted, f"{method} {request}")


def every_claim_stands_there_with_its_words():
    found = select(CLAIMS)
    same(found, strings(SEED, CLAIMS), "claims")
    assert len({row[0] for row in found}) >= 30, "the case has thirty claims and more"


def aggregates_count_what_the_files_hold():
    query = """
    SELECT ?assessor (COUNT(DISTINCT ?claim) AS ?claims) WHERE {
      ?claim a fm:Claim ; fm:assessor ?assessor
    } GROUP BY ?assessor"""
    same(select(query), strings(SEED, query), "claims of each assessor")


def every_relationship_has_its_direct_edge():
    for kind, edge in [
        ("operates-on", "fm:operatesOn"),
        ("carried-out-by", "fm:carriedOutBy"),
        ("targets", "stix:targets"),
        ("uses", "stix:uses"),
    ]:
        stated = strings(
            SEED,
            f"""SELECT DISTINCT ?from ?to WHERE {{
              ?link stix:relationship_type ?kind ; stix:source_ref ?from ; stix:target_ref ?to .
              FILTER(STR(?kind) = "{kind}") }}""",
        )
        assert stated, f"the case has no {kind}"
        same(select(f"SELECT DISTINCT ?from ?to WHERE {{ ?from {edge} ?to }}"), stated, edge)


def both_campaigns_share_two_platforms():
    found = select(
        f"""SELECT ?label WHERE {{
          {campaign(ALCES)} fm:operatesOn ?platform . {campaign(MPS)} fm:operatesOn ?platform .
          ?platform skos:prefLabel ?label FILTER(LANG(?label) = "en") }}"""
    )
    same(found, [("Facebook",), ("Twitter",)], "shared platforms")


def ask_tells_what_is_from_what_is_not():
    assert ask(f"ASK {{ {campaign(MPS)} fm:operatesOn ?platform }}")
    # Who is behind an operation is always a claim.
    assert not ask('ASK { ?link stix:relationship_type "attributed-to" }')
    assert not ask("ASK { ?campaign stix:attributed-to ?actor }")
    # No assessor says that one network carried out both.
    assert not ask(
        f"ASK {{ {campaign(ALCES)} fm:carriedOutBy ?network . {campaign(MPS)} fm:carriedOutBy ?network }}"
    )


def construct_gives_the_same_graph_in_every_format():
    query = """
    CONSTRUCT { ?claim fm:subject ?subject ; fm:verbatim ?words ; fm:polarity ?polarity }
    WHERE { ?claim a fm:Claim ; fm:subject ?subject ; fm:verbatim ?words ; fm:polarity ?polarity }"""
    wanted = SEED.query(PREFIXES + query).graph
    for form, name in [(TURTLE, "turtle"), (RDFXML, "xml"), (JSONLD, "json-ld")]:
        answer = graph(endpoint(query, form), name)
        assert isomorphic(answer, wanted), f"{name}: {len(answer)} triples, {len(wanted)} wanted"


def describe_tells_of_the_record():
    subject = URIRef(campaign(ALCES)[1:-1])
    wanted = set(SEED.predicate_objects(subject))
    answer = graph(endpoint(f"DESCRIBE {campaign(ALCES)}", TURTLE), "turtle")
    found = set(answer.predicate_objects(subject))
    assert wanted <= found, f"missing: {wanted - found}"


def every_table_format_has_every_row():
    wanted = strings(SEED, CLAIMS)
    document = endpoint(CLAIMS, XML).queryAndConvert()
    same(len(document.getElementsByTagName("result")), len(wanted), "XML rows")
    rows = list(csv.reader(io.StringIO(endpoint(CLAIMS, CSV).queryAndConvert().decode())))
    same(rows[0], ["claim", "subject", "assessor", "words"], "CSV header")
    same(sorted(tuple(row) for row in rows[1:]), wanted, "CSV rows")
    lines = endpoint(CLAIMS, TSV).queryAndConvert().decode().splitlines()
    same(lines[0].split("\t"), ["?claim", "?subject", "?assessor", "?words"], "TSV header")
    same(len(lines) - 1, len(wanted), "TSV rows")


def a_saved_question_runs_as_it_stands_in_its_file():
    text = (FILES.parent / "queries" / "overlap.rq").read_text(encoding="utf-8")
    answer = endpoint(text, JSON, POST, POSTDIRECTLY, prefixes="").queryAndConvert()
    rows = answer["results"]["bindings"]
    pair = {campaign(ALCES)[1:-1], campaign(MPS)[1:-1]}
    between = [row for row in rows if {row["left"]["value"], row["right"]["value"]} == pair]
    found = {(row["family"]["value"], row["featureLabel"]["value"]) for row in between if "featureLabel" in row}
    for feature in [("platform", "Facebook"), ("platform", "Twitter"), ("target", "Canada"), ("claimed", "Spamouflage")]:
        assert feature in found, f"{feature} is not among {sorted(found)}"
    for row in between:
        for column in ("leftLink", "leftSource", "leftLocator", "rightLink", "rightSource", "rightLocator"):
            assert row.get(column, {}).get("value"), f"{column} is empty: {row}"


def updates_are_refused_and_change_nothing():
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    before = select(count)
    for update in [
        "INSERT DATA { id:campaign--00000000-0000-4000-8000-000000000001 a stix:Campaign }",
        "DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "LOAD <http://127.0.0.1:9/x>",
    ]:
        for request in (URLENCODED, POSTDIRECTLY):
            code, said = status(endpoint(update, JSON, POST, request))
            same(code, 403, f"{update} ({request})")
            assert "import" in said, f"it does not say how facts are changed: {said}"
    same(select(count), before, "triples after the updates")


def a_query_that_reaches_out_is_refused():
    query = 'SELECT * WHERE { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }'
    try:
        endpoint(query, JSON).query()
    except QueryBadFormed:
        return
    except urllib.error.HTTPError as refusal:
        assert 400 <= refusal.code < 500, refusal.code
        return
    raise AssertionError("SERVICE was not refused")


def a_malformed_query_is_the_callers_fault():
    try:
        endpoint("SELECT ?x WHERE { ?x ", JSON).query()
    except QueryBadFormed:
        return
    raise AssertionError("it was answered")


def what_is_not_there_is_an_empty_answer():
    absent = "id:campaign--00000000-0000-4000-8000-00000000dead"
    same(select(f"SELECT ?p ?o WHERE {{ {absent} ?p ?o }}"), [], "an absent record")
    same(select(f"SELECT (COUNT(?p) AS ?n) WHERE {{ {absent} ?p ?o }}"), [("0",)], "its count")


def without_a_query_the_service_describes_itself():
    request = urllib.request.Request(BASE + "/sparql", headers={"Accept": "text/turtle"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        about = Graph().parse(data=answer.read(), format="turtle", publicID=BASE + "/sparql")
    endpoints = [str(iri) for iri in about.objects(None, SD.endpoint)]
    same(endpoints, [BASE + "/sparql"], "endpoint")


run(
    [
        the_two_campaigns_are_found_by_name,
        every_way_to_send_a_query_is_answered_alike,
        every_claim_stands_there_with_its_words,
        aggregates_count_what_the_files_hold,
        every_relationship_has_its_direct_edge,
        both_campaigns_share_two_platforms,
        ask_tells_what_is_from_what_is_not,
        construct_gives_the_same_graph_in_every_format,
        describe_tells_of_the_record,
        every_table_format_has_every_row,
        a_saved_question_runs_as_it_stands_in_its_file,
        updates_are_refused_and_change_nothing,
        a_query_that_reaches_out_is_refused,
        a_malformed_query_is_the_callers_fault,
        what_is_not_there_is_an_empty_answer,
        without_a_query_the_service_describes_itself,
    ]
)
