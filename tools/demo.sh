#!/bin/bash
# A short story of an order, told against a running ./run: what a merchant sends and what comes back. Exit code 1 when an
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

fail() { printf 'demo: %s\n' "$1" >&2; exit 1; }
expect() { [ "$status" = "$1" ] || fail "expected $1, got $status: $body"; }  # expect STATUS: the last call's

settled() {  # settled PAYMENT STATUS SECONDS: reads it until it has the status
    local began=$SECONDS
    while :; do
        body=$(curl -sS -H "Authorization: Bearer $FLORIN_SECRET_KEY" "$FLORIN_URL/api/v1/payments/$1")
        [ "$(field status)" != "$2" ] || return 0
        [ $((SECONDS - began)) -lt "$3" ] || fail "$1 is still $(field status) after $3 s"
        sleep 0.2
    done
}

money() { printf '%d.%02d' $(($1 / 100)) $(($1 % 100)); }

# What the payment of the last answer is now.
stand() {
    local taken returned
    taken="captured $(money "$(field captured_amount)"), released $(money "$(field voided_amount)")"
    returned="refunded $(money "$(field refunded_amount)") of $(money "$(field authorized_amount)") $(field currency)"
    show "$status" "$(field status): $taken, $returned"
}

at_psp() {  # at_psp PAYMENT: what the stand-in for Stripe really did
    curl -sS "$FLORIN_SIMULATOR_URL/_simulator/truth?reference=$1" | grep -oE '"kind":"[a-z]*"' | cut -d'"' -f4 | sort | uniq -c |
        awk '{printf "%s%d %s", sep, $1, $2; sep = ", "}'
}

card() { printf '{"amount":%s,"currency":"USD","payment_method":"%s"%s}' "$1" "$2" "${3:-}"; }
payments=/api/v1/payments

# The shop's receiver of webhooks, and its endpoint: what it was told is shown at the end.
receiver='' endpoint=''
clean_up() {
    [ -z "$endpoint" ] ||
        curl -sS -o /dev/null -X DELETE -H "Authorization: Bearer $FLORIN_SECRET_KEY" "$FLORIN_URL$endpoints/$endpoint"
    [ -z "$receiver" ] || kill "$receiver" 2> /dev/null || true
    rm -f var/demo.headers var/demo.port var/demo.secret var/demo.events
}
trap clean_up EXIT
endpoints=/api/v1/webhook_endpoints
rm -f var/demo.port
(umask 077; : > var/demo.secret)
python3 tools/demo_receiver.py var/demo.port var/demo.secret > var/demo.events &
receiver=$!
for _ in $(seq 100); do [ ! -s var/demo.port ] || break; sleep 0.1; done

chapter "0. The shop wants to be told: it registers a webhook endpoint"
call POST $endpoints endpoint "{\"url\":\"http://127.0.0.1:$(cat var/demo.port)/florin\"}"
expect 201
endpoint=$(field id)
field secret > var/demo.secret
show "$status" "$endpoint, with a secret that is shown once"

chapter "1. An order of 100.00: the shop holds the money until it ships"
call POST $payments order "$(card 10000 pm_card_visa ',"capture":false,"multiple_captures":true,"description":"Order #12345"')"
expect 200
payment=$(field payment_id)
stand
show "payment" "$payment, held until $(field capture_before)"

chapter "2. Half of it ships: 60.00 is captured"
call POST "$payments/$payment/capture" ship '{"amount":6000}'
expect 200
first_body=$body
stand

chapter "3. That answer was lost, so the shop sends the same request again"
call POST "$payments/$payment/capture" ship '{"amount":6000}'
expect 200
[ "$body" = "$first_body" ] || fail "the replay differs"
show "$status" "byte for byte the same, $(tr -d '\r' < var/demo.headers | grep -i '^idempotent-replayed')"
show "at the PSP" "$(at_psp "$payment")"
[ "$(at_psp "$payment")" = "1 authorize, 1 capture" ] || fail "the PSP did something else"

chapter "4. The rest is out of stock: it is released on the payer's card"
call POST "$payments/$payment/void" rest '{}'
expect 200
stand

chapter "5. One article comes back: 15.00 is refunded"
call POST "$payments/$payment/refund" back '{"amount":1500,"reason":"damaged_in_transit"}'
expect 200
stand
show refund "$(field refund_id)"

chapter "6. A mistake: more than what is left of it"
call POST "$payments/$payment/refund" mistake '{"amount":6000}'
expect 422
show "$status" "$(field detail)"

chapter "7. A card without money"
call POST $payments decline "$(card 2500 pm_card_visa_chargeDeclinedInsufficientFunds)"
expect 402
show "$status" "$(field failure_code): $(field failure_reason)"

chapter "8. The bank wants to see the payer: 3-D Secure"
call POST $payments challenge "$(card 4900 pm_card_threeDSecure2Required ',"return_url":"https://shop.example/done"')"
expect 202
challenged=$(field payment_id) page=$(field url)
show "$status" "$(field status): the payer goes to $page"
curl -sS -o /dev/null -X POST "$page/approve"
settled "$challenged" captured 60
show approved "$(field status)"

chapter "9. The PSP charges, and the line goes dead before it says so"
curl -sS -o /dev/null -X POST -H 'Content-Type: application/json' "$FLORIN_SIMULATOR_URL/_simulator/faults" \
    -d '{"psp":"stripe","operation":"create","action":"drop_after_processing","times":1}'
call POST $payments lost "$(card 7700 pm_card_visa)"
expect 202
unclear=$(field payment_id)
show "$status" "$(field status): nobody knows, so nobody says failed"
settled "$unclear" captured 120
show later "$(field status): found out, not guessed"
show "at the PSP" "$(at_psp "$unclear")"
[ "$(at_psp "$unclear")" = "1 charge" ] || fail "it ended wrong"

chapter "10. The books of the order, in double entry"
call GET "$payments/$payment/ledger"
expect 200
grep -oE '\{[^{}]*\}' <<< "$body" | while read -r entry; do
    printf '    %-13s %-6s %8s %s  %s\n' "$(field kind "$entry")" "$(field entry_type "$entry")" \
        "$(money "$(field amount "$entry")")" "$(field currency "$entry")" "$(field account "$entry")"
done

chapter "11. What the merchant is owed, and what is still held for it"
call GET /api/v1/balance
expect 200
show "$status" "$body"

chapter "12. What the shop was told meanwhile, each event signed and verified"
for _ in $(seq 300); do ! grep -q "payment.captured.* $unclear " var/demo.events || break; sleep 0.1; done
while read -r told; do printf '    %s\n' "$told"; done < var/demo.events
grep -q "payment.captured.* $unclear " var/demo.events || fail "the shop was not told how $unclear ended"
show "that is" "how the payment ended whose answer was lost: nobody had to ask"
