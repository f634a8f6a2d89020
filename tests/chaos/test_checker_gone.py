"""What was removed by hand or lost by a restore excuses itself, for a moment, and nothing else."""

import pytest
from findings import DOUBLED, LOST, NOT_GONE, OUT_OF_ORDER, SERVED_LATE
from histories import History, message_id, reading, record, row
from history import Change


@pytest.fixture
def history():
    return History()


@pytest.mark.parametrize("take", [History.remove, lambda history, n: history.restore(n, n)])
class TestWhatIsGone:
    def test_may_have_been_seen_before(self, history, take):
        take(history, 3)
        history.ask(2100, 1, 2, 3, 4, 5)
        assert not history.findings()

    def test_need_not_have_been_seen(self, history, take):
        take(history, 3)
        history.ask(9000, 1, 2, 4, 5)
        assert not history.findings()

    def test_is_served_no_more_after_two_seconds(self, history, take):
        take(history, 3)
        history.ask(2101, 1, 2, 3, 4, 5)
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
        history.ask(50, 1, 2, 3, 5)
        history.expect(LOST, "0000000000000004, acknowledged as")

    def test_excuses_no_other_message_that_a_reader_never_saw(self, history, take):
        take(history, 3)
        history.ask(50, 1, 2, 3, 5)
        history.expect(LOST, "reader-0 never saw 018bcfe5-6804")

    def test_is_seen_once(self, history, take):
        take(history, 3)
        history.ask(50, 1, 2, 3, 3, 4, 5)
        history.expect(DOUBLED, "reader-0 saw 018bcfe5-6803")

    def test_is_seen_in_order(self, history, take):
        take(history, 3)
        history.ask(50, 1, 3, 2, 4, 5)
        history.expect(OUT_OF_ORDER, "reader-0 saw 018bcfe5-6802")


def test_a_repeated_post_of_a_deleted_message_is_410(history):
    history.remove(3)
    history.posts[3].gone_ms.append(500)
    assert not history.findings()
    # Also when its first answer was cut.
    history.posts[3].answers.clear()
    assert not history.findings()


def test_410_is_for_what_was_deleted_alone(history):
    history.posts[3].gone_ms.append(500)
    history.expect(NOT_GONE, "0000000000000003 was answered 410")


def test_410_is_not_for_what_a_restore_lost(history):
    history.restore(3, 3)
    history.posts[3].gone_ms.append(500)
    history.expect(NOT_GONE, "0000000000000003 was answered 410")


def test_a_repeated_post_of_what_a_restore_lost_stores_it_again(history):
    history.restore(3, 3)
    history.rows.append(row(6, serial=3, digest=3))
    history.posts[3].answers.append((message_id(6), 3, 500))
    history.ask(50, 1, 2, 3, 4, 5, 6)
    history.readings[0].records = reading(1, 2, 3, 4, 5).records + record(6, digest=3)
    assert not history.findings()


def test_a_repeated_post_of_what_a_restore_lost_stores_it_once(history):
    history.restore(3, 3)
    history.rows += [row(n, serial=3, digest=3) for n in (6, 7)]
    history.readings = []
    history.expect(DOUBLED, "posted once and stored as 018bcfe5-6806")


def test_a_deleted_message_that_is_stored_again_is_doubled(history):
    history.remove(3)
    history.rows.append(row(6, serial=3, digest=3))
    history.readings = []
    history.expect(DOUBLED, "stored again after it was deleted")


def test_a_deletion_that_nobody_answered_may_be_lost_by_a_restore_too(history):
    history.changes[message_id(5)] = [Change(51, deletion=True, unresolved=True)]
    history.readings = [reading(1, 2, 3, 4)]
    history.expect(LOST, "reader-0 never saw 018bcfe5-6805")
    history.restore(20, 30)
    assert not history.findings()


def test_a_deletion_that_was_never_made_hides_nothing(history):
    history.changes[message_id(5)] = [Change(51, deletion=True, gone=True)]
    history.readings = [reading(1, 2, 3, 4)]
    history.restore(20, 30)
    history.expect(LOST, "reader-0 never saw 018bcfe5-6805")
