#!/bin/bash
# A short story of payments, told against a running ./run: what a merchant sends and what comes back. Exit code 1 when an
# answer is not the expected one.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
. var/florin.env
if [ -t 1 ]; then bold=$'\033[1m' plain=$'\033[0m'; else bold='' plain=''; fi
run=demo-$(date +%s)-$$
status='' body=''

chapter() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
show() { printf '    %-16s %s\n' "$1" "$2"; }

# call METHOD PATH [KEY BODY]: sets status and body.
call() {
    local arguments=(-sS -X "$1" -D var/demo.headers -H "Authorization: Bearer $FLORIN_SECRET_KEY" -w '\n%{http_code}')
    if [ $# -gt 2 ]; then
        arguments+=(-H "Idempotency-Key: $run-$3" -H 'Content-Type: application/json' -d "$4")
        printf '    %s %s  Idempotency-Key: %s\n      %s\n' "$1" "$2" "$run-$3" "$4"
    else
        printf '    %s %s\n' "$1" "$2"
    fi
    body=$(curl "${arguments[@]}" "$FLORIN_URL$2")
    status=${body##*$'\n'} body=${body%$'\n'*}
}

first_member() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]+)" <<< "$2" | head -n 1; }
# field NAME [JSON]: the value of the first member of that name; the answers are flat enough for it.
field() { first_member "$1" "${2:-$body}" | sed -E 's/^"[^"]*"://; s/^"(.*)"$/\1/'; }

expect() {  # expect STATUS: the last call's
    [ "$status" = "$1" ] || { printf 'demo: expected %s, got %s: %s\n' "$1" "$status" "$body" >&2; exit 1; }
}

settled() {  # settled PAYMENT SECONDS: reads it until it is not pending any more
    local began=$SECONDS
    while :; do
        body=$(curl -sS -H "Authorization: Bearer $FLORIN_SECRET_KEY" "$FLORIN_URL/api/v1/payments/$1")
        case $(field status) in pending | requires_action) ;; *) return 0 ;; esac
        [ $((SECONDS - began)) -lt "$2" ] || { echo "demo: $1 is still $(field status) after $2 s" >&2; exit 1; }
        sleep 0.2
    done
}

sale() { printf '{"amount":%s,"currency":"USD","payment_method":"%s"%s}' "$1" "$2" "${3:-}"; }

chapter "1. A sale"
call POST /api/v1/payments sale "$(sale 10000 pm_card_visa ',"description":"Order #12345"')"
expect 200
show "$status" "$(field payment_id)  $(field status)  PSP reference $(field psp_reference)"
payment=$(field payment_id) first_body=$body

chapter "2. The answer was lost: the shop sends the same request again"
call POST /api/v1/payments sale "$(sale 10000 pm_card_visa ',"description":"Order #12345"')"
expect 200
[ "$body" = "$first_body" ] || { echo "demo: the replay differs" >&2; exit 1; }
show "$status" "byte for byte the same, $(tr -d '\r' < var/demo.headers | grep -i '^idempotent-replayed')"
charges=$(curl -sS "$FLORIN_SIMULATOR_URL/_simulator/truth?reference=$payment" | grep -o '"kind":"charge"' | wc -l)
show "at the PSP" "$charges charge"
[ "$charges" = 1 ] || { echo "demo: charged $charges times" >&2; exit 1; }

chapter "3. A card without money"
call POST /api/v1/payments decline "$(sale 2500 pm_card_visa_chargeDeclinedInsufficientFunds)"
expect 402
show "$status" "$(field failure_code): $(field failure_reason)"

chapter "4. The bank wants to see the payer: 3-D Secure"
call POST /api/v1/payments challenge "$(sale 4900 pm_card_threeDSecure2Required ',"return_url":"https://shop.example/done"')"
expect 202
challenged=$(field payment_id) page=$(field url)
show "$status" "$(field status)  the payer goes to $page"
curl -sS -o /dev/null -X POST "$page/approve"
settled "$challenged" 60
show approved "$(field payment_id)  $(field status)"

chapter "5. The PSP charges, and the line goes dead before it says so"
curl -sS -o /dev/null -X POST -H 'Content-Type: application/json' "$FLORIN_SIMULATOR_URL/_simulator/faults" \
    -d '{"psp":"stripe","operation":"create","action":"drop_after_processing","times":1}'
call POST /api/v1/payments lost "$(sale 7700 pm_card_visa)"
show "$status" "$(field payment_id)  $(field status)"
unclear=$(field payment_id)
settled "$unclear" 120
show later "$unclear  $(field status): found out, not guessed"
charges=$(curl -sS "$FLORIN_SIMULATOR_URL/_simulator/truth?reference=$unclear" | grep -o '"kind":"charge"' | wc -l)
show "at the PSP" "$charges charge"
[ "$charges" = 1 ] && [ "$(field status)" = captured ] || { echo "demo: it ended wrong" >&2; exit 1; }

chapter "6. The books of the first sale"
call GET "/api/v1/payments/$payment/ledger"
expect 200
grep -oE '\{[^{}]*\}' <<< "$body" | while read -r entry; do
    printf '    %-6s %10s %s  %s\n' "$(field entry_type "$entry")" "$(field amount "$entry")" "$(field currency "$entry")" \
        "$(field account "$entry")"
done

chapter "7. What the merchant is owed"
call GET /api/v1/balance
expect 200
show "$status" "$body"
rm -f var/demo.headers
