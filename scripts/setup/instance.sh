# shellcheck shell=sh disable=SC2154  # part of chat-setup
# Another chat on this host: units, user, directories, settings and site, all of its own name.

# The _ puts it behind chat.conf: who asks for no name that nginx knows gets the first site.
site=/etc/nginx/sites-available/chat_$instance.conf

# Of the text on standard input, a unit or a tmpfiles.d file of the first chat.
for_this_chat() {
    sed -e "s#chat-worker@#$chat-worker@#g" -e "s#\bchat\.\(socket\|target\)#$chat.\1#g" \
        -e "s#/run/chat-worker#/run/$chat-worker#g" -e "s#/run/chat\([/ ]\)#/run/$chat\1#g" \
        -e "s#/etc/chat/chat\.conf#$conf#g" -e "s#^User=chat\$#User=$chat#" \
        -e "s# chat chat -\$# $chat $chat -#" -e "s#^Description=.*#& ($instance)#"
}

# make_file FROM TO
make_file() {
    mkdir -p "${2%/*}"
    remember file "$2"
    { echo "# Made by $command, which overwrites it with each upgrade."; for_this_chat <"$1"; } >"$2"
}

require_instance() {
    [ -n "$instance" ] || usage
    [ -e "$record" ] || fail 2 "there is no chat $instance; $command make SERVER_NAME makes it"
}

# Whatever has one of its names before it is made is somebody else's.
require_own_names() {
    [ ! -e "$record" ] || return 0
    if getent passwd "$chat" || getent group "$chat"; then
        fail 5 "the user or group $chat is somebody else's; nothing was touched. Choose another name."
    fi >/dev/null
    for path in "/run/$chat" "/run/$chat-worker" "$conf" "$site" "/etc/nginx/$chat" \
        "/etc/systemd/system/$chat.socket" "/etc/systemd/system/$chat.target"; do
        [ ! -e "$path" ] ||
            fail 5 "$path is somebody else's; nothing was touched. Choose another name."
    done
}

make_user() {
    remember user "$chat"
    sed "s/^u chat /u $chat /" "$share/systemd/chat.sysusers" | systemd-sysusers -
}

make_units() {
    units=/etc/systemd/system
    make_file "$share/systemd/chat-worker@.service" "$units/$chat-worker@.service"
    make_file "$share/systemd/chat.socket" "$units/$chat.socket"
    make_file "$share/systemd/chat.target" "$units/$chat.target"
    make_file "$share/systemd/chat.tmpfiles" "/etc/tmpfiles.d/$chat.conf"
    systemd-tmpfiles --create "/etc/tmpfiles.d/$chat.conf"
    [ ! -d /run/systemd/system ] || systemctl daemon-reload
}

make_settings() {
    [ ! -e "$conf" ] || return 0
    remember file "$conf"
    echo "# Settings of the workers of the chat $instance: configuration.md of the documents has all.
database = host=/run/postgresql dbname=chat_$instance user=chat_worker" >"$conf"
    chown "root:$chat" "$conf"
    chmod 640 "$conf"
}

# make_site SERVER_NAME: the parts are remade, the site is the administrator's once it is there.
make_site() {
    remember directory "/etc/nginx/$chat"
    text=$("$share/nginx/instance" "$instance" "$1")
    if [ ! -e "$site" ]; then
        remember file "$site"
        mkdir -p "${site%/*}"
        printf '%s\n' "$text" >"$site"
    fi
}

make_instance() {
    if [ -z "$instance" ] || [ -z "$1" ]; then
        usage
    fi
    require_own_names
    make_user
    make_units
    make_settings
    make_site "$1"
    now=$([ ! -d /run/systemd/system ] || echo --now)
    # shellcheck disable=SC2086  # no word when there is none
    systemctl enable --quiet $now "$chat.socket" "$chat.target"
    [ -n "$(enabled)" ] || workers "$(cores)"
    database
    say "now: ln -s ../sites-available/${site##*/} /etc/nginx/sites-enabled/ && systemctl reload nginx"
}

# With the files of a newer release; the package calls it.
update_instance() {
    require_instance
    make_units
    make_site _
    database
    restart
}

remove_instance() {
    require_instance
    rm -f "/etc/nginx/sites-enabled/${site##*/}"
    if [ -d /run/systemd/system ]; then
        ! nginx -t -q 2>/dev/null || systemctl try-reload-or-restart nginx.service || true
        systemctl stop "$chat.socket" "$chat.target" "$chat-worker@*.service" || true
    fi
    systemctl disable --quiet "$chat.socket" "$chat.target" || true
    for number in $(enabled); do
        systemctl disable --quiet "$chat-worker@$number.service" || true
    done
    forbid
}
