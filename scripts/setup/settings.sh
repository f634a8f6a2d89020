# shellcheck shell=sh disable=SC2034,SC2154  # part of chat-setup
# What the settings say of the database, and whether it can be worked with from here.

# As the worker reads it: white space and a # begin a comment.
conninfo() {
    sed -n '/^[[:space:]]*database[[:space:]]*=/{s///; s/[[:space:]]#.*//; s/^[[:space:]]*//p}' "$conf"
}
# word NAME: its value in the connection string.
word() { conninfo | tr ' ' '\n' | sed -n "s/^$1=//p"; }

# The system user that the workers run as: of the first chat /etc/default/chat may name another.
worker_user() {
    name=
    if [ -z "$instance" ] && [ -e /etc/default/chat ]; then
        name=$(sed -n 's/^USER=//p' /etc/default/chat)
    fi
    echo "${name:-$chat}"
}

# as_postgres DATABASE SQL. Of a keyword that is there twice libpq takes the last.
as_postgres() {
    runuser -u postgres -- psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 \
        --dbname "$(conninfo) user=postgres dbname=$1" --command "$2" </dev/null
}

# elsewhere WHY
elsewhere() {
    fail 3 "$1. Migrate it from where one may:" \
        "$share/sql/migrate 'CONNECTION STRING OF ITS OWNER'"
}

# What the worker would refuse is not guessed at here.
require_settings() {
    [ -e "$conf" ] || elsewhere "there is no $conf to say where the database is"
    [ "$(conninfo | wc -l)" -le 1 ] || fail 2 "$conf names the database more than once"
    ! grep -q -e '^[[:space:]]*database[^#]*[^[:space:]#]#' \
        -e '^[[:space:]]*database[^#]*\\[[:space:]]*#' "$conf" ||
        fail 2 "$conf: a # cannot stand inside of a value; in a password it may be %23 of a URI"
    # A path for a host is a directory of sockets.
    case $(word host) in
        /*) ;;
        *) elsewhere "the database of $conf is not on this host" ;;
    esac
    require_database_name "$(word dbname)"
}

require_database_name() {
    case $1 in
        '' | *[!a-z0-9_]*) fail 2 "$conf must name a database (dbname=) of a-z, 0-9 and _" ;;
    esac
}

has_postgresql() { command -v psql >/dev/null && id postgres >/dev/null 2>&1; }
server_answers() { has_postgresql && as_postgres postgres 'SELECT' >/dev/null 2>&1; }

require_server() {
    has_postgresql ||
        fail 4 "PostgreSQL is not installed on this host. Install it, then run $command."
    server_answers ||
        fail 4 "no PostgreSQL server answers on $(word host). Start it, then run $command."
}

# choose_database NAME: writes it into the settings.
choose_database() {
    require_settings
    require_database_name "$1"
    [ "$(word dbname)" != "$1" ] || return 0
    sed -i "/^[[:space:]]*database[[:space:]]*=/s/dbname=[a-z0-9_]*/dbname=$1/" "$conf"
    say "$conf names the database $1"
    restart_after=yes
}
