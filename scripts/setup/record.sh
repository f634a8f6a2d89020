# shellcheck shell=sh disable=SC2034,SC2154  # part of chat-setup
# What was made for a chat, a line each: "user chat", "database chat", "file /etc/...". Purging the
# package removes what is written here and nothing else.

record=/var/lib/chat/$chat.made
# There is, once the database was set up: chat-setup.service has nothing more to do.
ready=/var/lib/chat/$chat.ready

made() { grep -Fqsx "$1 $2" "$record"; }

remember() {
    mkdir -p "${record%/*}"
    made "$1" "$2" || echo "$1 $2" >>"$record"
}
