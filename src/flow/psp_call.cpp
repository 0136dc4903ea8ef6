#include "flow/psp_call.hpp"

#include <exception>

namespace florin::flow {
namespace {

constexpr const char* kTooLate = "the deadline had passed before the call";

psp::Answer unclear(std::string evidence) {
    psp::Answer answer;
    answer.evidence = std::move(evidence);
    return answer;
}

// Rule 6: whatever an adapter throws, the request may have been sent.
Task<psp::Answer> guarded(Task<psp::Answer> call) {
    try {
        co_return co_await std::move(call);
    } catch (const std::exception& error) {
        co_return unclear(std::string("the adapter failed: ") + error.what());
    }
}

}  // namespace

Task<psp::Answer> send_execute(psp::Psp& psp, psp::Call call, Deadline deadline) {
    if (deadline.passed()) co_return unclear(kTooLate);
    co_return co_await guarded(psp.execute(std::move(call), deadline));
}

Task<psp::Answer> send_read(psp::Psp& psp, std::string reference, psp::Call call, Deadline deadline) {
    if (deadline.passed()) co_return unclear(kTooLate);
    co_return co_await guarded(psp.read(std::move(reference), std::move(call), deadline));
}

Task<psp::Answer> send_abandon(psp::Psp& psp, std::string reference, psp::Call call, Deadline deadline) {
    if (deadline.passed()) co_return unclear(kTooLate);
    co_return co_await guarded(psp.abandon(std::move(reference), std::move(call), deadline));
}

Task<psp::Sweep> send_look_up(psp::Psp& psp, psp::LookUp wanted, Deadline deadline) {
    psp::Sweep nothing;
    nothing.evidence = kTooLate;
    if (deadline.passed()) co_return nothing;
    try {
        co_return co_await psp.look_up(std::move(wanted), deadline);
    } catch (const std::exception& error) {
        nothing.evidence = std::string("the adapter failed: ") + error.what();
    }
    co_return nothing;
}

}  // namespace florin::flow
