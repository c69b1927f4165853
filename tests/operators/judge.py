"""Judges what the operators' listener says, one JSON document on stdout.

judge.py metrics < exposition      what Prometheus' own parser reads
judge.py openapi < document        whether a validator takes it, and each example its schema
judge.py ask BASE < document       what Schemathesis finds at the doors, and what it got done
"""

import json
import os
import subprocess
import sys
from pathlib import Path

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,response_headers_conformance"
)


def metrics(text):
    from prometheus_client.parser import text_string_to_metric_families

    return [
        [family.name, family.type, sample.name, sample.labels, str(sample.value)]
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]


def openapi(text):
    from jsonschema import Draft202012Validator
    from openapi_spec_validator import OpenAPIV31SpecValidator, validate

    document = json.loads(text)
    validate(document, cls=OpenAPIV31SpecValidator)
    examples = 0
    for schema, example in examples_of(document):
        schema = {**schema, "components": document["components"]}
        Draft202012Validator(schema).validate(example)
        examples += 1
    return {"examples": examples}


def examples_of(node):
    if isinstance(node, list):
        for item in node:
            yield from examples_of(item)
    elif isinstance(node, dict):
        if "schema" in node and "example" in node:
            yield node["schema"], node["example"]
        for example in node.get("examples", []):
            yield {name: node[name] for name in node if name != "examples"}, example
        for item in node.values():
            yield from examples_of(item)


def ask(text, base):
    document, done = Path("openapi.json"), Path("done")
    document.write_text(text, encoding="utf-8")
    done.write_text("", encoding="utf-8")
    variables = {
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(Path(__file__).parent),
        "JOT_BASE": base,
        "JOT_DONE": str(done.resolve()),
    }
    # The program lies beside the interpreter of its environment.
    program = Path(sys.executable).with_name("schemathesis")
    arguments = ["run", str(document), "--url", base, "--checks", CHECKS, "--no-color"]
    # Deterministic generation is a fixed seed that no version of Python shakes.
    arguments += ["--max-examples", "30", "--generation-deterministic", "--warnings", "off"]
    ended = subprocess.run(
        [program, *arguments], env={**os.environ, **variables}, capture_output=True, text=True
    )
    names = sorted(set(done.read_text(encoding="utf-8").split()))
    return {"code": ended.returncode, "done": names, "said": ended.stdout + ended.stderr}


COMMANDS = {"metrics": metrics, "openapi": openapi, "ask": ask}
print(json.dumps(COMMANDS[sys.argv[1]](sys.stdin.read(), *sys.argv[2:])))
