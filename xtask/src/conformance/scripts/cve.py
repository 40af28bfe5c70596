"""Says of each CNA container in a folder whether cvelib's schema takes it.

A line `ok NAME`, or `no NAME: reasons`. With `--schema` it says where the schema lies.
"""

import json
import pathlib
import sys

from cvelib.cve_api import CveRecord, CveRecordValidationError

if sys.argv[1] == "--schema":
    print(CveRecord.Schemas.CNA_PUBLISHED)
    sys.exit()

for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    written = json.loads(path.read_text())
    try:
        CveRecord.validate(written["cnaContainer"])
        print(f"ok {path.name}")
    except CveRecordValidationError as error:
        print(f"no {path.name}: {'; '.join(str(error).splitlines()[1:])}")
