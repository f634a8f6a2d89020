"""The fault tester: many clients, a real stack, and faults at random (`make chaos`).

Settings come from the environment:
  DURATION  seconds in which faults happen (default 60)
  SEED      decides which faults come when, and what clients do (default: any; it is printed)
  FAULTS    kinds, comma-separated: kill stop restart reload terminate crash freeze deafen delete
            read_only restore (the default), clock and fill (not with restore; fill for root
            alone); a kind named twice comes twice as often; "none": load alone
  RATE      messages per second that the writers do not exceed (default 1500)
  WRITERS, READERS, WORKERS   how many (default 48, 16, 2)
  NAIVE     1: ids are made the usual way instead (naive.sql), to see what that loses
"""

import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from faults import Faults  # noqa: E402
from run import Result, Settings, run  # noqa: E402
from stack import Failure, number_from  # noqa: E402


def settings_from_environment() -> Settings:
    kinds = os.environ.get("FAULTS") or ",".join(Faults.USUAL)
    faults = [] if kinds == "none" else kinds.split(",")
    if "clock" in faults and "restore" in faults:
        raise Failure(
            "FAULTS has clock or restore: which ids a restore lost is known by the clock."
        )
    if "fill" in faults and "restore" in faults:
        raise Failure("FAULTS has fill or restore: a copy has not what is on the small disk.")
    for kind in faults:
        if kind not in Faults.KINDS:
            raise Failure(f"There is no fault '{kind}'; there are {', '.join(Faults.KINDS)}.")
    seed = os.environ.get("SEED") or str(random.randrange(1_000_000))
    if not seed.isdigit():
        raise Failure(f"SEED must be a number, not '{seed}'.")
    return Settings(
        seconds=number_from("DURATION", 60, 1, 86400),
        seed=int(seed),
        faults=faults,
        rate=number_from("RATE", 1500, 0, 100_000),
        writers=number_from("WRITERS", 48, 1, 5000),
        readers=number_from("READERS", 16, 0, 5000),
        workers=number_from("WORKERS", 2, 1, 64),
        naive=os.environ.get("NAIVE") == "1",
    )


def tell(settings: Settings, result: Result) -> None:
    print("\n" + result.table)
    for sentence in result.violations:
        print(f"VIOLATION  {sentence}")
    verdict = "violations were found" if result.violations else "no violation"
    print(f"\nSEED={settings.seed}: {verdict}")


def main() -> int:
    # Open to the user that PostgreSQL runs as.
    directory = Path(tempfile.mkdtemp(prefix="chat-chaos-", dir="/tmp"))
    directory.chmod(0o755)
    keep = True
    try:
        settings = settings_from_environment()
        result = run(settings, directory)
        tell(settings, result)
        keep = bool(result.violations)
        return 1 if result.violations else 0
    except Failure as failure:
        print(f"chaos: {failure}", file=sys.stderr)
        return 1
    finally:
        if keep and any(directory.iterdir()):
            print(f"Logs and histories are in {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
