#!/usr/bin/python3
"""Steady load through nginx, and a judgement on every answer. Runs inside the machine that is
tested; prints one JSON object.

    load.py ROOM [--polls 20] [--posts 8] [--rate 20] [--rooms 1] [--wait 3]

So many posters send a message each with a key and wait for the answer, together so many a second;
pollers follow a room, each poll waiting so many seconds. Every
client has an address of its own (127.x.y.z), so the limits of the site apply to each alone. Ends
when its standard input says "quit", or ends. Lines before that are marks: of each the requests that
were made since the last are counted.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from dataclasses import dataclass, field

PATIENCE_S = 75  # more than nginx's: an answer that never comes is a failure


@dataclass
class Count:
    """What happened since the last mark."""

    posts: int = 0
    polls: int = 0
    failed: int = 0
    again: int = 0  # sent once more on a new connection, as browsers do
    slowest_post_s: float = 0.0
    failures: list = field(default_factory=list)

    def fail(self, what: str) -> None:
        self.failed += 1
        if len(self.failures) < 20:
            self.failures.append(what)


class Closed(Exception):
    """A kept connection was closed before any byte of the answer: nobody has seen the request, or
    it has a key. HTTP tells clients to ask again (RFC 9110, 9.2.2), and all browsers do."""


class Connection:
    def __init__(self, number: int):
        self.source = f"127.{1 + number // 60000}.{number // 250 % 240}.{1 + number % 250}"
        self.reader = self.writer = None

    async def exchange(self, request: bytes) -> tuple[int, bytes]:
        fresh = self.writer is None
        if fresh:
            self.reader, self.writer = await asyncio.open_connection(
                "127.0.0.1", 80, local_addr=(self.source, 0), limit=2**21
            )
        try:
            self.writer.write(request)
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            partial = getattr(error, "partial", b"")
            await self.close()
            if fresh or partial:
                raise ConnectionError(f"no answer on a new connection ({error!r})") from None
            raise Closed from None
        lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        body = await self._body(headers)
        if headers.get("connection") == "close":
            await self.close()
        return int(lines[0].split()[1]), body

    async def _body(self, headers) -> bytes:
        if "content-length" in headers:
            return await self.reader.readexactly(int(headers["content-length"]))
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return body

    async def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Load:
    def __init__(self, arguments):
        self.rooms = [f"{arguments.room}-{n}" for n in range(arguments.rooms)]
        self.pause_s = arguments.posts / arguments.rate
        self.wait_s = arguments.wait
        self.count = Count()
        self.marks: list[dict] = []
        self.stored: dict[str, dict[str, str]] = {room: {} for room in self.rooms}  # body: id
        self.unsure: set[str] = set()  # bodies whose POST failed: once or not at all
        self.seen: list[tuple[str, list]] = []  # what each poller saw
        self.posting = self.polling = True
        self.last_post = self.gap_from = time.time()
        self.gaps: list[tuple[float, float]] = []

    async def ask(self, connection: Connection, request: bytes, what: str):
        """The JSON of a 200; None, and a failure counted, for anything else."""
        try:
            status, body = await self._exchange(connection, request)
            if status == 200:
                return json.loads(body)
            self.count.fail(f"{what}: {status} {body[:100]!r}")
        except (OSError, EOFError, ValueError, TimeoutError, asyncio.TimeoutError) as error:
            await connection.close()
            self.count.fail(f"{what}: {error!r}")
        await asyncio.sleep(0.05)  # whoever failed does not come back in the same instant
        return None

    async def _exchange(self, connection, request):
        for _ in range(2):
            try:
                return await asyncio.wait_for(connection.exchange(request), PATIENCE_S)
            except Closed:
                self.count.again += 1
        raise ConnectionError("closed twice before the answer")

    async def post(self, number: int) -> None:
        connection = Connection(number)
        turn = 0
        while self.posting:
            room = self.rooms[(number + turn) % len(self.rooms)]
            turn += 1
            text = f"{number}.{turn}"
            body = json.dumps({"room": room, "body": text}).encode()
            request = (
                f"POST /messages HTTP/1.1\r\nHost: chat\r\nContent-Type: application/json\r\n"
                f"Idempotency-Key: {room}-{text}\r\nContent-Length: {len(body)}\r\n\r\n"
            ).encode() + body
            began = time.monotonic()
            self.count.posts += 1
            answer = await self.ask(connection, request, "POST")
            took = time.monotonic() - began
            self.count.slowest_post_s = max(self.count.slowest_post_s, took)
            if answer is None:
                self.unsure.add(f"{room} {text}")
            else:
                self.stored[room][text] = answer["id"]
                self._note_service()
            await asyncio.sleep(self.pause_s)
        await connection.close()

    def _note_service(self) -> None:
        """The longest time in which no message was stored says how long the chat was away."""
        now = time.time()
        self.gaps.append((self.last_post, now))
        self.gaps = sorted(self.gaps, key=lambda gap: gap[0] - gap[1])[:3]
        self.last_post = now

    async def poll(self, number: int) -> None:
        connection = Connection(number)
        room = self.rooms[number % len(self.rooms)]
        seen, after = [], ""
        self.seen.append((room, seen))
        while self.polling:
            cursor = f"&after={after}" if after else ""
            target = f"/messages?room={room}&timeout={self.wait_s}{cursor}"
            request = f"GET {target} HTTP/1.1\r\nHost: chat\r\n\r\n"
            self.count.polls += 1
            for message in await self.ask(connection, request.encode(), "GET") or ():
                seen.append((message["id"], message["body"]))
                after = message["id"]
        await connection.close()

    def complete(self) -> bool:
        """Whether every poller has all that was stored."""
        wanted = {room: set(stored.values()) for room, stored in self.stored.items()}
        return all(wanted[room] <= {name for name, _ in seen} for room, seen in self.seen)

    def judge(self) -> dict:
        """Every poller saw all that was acknowledged, and nothing else, once and in order."""
        lost = doubled = disordered = 0
        for room, seen in self.seen:
            ids, bodies = [name for name, _ in seen], [body for _, body in seen]
            lost += len(set(self.stored[room].items()) - {(body, name) for name, body in seen})
            doubled += len(bodies) - len(set(bodies))
            disordered += ids != sorted(ids)
            sent = set(self.stored[room]) | {text.split()[1] for text in self.unsure}
            lost += len(set(bodies) - sent)
        return {"lost": lost, "doubled": doubled, "disordered": disordered}

    def mark(self, name: str) -> None:
        self.marks.append({"mark": name, **vars(self.count)})
        self.count = Count()

    async def run(self, polls: int, posts: int) -> dict:
        commands = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(commands), sys.stdin
        )
        posters = [asyncio.create_task(self.post(n)) for n in range(posts)]
        pollers = [asyncio.create_task(self.poll(posts + n)) for n in range(polls)]
        while (line := (await commands.readline()).decode().strip()) not in ("", "quit"):
            self.mark(line)
            print(json.dumps(self.marks[-1]), flush=True)
        self.posting = False
        await asyncio.gather(*posters)
        deadline = time.monotonic() + PATIENCE_S
        while not self.complete() and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        self.polling = False
        await asyncio.gather(*pollers)
        self.mark("end")
        stored = sum(map(len, self.stored.values()))
        return {"marks": self.marks, "stored": stored, "gaps": self.gaps, **self.judge()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("room")
    for name, default in (("polls", 20), ("posts", 8), ("rooms", 1), ("rate", 20), ("wait", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    arguments = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(json.dumps(asyncio.run(Load(arguments).run(arguments.polls, arguments.posts))))


if __name__ == "__main__":
    main()
