"""What people really write, in several scripts: byte for byte, in order."""

from pathlib import Path

from client import Background, Client, read_all

FORTUNES = Path("/usr/share/games/fortunes")
POSTERS = 16


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
    posters = [Background(post_all, stack, texts[n::POSTERS]) for n in range(POSTERS)]
    acknowledged = [poster.result() for poster in posters]
    for n, messages in enumerate(acknowledged):
        assert [message["body"] for message in messages] == texts[n::POSTERS]
        assert messages == sorted(messages, key=lambda message: message["id"])
    everything = sorted(sum(acknowledged, []), key=lambda message: message["id"])
    assert read_all(Client(stack), "fortunes") == everything


def post_all(stack, texts: list[str]) -> list[dict]:
    client = Client(stack, keep=True)
    return [client.say("fortunes", text) for text in texts]
