// Named crash points, compiled in by FLORIN_FAIL_POINTS (test builds only; a release build has none of it).
// The environment chooses: FLORIN_FAIL="after_intent_commit=crash@3,before_outcome_commit=sleep:500" crashes (SIGKILL
// to itself) at the third hit of one and sleeps 500 ms at each hit of the other. Hits are printed to standard error, so
// that a test whose fault never fired can fail.
#pragma once

#ifdef FLORIN_FAIL_POINTS
namespace florin {
void fail_point_hit(const char* name);
}
#define FLORIN_FAIL_POINT(name) ::florin::fail_point_hit(name)
#else
#define FLORIN_FAIL_POINT(name) static_cast<void>(0)
#endif
