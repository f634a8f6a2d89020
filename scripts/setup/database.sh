# shellcheck shell=sh disable=SC2154  # part of chat-setup
# The database: made, or taken if it is a chat's, and brought up to date.

exists() { [ -n "$(as_postgres postgres "SELECT 1 FROM pg_database WHERE datname = '$1'")" ]; }
has_schema() {
    [ "$(as_postgres "$1" "SELECT to_regclass('chat.schema_migrations') IS NOT NULL")" = t ]
}
# Whether there is nothing in it that the chat has not made.
holds_only_chat() {
    [ "$(as_postgres "$1" "SELECT count(*) FROM pg_class WHERE relnamespace NOT IN (
        SELECT oid FROM pg_namespace WHERE nspname IN ('chat', 'information_schema')
        OR nspname LIKE 'pg\\_%')")" = 0 ]
}

# recorded NAME: how the record names a database, with its server where it is not the one that psql
# takes by itself: another may have a database of this name that is somebody else's.
recorded() {
    case $(word host) in
        /run/postgresql | /var/run/postgresql) host= ;;
        *) host=" host=$(word host)" ;;
    esac
    port=$(word port)
    echo "$1$host${port:+ port=$port}"
}

# Ours are known by their comments: a role has no owner.
require_own_roles() {
    role=$(as_postgres postgres "SELECT rolname FROM pg_roles
        WHERE rolname IN ('chat_owner', 'chat_worker')
            AND coalesce(shobj_description(oid, 'pg_authid'), '') NOT LIKE ALL
                (ARRAY['Owns the schema chat and %', 'The FastCGI workers: %'])
        LIMIT 1")
    [ -z "$role" ] || fail 5 "the role $role of PostgreSQL is somebody else's; nothing was touched." \
        "Give it another name (ALTER ROLE $role RENAME TO ...), or the chat a cluster of its own" \
        "(port= in $conf), then run $command."
}

require_own_database() {
    name=$1
    has_schema "$name" || made database "$(recorded "$name")" || made adopted "$(recorded "$name")" ||
        fail 5 "the database $name was not made for the chat; nothing in it was touched." \
            "Choose another name: $command database ${name}_messages (or, if it is meant for the chat:" \
            "$command adopt)."
}

make_database() {
    name=$(word dbname)
    if ! exists "$name"; then
        require_own_roles
        say "making the database $name"
        as_postgres postgres "CREATE DATABASE $name ENCODING 'UTF8' TEMPLATE template0"
        remember database "$(recorded "$name")"
    else
        require_own_database "$name"
        has_schema "$name" || require_own_roles
        # Made before this was written down, or kept through a purge.
        made adopted "$(recorded "$name")" || ! has_schema "$name" || ! holds_only_chat "$name" ||
            remember database "$(recorded "$name")"
    fi
    # Not with psql's status, which is 3 when a script fails.
    runuser -u postgres -- "$share/sql/migrate" "$(conninfo) user=postgres" </dev/null ||
        fail 1 "the migration of the database $name failed; the reason is above"
}

# The reload of PostgreSQL is only a signal.
check() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        ! reason=$(runuser -u "$(worker_user)" -- psql --no-psqlrc --quiet --tuples-only \
            --dbname "$(conninfo)" --command 'SELECT FROM chat.messages LIMIT 0' 2>&1 </dev/null) ||
            return 0
        sleep 0.2
    done
    fail 1 "the user $(worker_user) cannot read the database: $reason"
}

# The package, the service and an administrator may all want it at the same moment.
alone() {
    exec 9>/run/chat-setup.lock
    flock 9
}

database() {
    require_settings
    require_server
    alone
    make_database
    allow
    check
    mkdir -p "${ready%/*}"
    : >"$ready"
    say "the database $(word dbname) is ready"
    [ -z "${restart_after:-}" ] || restart
}

adopt() {
    require_settings
    require_server
    exists "$(word dbname)" || fail 2 "there is no database $(word dbname)"
    remember adopted "$(recorded "$(word dbname)")"
    database
}

# For chat-setup.service: one sentence, however long it takes.
wait_for_database() {
    (require_settings) || {
        status=$?
        # Elsewhere: nothing is to be done here.
        [ $status -ne 3 ] || exit 0
        exit $status
    }
    server_answers || say "no PostgreSQL server answers on $(word host) yet; waiting for it"
    until server_answers; do
        sleep 1
    done
    database
}
