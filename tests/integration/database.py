"""What the tests of sql/ say to the database: statements, messages, their positions and ages."""

import subprocess
import uuid

from conftest import REPOSITORY


def query(connection, sql, *arguments):
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall() if cursor.description else None


def append(connection, *messages):
    """Calls chat.append with (body, room, author, key) tuples; returns its rows."""
    columns = [list(column) for column in zip(*messages)]
    return query(
        connection,
        "SELECT ordinal, id, outcome"
        " FROM chat.append(%s::text[], %s::text[], %s::text[], %s::text[])",
        *columns,
    )


def message(body, room="lobby", author=None, key=None):
    return (body, room, author, key or str(uuid.uuid4()))


def position(message_id):
    """The half of an id that makes the order."""
    return uuid.UUID(message_id).int >> 64


def milliseconds(message_id):
    return position(message_id) >> 16


def migrate(conninfo, directory=REPOSITORY / "sql"):
    return subprocess.run(
        [directory / "migrate", conninfo],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def bodies(connection):
    return [body for body, in query(connection, "SELECT body FROM chat.messages ORDER BY id")]


def into_the_past(postgres, column, interval):
    """Makes all ids of a column older."""
    table, _, name = column.rpartition(".")
    postgres.psql(
        f"""
        UPDATE {table}
        SET {name} = overlay({name}::text placing
            (SELECT left(h, 8) || '-' || right(h, 4) FROM (SELECT lpad(to_hex(
                (extract(epoch FROM chat.created_at({name}) - interval '{interval}')
                 * 1000)::bigint), 12, '0')) AS t (h)) FROM 1 FOR 13)::uuid;
        """
    )


def age_of_keys(postgres, interval):
    into_the_past(postgres, "chat.keys.message_id", interval)


def age_of_messages(postgres, interval):
    into_the_past(postgres, "chat.messages.id", interval)
