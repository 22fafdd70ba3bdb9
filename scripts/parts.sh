# The parts of ./test. A part reports by `check` (a command is one test), `cases` (a command names its own
# tests) or `skip` (what cannot be tested here, and why), all below; nothing else writes to the results.

hang_minutes=60 # what takes longer hangs, and counts as failed: the one limit here, and no measure of speed
tail_lines=30   # shown of the output of what failed, after the first lines that name a fault

new_results() { : >"$results"; rm -f "$results.reasons"; }
pass() { printf 'PASS %s\n' "$1" >>"$results"; }
fail() { # NAME LOG
  printf 'FAIL %s\n' "$1" | tee -a "$results"
}
skip() { # NAME REASON
  printf 'SKIP %s: %s\n' "$1" "$2" | tee -a "$results"
}
show_tail() {
  {
    grep -m 5 -E '(^|[ :])(error|ERROR|runtime error|warning):' "$1"
    tail -n "$tail_lines" "$1"
  } | cut -c1-300 | sed 's/^/   | /'
}
# What stands behind each test that failed, up to the next one: shown here, and once more at the end of the run.
show_reasons() { # LOG
  awk -v most="$tail_lines" '
    /^(PASS|FAIL|SKIP|ok|not ok) / { left = /^(FAIL|not ok) / ? most : 0 }
    left-- > 0 { print "   | " substr($0, 1, 300) }' "$1" | tee -a "$results.reasons"
}

# limited COMMAND…: ends what hangs, with all that it has started; 124 then, as timeout has it. Functions, too,
# which timeout cannot run.
limited() {
  local pid code=0
  set -m # a process group of its own
  "$@" &
  pid=$!
  set +m
  timeout "${hang_minutes}m" tail --pid="$pid" -s 0.1 -f /dev/null || code=124
  if [ "$code" -ne 0 ]; then
    kill -KILL -- "-$pid"
    wait "$pid"
    return "$code"
  fi
  wait "$pid"
}

# check NAME COMMAND…: one test, passed when the command succeeds.
check() {
  local name=$1 log code=0
  log=build-test/log/${name//[ \/]/-}.log
  shift
  limited "$@" >"$log" 2>&1 </dev/null || code=$?
  if [ "$code" -eq 0 ]; then
    pass "$name"
    say "PASS $name"
    return 0
  fi
  if [ "$code" -eq 124 ]; then fail "$name (ended after $hang_minutes minutes)"; else fail "$name"; fi
  show_tail "$log"
  return 1
}

# cases NAME COMMAND…: the command prints its tests as TAP, or as lines "PASS name", "FAIL name" and "SKIP
# name: reason"; what it does not name must be in its closing "N passed, N failed". No test at all is a
# failure, and so is an exit code that no failed test explains.
cases() {
  local name=$1 log list code=0 passed failed skipped
  log=build-test/log/${name//[ \/]/-}.log
  list=$log.cases
  shift
  limited "$@" >"$log" 2>&1 </dev/null || code=$?
  awk -v group="$name" '
    function count(verdict, test) { print verdict " " group "/" test; counted[verdict]++ }
    {sub(/\r$/, "")}
    # "ok 1 - name # SKIP why"; cmocka has "ok 1 # SKIP name", and in old versions "not ok" for it.
    /^(not )?ok [0-9]+/ && match($0, /# *(SKIP|skip|TODO|todo)/) {
      why = substr($0, RSTART + RLENGTH)
      sub(/ *# *(SKIP|skip|TODO|todo).*/, ""); sub(/^(not )?ok [0-9]+( - )?/, "")
      sub(/^ */, "", why); sub(/ *# time=.*/, "", why)
      count("SKIP", $0 == "" ? why : why == "" ? $0 : $0 ": " why); next
    }
    /^(not )?ok [0-9]+/ {
      verdict = /^not / ? "FAIL" : "PASS"
      sub(/^(not )?ok [0-9]+( - )?/, ""); sub(/ *# time=.*/, "")
      count(verdict, $0); next
    }
    /^(PASS|FAIL|SKIP) ./ {count($1, substr($0, 6)); next}
    match($0, /[0-9]+ passed, [0-9]+ failed/) {split(substr($0, RSTART, RLENGTH), closing, / /)}
    END {
      for (i = counted["PASS"] + 1; i <= closing[1]; i++) count("PASS", i)
      for (i = counted["FAIL"] + 1; i <= closing[3]; i++) count("FAIL", i)
    }' "$log" >"$list"
  passed=$(grep -c '^PASS ' "$list")
  failed=$(grep -c '^FAIL ' "$list")
  skipped=$(grep -c '^SKIP ' "$list")
  grep -v '^FAIL ' "$list" >>"$results"
  grep '^FAIL ' "$list" | tee -a "$results"
  if [ "$code" -eq 124 ]; then
    fail "$name (ended after $hang_minutes minutes)"
  elif [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then
    fail "$name (exit code $code)"
  elif [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ]; then
    fail "$name (ran no test)"
  elif [ "$failed" -eq 0 ]; then
    if [ "$skipped" -eq 0 ]; then say "PASS $name ($passed)"; else say "PASS $name ($passed; $skipped skipped)"; fi
    return 0
  fi
  show_reasons "$log"
  [ "$failed" -gt 0 ] || show_tail "$log"
  return 1
}

# side_by_side FUNCTION WORD…: calls the function with each word, as many at once as there are processors. What
# each says and counts comes out whole, in the order of the words; one that counts nothing has failed.
side_by_side() {
  local function=$1 folder word begun=0 shown=0
  shift
  folder=$(mktemp -d build-test/log/side_by_side.XXXXXX)
  for word; do
    [ "$begun" -lt "$(nproc)" ] || wait -n
    begun=$((begun + 1))
    (
      trap ': >"$folder/$begun.ended"' EXIT
      results=$folder/$begun.results
      "$function" "$word" >"$folder/$begun.out" 2>&1
    ) &
    show_ended "$@"
  done
  wait
  show_ended "$@"
  rm -rf "$folder"
}
show_ended() { # for side_by_side
  while [ -e "$folder/$((shown + 1)).ended" ]; do
    shown=$((shown + 1))
    cat "$folder/$shown.out"
    [ ! -s "$folder/$shown.results.reasons" ] || cat "$folder/$shown.results.reasons" >>"$results.reasons"
    if [ -s "$folder/$shown.results" ]; then
      cat "$folder/$shown.results" >>"$results"
    else
      fail "$function: ${!shown} (no result)"
    fi
  done
}

# close_run: what failed, what was skipped, and the last line, which whoever runs this reads. Fails when a test
# failed, or when there was none at all.
close_run() {
  local passed failed skipped
  passed=$(grep -c '^PASS ' "$results")
  failed=$(grep -c '^FAIL ' "$results")
  skipped=$(grep -c '^SKIP ' "$results")
  step "$((SECONDS / 60)) min $((SECONDS % 60)) s; $(tell "逐项结果" "every test by name"): build-test/results"
  if [ "$failed" -gt 0 ]; then
    [ ! -s "$results.reasons" ] || head -n 100 "$results.reasons"
    grep '^FAIL ' "$results"
  fi
  if [ "$skipped" -gt 0 ]; then
    say "$skipped skipped:"
    sed -n 's/^SKIP /  /p' "$results"
  fi
  say "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
}

# What these scripts say and count.
part_scripts() { cases scripts tests/scripts/run; }

# --- the three builds -------------------------------------------------------------------------------

# Each is made once a run, by whichever part needs it first.
gcc_built='' clang_built='' tsan_built=''

make_gcc() {
  [ -z "$gcc_built" ] || return "$gcc_built"
  gcc_built=0
  check "build/gcc" build_in build-test/gcc gcc all --buildtype=release -Dfloors=true -Dtests=enabled ||
    gcc_built=1
  return $gcc_built
}
# One build for the unit tests and the fuzz targets: compiling everything twice costs more than the
# fuzzer's counters.
make_clang() {
  [ -z "$clang_built" ] || return "$clang_built"
  clang_built=0
  check "build/clang" build_in build-test/clang clang all -Doptimization=1 -Ddebug=true \
    -Db_sanitize=address,undefined -Db_lundef=false -Dc_args=-fno-sanitize-recover=undefined \
    -Dfuzzing=true -Dtests=enabled || clang_built=1
  return $clang_built
}
make_tsan() { # TARGET…
  [ -z "$tsan_built" ] || return "$tsan_built"
  tsan_built=0
  check "build/tsan" build_in build-test/tsan clang "$*" -Doptimization=1 -Ddebug=true \
    -Db_sanitize=thread -Db_lundef=false -Dtests=enabled || tsan_built=1
  return $tsan_built
}
build_in() { # FOLDER COMPILER TARGETS OPTION…
  local folder=$1 compiler=$2 targets=$3
  shift 3
  CC=$compiler configure "$folder" "$@" || return 1
  # shellcheck disable=SC2086 # several targets, no blanks in them
  ninja -C "$folder" -j "$(nproc)" -k 0 $targets
}

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.txt:print_suppressions=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

part_gcc() { make_gcc; }
part_clang() { make_clang; }

# --- reading the sources ----------------------------------------------------------------------------

# Not by git: a copy of the sources without its history is tested, too.
c_files() { # NAME-PATTERN FOLDER…: ends each name with a NUL
  local names=$1
  shift
  find "$@" -name "$names" -type f -print0 | LC_ALL=C sort -z
}

part_floors() { # the objects of either build will do
  local build=gcc
  if [ "$clang_built" = 0 ]; then build=clang; else make_gcc; fi
  check floors scripts/check-floors "build-test/$build"
}

part_docs() { check docs scripts/check-docs; }

part_format() {
  local version
  version=$(clang-format --version | sed -E 's/.*version ([0-9]+).*/\1/')
  if [ "$version" != 14 ]; then
    skip format "$(tell "这里的 clang-format 是 $version，排版与本项目用的 14 不同" \
      "clang-format $version lays out otherwise than 14, which this project uses")"
    return
  fi
  check format clang_format_all
}
clang_format_all() {
  c_files '*.[ch]' src tests | xargs -0 clang-format --dry-run --Werror
}

part_tidy() {
  [ -f build-test/clang/compile_commands.json ] || make_clang
  check tidy clang_tidy_all
}
clang_tidy_all() {
  c_files '*.c' src | xargs -0 -P "$(nproc)" -n 3 clang-tidy -p build-test/clang --quiet
}

part_cppcheck() { check cppcheck cppcheck_all; }
cppcheck_all() {
  mkdir -p build-test/cppcheck
  cppcheck --quiet --std=c11 --language=c -j "$(nproc)" --cppcheck-build-dir=build-test/cppcheck \
    --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppressions-list=scripts/cppcheck.txt -D_GNU_SOURCE -Isrc src
}

# --- C tests ----------------------------------------------------------------------------------------

# In a folder of its own outside the checkout, which may lie where the user postgres cannot reach it.
postgres_folder='' postgres_tried=''
start_postgres() {
  local port
  [ -z "${JISHI_TEST_PG:-}$postgres_tried" ] || return 0
  postgres_tried=yes
  if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
    skip PostgreSQL "$(tell "没有安装；用到它的测试都没有做" "is not installed; no test that needs it was run")"
    return
  fi
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/jishi-pg.XXXXXX")
  port=$(free_port)
  if JISHI_TEST_PG=$(tests/pg.sh start "$postgres_folder" "$port" 2>build-test/log/pg.log); then
    export JISHI_TEST_PG
  else
    unset JISHI_TEST_PG
    fail "PostgreSQL for the tests does not start"
    show_tail build-test/log/pg.log
  fi
}
stop_postgres() {
  [ -n "$postgres_folder" ] || return 0
  tests/pg.sh stop "$postgres_folder" >>build-test/log/pg.log 2>&1
  rm -rf "$postgres_folder"
  postgres_folder=''
}
free_port() { # on loopback; below the range that outgoing connections are given
  local port
  for ((port = 20000 + RANDOM % 10000; port < 32000; port++)); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      say "$port"
      return
    fi
  done
}

# Tests run in the build folder: __FILE__ is relative to it.
unit_test() { # FOLDER NAME
  cd "$1" && CMOCKA_MESSAGE_OUTPUT=TAP "tests/unit/$2"
}
export -f unit_test

one_unit() { cases "unit/$1" bash -c 'unit_test "$@"' - build-test/clang "$1"; }
part_unit() {
  make_clang
  [ "$is_quick" = yes ] || start_postgres
  # shellcheck disable=SC2046 # names of files, no blanks in them
  side_by_side one_unit $(basename -s .c tests/unit/test_*.c)
}

one_threads() { cases "threads/$1" "${still[@]}" bash -c 'unit_test "$@"' - build-test/tsan "$1"; }
part_threads() {
  local names still=()
  names=$({
    grep -lE 'pthread_create|thrd_create|"http/|engine/writer\.h' tests/unit/test_*.c
  } | sort -u | xargs -rn1 basename | sed 's/\.c$//')
  if [ -z "$names" ]; then
    fail "threads (no test with threads was found)"
    return
  fi
  # shellcheck disable=SC2046,SC2086 # lists of names
  make_tsan $(printf 'tests/unit/%s ' $names)
  # The sanitizer of clang 14 does not know the wide address randomisation of newer kernels.
  setarch "$(uname -m)" -R true 2>/dev/null && still=(setarch "$(uname -m)" -R)
  export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1"
  [ -f tests/tsan.txt ] && TSAN_OPTIONS+=":suppressions=$PWD/tests/tsan.txt"
  # shellcheck disable=SC2086 # a list of names
  side_by_side one_threads $names
}

# --fuzz HOURS gives them longer: all together so long, on all processors.
fuzz_seconds=5
one_fuzz() {
  local name=$1 corpus=$PWD/build-test/fuzz/$1 small=$PWD/tests/fuzz/$1
  mkdir -p "$corpus"
  [ -d "$small" ] || small=''
  check "fuzz/$name" fuzz_for "$name" -max_total_time="$fuzz_seconds" -timeout=120 -rss_limit_mb=2048 \
    -artifact_prefix="$corpus-" -print_final_stats=1 "$corpus" ${small:+"$small"} || return
  fuzz_reach "$name"
}
fuzz_hours() { # HOURS: shared by the targets
  local targets=(tests/fuzz/fuzz_*.c)
  fuzz_seconds=$(($1 * 3600 * $(nproc) / ${#targets[@]}))
  hang_minutes=$((fuzz_seconds / 60 + 60))
}
# In the build folder, like the unit tests. A county's folder is left behind when it is ended from outside.
fuzz_for() { # NAME OPTION…
  local name=$1
  shift
  cd build-test/clang && "tests/fuzz/$name" "$@"
}
# How much of the program a target has seen: edges of those there are, and inputs.
fuzz_reach() {
  awk -v name="$1" '
    match($0, /INFO: Loaded [0-9]+ modules? +\(([0-9]+) inline/) {split($0, w, "("); split(w[2], n, " "); all = n[1]}
    match($0, /cov: [0-9]+/) {cov = substr($0, RSTART + 5, RLENGTH - 5)}
    /stat::number_of_executed_units/ {runs = $2}
    END {printf "     %s: %d of %d edges, %d inputs\n", name, cov, all, runs}' "build-test/log/fuzz-$1.log"
}
part_fuzz() {
  make_clang
  # shellcheck disable=SC2046 # names of files, no blanks in them
  side_by_side one_fuzz $(basename -s .c tests/fuzz/fuzz_*.c)
}

# --- the program ------------------------------------------------------------------------------------

one_pack() {
  check "$1 check" build-test/clang/jishi pack check "$1"
  cases "$1" build-test/clang/jishi pack test "$1"
}
part_packs() {
  make_clang
  # shellcheck disable=SC2046 # names of folders, no blanks in them
  side_by_side one_pack $(printf '%s\n' packs/*/pack.yaml tests/packs/*/pack.yaml | xargs -n1 dirname)
}

# with_node NAME: Node and npm are there, or the part NAME is skipped.
with_node() {
  if (need_node) && have node && have npm; then return 0; fi
  skip "$1" "$(tell "没有 node 和 npm，也装不上" "node and npm are not here and cannot be installed")"
  return 1
}

part_web() {
  with_node web || return
  check web/build bash web/build.sh || return
  use_node
  check web/types npm --prefix web run --silent typecheck
  check web/format npm --prefix web run --silent format:check
  # The vectors are made by the engine, in part cel.
  cases web bash -c 'cd web && exec npx --no-install vitest run --exclude "**/vectors.test.ts" --reporter=tap-flat'
}

# The upstream cases of the expression language, which come in a package of the web's tests.
part_cel() {
  local list=build-test/cel-cases.jsonl
  with_node cel || return
  make_clang
  check cel/web bash web/build.sh || return
  use_node
  check cel/cases bash -c "node tests/unit/cel_cases.mjs >$list" &&
    cases cel build-test/clang/tests/unit/cel_conformance "$list"
  # What the engine says to the packs' expressions, and what the browser says.
  local vectors=$PWD/build-test/cel-vectors.jsonl
  check cel/vectors bash -c "build-test/clang/tests/unit/cel_vectors data/calendar.yaml packs/*/ tests/packs/*/ >$vectors" &&
    JISHI_VECTORS=$vectors cases vectors bash -c 'cd web && exec npx --no-install vitest run tests/unit/vectors --reporter=tap-flat'
}

# cli, api, browser, crash: programs of their own, found by their name. They get the program in $JISHI, the
# project's folder in $JISHI_HOME, and a PostgreSQL in $JISHI_TEST_PG where one could be had.
own_tests() { # NAME PROGRAM
  start_postgres
  use_node
  JISHI=$PWD/$2 cases "$1" "tests/$1/run"
}
part_cli() {
  with_node cli || return
  make_clang
  own_tests cli build-test/clang/jishi
}
part_api() {
  with_node api || return
  make_clang
  own_tests api build-test/clang/jishi
}
part_browser() {
  with_node browser || return
  make_gcc
  check browser/web bash web/build.sh || return
  own_tests browser build-test/gcc/jishi
}
# Every bench runs, as small as it goes; what it measures is not judged here.
part_bench() {
  local file
  make_gcc
  for file in benches/*; do
    [ -f "$file" ] && [ -x "$file" ] || continue
    check "bench/${file#benches/}" env BENCH_SMALLEST=yes JISHI="$PWD/build-test/gcc/jishi" \
      timeout --kill-after=10 "${hang_minutes}m" "$file"
  done
}
part_install() {
  with_node install || return
  make_gcc
  check install/web bash web/build.sh || return
  JISHI_BUILD=$PWD/build-test/gcc cases install tests/install/run
}
part_crash() {
  with_node crash || return
  make_gcc
  own_tests crash build-test/gcc/jishi
}
