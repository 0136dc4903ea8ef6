# Sourced by ./run: starting, finding and stopping the simulator and the gateway. A pid file holds the process id and its
# start time, so that a number that was given to another program since is never signalled.

bin=build/release/bin
stripe_key=sk_test_simulator   # the simulator takes any
webhook_secret=whsec_of_the_simulator_and_nobody_else

# start_time_of PID: nothing for a process that has ended, also when nobody has collected its exit status yet.
start_time_of() {
    local line state
    line=$(cat "/proc/$1/stat" 2> /dev/null) || return 1
    state=${line##*) }
    [ "${state%% *}" != Z ] && cut -d' ' -f20 <<< "$state"
}

pid_of() {  # pid_of NAME: the process id, when it still runs
    local pid started
    [ -f "var/$1.pid" ] && read -r pid started < "var/$1.pid" && [ "$(start_time_of "$pid")" = "$started" ] && echo "$pid"
}

is_alive() { pid_of "$1" > /dev/null; }

port_is_used() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

free_port_after() {
    local port=$1
    until port=$((port + 1)); ! port_is_used "$port"; do :; done
    echo "$port"
}

# start NAME COMMAND...: in a session of its own, so that Ctrl-C reaches ./run alone, which then stops it in order.
start() {
    local name=$1; shift
    [ ! -f "var/$name.log" ] || mv -f "var/$name.log" "var/$name.log.1"
    setsid "$@" < /dev/null > "var/$name.log" 2>&1 &
    echo "$! $(start_time_of $!)" > "var/$name.pid"
    disown  # bash reports no end of it: ./run does
}

# wait_for NAME URL: until it answers 200; when it ended before, its last words are the reason.
wait_for() {
    local name=$1 url=$2 began=$SECONDS
    until curl -fsS -o /dev/null --max-time 2 "$url" 2> /dev/null; do
        is_alive "$name" || fail "the $name did not start: $(reason "$name")"
        [ $((SECONDS - began)) -lt 120 ] || fail "the $name is not ready after 120 s, see var/$name.log"
        sleep 0.1
    done
}

reason() { grep -v '^{' "var/$1.log" | tail -n 1 | grep . || tail -n 1 "var/$1.log" | grep . || echo "see var/$1.log"; }

start_simulator() {
    end simulator 10  # left behind when the gateway or ./run was killed
    simulator_port=$(free_port_after "$port")
    say "starting the simulator, the stand-in for Stripe"
    mkdir -p "$data/simulator"
    start simulator "$bin/florin-simulator" --port "$simulator_port" --data "$data/simulator"
    wait_for simulator "http://127.0.0.1:$simulator_port/_simulator/truth/summary"
}

write_settings() {
    cat > var/florin.toml <<EOF
# Written anew by each ./run. docs/configuration.md says what may stand here.
[http]
port = $port

[database]
data = "$data/florin"

# florin-bench is one merchant that asks as fast as it can.
[limits]
requests_per_second = 0

# The demo's shop listens on this machine.
[webhooks]
allow_loopback = true

[stripe.test]
base_url = "http://127.0.0.1:$simulator_port"
read_lag_ms = 1000
fee_basis_points = 140
fee_fixed = 25
EOF
}

start_gateway() {
    say "starting the gateway and its PostgreSQL"
    write_settings
    FLORIN_STRIPE_TEST_KEY=$stripe_key FLORIN_STRIPE_TEST_WEBHOOK_SECRET=$webhook_secret \
        start gateway "$bin/florin" up --config var/florin.toml
    wait_for gateway "http://127.0.0.1:$port/readyz"
    curl -fsS -o /dev/null -X POST "http://127.0.0.1:$simulator_port/_simulator/settings" \
        -H 'Content-Type: application/json' \
        -d "{\"webhook_url\":\"http://127.0.0.1:$port/psp/stripe/webhooks\",\"webhook_secret\":\"$webhook_secret\"}"
    grep -v '^{' var/gateway.log | grep '/var/lib/florin' || true
}

florin() { "$bin/florin" "$@" --config var/florin.toml; }

# A merchant with a test key, made once and kept beside the data.
make_demo_merchant() {
    local url=http://127.0.0.1:$port merchant
    if [ -f "$data/demo.env" ]; then
        . "$data/demo.env"
        curl -fs -o /dev/null -H "Authorization: Bearer $FLORIN_SECRET_KEY" "$url/api/v1/balance" && return
    fi
    say "making a demo merchant and a key"
    merchant=$(florin merchants create --name 'Demo shop' --fee-bps 290 --fee-fixed 30 | cut -d' ' -f1)
    FLORIN_SECRET_KEY=$(florin keys create --merchant "$merchant" --mode test --name demo 2> /dev/null | tail -n 1)
    (umask 077; printf 'FLORIN_SECRET_KEY=%s\n' "$FLORIN_SECRET_KEY" > "$data/demo.env")
}

write_environment() {
    local application admin
    application=$(florin database url --role application)
    admin=$(florin database url --role admin)
    rm -f var/florin.env
    (umask 077; printf "%s='%s'\n" FLORIN_URL "http://127.0.0.1:$port" FLORIN_SECRET_KEY "$FLORIN_SECRET_KEY" \
        FLORIN_SIMULATOR_URL "http://127.0.0.1:$simulator_port" FLORIN_DATABASE_URL "$application" \
        FLORIN_DATABASE_ADMIN_URL "$admin" > var/florin.env)
}

value_of() { sed -n "s/^$1='\(.*\)'$/\1/p" var/florin.env 2> /dev/null || true; }

# end NAME SECONDS: asks it to stop; kills it when it has not by then.
end() {
    local pid began=$SECONDS
    pid=$(pid_of "$1") || { rm -f "var/$1.pid"; return 0; }
    kill -TERM "$pid" 2> /dev/null || true
    while is_alive "$1"; do
        [ $((SECONDS - began)) -lt "$2" ] || { kill -KILL "$pid" 2> /dev/null || true; break; }
        sleep 0.1
    done
    rm -f "var/$1.pid"
}

stop_everything() {
    trap '' INT TERM HUP
    trap - EXIT
    say "stopping"
    end gateway 60
    # After a kill -9 of the gateway its PostgreSQL may still run.
    [ ! -x "$bin/florin" ] || [ ! -f var/florin.toml ] || florin database stop || true
    end simulator 10
}

print_summary() {
    local key=$FLORIN_SECRET_KEY url=http://127.0.0.1:$port
    cat <<EOF

Florin is up at $bold$url$plain
  key        $key   (test mode; all addresses and keys: var/florin.env)
  simulator  http://127.0.0.1:$simulator_port

Try it:
  . var/florin.env
  curl -s \$FLORIN_URL/api/v1/payments -H "Authorization: Bearer \$FLORIN_SECRET_KEY" \\
       -H "Idempotency-Key: order-\$RANDOM" -H "Content-Type: application/json" \\
       -d '{"amount":10000,"currency":"USD","payment_method":"pm_card_visa","description":"Order #12345"}'
  curl -s "\$FLORIN_URL/api/v1/payments?limit=3" -H "Authorization: Bearer \$FLORIN_SECRET_KEY"
  curl -s \$FLORIN_URL/api/v1/balance -H "Authorization: Bearer \$FLORIN_SECRET_KEY"
  $bin/florin verify --config var/florin.toml

EOF
}
