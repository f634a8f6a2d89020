"""The checker must be able to fail: each history here has one thing wrong, and it is named."""

import pytest
from checker import check
from findings import ALTERED, BAD_ID, DOUBLED, LOST, OUT_OF_ORDER, PHANTOM, UNRESOLVED
from histories import History, message_id, post, reading, record, row
from history import Post


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
    wrong = record(3, digest=99)
    history.readings[0].records = history.readings[0].records.replace(record(3), wrong)
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
