// `florin-bench events`: signed webhooks of Stripe's at a given rate, for bench/events.
#pragma once

namespace florin::bench {

int run_events(int argc, char** argv);

}  // namespace florin::bench
