#!/bin/sh
# Random secrets for docker-compose.yml. What is there already is kept, so it may be run again.
set -eu
directory=${1:-$(dirname "$0")/secrets}
mkdir -p "$directory"
# The directory keeps others out; containers run as users of their own and must be able to read the files.
chmod 700 "$directory"
umask 022
secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { [ -s "$directory/$1" ] || printf '%s\n' "$2" >"$directory/$1"; }

keep ReleaseTracks__Access__BootstrapToken "$(secret)"
keep ReleaseTracks__Access__MetricsToken "$(secret)"
keep grafana-admin "$(secret)"
keep redis-auth.conf "requirepass $(secret)"
password=$(sed -n 's/^requirepass //p' "$directory/redis-auth.conf")
keep ReleaseTracks__Store__Redis "redis:6379,password=$password"
