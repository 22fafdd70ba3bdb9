# Shell functions shared by run, test, bench and the scripts in this folder. Source it from bash with
# the project's folder as the working directory.
#
# Nothing here installs silently: what is missing is named first, and what is there is left alone.

# Everything is said in one language: Chinese, unless the locale (or --lang of ./run) says English. The
# program decides likewise.
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
  en*) lang=en ;;
  *) lang=zh ;;
esac
tell() { # CHINESE ENGLISH
  if [ "$lang" = en ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi
}
say() { printf '%s\n' "$@"; }
step() { printf '\n== %s\n' "$*"; }
die() {
  printf '%s\n' "$@" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# need_writable: what is built is put into this folder.
need_writable() {
  local probe
  if probe=$(mktemp -d "$PWD/build.probe.XXXXXX" 2>/dev/null); then
    rmdir "$probe"
    return 0
  fi
  die "$(tell "这个目录不能写：$PWD
编译结果要放在这里。请把整个目录复制到能写的地方，在那里再运行一次。" \
"This folder cannot be written to: $PWD
What is built goes here. Copy the whole folder to where you may write, and run it there.")"
}

# --- Debian packages --------------------------------------------------------------------------------

# Names that mean the same on Debian 12 and 13; a name with a version in it has no place here.
build_packages=(
  gcc libc6-dev meson ninja-build pkgconf
  libcsv-dev libexpat1-dev libicu-dev libmicrohttpd-dev libpcre2-dev libpq-dev libqrencode-dev libsodium-dev
  libsqlite3-dev libssl-dev libxlsxwriter-dev libyaml-dev libzip-dev
)
test_packages=(
  clang clang-format clang-tidy cppcheck libclang-rt-dev llvm
  libcmocka-dev libjson-c-dev
  postgresql sqlite3 curl git
  chromium fonts-noto-cjk
)

missing_packages() {
  local there name
  # dpkg-query fails when it has never heard of a name, and that is an answer too.
  there=$({ dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true; } |
    awk '$2 == "installed" {print $1}')
  for name in "$@"; do
    grep -qxF -- "$name" <<<"$there" || printf '%s\n' "$name"
  done
}

# need_packages NAME…: installs what is missing of them, or says what the reader has to type.
need_packages() {
  if ! have dpkg-query || ! have apt-get; then
    say "This is not Debian: please see to it yourself that these Debian packages have their like here:" \
      "  $*"
    return 0
  fi
  local missing as_root=() command log
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && return 0
  command="apt-get install --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    if have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
      as_root=(sudo)
    else
      die "Some packages are missing, and installing them takes an administrator. Please let one type:" \
        "  $command"
    fi
  fi
  say "Installing ${#missing[@]} Debian packages, and what they need in turn:" "  ${missing[*]}"
  log=$(mktemp)
  # A source that does not answer is no reason to stop while the others have what is needed.
  "${as_root[@]}" apt-get -q update >"$log" 2>&1 || true
  if ! (
    set -o pipefail
    "${as_root[@]}" env LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive apt-get -q -y \
      --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install "${missing[@]}" 2>&1 |
      tee -a "$log" | package_progress
  ); then
    tail -n 15 "$log" >&2
    rm -f "$log"
    die "" "The packages could not be installed. If the lines above speak of fetching or resolving, there" \
      "is no way to the Debian mirror: check the network or the proxy, then try again, or type:" \
      "  $command"
  fi
  rm -f "$log"
}

package_progress() {
  awk '/^Need to get/ {print "  " $0; fflush()}
       /^Setting up/ {if (++n % 40 == 0) {print "  " n " packages set up"; fflush()}}
       END {if (n) print "  " n " packages set up"}'
}

# Node comes from Debian unless a usable one is there from elsewhere (Debian's npm refuses to stand
# beside such a one). Debian 12's is too old for the build itself; web/build.sh knows what to do.
need_node() {
  local names=()
  have node || names+=(nodejs)
  have npm || names+=(npm)
  [ ${#names[@]} -eq 0 ] || need_packages "${names[@]}"
}

# Puts the Node that web/build.sh fetched, if it did, in front of the system's.
use_node() {
  local folder
  for folder in "$PWD"/web/toolchain/node_modules/node-linux-*/bin; do
    if [ -x "$folder/node" ] && "$folder/node" --version >/dev/null 2>&1; then PATH="$folder:$PATH"; fi
  done
  export PATH
}

# --- building ---------------------------------------------------------------------------------------

# configure FOLDER OPTION…: meson setup, the first time and when the options are others than before. A
# folder that somebody set up by hand is left as it is.
configure() {
  local folder=$1 wanted
  shift
  wanted="${CC:-cc} $*"
  if [ -f "$folder/build.ninja" ]; then
    [ -f "$folder/configured-as" ] || return 0
    [ "$(cat "$folder/configured-as")" != "$wanted" ] || return 0
  fi
  rm -rf "$folder"
  meson setup "$folder" "$@" >"${folder%/}.setup.log" 2>&1 || {
    tail -n 20 "${folder%/}.setup.log" >&2
    return 1
  }
  rm -f "${folder%/}.setup.log"
  printf '%s\n' "$wanted" >"$folder/configured-as"
}

# build_release: build/jishi as users get it. Warnings are no errors here: a newer compiler knows new
# ones, and that must not keep anyone from running Jishi.
build_release() {
  configure build --buildtype=release -Dwerror=false -Dtests=disabled || return 1
  ninja -C build -j "$(nproc)" --quiet
}

# build_web: web/dist by the web apps' own script.
build_web() {
  if [ ! -f web/package.json ]; then
    say "web/package.json is not there yet: going on without the web apps."
    return 0
  fi
  need_node
  bash web/build.sh
}
