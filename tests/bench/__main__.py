"""`make bench`."""

import shutil
import signal
import sys
import tempfile
from pathlib import Path

from stack import Failure

from . import report, results
from .measures import busy, catchup, fanout, growth, idle, latency, posting
from .peer_nginx import nchan_module
from .runs import progress
from .settings import Settings, settings_from_environment
from .system import program

MEASURES = {
    "fanout": fanout.measure,
    "idle": idle.measure,
    "posting": posting.measure,
    "latency": latency.measure,
    "catchup": catchup.measure,
    "busy": busy.measure,
    "growth": growth.measure,
}


def run(settings: Settings) -> None:
    """Writes after each measure: what has been measured is not lost with what comes after."""
    found: results.Results = {}
    about = results.about_now()  # before the results themselves change the working tree
    path = settings.out / "results.json" if settings.out else None
    for name in settings.measures:
        measured = MEASURES[name](settings)
        kept = results.load(path) if path else found
        results.add(kept, name, measured, about)
        results.add(found, name, measured, about)
        if path:
            results.save(path, kept)
            report.write(kept, settings.out)
    print("\n" + report.text(found))
    progress(f"written to {settings.out}" if settings.out else "not written: SYSTEMS, and no OUT")


def check_what_is_needed(settings: Settings) -> None:
    """Before the first minute is spent, not in the tenth."""
    for name in ("bench-load", "bench-blocking", "bench-rows"):
        program(name)
    if "nchan" in settings.systems:
        nchan_module()
    if "growth" in settings.measures and shutil.which("valgrind") is None:
        raise Failure("valgrind is not installed. Run scripts/install-packages bench")


def stop(number, frame):
    raise Failure("stopped by a signal")


def main() -> int:
    # Open to the user that PostgreSQL runs as.
    directory = Path(tempfile.mkdtemp(prefix="chat-bench-", dir="/tmp"))
    directory.chmod(0o755)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        settings = settings_from_environment(directory)
        check_what_is_needed(settings)
        run(settings)
        return 0
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
