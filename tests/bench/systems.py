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


SYSTEMS = {kind.name: kind for kind in (Chat, Floor, Nchan, Constant, Blocking)}
