"""Readers of changes in the checker: what they have built must be the table, and they got there by
going forward alone."""

import pytest
from findings import ALTERED, DOUBLED, KEPT, LOST, OUT_OF_ORDER, PHANTOM, SERVED_LATE, WENT_BACK
from histories import NIL, History, change, changed_row, message_id, record, row
from history import Beginning, Reading

EDITED, ERASED = 32, 33
DELETION = record(4, 13, ERASED)


def follows(*records: bytes, beginnings=(Beginning(NIL),), room: str = "*") -> Reading:
    return Reading("reader-0", room, list(beginnings), b"".join(records), changes=True)


@pytest.fixture
def history():
    """Message 3 of five is edited at 12, and 4 is deleted at 13. A reader saw it all happen, one
    came later, and one began with a page of the newest as of 12."""
    made = History()
    made.rows[2] = changed_row(3, 12, EDITED)
    made.rows[3] = changed_row(4, 13, ERASED, serial=None, deleted=True)
    made.changes = {
        message_id(3): [change(12, EDITED)],
        message_id(4): [change(13, ERASED, deletion=True)],
    }
    edit = record(3, 12, EDITED)
    every = [record(n) for n in range(1, 6)]
    page = Beginning(message_id(12), 0, 3)
    made.readings = [
        follows(*every, edit, DELETION),
        follows(record(1), record(2), record(5), edit, DELETION, room="lobby"),
        follows(edit, record(4), record(5), DELETION, beginnings=[page]),
    ]
    return made


def saw(history, *records: bytes, **more) -> None:
    history.readings = [follows(*records, **more)]


ALL = [record(1), record(2), record(5), record(3, 12, EDITED), DELETION]


def test_nothing_is_found_where_nothing_is_wrong(history):
    assert not history.findings()


def test_an_edit_that_was_never_told_is_lost(history):
    saw(history, record(1), record(2), record(3), record(5), DELETION)
    history.expect(LOST, "reader-0 never saw 018bcfe5-6803-0000-0000-000000000000 at 018bcfe5-680c")


def test_a_deletion_that_was_never_told_is_lost(history):
    saw(history, *ALL[:4])
    history.expect(LOST, "reader-0 never saw 018bcfe5-6804-0000-0000-000000000000 at 018bcfe5-680d")


def test_a_message_that_was_never_told_is_lost(history):
    saw(history, record(1), *ALL[2:])
    history.expect(LOST, "reader-0 never saw 018bcfe5-6802")


def test_a_change_that_is_told_twice_is_doubled(history):
    saw(history, *ALL, DELETION)
    history.expect(DOUBLED, "reader-0 saw 018bcfe5-6804")


def test_a_state_that_goes_back_is_found(history):
    history.changes[message_id(3)].insert(0, change(11, 31))
    saw(history, *ALL, record(3, 11, 31))
    found = history.findings()
    assert found.messages[WENT_BACK] == {message_id(3)} == found.messages[OUT_OF_ORDER]
    # He keeps what has the greater position.
    assert not found.messages[LOST]


def test_a_smaller_position_after_a_greater_one_is_out_of_order(history):
    saw(history, record(1), record(5), record(2), *ALL[3:])
    history.expect(OUT_OF_ORDER, "reader-0 saw 018bcfe5-6802")


def test_a_position_that_the_cursor_has_passed_is_out_of_order(history):
    page = Beginning(message_id(13), 0, 3)
    edit = record(3, 12, EDITED)
    saw(history, edit, DELETION, record(5), record(2), beginnings=[page])
    history.expect(OUT_OF_ORDER, "reader-0 saw 018bcfe5-6802")


def test_a_state_that_the_table_does_not_have_is_a_phantom(history):
    saw(history, *ALL, record(3, 14, EDITED))
    history.expect(PHANTOM, "reader-0 has 018bcfe5-6803")


def test_a_message_that_is_not_there_is_a_phantom(history):
    saw(history, *ALL, record(14))
    history.expect(PHANTOM, "reader-0 has 018bcfe5-680e")


def test_a_message_of_another_room_is_a_phantom(history):
    history.rows[4] = row(5, room="elsewhere")
    saw(history, *ALL, room="lobby")
    history.expect(PHANTOM, "reader-0 has 018bcfe5-6805")


def test_a_text_that_nobody_sent_is_altered(history):
    saw(history, record(1, digest=99), *ALL[1:])
    history.expect(ALTERED, "reader-0 saw another message as 018bcfe5-6801")


def test_a_text_that_nobody_sent_is_altered_whatever_comes_after(history):
    saw(history, record(1), record(2), record(3, digest=99), *ALL[2:])
    history.expect(ALTERED, "reader-0 saw another message as 018bcfe5-6803")


def test_a_text_of_another_moment_is_altered(history):
    saw(history, *ALL[:3], record(3, 12, 3), DELETION)
    history.expect(ALTERED, "reader-0 saw another message as 018bcfe5-6803")


class TestAPageOfTheNewest:
    EDIT = record(3, 12, EDITED)

    def begin(self, history, *records: bytes, at: int = 12, page: int = 3) -> None:
        saw(history, *records, beginnings=[Beginning(message_id(at), 0, page)])

    def test_has_all_that_is_newer_than_its_first(self, history):
        self.begin(history, self.EDIT, record(5), DELETION, page=2)
        assert not history.findings()
        self.begin(history, self.EDIT, DELETION, page=1)
        history.expect(LOST, "reader-0 never saw 018bcfe5-6805")

    def test_says_of_each_what_it_was_as_of_its_position(self, history):
        self.begin(history, record(3), record(4), record(5), DELETION)
        history.expect(LOST, "reader-0 never saw 018bcfe5-6803")

    def test_tells_of_nothing_that_comes_after(self, history):
        self.begin(history, self.EDIT, DELETION, record(5), at=12)
        history.expect(OUT_OF_ORDER, "began with 018bcfe5-6804")

    def test_is_in_the_order_of_ids(self, history):
        self.begin(history, self.EDIT, record(5), record(4), DELETION)
        history.expect(OUT_OF_ORDER, "began with 018bcfe5-6804")

    def test_may_be_empty_where_nothing_was(self, history):
        saw(history, *ALL, beginnings=[Beginning(NIL)])
        assert not history.findings()


class TestWhoBeginsAgain:
    """Message 2 is removed by hand, and the reader is told of another epoch."""

    @pytest.fixture
    def history(self, history):
        history.remove(2)
        history.readings = []
        return history

    def begin_again(self, history, *page: bytes, at: int = 13) -> None:
        again = Beginning(message_id(at), len(ALL), len(page))
        saw(history, *ALL, *page, beginnings=[Beginning(NIL), again])

    def test_drops_what_he_has(self, history):
        self.begin_again(history, DELETION, record(5))
        assert not history.findings()

    def test_and_who_is_not_told_keeps_what_is_gone(self, history):
        saw(history, *ALL)
        history.expect(KEPT, "reader-0 still has 018bcfe5-6802")

    def test_is_told_of_no_older_state_than_before(self, history):
        self.begin_again(history, record(3), DELETION, record(5))
        found = history.findings()
        assert found.messages[WENT_BACK] == {message_id(3)} == found.messages[LOST]


class TestAfterARestore:
    """What was done from 12 on is lost: 3 is as it was, and 4 is back."""

    @pytest.fixture
    def history(self, history):
        history.rows[2:4] = [row(3), row(4)]
        history.restore(12, 13)
        return history

    def test_who_saw_what_was_lost_keeps_it(self, history):
        saw(history, *ALL)
        assert not history.findings()

    def test_who_never_came_to_what_was_lost_misses_nothing(self, history):
        saw(history, *ALL[:3])
        assert not history.findings()

    def test_also_of_what_was_said(self, history):
        history.restore(14, 14)
        saw(history, *ALL, record(14))
        assert not history.findings()

    def test_who_begins_again_sees_an_older_state(self, history):
        again = Beginning(message_id(50), len(ALL), 3)
        page = [record(3), record(4), record(5)]
        saw(history, *ALL, *page, beginnings=[Beginning(NIL), again])
        assert not history.findings()

    def test_what_was_lost_is_told_for_two_seconds(self, history):
        saw(history, *ALL)
        history.readings[0].polls = [(2100, 5)]
        assert not history.findings()
        history.readings[0].polls = [(50, 3), (2101, 1), (50, 1)]
        history.expect(SERVED_LATE, "reader-0 asked 2.00 s after 018bcfe5-680c")

    def test_what_was_not_lost_is_not_excused(self, history):
        saw(history, *ALL[1:])
        history.expect(LOST, "reader-0 never saw 018bcfe5-6801")
