// The work of one command, as a task of the process: intent, PSP call, outcome; or, where the key is claimed already,
// the way to the answer that stands under it. Creations and modifications differ in how they begin, and in nothing
// else.
#pragma once

#include <memory>
#include <optional>

#include "flow/command.hpp"
#include "flow/perform.hpp"
#include "flow/result_reader.hpp"

namespace florin::flow {

class OperationTask {
public:
    OperationTask(const Services& services, ResultReader results, std::shared_ptr<Ongoing> ongoing, Command command);
    Task<Conclusion> run();

private:
    Task<Conclusion> work();
    Task<Begun> begin();
    Task<Conclusion> finish(Opened opened);
    Task<Conclusion> answer_from_stored();
    Task<std::optional<store::StoredOperation>> find_stored();
    Task<std::optional<store::StoredOperation>> find_claimed();  // a claim that lost proves that it is there
    // Empty when somebody else was quicker: what is stored decides anew.
    Task<std::optional<Conclusion>> repeat(store::StoredOperation stored);
    Task<std::optional<Conclusion>> open_next_attempt(store::StoredOperation stored, payments::Payment payment);
    Task<std::optional<Conclusion>> refuse_repeat(store::StoredOperation stored, const Refusal& refusal);
    Task<std::optional<Conclusion>> wait_until_free(store::StoredOperation stored, Refusal busy);
    Task<Conclusion> wait_for_open(store::StoredOperation stored);
    Conclusion conclude(Standing standing);

    const Services& services_;
    ResultReader results_;
    std::shared_ptr<Ongoing> ongoing_;
    Command command_;
};

}  // namespace florin::flow
