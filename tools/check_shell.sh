#!/bin/bash
# ShellCheck over every shell script of the repository, its warnings and errors.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t scripts < <(git ls-files -z | xargs -0 -r grep -lIE '^#!/bin/(ba)?sh' || true)
shellcheck --severity=warning --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
echo "check_shell: ${#scripts[@]} scripts are clean"
