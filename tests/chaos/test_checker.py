"""The checker must be able to fail: each history here has one thing wrong, and it is named."""

import pytest
from checker import (
    ALTERED,
    BAD_ID,
    DOUBLED,
    KINDS,
    LOST,
    NOT_GONE,
    OUT_OF_ORDER,
    PHANTOM,
    SERVED_LATE,
    UNRESOLVED,
    Row,
    check,
)
from gone import Gone, Loss
from history import Post, Reading

NIL = bytes(16)
BEGAN_MS = 1_700_000_000_000


def message_id(n: int) -> bytes:
    return (BEGAN_MS + n).to_bytes(6, "big") + bytes(10)


def row(n: int, **changes) -> Row:
    """The message n: its serial, its digest and the time of its commit are n."""
    fields = {"id": message_id(n), "room": "lobby", "digest": n, "serial": n, "commit": n}
    return Row(**fields | changes)


def post(n: int) -> Post:
    return Post(n, [(message_id(n), n, n)])


def reading(*numbers: int, after: bytes = NIL) -> Reading:
    return Reading("reader-0", "lobby", after, b"".join(row(n).record for n in numbers))


class History:
    """Five messages, and everybody saw what he should; until a test spoils it."""

    def __init__(self):
        self.rows = [row(n) for n in range(1, 6)]
        self.posts = {n: post(n) for n in range(1, 6)}
        self.readings = [reading(1, 2, 3, 4, 5), reading(4, 5, after=message_id(3))]
        self.gone = Gone()

    def findings(self):
        return check(self.rows, self.posts, self.readings, (BEGAN_MS, BEGAN_MS + 1000), self.gone)

    def expect(self, kind: str, words: str) -> None:
        """One message of this kind is found, nothing else, and a sentence says so."""
        found = self.findings()
        assert {k: found.count(k) for k in KINDS if found.count(k)} == {kind: 1}
        assert any(sentence.startswith(kind) and words in sentence for sentence in found.sentences)


@pytest.fixture
def history():
    return History()


def test_nothing_is_found_where_nothing_is_wrong(history):
    assert not history.findings()
    assert not check([], {}, [reading()])


def test_an_acknowledged_message_that_is_not_in_the_table_is_lost(history):
    del history.rows[2]
    history.readings = [reading(1, 2, 4, 5)]
    history.expect(LOST, "0000000000000003, acknowledged as")


def test_a_message_that_a_reader_never_saw_is_lost(history):
    history.readings = [reading(1, 2, 4, 5)]
    history.expect(LOST, "reader-0 never saw 018bcfe5-6803")


def test_a_reader_that_ends_early_has_lost_the_end(history):
    history.readings = [reading(1, 2, 3, 4)]
    history.expect(LOST, "reader-0 never saw 018bcfe5-6805")


def test_a_reader_that_begins_too_late_has_lost_the_beginning(history):
    history.readings = [reading(5, after=message_id(3))]
    history.expect(LOST, "reader-0 never saw 018bcfe5-6804")


def test_a_post_that_is_stored_twice_is_doubled(history):
    history.rows.append(row(6, serial=5, digest=5))
    history.readings = []
    history.expect(DOUBLED, "posted once and stored as 018bcfe5-6805")


def test_a_message_that_a_reader_saw_twice_is_doubled(history):
    history.readings = [reading(1, 2, 3, 3, 4, 5)]
    history.expect(DOUBLED, "reader-0 saw 018bcfe5-6803-0000-0000-000000000000 2 times")


def test_a_message_that_comes_back_later_is_doubled(history):
    history.readings = [reading(1, 2, 3, 4, 2, 5)]
    history.expect(DOUBLED, "reader-0 saw 018bcfe5-6802")


def test_two_messages_that_a_reader_saw_the_wrong_way_round_are_out_of_order(history):
    history.readings = [reading(1, 3, 2, 4, 5)]
    history.expect(OUT_OF_ORDER, "reader-0 saw 018bcfe5-6802")


def test_a_smaller_id_that_is_committed_later_is_out_of_order(history):
    history.rows[1] = row(2, commit=4)
    history.expect(OUT_OF_ORDER, "018bcfe5-6802-0000-0000-000000000000 was committed after")


def test_messages_of_one_commit_are_in_order(history):
    history.rows[1:4] = [row(n, commit=2) for n in (2, 3, 4)]
    assert not history.findings()


def test_a_row_that_nobody_posted_is_a_phantom(history):
    history.rows.append(row(6, serial=None))
    history.readings = []
    history.expect(PHANTOM, "nobody posted it")


def test_a_message_that_only_a_reader_saw_is_a_phantom(history):
    history.readings = [reading(1, 2, 3, 4, 5, 6)]
    history.expect(PHANTOM, "reader-0 saw 018bcfe5-6806")


def test_a_message_of_another_room_is_a_phantom_to_a_reader(history):
    history.rows[4] = row(5, room="elsewhere")
    history.readings = [reading(1, 2, 3, 4, 5)]
    history.expect(PHANTOM, "which is not in lobby")


def test_a_row_that_is_not_what_was_sent_is_altered(history):
    history.rows[2] = row(3, digest=99)
    history.readings = []
    history.expect(ALTERED, "is not what was sent")


def test_a_message_that_a_reader_saw_otherwise_is_altered(history):
    wrong = row(3, digest=99).record
    history.readings[0].records = history.readings[0].records.replace(row(3).record, wrong)
    history.expect(ALTERED, "reader-0 saw another message")


def test_an_answer_with_another_text_is_altered(history):
    history.posts[3] = Post(3, [(message_id(3), 99, 3)])
    history.expect(ALTERED, "the answer to the message 0000000000000003")


def test_a_repeated_post_that_is_answered_with_another_id_is_not_the_original(history):
    history.posts[3].answers.append((message_id(9), 3, 9))
    history.expect(LOST, "acknowledged as 018bcfe5-6809")


def test_the_id_of_another_time_is_invalid(history):
    history.rows.append(row(5000, serial=5000))
    history.posts[5000] = post(5000)
    history.readings = []
    history.expect(BAD_ID, "of another time")


def test_an_id_that_is_there_twice_is_invalid(history):
    history.rows.append(row(5, serial=6, digest=6))
    history.posts[6] = Post(6, [(message_id(5), 6, 6)])
    history.readings = []
    history.expect(BAD_ID, "the id of 2 messages")


def test_a_post_that_was_never_answered_has_to_be_accounted_for(history):
    history.posts[6] = Post(6)
    history.expect(UNRESOLVED, "sent and never answered")


@pytest.mark.parametrize("stored", [True, False])
def test_a_post_without_a_key_and_without_an_answer_may_be_stored_or_not(history, stored):
    history.posts[6] = Post(6, unresolved=True)
    if stored:
        history.rows.append(row(6))
        history.readings = [reading(1, 2, 3, 4, 5, 6)]
    assert not history.findings()


def remove(history, n: int, at_ms: int = 100) -> None:
    history.rows = [row for row in history.rows if row.serial != n]
    history.gone.removed_ms[message_id(n)] = at_ms
    history.gone.serials.add(n)


def restore(history, first: int, last: int, at_ms: int = 100) -> None:
    """Loses what was stored from the one to the other."""
    history.rows = [row for row in history.rows if not first <= row.serial <= last]
    history.gone.losses.append(Loss(BEGAN_MS + first, BEGAN_MS + last, at_ms))


def ask(history, asked_ms: int, *numbers: int) -> None:
    history.readings = [reading(*numbers)]
    history.readings[0].polls = [(asked_ms, len(numbers))]


@pytest.mark.parametrize("take", [remove, lambda history, n: restore(history, n, n)])
class TestWhatIsGone:
    def test_may_have_been_seen_before(self, history, take):
        take(history, 3)
        ask(history, 2100, 1, 2, 3, 4, 5)
        assert not history.findings()

    def test_need_not_have_been_seen(self, history, take):
        take(history, 3)
        ask(history, 9000, 1, 2, 4, 5)
        assert not history.findings()

    def test_is_served_no_more_after_two_seconds(self, history, take):
        take(history, 3)
        ask(history, 2101, 1, 2, 3, 4, 5)
        history.expect(SERVED_LATE, "asked 2.00 s after 018bcfe5-6803")

    def test_is_no_answer_to_a_repeated_post_after_two_seconds(self, history, take):
        take(history, 3)
        history.posts[3].answers.append((message_id(3), 3, 2101))
        history.expect(SERVED_LATE, "the writer of the message 0000000000000003")

    def test_is_not_in_the_table(self, history, take):
        take(history, 3)
        history.rows.append(row(3))
        history.expect(SERVED_LATE, "was removed and is in the table")

    def test_excuses_no_other_message_that_is_lost(self, history, take):
        take(history, 3)
        history.rows = [row for row in history.rows if row.serial != 4]
        ask(history, 50, 1, 2, 3, 5)
        history.expect(LOST, "0000000000000004, acknowledged as")

    def test_excuses_no_other_message_that_a_reader_never_saw(self, history, take):
        take(history, 3)
        ask(history, 50, 1, 2, 3, 5)
        history.expect(LOST, "reader-0 never saw 018bcfe5-6804")

    def test_is_seen_once(self, history, take):
        take(history, 3)
        ask(history, 50, 1, 2, 3, 3, 4, 5)
        history.expect(DOUBLED, "reader-0 saw 018bcfe5-6803")

    def test_is_seen_in_order(self, history, take):
        take(history, 3)
        ask(history, 50, 1, 3, 2, 4, 5)
        history.expect(OUT_OF_ORDER, "reader-0 saw 018bcfe5-6802")


def test_a_repeated_post_of_a_deleted_message_is_410(history):
    remove(history, 3)
    history.posts[3].gone_ms.append(500)
    assert not history.findings()
    # Also when its first answer was cut.
    history.posts[3].answers.clear()
    assert not history.findings()


def test_410_is_for_what_was_deleted_alone(history):
    history.posts[3].gone_ms.append(500)
    history.expect(NOT_GONE, "0000000000000003 was answered 410")


def test_410_is_not_for_what_a_restore_lost(history):
    restore(history, 3, 3)
    history.posts[3].gone_ms.append(500)
    history.expect(NOT_GONE, "0000000000000003 was answered 410")


def test_a_repeated_post_of_what_a_restore_lost_stores_it_again(history):
    restore(history, 3, 3)
    history.rows.append(row(6, serial=3, digest=3))
    history.posts[3].answers.append((message_id(6), 3, 500))
    ask(history, 50, 1, 2, 3, 4, 5, 6)
    history.readings[0].records = reading(1, 2, 3, 4, 5).records + row(6, digest=3).record
    assert not history.findings()


def test_a_repeated_post_of_what_a_restore_lost_stores_it_once(history):
    restore(history, 3, 3)
    history.rows += [row(n, serial=3, digest=3) for n in (6, 7)]
    history.readings = []
    history.expect(DOUBLED, "posted once and stored as 018bcfe5-6806")


def test_a_deleted_message_that_is_stored_again_is_doubled(history):
    remove(history, 3)
    history.rows.append(row(6, serial=3, digest=3))
    history.readings = []
    history.expect(DOUBLED, "stored again after it was deleted")
