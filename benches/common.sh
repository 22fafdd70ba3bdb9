# shellcheck shell=bash disable=SC2034 # sourced; the names are used by those who source it
# Shared by the benches: the programs beside $JISHI, a served demo district, waiting for quiet, medians. Source it.
# $JISHI is the release program; its build folder has benches/ with the programs named in benches/meson.build.

set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export JISHI_HOME=${JISHI_HOME:-$home} LANG=C.UTF-8
: "${JISHI:?the release program}"
build=$(cd "$(dirname "$JISHI")" && pwd)
rounds=${BENCH_ROUNDS:-3} seconds=${BENCH_SECONDS:-2} size=${BENCH_SIZE:-1200}
cases=${BENCH_CONNECTIONS:-"1 32 256"}
# ./test sets BENCH_SMALLEST: one round as small as it goes, and no budget is judged.
smallest=${BENCH_SMALLEST:-}
[ -z "$smallest" ] || { rounds=1 seconds=1 cases=2 size=150; }
work=$(mktemp -d "${TMPDIR:-/tmp}/jishi-bench.XXXXXX")
server='' hello=''
end_bench() {
  local id
  for id in $server $hello; do if kill "$id" 2>/dev/null; then wait "$id" || true; fi; done
  rm -rf "$work"
}
trap end_bench EXIT

programs() { ninja -C "$build" --quiet "${@/#/benches/}" >"$work/ninja.log" || { cat "$work/ninja.log" >&2; exit 1; }; }
load() { "$build/benches/bench_load" "$@"; }
bare() { "$build/benches/bench_bare" "$@"; }

# Waits, at most a minute, until nearly nobody else uses the processor.
wait_for_quiet() {
  local try a b
  [ -z "$smallest" ] || return 0
  for ((try = 0; try < 60; try++)); do
    a=$(awk '/^cpu / {print $5, $2 + $3 + $4 + $5 + $6 + $7 + $8}' /proc/stat)
    sleep 1
    b=$(awk '/^cpu / {print $5, $2 + $3 + $4 + $5 + $6 + $7 + $8}' /proc/stat)
    awk -v a="$a" -v b="$b" 'BEGIN {split(a, x); split(b, y); exit !((y[1] - x[1]) / (y[2] - x[2]) > 0.9)}' && return 0
  done
  noisy=yes
}
noisy=no
judge() { # BUDGET met|missed: ends a bench
  [ -z "$smallest" ] || return 0
  printf '\nBudget (%s): %s.\n' "$1" "$2"
  [ "$2" = met ]
}
tell_noise() {
  [ "$noisy" = no ] || printf '%s\n' "The machine was never quiet: read the ratios, not the numbers."
}

# copy_place FROM TO: a place with its key file, which stands beside it.
copy_place() {
  rm -rf "$2" "$2.key"
  cp -r "$1" "$2"
  cp "$1.key" "$2.key"
}

# demo FOLDER: an invented district whose last day is today, so that no beginning of a day is measured.
demo() {
  "$JISHI" demo "$1" --pack "$home/packs/antipoverty" --size "$size" --until "$(TZ=Asia/Shanghai date +%F)" >/dev/null 2>"$work/demo.err" ||
    { cat "$work/demo.err" >&2; exit 1; }
}

# serve FOLDER: sets server, port and token.
serve() {
  : >"$work/serve.out"
  "$JISHI" serve "$1" --port 0 --open metrics >"$work/serve.out" 2>"$work/serve.err" &
  server=$!
  port=$(wait_for_port "$work/serve.out" "$server" 's,.*://127\.0\.0\.1:\([0-9]*\).*,\1,p') ||
    { cat "$work/serve.err" >&2; exit 1; }
  token=$(load login "$port" qu1 jishi-2026)
}
stop_server() {
  kill "$server"
  wait "$server" || true
  server=''
}
start_hello() {
  # Its input stays open as long as this shell does.
  mkfifo "$work/hello.in"
  "$build/benches/bench_hello" <"$work/hello.in" >"$work/hello.out" &
  hello=$!
  exec 9>"$work/hello.in"
  hello_port=$(wait_for_port "$work/hello.out" "$hello" 's,^\([0-9]*\)$,\1,p')
}
wait_for_port() { # FILE PROCESS SED-COMMAND
  local found=''
  while [ -z "$found" ]; do
    kill -0 "$2" 2>/dev/null || return 1
    sleep 0.05
    found=$(sed -n "$3" "$1")
  done
  printf '%s\n' "$found"
}
metric() { # NAME: of the running server
  local value
  exec 8<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET /metrics HTTP/1.0\r\n\r\n' >&8
  value=$(awk -v name="$1" '$1 == name {print $2}' <&8)
  exec 8>&-
  printf '%s\n' "$value"
}
resident_mb() { awk '/^VmRSS/ {printf "%.0f", $2 / 1024}' "/proc/$server/status"; }

# median FILE KEY COLUMN: of the lines that begin with KEY.
median() {
  awk -v key="$2" -v c="$3" '$1 == key {print $c}' "$1" | sort -g |
    awk '{x[NR] = $1} END {if (NR) print NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2; else print "-"}'
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {if (b > 0) printf "%.2f", a / b; else print "-"}'; }
