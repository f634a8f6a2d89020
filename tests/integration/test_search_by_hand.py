"""What is changed by hand, in SQL, is searched for as it is then."""

import uuid

import psycopg2
import pytest
from client import until
from searcher import SECRET, Searcher


@pytest.fixture
def client(stack):
    return Searcher(stack)


@pytest.fixture
def word():
    """One that nobody else says."""
    return f"w{uuid.uuid4().hex}"


@pytest.fixture
def room():
    """A room that nobody else talks in."""
    return f"r{uuid.uuid4().hex}"


def tokens(stack, word: str) -> int:
    """How many messages the index has for a word, whether they are shown or not."""
    sql = f"SELECT count(*) FROM chat.search_index WHERE tokens @> '{{{word}}}'"
    return int(stack.postgres.psql(sql))


def test_what_goes_by_hand_is_not_found(client, stack, room, word):
    for n in range(2):
        client.say(room, f"{word} {n}")
    client.until_indexed()
    stack.postgres.psql(f"DELETE FROM chat.messages WHERE body = '{word} 0'")
    assert client.found(word) == [f"{word} 1"]
    assert tokens(stack, word) == 1


def test_a_text_that_is_changed_by_hand_is_found_by_its_new_words_alone(client, stack, room, word):
    for text in (f"{word}old one", f"{word}old two"):
        client.say(room, text)
    client.until_indexed()
    stack.postgres.psql(f"UPDATE chat.messages SET body = '{word}new' WHERE body = '{word}old one'")
    assert client.found(f"{word}old") == [f"{word}old two"]
    until(lambda: client.found(f"{word}new") == [f"{word}new"], "it is found by its new word")
    assert client.found(f"{word}old") == [f"{word}old two"] and tokens(stack, f"{word}old") == 1
    # And once more, now that it was put into the index for the second time.
    stack.postgres.psql(f"UPDATE chat.messages SET body = '{word}last' WHERE body = '{word}new'")
    assert client.found(f"{word}new") == []
    until(lambda: client.found(f"{word}last") == [f"{word}last"], "it is found by its last word")
    assert tokens(stack, f"{word}new") == 0


def test_author_and_room_that_are_changed_by_hand_are_searched_for(client, stack, room, word):
    client.post({"room": room, "author": "before", "body": word})
    client.until_indexed()
    stack.postgres.psql(
        f"UPDATE chat.messages SET author = 'after', room = '{room}-2' WHERE body = '{word}'"
    )
    until(lambda: client.found(f"{word} from:after", f"room={room}-2") == [word], "as it is now")
    assert client.found(word, f"room={room}") == [] == client.found(f"{word} from:before")


def test_a_change_by_hand_and_one_by_its_author_follow_each_other(client, stack, room, word):
    message = client.say(room, f"{word} said", **SECRET)
    client.until_indexed()
    client.change(message, f"{word} edited")
    stack.postgres.psql(f"UPDATE chat.messages SET body = '{word} hand' WHERE room = '{room}'")
    until(lambda: client.found(f"{word} hand") == [f"{word} hand"], "found as it is by hand")
    client.change(message, f"{word} again")
    until(lambda: client.found(f"{word} again") == [f"{word} again"], "found as it is edited")
    stack.postgres.psql(f"UPDATE chat.messages SET author = 'x' WHERE room = '{room}'")
    client.change(message, None)
    client.until_indexed()
    until(lambda: stack.postgres.psql("SELECT count(*) FROM chat.search_again") == "0", "all done")
    assert client.found(word) == [] and tokens(stack, word) == 0


def test_many_that_are_changed_by_hand_at_once_are_all_found(make_stack):
    stack = make_stack(workers=2)
    client = Searcher(stack)
    stack.postgres.psql(
        "SELECT FROM chat.append(ARRAY(SELECT 'number ' || n FROM generate_series(1, 3000) AS n),"
        " array_fill('lobby'::text, ARRAY[3000]), array_fill(NULL::text, ARRAY[3000]),"
        " ARRAY(SELECT n::text FROM generate_series(1, 3000) AS n))"
    )
    client.until_indexed()
    stack.postgres.psql("UPDATE chat.messages SET body = 'now ' || body WHERE room = 'lobby'")
    stack.workers.kill(0)
    until(lambda: tokens(stack, "now") == 3000, "all of them are in the index")
    assert client.found("now 2718") == ["now number 2718"]


def test_who_leaves_his_change_open_keeps_nobody_from_being_found(client, stack, room, word):
    for text in ("one", "two"):
        two = client.say(room, f"{word} {text}", **SECRET)
    client.until_indexed()
    holder = psycopg2.connect(stack.postgres.conninfo())
    holder.cursor().execute(f"UPDATE chat.messages SET body = 'x{word}' WHERE body = '{word} one'")
    client.change(two, f"{word} edited")
    client.until_indexed()
    assert client.found(word) == [f"{word} one", f"{word} edited"]
    holder.commit()
    holder.close()
    until(lambda: client.found(f"x{word}") == [f"x{word}"], "the change is committed")
    assert client.found(word) == [f"{word} edited"] and tokens(stack, word) == 1
