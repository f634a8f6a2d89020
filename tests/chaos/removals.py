"""The faults that remove messages on purpose, and those that let nothing be stored."""

import math
import shutil
import subprocess
import threading
import time

from gone import Gone, Loss
from looker import Looker
from probe import Probe

LONGEST_READ_ONLY_S = 60
SHORT_READ_ONLY_S = 4
BETWEEN_S = 2  # from the copy that a restore puts back to the restore
DELETED_OF = 500
DELETED_SHARE = 0.05


class Removals:
    """For the thread that started the stack, which Faults belongs to."""

    def __init__(self, stack, random, seconds: float):
        self.stack = stack
        self.random = random
        self.gone = Gone()
        self.probe = Probe(stack)
        self.looker = Looker(stack)
        self.read_only_s = min(LONGEST_READ_ONLY_S, seconds / 10)
        self._read_only: threading.Thread | None = None

    def delete(self) -> None:
        """DELETE by hand among the newest messages. The key of one of them is then repeated."""
        serial = None if self._is_read_only() else self.probe.post()
        mine = "" if serial is None else f" OR id IN (SELECT id {self._newest()} WHERE body LIKE"
        mine += "" if serial is None else f" '{serial:016x} %')"
        rows = self.stack.postgres.psql(
            "BEGIN READ WRITE; WITH removed AS (DELETE FROM chat.messages"
            f" WHERE id IN (SELECT id {self._newest()} WHERE random() < {DELETED_SHARE}){mine}"
            " RETURNING id, body)"
            " SELECT replace(id::text, '-', ''), left(body, 16) FROM removed; COMMIT"
        )
        committed_ms = math.ceil(time.monotonic() * 1000)
        removed = []
        for row in rows.splitlines():
            digits, own = row.split("|", 1)
            removed.append(bytes.fromhex(digits))
            if own:  # else it was deleted before, and only its place was left
                self.gone.serials.add(int(own, 16))
        self.gone.removed_ms |= {message_id: committed_ms for message_id in removed}
        self.looker.watch(removed)
        if serial is not None:
            self.probe.repeat(serial)

    def restore(self) -> None:
        """The whole cluster goes back to a copy of two seconds ago. A key that it lost is then
        repeated."""
        self.wait_until_writable()
        postgres = self.stack.postgres
        copy = postgres.data.with_name("postgres.copy")
        postgres.stop()
        copied_ms, began_ms = wall_ms(), int(time.monotonic() * 1000)
        subprocess.run(["cp", "-a", postgres.data, copy], check=True)
        postgres.start()
        serial = self.probe.post()
        time.sleep(BETWEEN_S)
        postgres.stop("immediate")
        stopped_ms = wall_ms()
        shutil.rmtree(postgres.data)
        copy.rename(postgres.data)
        time.sleep(0.01)
        postgres.start()
        loss = Loss(copied_ms, stopped_ms, math.ceil(time.monotonic() * 1000), began_ms)
        self.gone.losses.append(loss)
        self.looker.watch([answer[0] for answer in self.probe.posts[serial].answers])
        self.probe.repeat(serial)

    def read_only(self, note) -> None:
        """Every transaction is read-only: the first time for a tenth of the run, at most a minute.
        Goes on by itself, and calls `note` at its end."""
        self.wait_until_writable()
        seconds, self.read_only_s = self.read_only_s, SHORT_READ_ONLY_S
        self._set_read_only("SET default_transaction_read_only = on")

        def end():
            time.sleep(seconds)
            while True:
                try:
                    self._set_read_only("RESET default_transaction_read_only")
                    break
                except Exception:  # PostgreSQL is just down
                    time.sleep(0.2)
            note()

        self._read_only = threading.Thread(target=end, daemon=True)
        self._read_only.start()

    def wait_until_writable(self) -> None:
        if self._read_only is not None:
            self._read_only.join()

    def _is_read_only(self) -> bool:
        return self._read_only is not None and self._read_only.is_alive()

    def _set_read_only(self, what: str) -> None:
        self.stack.postgres.psql(f"ALTER SYSTEM {what}")
        self.stack.postgres.psql("SELECT pg_reload_conf()")

    def _newest(self) -> str:
        newest = f"SELECT id, body FROM chat.messages ORDER BY id DESC LIMIT {DELETED_OF}"
        return f"FROM ({newest}) AS newest"


def wall_ms() -> int:
    return time.time_ns() // 1_000_000
