"""Looks again and again at what others have read already: there a removed message would show."""

import random
import threading
import time
from uuid import UUID

from probe import digest_of, id_of, request

PAUSE_S = 0.1
KEPT = 50  # places at which something was removed
NEWEST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class Looker:
    def __init__(self, stack, rooms: int = 4):
        self.stack = stack
        # When it asked, and of each message of the answer the id and the digest.
        self.seen: list[tuple[int, list[tuple[bytes, int]]]] = []
        self._rooms = [f"room-{n}" for n in range(rooms)]
        self._places: list[bytes] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def watch(self, removed: list[bytes]) -> None:
        self._places = (self._places + removed)[-KEPT:]

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        choice = random.Random(0)
        while not self._ended.wait(PAUSE_S):
            query = f"before={NEWEST}"
            if self._places and choice.random() < 0.7:
                place = int.from_bytes(choice.choice(self._places), "big") - 1
                query = f"timeout=0&after={UUID(int=place)}"
            target = f"/messages?room={choice.choice(self._rooms)}&limit=300&{query}"
            asked_ms = int(time.monotonic() * 1000)
            status, page = request(self.stack.nginx.port, "GET", target)
            if status == 200:
                self.seen.append((asked_ms, [(id_of(each), digest_of(each)) for each in page]))
