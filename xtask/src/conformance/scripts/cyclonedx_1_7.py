"""Says of each CycloneDX document in a folder whether cyclonedx-python-lib takes it.

A line `ok NAME`, or `no NAME: reason`. With `--schemas FOLDER` it puts the schemas to which that of 1.7
refers into the folder, under the names by which it does.
"""

import pathlib
import shutil
import sys

import cyclonedx.schema
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

if sys.argv[1] == "--schemas":
    inside = pathlib.Path(cyclonedx.schema.__file__).parent / "_res"
    for name in ["spdx", "jsf-0.82", "cryptography-defs"]:
        source = inside / f"{name}.SNAPSHOT.schema.json"
        shutil.copyfile(source, pathlib.Path(sys.argv[2]) / f"{name}.schema.json")
    sys.exit()

judge = JsonStrictValidator(SchemaVersion.V1_7)
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    error = judge.validate_str(path.read_text())
    reason = " ".join(str(error).split())
    print(f"no {path.name}: {reason}" if error else f"ok {path.name}")
