"""sql/: one order for everybody, each message once, and nobody may do more than he must."""

import shutil
import subprocess
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from psycopg2 import errors

from conftest import REPOSITORY, bare_postgres
from database import (
    age_of_keys,
    age_of_messages,
    append,
    bodies,
    message,
    migrate,
    milliseconds,
    position,
    query,
)

MIGRATIONS = sorted(path.name for path in (REPOSITORY / "sql").glob("[0-9]*.sql"))


# Order


def test_a_batch_is_stored_in_the_order_it_was_given(connect):
    worker = connect()
    rows = append(worker, *[message(f"line {n}") for n in range(500)])
    assert [row[0] for row in rows] == list(range(1, 501))
    assert {row[2] for row in rows} == {"stored"}
    ids = [row[1] for row in rows]
    assert ids == sorted(ids)
    bodies = query(worker, "SELECT body FROM chat.messages ORDER BY id")
    assert [body for body, in bodies] == [f"line {n}" for n in range(500)]


def test_every_reader_sees_every_message_once_and_in_one_order(connect):
    writers, calls, batch = 6, 40, 5
    done = threading.Event()

    def write(number):
        connection = connect()
        for call in range(calls):
            append(connection, *[message(f"{number}.{call}.{n}") for n in range(batch)])

    def read():
        connection = connect()
        seen, cursor, last_round = [], str(uuid.UUID(int=0)), False
        while True:
            page = query(
                connection,
                "SELECT id, body FROM chat.messages WHERE id > %s ORDER BY id LIMIT 100",
                cursor,
            )
            seen += [body for _, body in page]
            cursor = page[-1][0] if page else cursor
            if last_round and not page:
                return seen
            last_round = done.is_set()

    with ThreadPoolExecutor(writers + 2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        for writer in [pool.submit(write, number) for number in range(writers)]:
            writer.result()
        done.set()
        first, second = [reader.result() for reader in readers]

    assert len(first) == len(set(first)) == writers * calls * batch
    assert first == second


def test_an_id_is_the_time_a_counter_and_64_random_bits(connect):
    worker = connect()
    before = int(time.time() * 1000)
    rows = append(worker, *[message("x") for _ in range(300)])
    after = int(time.time() * 1000)
    assert before <= milliseconds(rows[0][1]) <= after
    assert [position(row[1]) - position(rows[0][1]) for row in rows] == list(range(300))
    # Each of the 64 lower bits is 0 in some id and 1 in another.
    lower = [uuid.UUID(row[1]).int & (2**64 - 1) for row in rows]
    ones, zeros = 0, 0
    for bits in lower:
        ones, zeros = ones | bits, zeros | ~bits
    assert ones & zeros & (2**64 - 1) == 2**64 - 1


def test_created_at_is_the_millisecond_of_the_id(connect):
    rows = query(
        connect(),
        "SELECT chat.created_at('018bcfe5-687b-0000-0000-000000000000')"
        " = '2023-11-14 22:13:20.123+00'::timestamptz,"
        " chat.created_at('00000000-0000-0000-0000-000000000000') = to_timestamp(0),"
        " extract(year FROM chat.created_at('ffffffff-ffff-ffff-ffff-ffffffffffff'))",
    )
    assert rows == [(True, True, 10889)]


def test_a_clock_that_goes_back_does_not_turn_the_order(connect, postgres):
    worker = connect()
    an_hour_ahead = (int(time.time() * 1000) + 3_600_000) << 16
    append(worker, message("first"))
    postgres.psql(f"SELECT setval('chat.last_position', {an_hour_ahead})")
    rows = append(worker, message("second")) + append(worker, message("third"))
    assert [position(row[1]) - an_hour_ahead for row in rows] == [1, 2]


def test_who_takes_a_turn_learns_what_was_the_last_position_before(connect):
    worker = connect()

    def say(body):
        sql = """SELECT id, chat.turn_follows() FROM chat.append(
            ARRAY[%s], '{lobby}', '{ann}', '{ann}', ARRAY[%s], '{null}')"""
        return query(worker, sql, body, body)[0]

    def half(uuid_text):
        return position(uuid_text), uuid_text[19:]

    first, follows = say("first")
    assert half(follows) == (0, "ffff-ffffffffffff")
    second, follows = say("second")
    assert half(follows) == (position(first), "ffff-ffffffffffff")
    change = """SELECT version, chat.turn_follows() FROM chat.change(
        ARRAY[%s]::uuid[], '{edited}', '{ann}', '{null}', '{null}', '{c}')"""
    [(version, follows)] = query(worker, change, first)
    assert position(follows) == position(second)
    assert position(say("third")[1]) == position(version)


def test_more_messages_than_the_counter_holds_go_on_in_the_next_millisecond(connect, postgres):
    almost = ((int(time.time() * 1000) + 3_600_000) << 16) | 0xFFFE
    postgres.psql(f"SELECT setval('chat.last_position', {almost})")
    rows = append(connect(), *[message("x") for _ in range(3)])
    assert [position(row[1]) - almost for row in rows] == [1, 2, 3]


def test_a_promoted_standby_steps_over_what_may_have_been_lost():
    with bare_postgres() as postgres:
        postgres.migrate()
        insert = "SELECT id FROM chat.append('{a}', '{lobby}', '{null}', ARRAY['%s'])"
        before = postgres.psql(insert % "first")
        postgres.stop()
        (postgres.data / "standby.signal").touch()
        if postgres.user:
            shutil.chown(postgres.data / "standby.signal", postgres.user)
        postgres.start()
        postgres.psql("SELECT pg_promote()")
        after = postgres.psql(insert % "second")
        then = postgres.psql(insert % "third")
        assert milliseconds(after) - milliseconds(before) >= 10_000
        assert milliseconds(after) - time.time() * 1000 < 11_000
        # Once, not with every call.
        assert 0 < position(then) - position(after) < 10_000 << 16


# Idempotency


def test_a_key_that_is_known_answers_the_original(connect):
    worker = connect()
    original = message("hello", "den", "ann", "key-1")
    [(_, first_id, _)] = append(worker, original)
    assert append(worker, message("new"), original, message("newer"))[1] == (
        2,
        first_id,
        "repeated",
    )
    [(count,)] = query(worker, "SELECT count(*) FROM chat.messages WHERE body = 'hello'")
    assert count == 1


@pytest.mark.parametrize(
    "other",
    [
        ("other", "den", "ann", "key-1"),
        ("hello", "lobby", "ann", "key-1"),
        ("hello", "den", "bob", "key-1"),
        ("hello", "den", None, "key-1"),
    ],
)
def test_a_key_that_was_used_for_something_else_is_a_conflict(connect, other):
    worker = connect()
    append(worker, ("hello", "den", "ann", "key-1"))
    assert [row[2] for row in append(worker, other)] == ["conflict"]
    assert query(worker, "SELECT body, room, author FROM chat.messages") == [
        ("hello", "den", "ann")
    ]


def test_two_authors_that_are_null_are_the_same(connect):
    worker = connect()
    unsigned = message("hello", key="key-1")
    assert append(worker, unsigned)[0][2] == "stored"
    assert append(worker, unsigned)[0][2] == "repeated"


def test_a_key_twice_in_one_call_is_as_in_two_calls(connect):
    worker = connect()
    rows = append(
        worker,
        message("z", key="b"),
        message("hello", key="a"),
        message("hello", key="a"),
        message("other", key="a"),
        message("z", key="b"),
    )
    assert [row[2] for row in rows] == ["stored", "stored", "repeated", "conflict", "repeated"]
    assert rows[2][1] == rows[1][1] and rows[4][1] == rows[0][1]
    assert query(worker, "SELECT body FROM chat.messages ORDER BY id") == [("z",), ("hello",)]


def test_one_key_from_many_sessions_at_once_is_stored_once(connect):
    sessions = [connect() for _ in range(8)]
    for attempt in range(20):
        same = message("hello", key=f"key-{attempt}")
        with ThreadPoolExecutor(len(sessions)) as pool:
            rows = list(pool.map(lambda session: append(session, same)[0], sessions))
        assert sorted(row[2] for row in rows) == ["repeated"] * 7 + ["stored"]
        assert len({row[1] for row in rows}) == 1
    assert query(sessions[0], "SELECT count(*) FROM chat.messages") == [(20,)]


def test_a_message_that_is_gone_while_its_key_is_known_is_a_conflict(connect, postgres):
    worker = connect()
    same = message("hello", key="key-1")
    append(worker, same)
    postgres.psql("DELETE FROM chat.messages")
    assert append(worker, same)[0][2] == "conflict"


# Keys are forgotten


def test_old_keys_are_forgotten_and_young_ones_kept(connect, postgres):
    worker = connect()
    append(worker, *[message("old", key=f"old-{n}") for n in range(5)])
    age_of_keys(postgres, "2 days 2 hours")
    append(worker, message("young", key="young"))
    age_of_keys(postgres, "1 hour")
    assert query(worker, "SELECT chat.forget_keys(at_most => 2)") == [(2,)]
    assert query(worker, "SELECT chat.forget_keys()") == [(3,)]
    assert query(worker, "SELECT chat.forget_keys()") == [(0,)]
    assert append(worker, message("young", key="young"))[0][2] == "conflict"
    assert append(worker, message("old", key="old-1"))[0][2] == "stored"


def test_keys_are_never_older_than_time_itself(connect):
    worker = connect()
    append(worker, ("young", "lobby", None, "key"))
    assert query(worker, "SELECT chat.forget_keys('100 years')") == [(0,)]


@pytest.mark.parametrize(
    "arguments", ["'47 hours'", "null", "'3 days', 0", "'3 days', null", "'-1 day'"]
)
def test_forget_keys_refuses_what_would_break_the_promise(connect, arguments):
    with pytest.raises(errors.InvalidParameterValue, match="chat.forget_keys: "):
        query(connect(), f"SELECT chat.forget_keys({arguments})")


def test_forget_keys_and_append_do_not_wait_for_each_other(connect, postgres):
    worker, owner = connect(), connect("postgres")
    append(worker, message("old", key="old"), message("older", key="older"))
    age_of_keys(postgres, "3 days")
    owner.autocommit = False
    query(owner, "SELECT FROM chat.keys WHERE key = 'old' FOR UPDATE")
    assert query(worker, "SELECT chat.forget_keys()") == [(1,)]
    owner.rollback()
    assert query(worker, "SELECT chat.forget_keys()") == [(1,)]


# Messages are retained


def test_old_messages_go_and_young_ones_stay(connect, postgres):
    worker, operator = connect(), connect("postgres")
    append(worker, *[message(f"old {n}") for n in range(5)])
    age_of_messages(postgres, "29 days 23 hours 50 minutes")
    append(worker, message("young"))
    age_of_messages(postgres, "15 minutes")
    assert query(operator, "SELECT chat.retain('30 days', at_most => 2)") == [(2,)]
    assert bodies(worker) == ["old 2", "old 3", "old 4", "young"]
    assert query(operator, "SELECT chat.retain('30 days')") == [(3,)]
    assert query(operator, "SELECT chat.retain('30 days')") == [(0,)]
    assert bodies(worker) == ["young"]


def test_rooms_can_be_retained_for_different_times(connect, postgres):
    worker, operator = connect(), connect("postgres")
    append(worker, *[message(room, room=room) for room in ("lobby", "ops", "archive")])
    age_of_messages(postgres, "10 days")
    assert query(operator, "SELECT chat.retain('1 week', '{lobby,ops}')") == [(2,)]
    assert query(operator, "SELECT chat.retain('1 week', '{}')") == [(0,)]
    assert bodies(worker) == ["archive"]


def test_retain_takes_longer_than_there_is_time(connect):
    append(connect(), message("hello"))
    assert query(connect("postgres"), "SELECT chat.retain('4000 years')") == [(0,)]


def test_messages_after_those_that_went_continue_the_order(connect, postgres):
    worker, operator = connect(), connect("postgres")
    [(_, first, _)] = append(worker, message("hello", key="key-1"))
    age_of_messages(postgres, "3 days")
    query(operator, "SELECT chat.retain('2 days')")
    [(_, second, _)] = append(worker, message("again"))
    assert position(second) > position(first)


@pytest.mark.parametrize("arguments", ["'47 hours'", "null", "'3 days', null, 0", "'-1 day'"])
def test_retain_refuses_what_would_break_the_promise_of_keys(connect, arguments):
    with pytest.raises(errors.InvalidParameterValue, match="chat.retain: "):
        query(connect("postgres"), f"SELECT chat.retain({arguments})")


# What chat.append refuses


@pytest.mark.parametrize(
    "arguments",
    [
        "'{a,b}', '{lobby}', '{null}', '{k}'",
        "'{a}', '{lobby}', '{}', '{k}'",
        "'{{a},{b}}', '{{x},{y}}', '{{null},{null}}', '{{1},{2}}'",
        "'[2:2]={a}', '[2:2]={lobby}', '[2:2]={null}', '[2:2]={k}'",
        "null, '{lobby}', '{null}', '{k}'",
    ],
)
def test_arrays_that_do_not_match_are_refused(connect, arguments):
    with pytest.raises(errors.ArraySubscriptError, match="same length"):
        query(connect(), f"SELECT * FROM chat.append({arguments})")


@pytest.mark.parametrize(
    "bad", [(None, "lobby", "a", "k"), ("b", None, "a", "k"), ("b", "lobby", "a", None)]
)
def test_only_an_author_may_be_null(connect, bad):
    with pytest.raises(
        errors.NullValueNotAllowed, match="only an author, a user and an edit key may be null"
    ):
        append(connect(), message("fine"), bad)


def test_nothing_to_store_is_nothing_stored(connect):
    assert query(connect(), "SELECT * FROM chat.append('{}', '{}', '{}', '{}')") == []


@pytest.mark.parametrize(
    "bad, constraint",
    [
        (message("b", room="Lobby"), "room_is_valid"),
        (message("b", room=""), "room_is_valid"),
        (message("b", room="-x"), "room_is_valid"),
        (message("b", room="x\n"), "room_is_valid"),
        (message("b", room="é"), "room_is_valid"),
        (message("b", room="x" * 65), "room_is_valid"),
        (message("b", author=""), "author_is_valid"),
        (message("b", author="é" * 64 + "x"), "author_is_valid"),
        (message("x" * 10_001), "body_is_valid"),
        (message("é" * 5_001), "body_is_valid"),
    ],
)
def test_a_message_outside_the_contract_is_refused_with_its_whole_batch(connect, bad, constraint):
    worker = connect()
    with pytest.raises(errors.CheckViolation, match=constraint):
        append(worker, message("fine"), bad)
    assert query(worker, "SELECT count(*) FROM chat.messages") == [(0,)]


def test_a_message_at_the_limits_of_the_contract_is_taken(connect):
    worker = connect()
    rows = append(
        worker,
        message(""),
        message("é" * 5_000, "0" + "_-z9" * 15 + "abc", "é" * 32),
    )
    assert [row[2] for row in rows] == ["stored", "stored"]


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_another_isolation_level_is_refused(connect, level):
    worker = connect()
    query(worker, f"SET default_transaction_isolation = '{level.lower()}'")
    with pytest.raises(errors.InvalidTransactionState, match=f"READ COMMITTED, not {level}"):
        append(worker, message("hello"))


# Notifications


def notifications(connection):
    query(connection, "SELECT")
    connection.poll()
    heard = [(notify.channel, notify.payload) for notify in connection.notifies]
    connection.notifies.clear()
    return heard


def test_a_call_that_stores_notifies_once(connect):
    worker, listener = connect(), connect()
    query(listener, "LISTEN chat_messages")
    append(worker, *[message("x", room=f"room-{n}") for n in range(50)])
    assert notifications(listener) == [("chat_messages", "")]


def test_a_call_that_stores_nothing_is_silent(connect):
    worker, listener = connect(), connect()
    same = message("hello", key="key-1")
    append(worker, same)
    query(listener, "LISTEN chat_messages")
    append(worker, same, message("other", key="key-1"))
    assert notifications(listener) == []


# Privileges and limits of chat_worker


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO chat.messages VALUES (gen_random_uuid(), 'lobby', null, 'forged')",
        "UPDATE chat.messages SET body = 'forged'",
        "DELETE FROM chat.messages",
        "SELECT chat.retain('30 days')",
        "TRUNCATE chat.messages",
        "SELECT * FROM chat.keys",
        "DELETE FROM chat.keys",
        "SELECT * FROM chat.idempotency_keys",
        "DELETE FROM chat.idempotency_keys",
        "UPDATE chat.removals SET count = 0",
        "SELECT * FROM chat.schema_migrations",
        "SELECT setval('chat.last_position', 1)",
        "CREATE TABLE chat.mine ()",
        "CREATE TABLE public.mine ()",
        "CREATE TEMPORARY TABLE mine ()",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "DROP FUNCTION chat.append(text[], text[], text[], text[], text[])",
        "SET ROLE chat_owner",
    ],
)
def test_a_worker_may_not(connect, statement):
    # To create or drop what is not one's own is refused in several words, all of class 42.
    with pytest.raises(errors.InsufficientPrivilege):
        query(connect(), statement)


def test_another_role_is_not_even_let_in(postgres):
    postgres.psql("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN")
    rights = postgres.psql(
        """
        SELECT has_database_privilege('stranger', 'chat', 'CONNECT'),
               has_schema_privilege('stranger', 'chat', 'USAGE'),
               has_table_privilege('stranger', 'chat.messages', 'SELECT'),
               bool_or(has_function_privilege('stranger', oid, 'EXECUTE'))
        FROM pg_proc WHERE pronamespace = 'chat'::regnamespace"""
    )
    assert rights == "f|f|f|f"


def test_everything_belongs_to_chat_owner_who_cannot_log_in(postgres):
    assert (
        postgres.psql(
            """
        SELECT DISTINCT owner::regrole FROM (
            SELECT relowner FROM pg_class WHERE relnamespace = 'chat'::regnamespace
            UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = 'chat'::regnamespace
            UNION ALL SELECT nspowner FROM pg_namespace WHERE nspname = 'chat') AS t (owner)
        """
        )
        == "chat_owner"
    )
    assert postgres.psql("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'chat_owner'") == "f"


def test_everything_has_a_comment(postgres):
    assert (
        postgres.psql(
            """
        SELECT c.relname, a.attname FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = 'chat'::regnamespace AND c.relkind = 'r'
          AND col_description(c.oid, a.attnum) IS NULL
        UNION ALL SELECT relname, null FROM pg_class AS c
        WHERE relnamespace = 'chat'::regnamespace AND obj_description(oid, 'pg_class') IS NULL
          AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid) AND relkind <> 't'
        UNION ALL SELECT proname, null FROM pg_proc
        WHERE pronamespace = 'chat'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL
        """
        )
        == ""
    )


def test_a_session_of_a_worker_has_the_limits_of_its_role(connect):
    worker = connect()
    limits = {
        name: query(worker, f"SHOW {name}")[0][0]
        for name in (
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "jit",
        )
    }
    assert list(limits.values()) == ["5s", "3s", "2s", "off"]


def test_a_client_that_freezes_with_the_lock_is_thrown_out(connect):
    frozen, worker = connect(), connect()
    query(frozen, "BEGIN")
    append(frozen, message("never committed"))
    began = time.monotonic()
    [(_, _, outcome)] = append(worker, message("hello"))
    assert outcome == "stored" and time.monotonic() - began < 3
    with pytest.raises(psycopg2.OperationalError):
        query(frozen, "COMMIT")
    assert query(worker, "SELECT body FROM chat.messages") == [("hello",)]


# Migrations


@pytest.fixture
def new_database(postgres):
    """An empty database in the shared cluster, where the roles exist already."""
    name = f"chat_{uuid.uuid4().hex[:8]}"
    postgres.psql(f"CREATE DATABASE {name}", dbname="postgres")
    yield name
    postgres.psql(f"DROP DATABASE {name} WITH (FORCE)", dbname="postgres")


def applied(postgres, dbname):
    rows = postgres.psql("SELECT * FROM chat.schema_migrations ORDER BY version", dbname=dbname)
    return [row.split("|")[:2] for row in rows.splitlines()]


def test_migrating_again_does_nothing(postgres, new_database):
    first = migrate(postgres.conninfo(dbname=new_database))
    assert first.stdout.splitlines() == [f"Applying {name}" for name in MIGRATIONS]
    second = migrate(postgres.conninfo(dbname=new_database))
    assert (second.returncode, second.stdout) == (0, "")
    assert applied(postgres, new_database) == [
        [str(int(name[:3])), name[4:-4]] for name in MIGRATIONS
    ]


def test_migrating_twice_at_once_is_migrating_once(postgres, new_database):
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(migrate, [postgres.conninfo(dbname=new_database)] * 4))
    assert [result.returncode for result in results] == [0] * 4, results
    lines = [line for result in results for line in result.stdout.splitlines()]
    assert lines == [f"Applying {name}" for name in MIGRATIONS]


def test_a_migration_that_fails_leaves_nothing_behind(postgres, new_database, var):
    shutil.copytree(REPOSITORY / "sql", var / "sql")
    (var / "sql/900_broken.sql").write_text("CREATE TABLE chat.half ();\nSELECT 1 / 0;\n")
    failed = migrate(postgres.conninfo(dbname=new_database), var / "sql")
    assert failed.returncode != 0 and "division by zero" in failed.stdout
    assert postgres.psql("SELECT to_regclass('chat.half')", dbname=new_database) == ""
    assert len(applied(postgres, new_database)) == len(MIGRATIONS)


def test_files_older_than_the_database_are_refused(postgres, new_database):
    migrate(postgres.conninfo(dbname=new_database))
    postgres.psql(
        "INSERT INTO chat.schema_migrations VALUES (998, 'from_the_future')", dbname=new_database
    )
    refused = migrate(postgres.conninfo(dbname=new_database))
    assert refused.returncode != 0
    assert "migrated to version 998, these files end at version" in refused.stdout


def test_another_encoding_is_refused(postgres):
    postgres.psql(
        "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0", dbname="postgres"
    )
    refused = migrate(postgres.conninfo(dbname="latin"))
    assert refused.returncode != 0
    assert "needs a database with the encoding UTF8, this one has LATIN1" in refused.stdout


def test_the_owner_of_a_database_can_migrate_without_being_superuser():
    """As on managed servers, first where no role exists, then where they all do."""
    with bare_postgres(extra_users=("manager",)) as postgres:
        postgres.psql("CREATE ROLE manager LOGIN CREATEROLE", dbname="postgres")
        for name in ("first", "second"):
            postgres.psql(f"CREATE DATABASE {name} OWNER manager", dbname="postgres")
            done = migrate(postgres.conninfo("manager", name))
            assert done.returncode == 0, done.stdout
            assert "WARNING" not in done.stdout
            insert = "SELECT outcome FROM chat.append('{a}', '{lobby}', '{null}', '{k}')"
            assert postgres.psql(insert, user="chat_worker", dbname=name) == "stored"


@pytest.mark.parametrize("arguments", [[], [""], ["a", "b"]])
def test_migrate_without_a_database_says_how_it_is_called(arguments):
    done = subprocess.run([REPOSITORY / "sql/migrate", *arguments], capture_output=True, text=True)
    assert done.returncode == 2 and "give it one connection string" in done.stderr
