"""GET /messages?q=: words, phrases and authors, in many scripts, as far as the index is filled."""

import uuid
from urllib.parse import quote

import pytest
from client import NEWEST
from searcher import SECRET, Searcher


@pytest.fixture
def client(stack):
    return Searcher(stack)


@pytest.fixture
def room():
    """A room that nobody else talks in."""
    return f"r{uuid.uuid4().hex}"


def said(client: Searcher, room: str, *bodies: str) -> str:
    for body in bodies:
        client.say(room, body)
    client.until_indexed()
    return f"room={room}"


def test_all_words_must_be_there_in_whatever_case_and_order(client, room):
    here = said(client, room, "The quick brown fox", "a brown dog", "quickly, brownie")
    assert client.found("BROWN", here) == ["The quick brown fox", "a brown dog"]
    assert client.found("brown quick", here) == ["The quick brown fox"]
    assert client.found("brow", here) == [] == client.found("fox dog", here)


def test_a_phrase_stands_in_its_order(client, room):
    here = said(client, room, "one two three", "two one three", "one-two, three")
    assert client.found('"one two"', here) == ["one two three", "one-two, three"]
    assert client.found('three "two one"', here) == ["two one three"]
    assert client.found("one-two", here) == ["one two three", "one-two, three"]
    # A quote that nobody closes quotes the rest.
    assert client.found('"two three', here) == ["one two three", "one-two, three"]


def test_who_said_it(client, room):
    for author in ("Ada", "Ada Lovelace", None):
        client.post({"room": room, "author": author, "body": f"hello from {author}"})
    here = said(client, room)
    assert client.found("from:ADA", here) == ["hello from Ada"]
    assert client.found('from:"ada lovelace" hello', here) == ["hello from Ada Lovelace"]
    assert client.found("from:bob", here) == []


@pytest.mark.parametrize(
    "body, words",
    [
        ("Müßige Grüße aus Köln", ["mussige", "MÜSSIGE", "grusse", "grüße", "koln"]),
        ("Crème brûlée à l'été", ["creme", "BRULEE", "été", "ete"]),
        ("ΑΘΗΝΑ Αθήνα", ["αθηνα", "Αθήνα"]),
        ("Ёлка и ёжик", ["елка", "ЁЖИК"]),
        ("我们明天在会议室见面", ["会议", "会议室", "明天", "见", '"在会议室"']),
        ("東京タワーで会いましょう", ["東京", "タワー", "会い", "京タ"]),
        ("ﾀﾜｰ ＡＢＣ", ["タワー", "abc"]),
        ("ประชุมพรุ่งนี้", ["ประชุม", "พรุ่งนี้"]),
        ("내일 회의실에서", ["내일", "회의실에서"]),
        ("مرحبا بالعالم", ["مرحبا"]),
        ("done ✅ 🎉", ["🎉", "done"]),
        ("v2.0 of user_name@example.org", ["user", "example.org", "v2.0"]),
    ],
)
def test_words_of_many_scripts(client, room, body, words):
    here = said(client, room, body)
    for word in words:
        assert client.found(word, here) == [body], word


def test_other_letters_than_those_of_a_row_are_not_found(client, room):
    here = said(client, room, "会室议", "议会")
    assert client.found("会议", here) == []


def test_rooms_are_searched_as_they_are_read(client, room):
    word = f"w{uuid.uuid4().hex}"
    for n in range(3):
        client.say(f"{room}-{n}", f"{word} {n}")
    client.until_indexed()
    assert client.found(word) == [f"{word} {n}" for n in range(3)]
    two = f"room={room}-0&room={room}-2"
    assert client.found(word, two) == [f"{word} 0", f"{word} 2"]
    assert client.found(word, "timeout=55") == []


def test_pages_lead_back(client, room):
    here = said(client, room, *[f"same {n}" for n in range(7)], "other")
    first = client.search("same", f"{here}&limit=3")
    assert [message["body"] for message in first.json] == ["same 4", "same 5", "same 6"]
    found, link = [], first.headers["link"]
    while link:
        target = link[link.index("<") + 1 : link.index(">")]
        page = client.request("GET", "/" + target)
        found = [message["body"] for message in page.json] + found
        link = page.headers.get("link")
    assert found == [f"same {n}" for n in range(4)]
    assert client.found("same", f"{here}&before={first.json[0]['id']}&limit=1") == ["same 3"]


def test_a_deleted_word_is_not_found_from_the_same_moment_on(client, stack, room):
    word = f"w{uuid.uuid4().hex}"
    message = client.say(room, f"{word} once", **SECRET)
    client.until_indexed()
    assert client.found(word) == [f"{word} once"]
    client.change(message, None)
    assert client.found(word) == []
    client.until_indexed()
    tokens = f"SELECT count(*) FROM chat.search_index WHERE tokens @> '{{{word}}}'"
    assert client.found(word) == [] and stack.postgres.psql(tokens) == "0"


def test_an_edited_message_is_found_by_its_new_words_alone(client, room):
    old, new = (f"w{uuid.uuid4().hex}" for _ in range(2))
    message = client.say(room, old, **SECRET)
    client.until_indexed()
    client.change(message, new)
    assert client.found(old) == []
    client.until_indexed()
    assert (client.found(old), client.found(new)) == ([], [new])
    plain = client.search(new).json[0]
    changed = client.search(new, "room=*&changes=1").json[0]
    assert "version" not in plain and changed["edited_at"] >= changed["created_at"]


def test_an_index_that_is_empty_fills_itself(make_stack):
    stack = make_stack(workers=2)
    client = Searcher(stack)
    stack.postgres.psql(
        "SELECT FROM chat.append(ARRAY(SELECT 'number ' || n FROM generate_series(1, 3000) AS n),"
        " array_fill('lobby'::text, ARRAY[3000]), array_fill(NULL::text, ARRAY[3000]),"
        " ARRAY(SELECT n::text FROM generate_series(1, 3000) AS n))"
    )
    client.until_indexed()
    stack.postgres.psql(
        "TRUNCATE chat.search_index; UPDATE chat.search_progress"
        " SET position = '00000000-0000-0000-0000-000000000000'"
    )
    stack.workers.kill(0)
    client.until_indexed()
    assert client.found("2718") == ["number 2718"]
    assert len(client.found("number", "room=lobby&limit=1000")) == 1000
    total = stack.postgres.psql("SELECT count(*) FROM chat.search_index")
    assert total == stack.postgres.psql("SELECT count(*) FROM chat.messages")


def test_a_word_that_is_everywhere_and_one_that_is_nowhere(make_stack):
    stack = make_stack(workers=1)
    client = Searcher(stack)
    for n in range(12):
        stack.postgres.psql(
            "SELECT FROM chat.append(array_fill('everywhere you go'::text, ARRAY[1000]),"
            " array_fill('lobby'::text, ARRAY[1000]), array_fill(NULL::text, ARRAY[1000]),"
            f" ARRAY(SELECT '{n} ' || m FROM generate_series(1, 1000) AS m))"
        )
    client.say("den", "everywhere else")
    client.until_indexed()
    assert client.found("everywhere", "room=*&limit=2") == ["everywhere you go", "everywhere else"]
    assert client.found("everywhere", "room=den") == ["everywhere else"]
    assert client.found("nowhere") == []
    # Enough is looked through for one answer, and the link goes on.
    page, answers = client.search('"go you"'), 1
    while link := page.headers.get("link"):
        assert page.json == []
        page = client.request("GET", "/" + link[link.index("<") + 1 : link.index(">")])
        answers += 1
    assert page.json == [] and 1 < answers < 10


@pytest.mark.parametrize(
    "query, sentence",
    [
        ("q=", "The parameter q names no word to search for"),
        ("q=%20%09", "The parameter q names no word to search for"),
        ("q=%22%22", "The parameter q names no word to search for"),
        ("q=...", "The parameter q names no word to search for"),
        ("q=" + "x" * 257, "The parameter q is at most 256 bytes"),
        ("q=%ff", "The parameter q is not valid Unicode"),
        ("q=from:%00", "The parameter q must not contain U+0000"),
        ("q=x&q=y", "The parameter q is given twice"),
        (f"q=x&after={NEWEST}", "A search goes back: give before, not after"),
    ],
)
def test_a_malformed_search_is_refused(client, query, sentence):
    answer = client.get(query)
    assert (answer.status, answer.json["error"]) == (400, f"Invalid argument: {sentence}")


@pytest.mark.parametrize("q", ["%", "_", "' OR 1=1 --", "{a,b}", '\\", "x', "NULL", "from:", "\0x"])
def test_what_means_something_elsewhere_means_nothing_here(client, room, q):
    here = said(client, room, "harmless")
    assert client.get(f"{here}&q={quote(q)}").status in (200, 400)
    assert client.found("harmless", here) == ["harmless"]


def test_a_stream_searches_nothing(client):
    answer = client.get("q=x", Accept="text/event-stream")
    assert answer.status == 400
