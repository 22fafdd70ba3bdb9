# How the scripts speak. Source it from bash.
#
# One language: Chinese, unless the locale (or --lang of ./run, which JISHI_SAY hands on) says English. The
# program decides likewise.
case ${JISHI_SAY:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
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
