#!/bin/sh
# Builds the web app into web/dist; costs next to nothing when nothing changed. Where the system's Node is
# too old, one comes from npm (toolchain/).
#   build.sh           builds
#   build.sh --check   says by its exit code whether there is nothing to build
#   build.sh --node    says by its exit code whether the system's Node will do
set -eu
cd "$(dirname "$0")"
. ../scripts/say.sh

sum() { find "$@" -type f -not -path '*/node_modules/*' | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1; }

node_will_do() { node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 22 || (a == 22 && b >= 12) || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }

if [ "${1:-}" = --node ]; then node_will_do; exit; fi
now=$(sum package.json package-lock.json tsconfig.json build.sh vite.*.config.ts vite scripts common office)
if [ "$(cat dist/.stamp 2>/dev/null || true)" = "$now" ]; then
  exit 0
fi
[ "${1:-}" != --check ] || exit 1

if ! node_will_do; then
  case $(uname -m) in
    x86_64) m=x64 ;;
    aarch64) m=arm64 ;;
    *)
      tell "编译网页要 Node 20.19 以上，这种处理器没有现成的，请自己安装。" \
        "The web app needs Node 20.19 or later, and there is none ready for this processor; install one." >&2
      exit 1
      ;;
  esac
  d="$PWD/toolchain/node_modules/node-linux-$m/bin"
  if [ ! -x "$d/node" ]; then
    tell "  取 Node 22" "  Fetching Node 22"
    npm ci --prefix toolchain --no-audit --no-fund --loglevel=error >/dev/null
  fi
  PATH="$d:$PATH"
  export PATH
fi

lock=$(sum package.json package-lock.json)
if [ "$(cat node_modules/.stamp 2>/dev/null || true)" != "$lock" ]; then
  tell "  取网页用的软件包（一两分钟）" "  Fetching the web app's packages (a minute or two)"
  npm ci --no-audit --no-fund --loglevel=error >/dev/null
  echo "$lock" > node_modules/.stamp
fi
npm run --silent build
# The build may refresh generated declarations, so the sum is taken again.
sum package.json package-lock.json tsconfig.json build.sh vite.*.config.ts vite scripts common office > dist/.stamp
