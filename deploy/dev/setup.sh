#!/usr/bin/env bash
# setup.sh demo|dev|server: .venv from the hashed requirements, compiled catalogues, collected static files.
# Needs python3 (3.11 or newer) with pip, or with venv; neither root nor any other system package.
# Every part has a stamp, so a second run costs next to nothing.
set -euo pipefail
group=${1:-demo}
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}

fail() { printf '%s\n' "$*" >&2; exit 1; }

command -v "$python" >/dev/null || fail "There is no $python here. Install Python 3.11 or newer, or name it: make … PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || fail "$("$python" --version) is too old; Python 3.11 or newer is needed: make … PYTHON=/path/to/python3"

list() { if [ "$1" = server ]; then echo requirements.txt; else echo "requirements-$1.txt"; fi; }
wanted() { sha256sum "$(list "$1")" | cut -d' ' -f1; }
stamp() { cat ".venv/.stamp-$1" 2>/dev/null || true; }

have_uv() {
  [ -x .tools/bin/uv ] && return 0
  "$python" -m pip --version >/dev/null 2>&1 || return 1
  echo "setup: fetching uv"
  "$python" -m pip install --quiet --disable-pip-version-check --target .tools --require-hashes \
    -r deploy/dev/uv.txt >/dev/null 2>&1 || return 1
  [ -x .tools/bin/uv ]
}

with_uv() {
  have_uv || return 1
  [ -x .venv/bin/python ] || .tools/bin/uv venv --quiet --clear --python "$(command -v "$python")" .venv || return 1
  .tools/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes "$(list "$group")"
}

in_place() {
  [ -x .venv/bin/python ] || return 1
  [ "$(stamp "$group")" = "$(wanted "$group")" ] && return 0
  # The packages of dev include those of demo.
  [ "$group" = demo ] && [ "$(stamp dev)" = "$(wanted dev)" ]
}

packages() {
  in_place && return 0
  echo "setup: packages of $(list "$group") into .venv"
  if ! with_uv; then
    echo "setup: uv could not be had or failed; using pip, which takes longer"
    [ -x .venv/bin/pip ] || "$python" -m venv --clear .venv \
      || fail "Neither pip nor venv works with $python. On Debian: apt-get install python3-pip (or python3-venv)."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$(list "$group")"
  fi
  rm -f .venv/.stamp-*
  wanted "$group" > ".venv/.stamp-$group"
}

static() {
  local now profile=demo
  # A server has no packages for the demo, nor its pages.
  [ "$group" = server ] && profile=embedded
  now=$({ echo $profile; find eoffice/static ./*/static eoffice/*/static .venv/.stamp-* -type f -printf '%p %s %T@\n' 2>/dev/null || true; } | sort -u | sha256sum)
  [ -d static-built ] && [ "$(cat .venv/.static 2>/dev/null)" = "$now" ] && return 0
  echo "setup: static files"
  rm -rf static-built
  EOFFICE_PROFILE=$profile .venv/bin/python manage.py collectstatic --no-input --verbosity 0
  printf '%s\n' "$now" > .venv/.static
}

packages
.venv/bin/python deploy/dev/messages.py compile
static
