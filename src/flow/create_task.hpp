// The work of one create, as a task of the process: intent, PSP call, outcome; or, where the key is claimed already,
// the way to the answer that stands under it.
#pragma once

#include <memory>
#include <optional>

#include "flow/ongoing.hpp"
#include "flow/result_reader.hpp"
#include "flow/settle.hpp"

namespace florin::flow {

class CreateTask {
public:
    CreateTask(const Services& services, ResultReader results, std::shared_ptr<Ongoing> ongoing, CreateCommand command);
    Task<Conclusion> run();

private:
    // Read before the statement that opens or takes an attempt is submitted (rule 12).
    struct Deadlines {
        Deadline commit;  // of that statement
        Deadline call;    // past it nothing is sent
        Deadline lease;   // past it the resolver does what is left
    };
    Deadlines begin() const;

    Task<Conclusion> claim();
    Task<Conclusion> perform(payments::Payment payment, payments::Attempt attempt, Deadlines deadlines);
    Task<Conclusion> answer_from_stored();
    Task<Conclusion> answer_without_account();
    Task<std::optional<store::StoredOperation>> find_stored();
    Task<std::optional<store::StoredOperation>> find_claimed();  // a claim that lost proves that it is there
    // Empty when another repeat opened the attempt first.
    Task<std::optional<Conclusion>> open_next_attempt(store::StoredOperation stored);
    Task<Conclusion> wait_for_open(store::StoredOperation stored);
    // Empty when somebody else has taken it.
    Task<std::optional<Standing>> adopt(store::StoredOperation stored);
    Conclusion conclude(Standing standing);

    const Services& services_;
    ResultReader results_;
    std::shared_ptr<Ongoing> ongoing_;
    CreateCommand command_;
};

}  // namespace florin::flow
