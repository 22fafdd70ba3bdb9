#!/bin/sh
# Builds the web app into web/dist; costs next to nothing when nothing changed. Where the system's Node is
# too old, one comes from npm (toolchain/).
#   build.sh           builds
#   build.sh --check   says by its exit code whether there is nothing to build
#   build.sh --node    says by its exit code whether the system's Node will do
set -eu
cd "$(dirname "$0")"

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
    *) echo "web: needs Node 20.19 or later" >&2; exit 1 ;;
  esac
  d="$PWD/toolchain/node_modules/node-linux-$m/bin"
  [ -x "$d/node" ] || npm ci --prefix toolchain --no-audit --no-fund --loglevel=error
  PATH="$d:$PATH"
  export PATH
fi

lock=$(sum package.json package-lock.json)
if [ "$(cat node_modules/.stamp 2>/dev/null || true)" != "$lock" ]; then
  npm ci --no-audit --no-fund --loglevel=error
  echo "$lock" > node_modules/.stamp
fi
npm run --silent build
# The build may refresh generated declarations, so the sum is taken again.
sum package.json package-lock.json tsconfig.json build.sh vite.*.config.ts vite scripts common office > dist/.stamp
