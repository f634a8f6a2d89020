# shellcheck shell=sh disable=SC2154  # part of chat-setup
# How many workers there are, and their restart.

# The numbers of the instances that are enabled, or that run.
enabled() {
    find "/etc/systemd/system/$chat.target.wants" -name "$chat-worker@*" -printf '%f\n' 2>/dev/null |
        numbers
}
running() {
    # Nothing runs where systemd does not, such as a chroot.
    [ -d /run/systemd/system ] || return 0
    systemctl list-units --plain --no-legend --state=active "$chat-worker@*" | numbers
}
numbers() { sed -n "s/^$chat-worker@\([0-9]*\)\.service.*/\1/p" | sort -n; }

cores() {
    count=$(nproc)
    [ "$count" -gt 2 ] || count=2
    echo "$count"
}

workers() {
    case $1 in
        '' | *[!0-9]* | 0*) fail 2 "workers: $1 is no number of workers" ;;
    esac
    now=$([ ! -d /run/systemd/system ] || echo --now)
    for number in $(enabled); do
        # shellcheck disable=SC2086  # no word when there is none
        [ "$number" -le "$1" ] || systemctl disable --quiet $now "$chat-worker@$number.service"
    done
    for number in $(seq "$1"); do
        # shellcheck disable=SC2086
        systemctl enable --quiet $now "$chat-worker@$number.service"
    done
    say "$1 workers"
}

restart() {
    for number in $(running); do
        # Returns when the new one says that it is ready.
        systemctl restart "$chat-worker@$number.service"
    done
}
