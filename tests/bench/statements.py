"""How many SQL statements the workers' database has been asked, by pg_stat_statements."""

from .system import System

COUNTED = ("shared_preload_libraries=pg_stat_statements",)


def begin_counting(system: System) -> None:
    # In another database than the workers', so that looking changes nothing that is looked at.
    system.postgres.psql("CREATE EXTENSION pg_stat_statements", dbname="postgres")


def count_statements(system: System, containing: str = "") -> int:
    return int(
        system.postgres.psql(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements AS seen"
            " JOIN pg_database AS it ON it.oid = seen.dbid"
            f" WHERE it.datname = 'chat' AND strpos(seen.query, '{containing}') > 0",
            dbname="postgres",
        )
    )
