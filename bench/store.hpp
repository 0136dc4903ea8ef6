// `florin-bench store`: whole sales through the gateway's own group commit, with nothing around it, for bench/compare.
#pragma once

namespace florin::bench {

int run_store(int argc, char** argv);

}  // namespace florin::bench
