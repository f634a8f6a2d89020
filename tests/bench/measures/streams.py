"""One message to N streams that wait, beside others' streams and the cheapest long poll."""

from ..numbers import short
from ..settings import Settings
from ..systems import POLLS, STREAMS
from ..tables import by_polls
from . import fanout

WAYS = (f"chat {STREAMS}", f"floor {STREAMS}", f"nchan {STREAMS}", f"nchan {POLLS}")


def measure(settings: Settings) -> dict[str, dict]:
    return {
        str(streams): fanout.compare(settings, f"streams {streams:,}", streams, WAYS)
        for streams in settings.sizes
    }


def section(entries: dict[str, dict]) -> str:
    lines = [
        "## One message to N streams",
        "",
        "Milliseconds from the POST until the first, the median, the 99th percentile and the last",
        "reader has the event. CPU is microseconds for one delivery, with the events",
        "that say meanwhile that a stream lives. Streams are asked for with `Accept:",
        "text/event-stream` (nchan's: `nchan_subscriber eventsource`). nchan's long polls, which",
        "come again for each message, are measured in the same rounds, to compare with.",
        f"{short(fanout.POSTS)} messages in each round.",
    ]
    return "\n".join(lines + by_polls(entries, lambda entry: "", fanout.table_of, STREAMS))
