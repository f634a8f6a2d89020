"""What was tried and what came of it, as a table."""

from dataclasses import dataclass


@dataclass
class Row:
    release: str
    event: str
    requests: int | None
    failed: int | None
    slowest_s: float | None
    remark: str
    good: bool


class Report:
    def __init__(self):
        self.rows: list[Row] = []
        self.release = ""

    def begin(self, release: str) -> None:
        self.release = release

    def check(self, event: str, good: bool, remark: str = "") -> None:
        """Something that is so or not."""
        self._add(Row(self.release, event, None, None, None, remark, good))

    def load(self, event: str, result: dict, may_fail: bool = False, remark: str = "") -> None:
        """An event under load. Whatever happens, nothing may be lost, doubled or out of order;
        and nothing may fail unless the event is one that takes the chat away."""
        marks = result["marks"]
        failed = sum(mark["failed"] for mark in marks)
        requests = sum(mark["posts"] + mark["polls"] for mark in marks)
        wrong = {name: result[name] for name in ("lost", "doubled", "disordered") if result[name]}
        again = sum(mark["again"] for mark in marks)
        remarks = [remark] + [f"{count} {name}" for name, count in wrong.items()]
        remarks += [f"{again} asked again on a new connection"] if again else []
        remarks += [failure for mark in marks for failure in mark["failures"]][:3]
        good = not wrong and (may_fail or failed == 0) and requests > 0
        slowest = max(mark["slowest_post_s"] for mark in marks)
        self._add(
            Row(
                self.release,
                event,
                requests,
                failed,
                slowest,
                "; ".join(filter(None, remarks)),
                good,
            )
        )

    def status(self) -> int:
        return 0 if self.rows and all(row.good for row in self.rows) else 1

    def sum_up(self) -> None:
        bad = sum(not row.good for row in self.rows)
        print(f"\n{len(self.rows) - bad} passed, {bad} failed")

    def _add(self, row: Row) -> None:
        self.rows.append(row)
        print(_line(row), flush=True)


def _line(row: Row) -> str:
    counts = ""
    if row.requests is not None:
        counts = (
            f"{row.requests:6} requests {row.failed:3} failed, slowest post {row.slowest_s:4.1f} s"
        )
    sign = "ok  " if row.good else "FAIL"
    return f"{sign}  {row.release:9}  {row.event:38} {counts:46} {row.remark}".rstrip()
