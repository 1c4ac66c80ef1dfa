"""gql asks /graphql of a server that holds the seed case and shows the steward's view.

    python graphql_client.py http://127.0.0.1:8420

Every query is first checked against the schema that the server gives out. Ends with `N passed,
N failed, 0 skipped`; exit status 1 when anything failed.
"""

import sys

import requests
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from graphql import GraphQLError, build_schema, print_schema
from rdflib import RDF, Namespace
from counted import run, same
from seed import ALCES, MPS, case, strings

BASE = sys.argv[1].rstrip("/")
SEED = case()
FM = Namespace("https://w3id.org/fieldmark/ns#")
CLIENT = Client(
    transport=RequestsHTTPTransport(url=BASE + "/graphql", timeout=60),
    fetch_schema_from_transport=True,
)
ID = "https://w3id.org/fieldmark/id/"


def ask(query: str, **variables) -> dict:
    """The data of an answer; an error in it is raised."""
    request = gql(query)
    request.variable_values = variables
    return CLIENT.execute(request)


def refused(query: str, **variables) -> list[dict]:
    """The errors of an answer that must have some."""
    try:
        ask(query, **variables)
    except TransportQueryError as error:
        return error.errors
    raise AssertionError("it was answered")


def campaign(name: str) -> str:
    """The id of a campaign of the case, by its short name, from the files."""
    found = strings(
        SEED,
        f"""SELECT ?campaign WHERE {{
          ?campaign a stix:Campaign ; skos:altLabel ?name . FILTER(STR(?name) = "{name}") }}""",
    )
    return found[0][0].removeprefix(ID)


def far(name: str, kind: str, noun: str) -> set[str]:
    """The English names at the far ends of a campaign's relationships of a kind, from the files."""
    found = strings(
        SEED,
        f"""SELECT DISTINCT ?label WHERE {{
          ?link stix:relationship_type ?kind ; stix:source_ref id:{campaign(name)} ; stix:target_ref ?far .
          ?far a {noun} ; skos:prefLabel ?label .
          FILTER(STR(?kind) = "{kind}" && LANG(?label) = "en") }}""",
    )
    return {label for (label,) in found}


def said_of(name: str) -> set[str]:
    """The ids of the claims about a campaign, as subject or object, from the files."""
    found = strings(
        SEED,
        f"""SELECT DISTINCT ?claim WHERE {{
          ?claim a fm:Claim ; fm:subject|fm:object id:{campaign(name)} }}""",
    )
    return {claim.removeprefix(ID) for (claim,) in found}


def labels(page: dict) -> set[str]:
    return {node["label"] for node in page["nodes"]}


def the_schema_is_the_same_by_introspection_and_by_address():
    CLIENT.execute(gql("{ __typename }"))
    answer = requests.get(BASE + "/graphql/schema.graphql", timeout=30)
    same(answer.status_code, 200, "status")
    served, told = build_schema(answer.text), CLIENT.schema
    same(set(served.type_map), set(told.type_map), "types")
    for name in ("Query", "Mutation", "Campaign", "Claim", "Overlap", "Dossier", "Written"):
        same(
            sorted(print_schema(served).split(f"\ntype {name} ")[1].split("\n}")[0].split("\n")),
            sorted(print_schema(told).split(f"\ntype {name} ")[1].split("\n}")[0].split("\n")),
            f"type {name}",
        )
    assert served.subscription_type is None, "nothing is told of later"


def campaigns_come_with_nested_lists():
    page = ask(
        """query Campaigns($first: Int!) {
          campaigns(first: $first) {
            totalCount
            pageInfo { hasNextPage }
            nodes {
              id label altLabels { text lang }
              platforms { totalCount nodes { label } }
              techniques { nodes { id label notation } }
              targets { nodes { __typename label } }
              claims(first: 100) {
                totalCount
                nodes { id kind polarity verbatim { text lang } assessors { id label } sources { id title } }
              }
            }
          }
        }""",
        first=50,
    )["campaigns"]
    wanted = {iri.removeprefix(ID) for (iri,) in strings(SEED, "SELECT ?c WHERE { ?c a stix:Campaign }")}
    same({node["id"] for node in page["nodes"]}, wanted, "campaigns")
    same(page["totalCount"], len(wanted), "count")
    assert not page["pageInfo"]["hasNextPage"]
    by_id = {node["id"]: node for node in page["nodes"]}
    for name in (ALCES, MPS):
        node = by_id[campaign(name)]
        assert name in {text["text"] for text in node["altLabels"]}, node["altLabels"]
        same(labels(node["platforms"]), far(name, "operates-on", "fm:Platform"), f"{name}: platforms")
        same(node["platforms"]["totalCount"], len(node["platforms"]["nodes"]), f"{name}: count")
        same(labels(node["targets"]), far(name, "targets", "?any"), f"{name}: targets")
        assert node["techniques"]["nodes"], f"{name} uses techniques"
        same({claim["id"] for claim in node["claims"]["nodes"]}, said_of(name), f"{name}: claims")
        for claim in node["claims"]["nodes"]:
            assert claim["verbatim"] and claim["assessors"] and claim["sources"], claim
            words = {text["text"] for text in claim["verbatim"]}
            stated = strings(SEED, f"SELECT ?words WHERE {{ id:{claim['id']} fm:verbatim|(fm:quotation/fm:verbatim) ?words }}")
            same(words, {text for (text,) in stated}, f"{claim['id']}: words")


def a_campaign_is_found_by_name_id_and_number():
    query = "query One($name: String, $id: ID) { campaign(name: $name, id: $id) { id label(lang: FR) dateText firstSeen } }"
    found = ask(query, name=MPS)["campaign"]
    same(found["id"], campaign(MPS), "id")
    same(found["label"], "Campagne contre les députés canadiens, 2023", "French label")
    same((found["firstSeen"], found["dateText"]), ("2023-08", "early August 2023"), "date and words")
    same(ask(query, id=found["id"])["campaign"], found, "by id")
    same(ask(query, id=ID + found["id"])["campaign"], found, "by IRI")
    same(ask('{ technique(name: "T0087.001") { notation } }')["technique"], {"notation": "T0087.001"}, "by number")


def pages_follow_one_another_without_gap():
    query = """query Page($after: String) {
      claims(first: 7, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { id } } }"""
    seen, after = [], None
    for _ in range(50):
        page = ask(query, after=after)["claims"]
        seen += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    same(len(seen), len(set(seen)), "claims seen once each")
    same(set(seen), {str(claim).removeprefix(ID) for claim in SEED.subjects(RDF.type, FM.Claim)}, "claims")
    same(page["totalCount"], len(seen), "count")


def a_claim_keeps_likelihood_and_words_apart():
    found = ask(
        """{ claims(first: 100, filter: {kind: ATTRIBUTION}) { nodes {
          subject { id } object { label } polarity term scaleAssumed range { low high }
          verbatim { text } assessors { __typename label } } } }"""
    )["claims"]["nodes"]
    about = [claim for claim in found if claim["subject"]["id"] == campaign(MPS)]
    words = {text["text"]: claim for claim in about for text in claim["verbatim"]}
    # One is on a scale by our reading of it, the other on none.
    probable = words["Probable PRC"]
    assert probable["scaleAssumed"] and probable["term"] == "likely", probable
    same((probable["range"]["low"], probable["range"]["high"]), (0.55, 0.8), "range")
    same(probable["object"]["label"], "People’s Republic of China", "object")
    points = words["points to the MPS"]
    same((points["term"], points["range"]), (None, None), "unscaled words")
    same(points["assessors"], [{"__typename": "RedactedAssessor", "label": "Redacted assessor R4"}], "assessor")
    denials = {claim["object"]["label"] for claim in about if claim["polarity"] == "DENIES"}
    same(denials, {"People’s Republic of China"}, "denied")


def the_overlap_is_itemised_and_each_item_has_its_support():
    found = ask(
        """query Overlap($of: String!, $with: String!) {
          overlap(of: $of, with: $with) {
            left { id } right { id } notShared
            shared {
              family label hard note
              left { isClaim locator link { id } source { id } }
              right { isClaim locator link { id } source { id } }
            }
          }
        }""",
        **{"of": ALCES, "with": MPS},
    )["overlap"]
    same((found["left"]["id"], found["right"]["id"]), (campaign(ALCES), campaign(MPS)), "ends")
    shared = {(item["family"], item["label"]): item for item in found["shared"]}
    both = far(ALCES, "operates-on", "fm:Platform") & far(MPS, "operates-on", "fm:Platform")
    same({label for family, label in shared if family == "platform"}, both, "platforms")
    for item in [("target", "Canada"), ("claimed", "Spamouflage")]:
        assert item in shared, f"{item} is not among {sorted(shared)}"
    # Nobody says that one network carried out both, and no account or domain is stated for both.
    assert not any(item["hard"] for item in found["shared"]), shared
    assert "network" in found["notShared"], found["notShared"]
    for item in found["shared"]:
        for support in item["left"] + item["right"]:
            assert support["link"]["id"] and support["source"]["id"] and support["locator"], item
        assert item["left"] and item["right"], item
        same(item["family"] == "claimed", item["left"][0]["isClaim"], f"{item['label']}: rests on claims")


def overlaps_rank_the_others():
    found = ask(
        """query Rank($of: String!) { overlaps(of: $of, top: 5) {
          other { id } features hard families { family count } } }""",
        of=ALCES,
    )["overlaps"]
    others = [row["other"]["id"] for row in found]
    assert campaign(MPS) in others and campaign(ALCES) not in others, others
    ranks = [(row["hard"], row["features"]) for row in found]
    same(ranks, sorted(ranks, reverse=True), "order")


def the_dossier_holds_every_claim_with_its_dissent():
    found = ask(
        """query Dossier($of: String!) {
          dossier(of: $of) {
            subject { id }
            propositions {
              place kind subject { id } object { label } affirmed denied sourceCount
              claims { id kind polarity verbatim { text } assessors { label } }
            }
          }
        }""",
        of=MPS,
    )["dossier"]
    same(found["subject"]["id"], campaign(MPS), "subject")
    # What it consists of, its names and one hop on stand under headings of their own.
    same({one["place"] for one in found["propositions"]}, {"OWN", "PART", "HOP"}, "headings")
    propositions = [one for one in found["propositions"] if one["place"] == "OWN"]
    same({claim["id"] for one in propositions for claim in one["claims"]}, said_of(MPS), "claims")
    for one in propositions:
        same(one["affirmed"] + one["denied"], len(one["claims"]), f"{one['kind']}: count")
        same({claim["kind"] for claim in one["claims"]}, {one["kind"]}, "kinds of one proposition")
    state = [one for one in propositions if one["denied"]]
    same([(one["kind"], one["object"]["label"]) for one in state], [("ATTRIBUTION", "People’s Republic of China")], "denied")
    assert state[0]["affirmed"] >= 1, "who denies does not silence who affirms"
    ministry = [one for one in propositions if one["object"] and one["object"]["label"] == "Ministry of Public Security"]
    same(len(ministry), 1, "propositions on the ministry")
    same(
        {text["text"] for claim in ministry[0]["claims"] for text in claim["verbatim"]},
        {"points to the MPS", "suggesting MPS involvement"},
        "who says the ministry, in what words",
    )


def a_path_explains_each_hop():
    query = """query Path($from: String!, $to: String!) {
      path(from: $from, to: $to) { from { id } to { id } kind isClaim locator source { id } via { id } } }"""
    hops = ask(query, **{"from": ALCES, "to": "Ministry of Public Security"})["path"]
    assert hops, "there is a path"
    same(hops[0]["from"]["id"], campaign(ALCES), "start")
    for before, after in zip(hops, hops[1:]):
        same(after["from"]["id"], before["to"]["id"], "each hop begins where the last ends")
    for hop in hops:
        # What a label may mean is read off the label itself, which stands in no one document.
        over_a_label = hop["kind"] in {"sense", "same-name"}
        assert hop["via"]["id"], hop
        same(hop["source"] is None, over_a_label, f"{hop}: source")
    assert any(hop["isClaim"] for hop in hops), "who ran what is always a claim"


def search_finds_a_name_in_any_script():
    query = "query Search($text: String!) { search(text: $text, first: 10) { totalCount nodes { id } } }"
    ministry = ask('{ record(of: "Ministry of Public Security") { id } }')["record"]["id"]
    same(ask(query, text="公安部")["search"]["nodes"], [{"id": ministry}], "公安部")
    found = {node["id"] for node in ask(query, text="alces lake")["search"]["nodes"]}
    assert campaign(ALCES) in found, found
    same(ask(query, text="no such words anywhere")["search"], {"totalCount": 0, "nodes": []}, "nothing")


def what_is_not_there_is_null():
    absent = "campaign--00000000-0000-4000-8000-00000000dead"
    same(ask(f'{{ node(id: "{absent}") {{ id }} }}'), {"node": None}, "by id")
    same(ask('{ campaign(name: "no such campaign") { id } }'), {"campaign": None}, "by name")


def a_field_that_does_not_exist_is_refused_by_either_side():
    try:
        ask("{ campaigns { nodes { attributedTo } } }")
    except GraphQLError as error:
        assert "attributedTo" in error.message, error.message
    else:
        raise AssertionError("the client's own check let it pass")
    answer = requests.post(
        BASE + "/graphql",
        json={"query": "{ campaigns { nodes { attributedTo } } }"},
        headers={"Accept": "application/graphql-response+json"},
        timeout=30,
    )
    same(answer.status_code, 400, "status")
    assert answer.json()["errors"], answer.text


def a_page_too_long_is_refused_with_a_reason():
    errors = refused("{ campaigns(first: 501) { nodes { id } } }")
    assert "500" in errors[0]["message"], errors


run(
    [
        the_schema_is_the_same_by_introspection_and_by_address,
        campaigns_come_with_nested_lists,
        a_campaign_is_found_by_name_id_and_number,
        pages_follow_one_another_without_gap,
        a_claim_keeps_likelihood_and_words_apart,
        the_overlap_is_itemised_and_each_item_has_its_support,
        overlaps_rank_the_others,
        the_dossier_holds_every_claim_with_its_dissent,
        a_path_explains_each_hop,
        search_finds_a_name_in_any_script,
        what_is_not_there_is_null,
        a_field_that_does_not_exist_is_refused_by_either_side,
        a_page_too_long_is_refused_with_a_reason,
    ]
)
