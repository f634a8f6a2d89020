"""What people really write, in several scripts: byte for byte, in order."""

from pathlib import Path

from client import Client, read_all

FORTUNES = Path("/usr/share/games/fortunes")


def entries() -> list[str]:
    found = []
    for file in sorted(path for path in FORTUNES.rglob("*") if path.suffix in ("", ".u8")):
        if not file.is_file() or file.is_symlink():
            continue
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [entry for entry in text.split("\n%\n") if 0 < len(entry.encode()) <= 10_000]
    return [entry for entry in found if "\0" not in entry]


def test_every_fortune_comes_back_as_it_was(stack):
    texts = entries()
    scripts = {"cyrillic": "а", "chinese": "的", "german": "ü"}
    for script, letter in scripts.items():
        assert any(letter in text for text in texts), f"no {script} text: are fortunes installed?"
    client = Client(stack)
    acknowledged = [client.say("fortunes", text) for text in texts]
    stored = read_all(client, "fortunes")
    assert stored == acknowledged
    assert [message["body"] for message in stored] == texts
