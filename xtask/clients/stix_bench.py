"""What the bench of STIX is measured against, and by: stix2 on the same file, and an import line by line.

stix_bench.py peer FILE ROUNDS: seconds of each stix2.parse, then of each serialize, as JSON.
stix_bench.py import BASE TOKEN FILE: [seconds, objects] for each line of progress, and the seconds
until all of it was in the ledger and in the views, as JSON.
"""

import gc
import json
import sys
import time

import requests
import stix2


def peer(path, rounds):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    parse, serialize = [], []
    for _ in range(int(rounds)):
        gc.collect()
        begun = time.perf_counter()
        bundle = stix2.parse(text, allow_custom=True)
        parse.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        bundle.serialize()
        serialize.append(time.perf_counter() - begun)
    return {"parse": parse, "serialize": serialize}


def send(base, token, path):
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/x-ndjson"}
    lines, report, durable = [], None, None
    begun = time.perf_counter()
    with open(path, "rb") as file:
        answer = requests.post(
            f"{base}/api/v1/import?format=stix", data=file, headers=headers, stream=True, timeout=3600
        )
        answer.raise_for_status()
        for line in answer.iter_lines(chunk_size=1 << 16):
            # What becomes of each object is read and thrown away.
            if line.startswith(b'{"progress"'):
                lines.append([time.perf_counter(), json.loads(line)["progress"]["done"]])
            elif line.startswith(b'{"durable"'):
                durable = time.perf_counter() - begun
            elif line.startswith(b'{"report"'):
                report = json.loads(line)["report"]
            elif line.startswith(b'{"problem"'):
                sys.exit(line.decode())
    visible = time.perf_counter() - begun
    if report is None or report["refused"] or durable is None:
        sys.exit(f"not all of it was taken: {report}")
    return {"lines": lines, "added": report["added"], "durable": durable, "visible": visible}


if __name__ == "__main__":
    work = {"peer": peer, "import": send}[sys.argv[1]]
    print(json.dumps(work(*sys.argv[2:])))
