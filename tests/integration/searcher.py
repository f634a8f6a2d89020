"""A client that searches, and knows when the index is filled."""

import json
import uuid
from urllib.parse import quote

from client import Client, until

EDIT_KEY = "s" * 22
# Who says a message with it may change it.
SECRET = {"Chat_Edit_Key": EDIT_KEY}


class Searcher(Client):
    def search(self, q: str, query: str = "room=*"):
        answer = self.get(f"{query}&q={quote(q)}")
        assert answer.status == 200, answer
        return answer

    def found(self, q: str, query: str = "room=*") -> list[str]:
        return [message["body"] for message in self.search(q, query).json]

    def change(self, message: dict, body: str | None) -> None:
        headers = {"Chat-Edit-Key": EDIT_KEY, "Content-Type": "application/json"}
        content = None if body is None else json.dumps({"body": body})
        method = "DELETE" if body is None else "PATCH"
        answer = self.request(method, f"/messages/{message['id']}", body=content, headers=headers)
        assert answer.status in (200, 204)

    def until_indexed(self) -> None:
        """Everything said before is in the index."""
        word = f"w{uuid.uuid4().hex}"
        self.say("index", word)
        until(lambda: self.found(word) == [word], "the index is filled")
