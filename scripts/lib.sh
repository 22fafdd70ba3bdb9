# Shell functions shared by run, test, bench and the scripts in this folder. Source it from bash with
# the project's folder as the working directory.
#
# Nothing here installs silently: what is missing is named first, and what is there is left alone.

. scripts/say.sh

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
  libcairo2-dev libcsv-dev libexpat1-dev libicu-dev libmicrohttpd-dev libpango1.0-dev libpcre2-dev libpq-dev
  libqrencode-dev libsodium-dev libsqlite3-dev libssl-dev libxlsxwriter-dev libyaml-dev libzip-dev
)
test_packages=(
  clang clang-format clang-tidy cppcheck libclang-rt-dev llvm
  libcmocka-dev libjson-c-dev
  postgresql sqlite3 curl
  chromium fonts-noto-cjk poppler-utils
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

# need_packages NAME…: installs what is missing of them, or says what the reader has to type. With
# packages_told=yes the reader knows their names.
need_packages() {
  if ! have dpkg-query || ! have apt-get; then
    tell "这里不是 Debian：请自行确认下列 Debian 软件包在这里都有相应的：" \
      "This is not Debian: please see to it yourself that these Debian packages have their like here:"
    say "  $*"
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
      die "$(tell "缺少一些软件包，安装它们要管理员权限。请管理员执行：" \
        "Some packages are missing, and installing them takes an administrator. Please let one type:")" \
        "  $command"
    fi
  fi
  if [ "${packages_told:-no}" = yes ]; then
    step "$(tell "安装软件包" "Installing the packages")"
  else
    tell "安装 ${#missing[@]} 个 Debian 软件包，连同它们所需要的：" \
      "Installing ${#missing[@]} Debian packages, and what they need in turn:"
    say "  ${missing[*]}"
  fi
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
    die "" "$(tell "软件包没有装上。如果上面说的是下载或解析失败，就是连不上 Debian 镜像：
请检查网络或代理后再试；不能联网的机器见 docs/running.md。也可以直接执行：" \
      "The packages could not be installed. If the lines above speak of fetching or resolving, there is no
way to the Debian mirror: check the network or the proxy, then try again; for a machine without
internet see docs/running.md. Or type:")" "  $command"
  fi
  rm -f "$log"
}

package_progress() {
  awk -v of="$(tell "一共" "In all")" -v fetched="$(tell "个包已下载" "packages fetched")" \
    -v done="$(tell "个包已装好" "packages set up")" '
    / newly installed, / {print "  " of " " $3; fflush()}
    /^Get:/ {if (++got % 50 == 0) {print "  " got " " fetched; fflush()}}
    /^Setting up/ {if (++n % 50 == 0) {print "  " n " " done; fflush()}}
    END {if (n) print "  " n " " done}'
}

# download_size NAME…: what apt would fetch for them, "93.2 MB"; nothing where it cannot tell (no lists yet).
download_size() {
  { LC_ALL=C apt-get install -o Debug::NoLocking=1 --assume-no --no-install-recommends "$@" 2>/dev/null || true; } |
    sed -nE 's/^Need to get ([0-9.,]+ [kMG]?B).*/\1/p'
}

# Node comes from Debian unless a usable one is there from elsewhere (Debian's npm refuses to stand
# beside such a one). Debian 12's is too old for the build itself; web/build.sh knows what to do.
node_packages() {
  have node || say nodejs
  have npm || say npm
}
need_node() {
  local names
  mapfile -t names < <(node_packages)
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
  if [ -t 1 ]; then
    NINJA_STATUS="  $(tell "已编译" "compiled") %f/%t " ninja -C build -j "$(nproc)"
    return
  fi
  # Not a terminal: a line now and then, and what the compiler has to say.
  NINJA_STATUS='[%f/%t] ' ninja -C build -j "$(nproc)" |
    awk -v done="$(tell "已编译" "compiled")" '
      /^ninja: / {next}
      match($0, /^\[[0-9]+\/[0-9]+\]/) {
        split(substr($0, 2, RLENGTH - 2), n, "/")
        if (n[1] % 50 == 0 || n[1] == n[2]) {print "  " done " " n[1] "/" n[2]; fflush()}
        next
      }
      {print; fflush()}'
  return "${PIPESTATUS[0]}"
}

# web_node_is_good: no other Node has to be fetched for the build. One that apt has yet to install is good
# from Debian 13 on.
web_node_is_good() {
  ! compgen -G 'web/toolchain/node_modules/node-linux-*/bin/node' >/dev/null || return 0
  if have node; then bash web/build.sh --node; else [ "$(. /etc/os-release && say "${VERSION_ID%%.*}")" -ge 13 ] 2>/dev/null; fi
}
web_is_built() { bash web/build.sh --check; }

# build_web: web/dist by the web app's own script.
build_web() {
  ! web_is_built || return 0
  need_node
  JISHI_SAY=$lang bash web/build.sh || {
    tell "网页没有编译成。如果上面说的是 EAI_AGAIN、ENOTFOUND 或 ETIMEDOUT，就是连不上 npm 的软件源：
请检查网络或代理（npm config set registry 可以换成附近的镜像）后再试；不能联网的机器见 docs/running.md。" \
      "The web app could not be built. If the lines above speak of EAI_AGAIN, ENOTFOUND or ETIMEDOUT, there
is no way to the npm registry: check the network or the proxy (npm config set registry names a nearer
one), then try again; for a machine without internet see docs/running.md." >&2
    return 1
  }
}
