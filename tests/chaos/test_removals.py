"""Each fault that removes messages does so for real, and the checker knows what it removed."""

import random

import pytest
from checker import check
from removals import Removals
from stack import Stack
from table import read_rows


@pytest.fixture
def removals(directory):
    settings = ("track_commit_timestamp=on",)
    with Stack(directory / "var", postgres_settings=settings) as stack:
        removals = Removals(stack, random.Random(1), 10)
        try:
            removals.probe.post()
            yield removals
        finally:
            removals.wait_until_writable()
            removals.looker.stop()


def expect_nothing_wrong(removals) -> None:
    findings = check(
        read_rows(removals.stack.postgres), removals.probe.posts, [], gone=removals.gone
    )
    assert not findings, findings.sentences


def test_a_message_is_deleted_and_its_key_says_so(removals):
    removals.delete()
    post = list(removals.probe.posts.values())[-1]
    assert removals.gone.since(post.answers[0][0]) is not None
    assert len(post.answers) == 1 and len(post.gone_ms) == 1
    expect_nothing_wrong(removals)


def test_a_restore_loses_a_message_and_its_key_stores_it_again(removals):
    removals.restore()
    kept, lost = removals.probe.posts.values()
    assert removals.gone.since(kept.answers[0][0]) is None
    first, second = (answer[0] for answer in lost.answers)
    assert removals.gone.lost(first) and not removals.gone.lost(second)
    assert second > first
    expect_nothing_wrong(removals)


def test_a_read_only_database_stores_nothing_until_it_is_over(removals):
    ended = []
    removals.read_only(lambda: ended.append(True))
    with pytest.raises(Exception, match="read-only"):
        removals.stack.postgres.psql("CREATE TABLE never (n int)")
    removals.delete()  # works all the same
    removals.wait_until_writable()
    assert ended
    removals.probe.post()
    expect_nothing_wrong(removals)
