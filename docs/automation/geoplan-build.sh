#!/bin/sh
# Build the maps of a project unattended: one run at a time, a log, words only on failure.
#
#   geoplan-build.sh [-s] [-m MAPS] [-l LOGS] [-w TARGET] PROJECT
#
#   -s         --strict: where the plans have faults, publish nothing and end with 1
#   -m MAPS    the published folder; default: PROJECT/maps
#   -l LOGS    folder of the log and of the job's lock; default: PROJECT/log
#   -w TARGET  hand the maps over with geoplan-publish.sh: FOLDER or HOST:FOLDER
#
# Settings from the environment, with their defaults:
#   GEOPLAN=geoplan       the command, with its path where PATH of cron does not find it
#   GEOPLAN_TIMEOUT=2h    a run that takes longer is ended (124)
#   GEOPLAN_TRIES=5       how often a build that ends with 2 is tried,
#   GEOPLAN_WAIT=60       and how many seconds apart: another build ends by itself, a wrong
#                         configuration does not
#   GEOPLAN_LOG_KB=1024   size at which the log is put aside; five old ones are kept
#
# Exit code: that of `geoplan build`; 5 published files are not whole, 6 they were not handed
# over, 124 out of time, 0 also where another run of this job is at work.
set -u

usage() {
    echo "geoplan-build: $1" >&2
    echo "usage: geoplan-build.sh [-s] [-m MAPS] [-l LOGS] [-w TARGET] PROJECT" >&2
    exit 2
}

strict='' maps='' logs='' target=''
while getopts sm:l:w: option; do
    case $option in
    s) strict=--strict ;;
    m) maps=$OPTARG ;;
    l) logs=$OPTARG ;;
    w) target=$OPTARG ;;
    *) usage 'unknown option' ;;
    esac
done
shift $((OPTIND - 1))
[ $# -eq 1 ] || usage 'give one project folder'
project=$1
[ -d "$project" ] || usage "$project: there is no such folder"
maps=${maps:-$project/maps}
logs=${logs:-$project/log}
here=$(cd "$(dirname "$0")" && pwd)
geoplan=${GEOPLAN:-geoplan}
mkdir -p "$logs" || exit 4
log=$logs/geoplan.log

# The lock ends with the process, however it ends. Without flock (macOS) geoplan's own lock
# keeps builds apart; only two hand-overs could then meet.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$logs/job.lock"
    if ! flock -n 9; then
        echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) skipped: another run of this job is at work" >>"$log"
        exit 0
    fi
fi

limited() {
    if command -v timeout >/dev/null 2>&1; then
        timeout -k 60 "${GEOPLAN_TIMEOUT:-2h}" "$@"
    else
        "$@"
    fi
}

work() {
    left=${GEOPLAN_TRIES:-5}
    while :; do
        tried=$(limited "$geoplan" build -C "$project" -q ${strict:+"$strict"} 2>&1)
        code=$?
        left=$((left - 1))
        { [ "$code" -eq 2 ] && [ "$left" -gt 0 ]; } || break
        sleep "${GEOPLAN_WAIT:-60}"
    done
    [ -z "$tried" ] || printf '%s\n' "$tried"
    [ "$code" -eq 0 ] || return "$code"
    limited "$geoplan" verify "$maps" || return 5
    [ -n "$target" ] || return 0
    limited sh "$here/geoplan-publish.sh" "$maps" "$target" || return 6
}

rotate() {
    size=$(wc -c <"$log") || return
    [ "$size" -gt $((${GEOPLAN_LOG_KB:-1024} * 1024)) ] || return
    for number in 4 3 2 1; do
        [ ! -e "$log.$number" ] || mv -f "$log.$number" "$log.$((number + 1))"
    done
    mv -f "$log" "$log.1"
}

# What the run says is kept in memory: on a full disk it still reaches the mail.
started=$(date -u +%Y-%m-%dT%H:%M:%SZ)
said=$(work 2>&1)
code=$?
{
    echo "$started build of $project"
    printf '%s\n' "$said"
    echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) exit code $code"
} >>"$log"
rotate
# cron mails whatever is printed: nothing, unless the run failed.
if [ "$code" -ne 0 ]; then
    case $code in
    5) what='published files are not whole: see below which' ;;
    6) what='new maps are published here, but were not handed over' ;;
    *) what='the maps of the last good build stay' ;;
    esac
    {
        echo "geoplan-build: $project: exit code $code; $what"
        printf '%s\n' "$said" | tail -n 40
        echo "log: $log"
    } >&2
fi
exit "$code"
