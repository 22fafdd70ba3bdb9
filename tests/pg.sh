#!/bin/sh
# A PostgreSQL of our own for tests, on loopback only.
#   tests/pg.sh start DIR PORT   makes and starts it in DIR (new or empty), prints its URL
#   tests/pg.sh stop DIR         stops it; DIR may then be deleted
#   tests/pg.sh crash DIR        ends it as a crash would, and starts it again
# As root it runs as user postgres, who then owns DIR; else as whoever calls.
set -eu

usage() {
  echo "usage: tests/pg.sh start DIR PORT | stop DIR | crash DIR" >&2
  exit 2
}

bin=
for d in /usr/lib/postgresql/*/bin; do
  version=${d#/usr/lib/postgresql/}
  version=${version%/bin}
  if [ -x "$d/initdb" ] && [ "$version" -ge 15 ]; then bin=$d; fi
done
if [ -z "$bin" ]; then
  echo "no PostgreSQL 15 or newer under /usr/lib/postgresql; install the package postgresql" >&2
  exit 1
fi

as_owner() {
  if [ "$(id -u)" = 0 ]; then (cd "$dir" && runuser -u postgres -- "$@"); else "$@"; fi
}

[ $# -ge 2 ] || usage
case $1 in
start)
  [ $# = 3 ] || usage
  port=$3
  mkdir -p "$2"
  dir=$(cd "$2" && pwd)
  chmod 700 "$dir"
  if [ "$(id -u)" = 0 ]; then chown postgres: "$dir"; fi
  if [ ! -e "$dir/data/PG_VERSION" ]; then
    as_owner "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$dir.log" 2>&1 ||
      { cat "$dir.log" >&2; exit 1; }
    rm -f "$dir.log"
  fi
  # In the file and not on the command line, where a blank in DIR would split it.
  {
    echo "listen_addresses = '127.0.0.1'"
    echo "port = $port"
    # The path of a socket holds at most 107 bytes.
    if [ ${#dir} -le 80 ]; then echo "unix_socket_directories = '$dir'"; else echo "unix_socket_directories = ''"; fi
    echo "fsync = on"
  } >"$dir/data/jishi.conf"
  grep -q '^include .jishi.conf.' "$dir/data/postgresql.conf" ||
    echo "include 'jishi.conf'" >>"$dir/data/postgresql.conf"
  as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start >&2 || { cat "$dir/log" >&2; exit 1; }
  echo "postgresql://postgres@127.0.0.1:$port/postgres"
  ;;
stop)
  [ $# = 2 ] || usage
  dir=$(cd "$2" && pwd)
  as_owner "$bin/pg_ctl" -D "$dir/data" -w -t 60 -m fast stop >&2
  ;;
crash)
  [ $# = 2 ] || usage
  dir=$(cd "$2" && pwd)
  as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -m immediate restart >&2
  ;;
*) usage ;;
esac
