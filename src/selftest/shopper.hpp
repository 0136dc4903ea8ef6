// One client of a merchant: makes a payment, captures, voids and refunds it, whole and in parts, and repeats what was
// not answered with the same key, as a careful one does; and now and then what it must not do: another body under a
// used key, a used key for another operation. Decides and judges; sends nothing itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "selftest/ack_log.hpp"
#include "selftest/dice.hpp"

namespace florin::selftest {

// What all of them did and saw.
struct Tally {
    std::uint64_t operations = 0;                  // asked for, each with a key of its own
    std::uint64_t requests = 0, cut = 0;           // cut: ended without an answer
    std::uint64_t repeats = 0, probes = 0;         // of a key after its final answer: the same body; another one
    std::uint64_t hops = 0;                        // to another process of the gateway
    std::uint64_t finals = 0;                      // operations that came to a final answer
    std::map<std::string, std::uint64_t> kinds{};  // finals by "<kind> <status>"
    std::map<int, std::uint64_t> statuses{};
    std::vector<std::string> broken{};  // promises, a sentence each; the first hundred

    void breaks(std::string sentence) {
        if (broken.size() < 100) broken.push_back(std::move(sentence));
    }
};

struct Request {
    std::string_view kind;  // "sale", …
    std::string path, body, key;
};

struct Step {
    std::chrono::milliseconds wait{0};  // before it is sent
    bool hops = false;                  // to another process
    bool hangs_up = false;              // the client is gone before the answer
};

class Shopper {
public:
    Shopper(std::uint64_t seed, std::string run, std::uint64_t number);

    // What to send next; the request stays until the next step.
    Step next(Tally& tally);
    const Request& request() const { return request_; }
    // True before a new operation is begun: a good moment to leave.
    bool is_between_operations() const { return phase_ == Phase::done; }
    // Status 0: no answer came. `body` need not outlive the call.
    void answered(int status, std::string_view body, AckLog& log, Tally& tally);

private:
    enum class Phase : std::uint8_t { done, asking, repeating, probing };

    void begin_operation();
    void begin_payment();
    void begin_modification();
    void begin_probe();
    void judge(int status, std::string_view body, AckLog& log, Tally& tally);
    void judge_final(int status, std::string_view body, Tally& tally);
    void judge_probe(int status, std::string_view body, Tally& tally);
    void go_on(int status);

    Dice dice_;
    std::string run_;
    std::uint64_t number_;
    std::uint64_t operations_ = 0;
    Phase phase_ = Phase::done;
    Request request_{}, last_{};  // last: the operation that a probe follows
    std::string payment_id_{};
    bool is_sale_ = false;
    std::int64_t amount_ = 0;
    int modifications_left_ = 0, tries_left_ = 0;
    int final_status_ = 0;
    std::string final_body_{};
    std::chrono::milliseconds wait_{0};
};

}  // namespace florin::selftest
