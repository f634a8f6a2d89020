"""Straight on the FastCGI socket: whatever arrives there, the workers live."""

import random
import socket
import struct

import pytest
from client import Client, held_by, until
from conftest import temporary_var
from stack import Stack

BEGIN, ABORT, PARAMS, STDIN, GET_VALUES = 1, 2, 4, 5, 9


def record(kind: int, content: bytes = b"", request_id: int = 1, padding: int = 0) -> bytes:
    header = struct.pack(">BBHHBB", 1, kind, request_id, len(content), padding, 0)
    return header + content + b"\0" * padding


def pair(name: bytes, value: bytes) -> bytes:
    return struct.pack(">II", len(name) | 1 << 31, len(value) | 1 << 31) + name + value


def request(request_id: int = 1, padding: int = 0, more: bytes = b"") -> bytes:
    params = more + pair(b"REQUEST_METHOD", b"GET") + pair(b"DOCUMENT_URI", b"/healthz")
    return (
        record(BEGIN, b"\0\1\1\0\0\0\0\0", request_id)
        + record(PARAMS, params, request_id, padding)
        + record(PARAMS, b"", request_id)
        + record(STDIN, b"", request_id, padding)
    )


@pytest.fixture(scope="module")
def hardened():
    # One worker, which was healthy before the stack counted as started: so is whoever answers.
    with temporary_var() as var:
        with Stack(var, workers=1, worker_args=["--io-timeout-ms", "500"]) as stack:
            yield stack


@pytest.fixture
def connect(hardened):
    pids = hardened.workers.pids()
    opened = []

    def connect():
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(30)
        connection.connect(str(hardened.workers.socket_path))
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()
    assert hardened.workers.pids() == pids, "a worker has died"
    assert Client(hardened).request("GET", "/healthz").status == 200


def closes(connection) -> bool:
    """Whether the other side ends the connection without an answer."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("request_id", [1, 2, 0x1234])
def test_a_whole_request_is_answered_under_its_id(connect, request_id):
    connection = connect()
    for _ in range(2):  # the connection is kept
        connection.sendall(request(request_id, padding=7))
        answer = connection.recv(65536)
        assert b"200 OK" in answer and answer[2:4] == struct.pack(">H", request_id)


BAD = {
    "text": b"GET / HTTP/1.1\r\n\r\n",
    "another version": b"\2" + request()[1:],
    "a management record": record(GET_VALUES, pair(b"FCGI_MAX_CONNS", b"") * 50, 0),
    "params first": record(PARAMS, pair(b"A", b"B")),
    "an authorizer": record(BEGIN, b"\0\2\1\0\0\0\0\0"),
    "a request of id 0": record(BEGIN, b"\0\1\1\0\0\0\0\0", 0),
    "an abort": record(BEGIN, b"\0\1\1\0\0\0\0\0") + record(ABORT),
    "two at once": request() + request(),
    "the records of another request": record(BEGIN, b"\0\1\1\0\0\0\0\0") + record(PARAMS, b"", 2),
    "a length that overflows": record(BEGIN, b"\0\1\1\0\0\0\0\0")
    + record(PARAMS, struct.pack(">II", 0xFFFFFFFE, 0xFFFFFFFE) + b"AB")
    + record(PARAMS)
    + record(STDIN),
    "endless params": record(BEGIN, b"\0\1\1\0\0\0\0\0")
    + record(PARAMS, pair(b"A", b"B" * 60_000)) * 2,
}


@pytest.mark.parametrize("bytes_", BAD.values(), ids=BAD.keys())
def test_what_is_no_request_ends_the_connection(connect, bytes_):
    connection = connect()
    connection.sendall(bytes_)
    assert closes(connection)


ODD = {
    "a NUL in the address": pair(b"DOCUMENT_URI", b"/healthz\0/elsewhere"),
    "a NUL in a name": pair(b"DOCUMENT_URI\0", b"/healthz"),
    "an = in a name": pair(b"DOCUMENT_URI=/healthz", b""),
    "a NUL in the method": pair(b"REQUEST_METHOD", b"GET\0"),
    "a line end in a header": pair(b"HTTP_X", b"a\r\nb"),
    "DEL in the query": pair(b"QUERY_STRING", b"a=\x7f"),
}


@pytest.mark.parametrize("param", ODD.values(), ids=ODD.keys())
def test_a_control_character_in_a_param_is_400_and_never_another_route(connect, param):
    connection = connect()
    connection.sendall(request(more=param))
    answer = connection.recv(65536)
    assert b"Status: 400 " in answer and b"contains a character that is not allowed" in answer
    connection.sendall(request())
    assert b"200 OK" in connection.recv(65536)


# libfcgi takes the padding of these two for records of their own; this one would kill it.
DEADLY = record(GET_VALUES, pair(b"FCGI_MAX_CONNS", b"") * 11, 0)
FORGETTABLE = {
    "of BEGIN": record(BEGIN, b"\0\1\1\0\0\0\0\0"),
    "of the end of PARAMS": record(PARAMS),
}


@pytest.mark.parametrize("padded", FORGETTABLE.values(), ids=FORGETTABLE.keys())
def test_a_deadly_record_in_the_padding_stays_padding(connect, padded):
    hiding = padded[:6] + bytes([len(DEADLY)]) + padded[7:] + DEADLY
    connection = connect()
    connection.sendall(request().replace(padded, hiding, 1))
    assert b"200 OK" in connection.recv(65536)


def test_random_bytes_end_the_connection(connect):
    generator = random.Random(7)
    for _ in range(300):
        whole = bytearray(request())
        for _ in range(generator.randint(1, 8)):
            whole[generator.randrange(len(whole))] = generator.randrange(256)
        connection = connect()
        connection.sendall(whole)
        connection.shutdown(socket.SHUT_WR)
        while not closes(connection):
            pass  # an answer, which is fine as well
        connection.close()


def test_half_a_request_is_given_up_in_time(connect):
    connections = [connect() for _ in range(50)]
    for n, connection in enumerate(connections):
        connection.sendall(request()[: n + 1])
    assert all(closes(connection) for connection in connections)


def test_who_connects_and_says_nothing_is_kept_and_released(hardened, connect):
    before = held_by(hardened)
    connections = [connect() for _ in range(100)]
    until(lambda: held_by(hardened) >= before + 100, "accepted")
    for connection in connections:
        connection.close()
    until(lambda: held_by(hardened) <= before + 5, "released")
