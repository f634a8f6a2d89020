"""docs/operations.md lists every finding of the doctor, and none that it does not have."""

import re

from conftest import REPOSITORY

CALL = re.compile(r"add_(problem|advice)\(\s*findings,(.*?)\);\n", re.DOTALL)
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
ROW = re.compile(r"^\| `([^`]+)`( \*)? \|", re.MULTILINE)


def sentences() -> list[tuple[str, bool]]:
    """What the sources say, with nothing for what differs, and whether it is advice."""
    found = []
    for path in sorted((REPOSITORY / "fcgi-app" / "doctor").glob("*.cpp")):
        for kind, call in CALL.findall(path.read_text()):
            found.append(("".join(LITERAL.findall(call)), kind == "advice"))
    return found


def rows() -> list[tuple[str, bool]]:
    text = (REPOSITORY / "docs" / "operations.md").read_text()
    listed = text.split("## What the doctor finds")[1].split("\n## ")[0]
    return [(says, bool(advice)) for says, advice in ROW.findall(listed)]


def matches(row: tuple[str, bool], sentence: tuple[str, bool]) -> bool:
    parts = [re.escape(part.strip()) for part in row[0].split("…")]
    return row[1] == sentence[1] and re.search(".*".join(parts), sentence[0]) is not None


def test_every_finding_is_listed():
    said = sentences()
    assert len(said) > 60
    missing = [each for each in said if not any(matches(row, each) for row in rows())]
    assert not missing


def test_every_row_is_a_finding():
    superfluous = [row for row in rows() if not any(matches(row, each) for each in sentences())]
    assert not superfluous
