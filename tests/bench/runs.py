"""What measures share: a system that starts quietly, rounds that alternate, a line of progress."""

import contextlib
import io
import shutil
import time
from collections.abc import Iterator

from stack import say

from .settings import Settings
from .system import Scale, System
from .systems import SYSTEMS, system_of

BEGAN = time.monotonic()


def progress(sentence: str) -> None:
    minutes, seconds = divmod(int(time.monotonic() - BEGAN), 60)
    say(f"{minutes:3}:{seconds:02}  {sentence}")


@contextlib.contextmanager
def running(way: str, settings: Settings, scale: Scale, **arguments) -> Iterator[System]:
    """What the parts say of their start is of no interest as long as they do."""
    system = SYSTEMS[system_of(way)](settings.directory, scale, **arguments)
    with contextlib.redirect_stdout(io.StringIO()):
        system.start()
    try:
        yield system
    except BaseException:
        stop_and_forget(system)
        raise
    if complaints := stop_and_forget(system):
        progress(f"{system.title}: {' '.join(complaints)}")


def stop_and_forget(system: System) -> list[str]:
    """The next start finds nothing: no messages, and memory that nobody has used."""
    complaints = system.stop()
    shutil.rmtree(system.var, ignore_errors=True)
    return complaints


def alternate(settings: Settings, rounds: int, ways) -> Iterator[tuple[int, str]]:
    """Every round has each system once, so that a noisy hour disturbs all of them."""
    for number in range(1, rounds + 1):
        for way in ways:
            if system_of(way) in settings.systems:
                yield number, way
