"""One module for each measure, named as in settings.MEASURES. `measure` returns what it found,
as plain JSON; `section` makes the part of the report from that."""

from importlib import import_module


def module_of(name: str):
    return import_module(f"{__name__}.{name}")
