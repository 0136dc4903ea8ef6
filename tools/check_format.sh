#!/bin/bash
# Refuses C++ files that clang-format would change. Mend with: tools/check_format.sh --fix
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(--dry-run -Werror)
[ "${1:-}" != --fix ] || mode=(-i)
git ls-files -z '*.cpp' '*.hpp' | xargs -0 -r clang-format-19 "${mode[@]}"
echo "check_format: $(git ls-files '*.cpp' '*.hpp' | wc -l) files are formatted"
