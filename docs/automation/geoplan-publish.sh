#!/bin/sh
# Hand a published folder to a web server as a whole: readers see the old maps or the new.
#
#   geoplan-publish.sh MAPS TARGET
#
# TARGET is FOLDER, or HOST:FOLDER by ssh (USER@HOST:FOLDER). The files go to a new folder
# beside it, `.NAME.geoplan-TIME`; then TARGET, a link, is exchanged for one to that folder.
# The folder before stays for readers who are in the middle of it, older ones are removed.
# Unchanged files are hard links, so a version costs only what changed. Where TARGET has the
# same manifest already, nothing is done.
#
# GEOPLAN_SSH_CONFIG, from the environment, names a configuration for ssh (ssh -F), for a job
# that has no ~/.ssh; its path has no spaces.
#
# Needs GNU coreutils where TARGET is (mv -T), and rsync here (there too, for a HOST).
set -eu

fail() {
    echo "geoplan-publish: $1" >&2
    exit 1
}

[ $# -eq 2 ] || fail 'usage: geoplan-publish.sh MAPS TARGET'
maps=${1%/}
[ -f "$maps/manifest.json" ] || fail "$maps: holds no manifest.json, so these are no published maps"
case $2 in
/* | ./* | ../*) host='' path=${2%/} ;;
*:*) host=${2%%:*} path=${2#*:} path=${path%/} ;;
*) host='' path=./${2%/} ;;
esac
case $path in
*/*) ;;
*) path=./$path ;;
esac
parent=${path%/*} name=${path##*/}
[ -n "$name" ] || fail "$2: name a folder, not the root"
new=.$name.geoplan-$(date -u +%Y%m%dT%H%M%SZ).$$
ssh="ssh${GEOPLAN_SSH_CONFIG:+ -F $GEOPLAN_SSH_CONFIG} -o BatchMode=yes -o ConnectTimeout=20"
hash=$(sha256sum <"$maps/manifest.json")

quoted() {
    printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

# Run the script text $1 where the target is, with PARENT, NAME, NEW and HASH as its arguments.
there() {
    if [ -z "$host" ]; then
        sh -euc "$1" there "${parent:-/}" "$name" "$new" "$hash"
    else
        # shellcheck disable=SC2086  # several words
        $ssh "$host" \
            "sh -euc $(quoted "$1") there $(quoted "${parent:-/}") $(quoted "$name")" \
            "$(quoted "$new") $(quoted "$hash")"
    fi
}

# shellcheck disable=SC2016  # the texts are run elsewhere
has_it='cd "$1"; [ -L "$2" ] && [ "$(sha256sum 2>&1 <"$2/manifest.json")" = "$4" ]'
# shellcheck disable=SC2016
prepare='cd "$1"
if [ -e "$2" ] && [ ! -L "$2" ]; then
    echo "geoplan-publish: $1/$2 is no link; move it away once, a link takes its place" >&2
    exit 1
fi
mkdir "$3"
[ ! -L "$2" ] || echo linked'
# shellcheck disable=SC2016
exchange='cd "$1"
before=$(readlink "$2" || true)
ln -s "$3" "$3.link"
mv -T "$3.link" "$2"
for old in ".$2.geoplan-"[0-9]*; do
    case $old in "$3" | "$before") ;; *) rm -rf "$old" ;; esac
done'

discard() {
    # shellcheck disable=SC2016
    there 'cd "$1"; rm -rf "$3" "$3.link"'
}

if there "$has_it" 2>/dev/null; then
    exit 0
fi
linked=$(there "$prepare")
trap discard EXIT
if command -v rsync >/dev/null 2>&1; then
    # By content, not by time: files keep their time on the server, and so its caches, until
    # they change. -s: names with spaces arrive whole at old versions of rsync too.
    rsync -rcps --timeout=300 --chmod=D755,F644 ${linked:+"--link-dest=../$name/"} \
        -e "$ssh" \
        "$maps/" "${host:+$host:}$parent/$new/"
elif [ -z "$host" ]; then
    cp -R "$maps/." "$parent/$new"
    chmod -R u=rwX,go=rX "$parent/$new"
else
    fail 'rsync is missing: apt-get install rsync'
fi
if [ -z "$host" ] && command -v "${GEOPLAN:-geoplan}" >/dev/null 2>&1; then
    "${GEOPLAN:-geoplan}" verify "$parent/$new"
fi
there "$exchange"
trap - EXIT
