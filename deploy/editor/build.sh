#!/bin/sh
# Builds what eoffice/static/ takes from npm: editor, icon sprite, htmx, checksums.
#   build.sh          writes them
#   build.sh --check  builds into a scratch folder and compares; exit 1 and the names on any difference
set -eu
cd "$(dirname "$0")"
static=$(cd ../../eoffice/static && pwd)
npm ci --silent --ignore-scripts --no-audit --no-fund
if [ "${1:-}" = "--check" ]; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    mkdir -p "$scratch/vendor"
    cp -R "$static/vendor/fonts" "$static/vendor/LICENSES.md" "$scratch/vendor/"
    node build.mjs "$scratch"
    node vendor.mjs "$scratch"
    diff -rq "$scratch/vendor" "$static/vendor"
    cmp "$scratch/eoffice/icons.svg" "$static/eoffice/icons.svg"
    echo "The vendored files are what deploy/editor builds."
else
    node build.mjs
    node vendor.mjs
fi
