"""One module for each measure. `measure` returns what it found, as plain JSON; `section` makes the
part of the report from that."""
