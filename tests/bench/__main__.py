"""`make bench`."""

import importlib.util
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from stack import Failure

from . import report, results
from .measures import module_of
from .peer_nginx import nchan_module
from .runs import progress
from .settings import Settings, settings_from_environment
from .system import program

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(settings: Settings) -> None:
    """Writes after each measure: what has been measured is not lost with what comes after."""
    found: results.Results = {}
    about = results.about_now()  # before the results themselves change the working tree
    path = settings.out / "results.json"
    for name in settings.measures:
        measured = module_of(name).measure(settings)
        kept = results.load(path)
        results.add(kept, name, measured, about)
        results.add(found, name, measured, about)
        results.save(path, kept)
        report.write(kept, settings.out)
    print("\n" + report.text(found))
    progress(f"written to {settings.out}")


def check_what_is_needed(settings: Settings) -> None:
    """Before the first minute is spent, not in the tenth."""
    for name in ("bench-load", "bench-blocking", "bench-floor", "bench-rows", "relay"):
        program(name)
    if "nchan" in settings.systems:
        nchan_module()
    if "growth" in settings.measures and shutil.which("valgrind") is None:
        raise Failure("valgrind is not installed. Run scripts/install-packages bench")
    if importlib.util.find_spec("matplotlib") is None:
        raise Failure("matplotlib is not installed. Run scripts/install-packages bench")


class Stopped(BaseException):
    """Somebody asked us to stop. No Failure, which is told as the result of a system."""


def stop(number, frame):
    # Once: who asks again, because stopping takes a moment, must not interrupt the stopping.
    for again in SIGNALS:
        signal.signal(again, signal.SIG_IGN)
    raise Stopped


def main() -> int:
    # Open to the user that PostgreSQL runs as.
    directory = Path(tempfile.mkdtemp(prefix="chat-bench-", dir="/tmp"))
    directory.chmod(0o755)
    for number in SIGNALS:
        signal.signal(number, stop)
    try:
        settings = settings_from_environment(directory)
        check_what_is_needed(settings)
        run(settings)
        return 0
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    except Stopped:
        print("bench: stopped", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
