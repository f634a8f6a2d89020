# shellcheck shell=sh disable=SC2154  # part of chat-setup
# Access to the database: marked blocks in pg_ident.conf and pg_hba.conf, one of each for each chat.

mark="# chat-setup${instance:+ $instance}: "
block() {
    printf '%s\n%s\n%s\n' "${mark}begin. \"$command forbid\" takes these lines out again." "$1" "${mark}end"
}
# Ends the last line, too, where an editor has not: what follows begins a line of its own. Where
# somebody has taken the end of the block away, nobody knows which lines are ours, and all stay.
without_block() {
    awk -v mark="$mark" 'index($0, mark "begin") == 1 { printf "%s", block; block = ""; inside = 1; next }
        index($0, mark "end") == 1 { block = ""; inside = 0; next }
        inside { block = block $0 "\n"; next }
        { print }
        END { printf "%s", block }' "$1"
}

# replace_file FILE: with standard input, all at once. Fails if that changes nothing. Done by the
# file's owner, who could turn a root that writes in its directory into other mischief.
replace_file() {
    # shellcheck disable=SC2016  # $1 is for the inner shell
    runuser -u "$(stat --format %U "$1")" -- sh -c '
        new=$1.chat-setup
        cp -p "$1" "$new" && cat >"$new" || exit
        if cmp -s "$1" "$new"; then
            rm "$new"
            exit 1
        fi
        mv "$new" "$1"' sh "$1"
}

allow() {
    hba=$(as_postgres postgres 'SHOW hba_file')
    ident=$(as_postgres postgres 'SHOW ident_file')
    user=$(worker_user)
    changed=no
    { without_block "$ident"; block "$chat $user chat_worker"; } | replace_file "$ident" &&
        changed=yes
    # First, because the first line that fits decides.
    { block "local $(word dbname) chat_worker peer map=$chat"; without_block "$hba"; } |
        replace_file "$hba" && changed=yes
    [ $changed = yes ] || return 0
    errors=$(as_postgres postgres "SELECT error FROM pg_hba_file_rules WHERE error IS NOT NULL
        UNION ALL SELECT error FROM pg_ident_file_mappings WHERE error IS NOT NULL")
    if [ -n "$errors" ]; then
        forbid_in "$hba" "$ident"
        fail 1 "PostgreSQL would not take $hba and $ident any more, so they are as before: $errors"
    fi
    as_postgres postgres 'SELECT pg_reload_conf()' >/dev/null
    say "the user $user may connect as chat_worker ($hba, $ident)"
}

forbid_in() {
    for file in "$@"; do
        ! grep -q "^${mark}begin" "$file" 2>/dev/null ||
            without_block "$file" | replace_file "$file" || true
    done
}

forbid() {
    forbid_in /etc/postgresql/*/*/pg_hba.conf /etc/postgresql/*/*/pg_ident.conf
    as_postgres postgres 'SELECT pg_reload_conf()' >/dev/null 2>&1 || true
}
