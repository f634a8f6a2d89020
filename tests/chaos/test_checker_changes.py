"""Changes in the checker: what writers were told of them, and what plain readers may see."""

import pytest
from findings import (
    ALTERED,
    BAD_ID,
    DOUBLED,
    LOST,
    NOT_GONE,
    OUT_OF_ORDER,
    PHANTOM,
    SERVED_LATE,
    UNRESOLVED,
)
from histories import History, change, changed_row, message_id, reading, record, row
from history import Change

EDITED, ERASED = 32, 33


@pytest.fixture
def history():
    """Message 3 of five is edited at 11 and again at 12; and 4 is deleted at 13."""
    made = History()
    made.rows[2] = changed_row(3, 12, EDITED)
    made.rows[3] = changed_row(4, 13, ERASED, serial=None, deleted=True)
    made.changes = {
        message_id(3): [change(11, 31), change(12, EDITED)],
        message_id(4): [change(13, ERASED, deletion=True)],
    }
    made.readings = [reading(1, 2, 3, 4, 5), reading(4, 5, after=message_id(3))]
    return made


def spoil(history, n: int, **changes) -> None:
    fields = vars(history.rows[n - 1]) | changes
    history.rows[n - 1] = type(history.rows[n - 1])(**fields)


def saw(history, *records: bytes, asked_ms: int | None = None) -> None:
    history.readings = [reading()]
    history.readings[0].records = b"".join(records)
    if asked_ms is not None:
        history.readings[0].polls = [(asked_ms, len(records))]


def test_nothing_is_found_where_nothing_is_wrong(history):
    assert not history.findings()


@pytest.mark.parametrize("digest", [3, 31, EDITED])
def test_who_is_told_of_no_changes_sees_any_state_that_there_was(history, digest):
    saw(history, record(1), record(2), record(3, digest=digest), record(5))
    assert not history.findings()


def test_no_other_state_than_those(history):
    saw(history, record(1), record(2), record(3, digest=99), record(5))
    history.expect(ALTERED, "reader-0 saw another message as 018bcfe5-6803")


def test_who_is_told_of_no_changes_sees_nothing_that_is_deleted(history):
    saw(history, record(1), record(2), record(3), record(4, digest=ERASED), record(5))
    history.expect(ALTERED, "reader-0 saw another message as 018bcfe5-6804")


def test_an_edited_message_is_lost_when_it_was_never_seen(history):
    history.readings = [reading(1, 2, 4, 5)]
    history.expect(LOST, "reader-0 never saw 018bcfe5-6803")


def test_an_acknowledged_edit_that_is_not_in_the_table_is_lost(history):
    spoil(history, 3, digest=31, version=message_id(11))
    history.expect(LOST, "change 2 of 018bcfe5-6803")


def test_an_acknowledged_deletion_that_is_not_in_the_table_is_lost(history):
    history.rows[3] = row(4)
    history.expect(LOST, "change 1 of 018bcfe5-6804")


def test_an_edit_that_comes_back_after_the_next_one_is_no_less_a_loss(history):
    spoil(history, 3, digest=31, version=message_id(14), commit=14)
    history.expect(LOST, "change 2 of 018bcfe5-6803")


def test_a_change_that_was_made_twice_is_doubled(history):
    spoil(history, 3, version=message_id(14), commit=14)
    history.expect(DOUBLED, "change 2 of 018bcfe5-6803")


def test_a_version_of_what_was_never_changed_is_wrong(history):
    history.rows[4] = changed_row(5, 14, 5)
    history.expect(ALTERED, "018bcfe5-6805-0000-0000-000000000000 has a version")


def test_what_was_not_changed_has_no_version(history):
    history.changes[message_id(5)] = [Change(51, unresolved=True)]
    history.rows[4] = changed_row(5, 14, 5)
    history.expect(DOUBLED, "change 0 of 018bcfe5-6805")


def test_a_text_that_nobody_sent_is_altered(history):
    spoil(history, 3, digest=99)
    history.expect(ALTERED, "018bcfe5-6803-0000-0000-000000000000 is not what was sent")


def test_a_deleted_message_that_nobody_posted_is_a_phantom(history):
    history.rows.append(changed_row(6, 14, ERASED, serial=None, deleted=True))
    history.readings = []
    history.expect(PHANTOM, "nobody posted it")


def test_a_version_is_the_id_of_nothing_else(history):
    spoil(history, 3, version=message_id(5), commit=5)
    history.changes[message_id(3)] = [change(5, EDITED)]
    history.readings = []
    history.expect(BAD_ID, "018bcfe5-6805-0000-0000-000000000000 is the id of 2 messages")


def test_a_smaller_version_that_is_committed_later_is_out_of_order(history):
    spoil(history, 3, commit=20)
    history.expect(OUT_OF_ORDER, "018bcfe5-680c-0000-0000-000000000000 was committed after")


def test_an_answer_with_an_older_state_is_altered(history):
    history.changes[message_id(3)][1].answers.append((message_id(11), 31, 12, 12))
    history.expect(ALTERED, "the answer to change 2 of 018bcfe5-6803")


def test_a_repeated_change_is_answered_with_the_newest_state(history):
    history.changes[message_id(3)][0].answers.append((message_id(12), EDITED, 12, 12))
    history.posts[3].answers.append((message_id(3), EDITED, 13))
    assert not history.findings()


def test_a_repeated_post_is_not_answered_with_what_is_deleted(history):
    history.posts[4].answers.append((message_id(4), ERASED, 13))
    history.expect(ALTERED, "the answer to the message 0000000000000004")


def test_a_change_that_was_never_answered_has_to_be_accounted_for(history):
    history.changes[message_id(5)] = [Change(51)]
    history.expect(UNRESOLVED, "change 1 of 018bcfe5-6805")


@pytest.mark.parametrize("made", [True, False])
def test_a_change_without_a_key_and_without_an_answer_may_be_made_or_not(history, made):
    history.changes[message_id(5)] = [Change(51, unresolved=True)]
    if made:
        history.rows[4] = changed_row(5, 14, 51)
    assert not history.findings()


def test_404_is_for_what_is_gone_alone(history):
    history.changes[message_id(5)] = [Change(51, gone=True)]
    history.expect(NOT_GONE, "change 1 of 018bcfe5-6805")
    history.remove(5)
    history.readings = [reading(1, 2, 3, 4)]
    assert not history.findings()


def test_404_is_for_what_its_writer_deleted_too(history):
    history.changes[message_id(4)].append(Change(42, gone=True))
    assert not history.findings()


def test_a_repeated_post_of_what_its_writer_deleted_is_410(history):
    history.posts[4].gone_ms.append(500)
    assert not history.findings()
    history.posts[3].gone_ms.append(500)
    history.expect(NOT_GONE, "0000000000000003 was answered 410")


def test_a_message_that_is_stored_again_after_its_writer_deleted_it_is_doubled(history):
    history.rows.append(row(14, serial=4, digest=4))
    history.readings = []
    history.expect(DOUBLED, "posted once and stored as 018bcfe5-6804")


class TestTwoSecondsAfterAChange:
    def test_what_the_message_was_may_be_told(self, history):
        saw(history, record(1), record(2), record(3), record(5), asked_ms=2011)
        assert not history.findings()

    def test_and_no_longer(self, history):
        saw(history, record(1), record(2), record(3), record(5), asked_ms=2012)
        history.expect(SERVED_LATE, "reader-0 asked 2.00 s after 018bcfe5-6803")

    def test_what_it_is_may_always_be_told(self, history):
        seen = record(3, digest=EDITED)
        saw(history, record(1), record(2), seen, record(5), asked_ms=9000)
        assert not history.findings()

    def test_what_was_deleted_is_told_no_more(self, history):
        saw(history, record(1), record(2), record(4), record(5), asked_ms=2014)
        history.readings.append(reading(1, 2, 3, 5))
        history.readings[0].beginnings = reading(after=message_id(3)).beginnings
        history.readings[0].records = record(4) + record(5)
        history.expect(SERVED_LATE, "reader-0 asked 2.00 s after 018bcfe5-6804")

    def test_neither_is_whoever_just_looks(self, history):
        history.looks = [(2014, [(message_id(4), 4)])]
        history.expect(SERVED_LATE, "a look asked 2.00 s after 018bcfe5-6804")

    def test_nor_who_repeats_his_post(self, history):
        history.posts[3].answers.append((message_id(3), 3, 2014))
        history.expect(SERVED_LATE, "the writer of the message 0000000000000003")


class TestAChangeThatARestoreHasLost:
    @pytest.fixture
    def history(self, history):
        """What was done from 12 on is lost, and the copy is back at 100."""
        history.rows[2] = changed_row(3, 11, 31)
        history.rows[3] = row(4)
        history.restore(12, 13)
        return history

    def test_need_not_be_in_the_table(self, history):
        assert not history.findings()

    def test_may_be_told_of_for_two_seconds_as_may_what_was_before(self, history):
        saw(history, record(1), record(2), record(3), record(4), record(5), asked_ms=2011)
        assert not history.findings()

    def test_may_have_hidden_what_it_deleted(self, history):
        history.readings = [reading(1, 2, 3, 5)]
        assert not history.findings()

    def test_hid_nothing_that_it_edited(self, history):
        history.readings = [reading(1, 2, 4, 5)]
        history.expect(LOST, "reader-0 never saw 018bcfe5-6803")

    def test_excuses_no_other(self, history):
        history.rows[2] = row(3)
        history.expect(LOST, "change 1 of 018bcfe5-6803")

    def test_may_be_made_again(self, history):
        history.rows[2] = changed_row(3, 200, EDITED)
        again = (message_id(200), EDITED, 200, 200)
        history.changes[message_id(3)][1].answers.append(again)
        assert not history.findings()

    def test_but_once(self, history):
        history.rows[2] = changed_row(3, 201, EDITED)
        again = (message_id(200), EDITED, 200, 200)
        history.changes[message_id(3)][1].answers.append(again)
        history.expect(DOUBLED, "change 2 of 018bcfe5-6803")
