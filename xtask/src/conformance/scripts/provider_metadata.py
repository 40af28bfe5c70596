"""Says of each provider-metadata.json in the trees in a folder whether CSAF's schema of its version takes it.

A line `ok FILE`, or `no FILE: reasons`.

  python provider_metadata.py TREES SCHEMA_2_0 DOCUMENT_SCHEMA_2_0 SCHEMA_2_1 DOCUMENT_SCHEMA_2_1
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator as Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012


def read(path):
    """A document; as a schema, in the dialect of which the TC's own is a kind."""
    return {**json.loads(path.read_text()), "$schema": Validator.META_SCHEMA["$id"]}


def judge(schema, document):
    beside = DRAFT202012.create_resource(read(document))
    registry = Registry().with_resource(beside.id(), beside)
    return Validator(read(schema), registry=registry, format_checker=Validator.FORMAT_CHECKER)


trees, *schemas = map(pathlib.Path, sys.argv[1:])
judges = {"2.0": judge(*schemas[:2]), "2.1": judge(*schemas[2:])}
for path in sorted(trees.rglob("provider-metadata.json")):
    metadata = json.loads(path.read_text())
    errors = judges[metadata["metadata_version"]].iter_errors(metadata)
    reasons = [f"{error.json_path} {error.message[:200]}" for error in errors]
    name = path.relative_to(trees)
    print(f"no {name}: {'; '.join(reasons)}" if reasons else f"ok {name}")
