#!/usr/bin/env bash
# Installs what the tests need, builds with warnings as errors, checks formatting, runs every test.
# The last line is "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
configuration=Release
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

echo "== tools"
missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
command -v prometheus >/dev/null || missing+=(prometheus)
command -v prometheus-alertmanager >/dev/null || missing+=(prometheus-alertmanager)
command -v chromium >/dev/null || missing+=(chromium)
command -v node >/dev/null || missing+=(nodejs npm)
[ -x /usr/sbin/nginx ] || missing+=(nginx)
command -v docker-compose >/dev/null || missing+=(docker-compose)
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$log/apt" 2>&1 ||
    { cat "$log/apt"; exit 1; }
fi
for package in tests/*/package-lock.json; do
  [ -f "$package" ] || continue
  (cd "$(dirname "$package")" && npm ci --no-audit --no-fund --loglevel=error)
done

echo "== build"
dotnet build ReleaseTracks.sln -c "$configuration" -warnaserror --nologo -v quiet

echo "== format"
dotnet format ReleaseTracks.sln --verify-no-changes --no-restore

# The failures in a log: name, message and trace, as the runner indents them.
failures() { awk '/ \[FAIL\]$/ { on = 1; print; next } on && /^      / { print; next } { on = 0 }' "$1"; }
methods() { sed -nE 's/^    (ReleaseTracks[A-Za-z0-9_.]+)(\(.*)? \[FAIL\]$/\1/p' "$1" | sort -u; }
field() { sed -E "s/.*$1: +([0-9]+).*/\1/" <<<"$2"; }

passed=0 failed=0 flaky=()
for project in tests/ReleaseTracks*.Tests; do
  name=$(basename "$project")
  echo "== $name"
  status=0
  runner=("artifacts/bin/$name/${configuration,,}/$name" -noLogo -noColor)
  "${runner[@]}" 2>&1 | tee "$log/$name" || status=$?
  summary=$(grep -E 'Total: +[0-9]+, +Errors:' "$log/$name" | tail -n 1 || true)
  if [ -z "$summary" ]; then echo "$name ended without a summary (exit $status)"; failed=$((failed + 1)); continue; fi
  bad=$(($(field Failed "$summary") + $(field Errors "$summary")))
  skipped=$(($(field Skipped "$summary") + $(field 'Not Run' "$summary")))
  # A test that was not run has not passed, and an exit code other than 0 is never green.
  [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
  # One or two that fail beside all the others are asked again alone: real browsers and processes share these cores.
  # It is said, and is a defect to be found; it does not hold up everything else.
  mapfile -t again < <(methods "$log/$name")
  if [ "$bad" -gt 0 ] && [ ${#again[@]} -gt 0 ] && [ ${#again[@]} -le 2 ] && [ "$(failures "$log/$name" | grep -c '\[FAIL\]$')" -eq "$bad" ]; then
    echo "== $name, again: ${again[*]}"
    if "${runner[@]}" $(printf -- '-method %s ' "${again[@]}") >"$log/again" 2>&1 && ! grep -q 'Total: 0,' "$log/again"; then bad=0 flaky+=("${again[@]}"); else cat "$log/again"; fi
  fi
  failed=$((failed + bad))
  passed=$((passed + $(field Total "$summary") - bad - skipped))
done

# Once more and last, where somebody who looks for them finds them.
for run in "$log"/ReleaseTracks*; do failures "$run"; done
for test in "${flaky[@]}"; do echo "FLAKY: $test failed once, as above, and passed when it ran again alone."; done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
