"""The benchmark, `make bench`: the chat and what it is compared with, on this machine, in turn.

    python3 -B -m bench          with tests/ on PYTHONPATH; settings.py says what can be set

A run walks through measures/, each of which starts the systems of systems.py, lets the load
generator (load/, C++) loose on them and returns plain numbers. They are kept in
docs/benchmarks/results.json, from which report.py makes the README beside it at any time.
"""

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts"))
