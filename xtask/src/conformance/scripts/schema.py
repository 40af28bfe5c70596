"""Says of each document in a folder whether it fits a JSON schema, formats included.

A line `ok NAME`, or `no NAME: reasons`.

  python schema.py FOLDER SCHEMA
"""

import json
import pathlib
import sys

from jsonschema import validators

folder, schema = map(pathlib.Path, sys.argv[1:])
schema = json.loads(schema.read_text())
kind = validators.validator_for(schema)
judge = kind(schema, format_checker=kind.FORMAT_CHECKER)
for path in sorted(folder.iterdir()):
    errors = judge.iter_errors(json.loads(path.read_text()))
    reasons = [f"{error.json_path} {error.message[:200]}" for error in errors]
    print(f"no {path.name}: {'; '.join(reasons)}" if reasons else f"ok {path.name}")
