"""What a run does, from the environment.

  N         polls, or streams, of the main comparison (default 10000). 1,000 are measured beside it,
            and 30,000 from 10,000 on. LARGE=1 adds 100,000, which takes some 3 GB.
  ROUNDS    of every system, alternating (default 10)
  MEASURE   of fanout,streams,rooms,idle,posting,latency,hops,catchup,busy,herd,growth (default all)
  SYSTEMS   of chat,floor,nchan,constant,blocking (default all)
  DURATION  seconds of the busy chat (default 60); the other measures are shorter with it
  OUT       where results and report go (default docs/benchmarks for all systems in 3 rounds or
            more, else build/bench)
"""

import os
from dataclasses import dataclass
from pathlib import Path

from stack import Failure, number_from

from . import REPOSITORY
from .systems import SYSTEMS

# In the order of the report; each is a module of measures/.
MEASURES = (
    "fanout",
    "streams",
    "rooms",
    "idle",
    "posting",
    "latency",
    "hops",
    "catchup",
    "busy",
    "herd",
    "growth",
)
LARGE = 100_000
ROUNDS_TO_KEEP = 3


@dataclass(frozen=True)
class Settings:
    polls: int = 10_000
    rounds: int = 10
    measures: tuple[str, ...] = MEASURES
    systems: tuple[str, ...] = tuple(SYSTEMS)
    duration_s: int = 60
    large: bool = False
    out: Path = REPOSITORY / "docs/benchmarks"
    directory: Path = Path("/tmp")  # for what runs

    @property
    def sizes(self) -> list[int]:
        """Numbers of polls, ascending."""
        smaller = [1000] if self.polls > 1000 else []
        larger = [30_000] if self.polls >= 10_000 else []
        return sorted({*smaller, self.polls, *larger, *([LARGE] if self.large else [])})

    def rounds_of(self, polls: int) -> int:
        """Parking very many takes longer than all else."""
        return min(self.rounds, 5) if polls >= LARGE else self.rounds

    @property
    def quick(self) -> bool:
        """Everything once, to see that it works."""
        return self.rounds == 1


def settings_from_environment(directory: Path) -> Settings:
    systems = names_from("SYSTEMS", tuple(SYSTEMS))
    rounds = number_from("ROUNDS", 10, 1, 1000)
    # What is kept is compared: a glance, or a part, must not take its place.
    whole = rounds >= ROUNDS_TO_KEEP and set(systems) == set(SYSTEMS)
    out = os.environ.get("OUT") or REPOSITORY / ("docs/benchmarks" if whole else "build/bench")
    return Settings(
        polls=number_from("N", 10_000, 10, LARGE),
        rounds=rounds,
        measures=names_from("MEASURE", MEASURES),
        systems=systems,
        duration_s=number_from("DURATION", 60 if rounds > 1 else 10, 1, 3600),
        large=bool(number_from("LARGE", 0, 0, 1)),
        out=Path(out).resolve(),
        directory=directory,
    )


def names_from(variable: str, known: tuple[str, ...]) -> tuple[str, ...]:
    wanted = [name for name in os.environ.get(variable, "").split(",") if name]
    for name in wanted:
        if name not in known:
            raise Failure(f"{variable}: there is no '{name}'; there are {', '.join(known)}.")
    return tuple(name for name in known if name in wanted) or known
