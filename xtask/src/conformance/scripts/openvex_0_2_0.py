"""Says of each OpenVEX document in a folder whether vexipy takes it.

A line `ok NAME`, or `no NAME: reason`.
"""

import pathlib
import sys

from pydantic import ValidationError
from vexipy import Document

for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        Document.from_json(path.read_text())
        print(f"ok {path.name}")
    except ValidationError as error:
        print(f"no {path.name}: {'; '.join(one['msg'] for one in error.errors())}")
