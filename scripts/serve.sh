# Makes and serves a demo district, and says how to get in. Source it after say.sh.

# program PATH: what "${jishi[@]}" runs, speaking the language chosen.
program() {
  local locale=zh_CN.UTF-8
  [ "$lang" = zh ] || locale=en_US.UTF-8
  jishi=(env LC_ALL= LC_MESSAGES= LANG=$locale "$1")
}

# check_port_free PORT ADDRESS: before the long work; both may be empty (the program then finds a port itself).
check_port_free() {
  local address=$2
  case $address in '' | 0.0.0.0 | ::) address=127.0.0.1 ;; esac
  if [ -n "$1" ] && (exec 3<>"/dev/tcp/$address/$1") 2>/dev/null; then
    die "$(tell "端口 $1 已经被别的程序占用，请用 --port 换一个。" "Port $1 is taken by another program: choose another with --port.")"
  fi
}

# make_demo SIZE: ./data-demo, once. One that was left for weeks is not asked whether the clock is right.
make_demo() {
  local sign_in
  if [ -e data-demo ]; then
    : "$("${jishi[@]}" clock data-demo --is-right)"
    return 0
  fi
  step "$(tell "建演示区（删掉 ./data-demo，下次就是新的）" "Making the demo district (delete ./data-demo to have a new one)")"
  trap 'rm -rf data-demo' EXIT # half a district is worse than none
  sign_in=$("${jishi[@]}" demo data-demo --size "$1" --seed 1)
  printf '%s\n' "$sign_in" >data-demo/sign-in.txt
  trap - EXIT
}

# password_of FOLDER LOGIN: from the list that `jishi demo` printed, in FOLDER/sign-in.txt.
password_of() {
  sed -nE "s/^.*[[:space:]]$2[[:space:]].*(密码|password)[[:space:]]+([^[:space:]]+).*/\2/p" "$1/sign-in.txt" | head -n 1
}

# three_sign_ins LOCATION: of a demo, one of each sort of people, with what to look at.
three_sign_ins() {
  local login password
  [ -f "$1/sign-in.txt" ] || return 0
  tell "登录名和密码（虚构的人，任选一个）：" "Sign in as one of these invented people:"
  for login in qu1 zhen1 cun1; do
    password=$(password_of "$1" $login)
    [ -n "$password" ] || continue
    case $login in
      qu1) tell "  $login  $password  区县专班：全区的预警、个案、指标、推演、导入" \
        "  $login  $password  county desk: warnings, cases, figures, what-if and imports of the whole district" ;;
      zhen1) tell "  $login  $password  乡镇经办员：一个街道的核查和帮扶" \
        "  $login  $password  township clerk: checks and help in one township" ;;
      cun1) tell "  $login  $password  村（居）干部：自己村里的走访和登记" \
        "  $login  $password  village cadre: visits and records of one village" ;;
    esac
  done
  tell "其余的人在 $1/sign-in.txt。" "All others are in $1/sign-in.txt."
}

# greet LOCATION: passes on what `jishi serve` prints; behind the addresses, which end in an empty line, stand the sign-ins.
greet() {
  local line
  trap '' INT TERM HUP # the program ends first, and has a last word
  while IFS= read -r line; do
    say "$line"
    if [ -z "$line" ]; then
      three_sign_ins "$1"
      break
    fi
  done
  cat
}

# serve LOCATION OPTION…: until it is told to stop; the exit code is the program's.
serve() {
  local greeter server told=yes code=0
  exec 3> >(greet "$1")
  greeter=$!
  "${jishi[@]}" serve "$@" >&3 3>&- &
  server=$!
  exec 3>&-
  trap 'told=yes; kill -TERM "$server" 2>/dev/null' INT TERM HUP
  while [ -n "$told" ]; do # a signal ends the waiting, not the program
    told='' code=0
    wait "$server" || code=$?
  done
  wait "$greeter" || true
  exit "$code"
}

# serve_demo [OPTION…]: ./data-demo, whose receipts are signed. A place of one's own keeps key and heads elsewhere.
serve_demo() { serve data-demo --sign-key data-demo/sign.key --head-file data-demo/heads.txt "$@"; }
