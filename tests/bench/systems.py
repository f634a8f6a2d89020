"""What is measured: the chat as `make run` starts it, and the others beside it."""

from stack import Stack, processes_in

from .peers import Blocking, Constant, Floor, Nchan
from .system import POLLS_PER_WORKER, System, number_after


class Chat(System):
    name, title = "chat", "this chat"

    def start(self) -> None:
        arguments = []
        if self.scale.polls > POLLS_PER_WORKER:
            # Which worker takes how many connections of nginx is chance.
            arguments = ["--max-polls=18000", "--max-connections=19000"]
        self.stack = Stack(
            self.var,
            workers=self.worker_count,
            worker_args=arguments,
            postgres_settings=self.postgres_settings,
            nginx_settings=self.scale.nginx,
            make_postgres=self.make_postgres,
        )
        self.stack.start()
        self.nginx, self.postgres = self.stack.nginx, self.stack.postgres

    def stop(self) -> list[str]:
        return self.stack.stop()

    def pids(self) -> dict[str, list[int]]:
        return {
            "nginx": self.nginx.pids(),
            "worker": self.stack.workers.pids(),
            "postgres": processes_in(self.postgres.data, "postgres"),
        }

    def parked(self) -> int:
        return number_after("chat_polls_parked ", self.text("/metrics"))


# A way of reading is a system, and what its readers hold when that is not said: "nchan streams".
POLLS, STREAMS = "polls", "streams"
SYSTEMS = {kind.name: kind for kind in (Chat, Floor, Nchan, Constant, Blocking)}


def system_of(way: str) -> str:
    return way.partition(" ")[0]


def readers_of(way: str) -> str:
    return way.partition(" ")[2] or POLLS


def title_of(way: str) -> str:
    name, _, readers = way.partition(" ")
    return f"{SYSTEMS[name].title}: {readers}" if readers else SYSTEMS[name].title
