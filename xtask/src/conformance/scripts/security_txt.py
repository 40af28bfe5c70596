"""Says of the security.txt of each tree in a folder whether sectxt takes it, where it is served.

A line `ok TREE`, or `no TREE: reasons`. What sectxt only recommends is no refusal.
"""

import pathlib
import sys

from sectxt import Parser

PLACE = ".well-known/security.txt"

for tree in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    parser = Parser((tree / PLACE).read_bytes(), urls=f"https://judged.example.org/{PLACE}")
    reasons = [error["message"] for error in parser.errors]
    print(f"no {tree.name}: {'; '.join(reasons)}" if reasons else f"ok {tree.name}")
