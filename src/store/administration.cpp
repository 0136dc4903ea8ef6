#include "store/administration.hpp"

#include "base/assert.hpp"
#include "store/administration_rows.hpp"
#include "store/administration_state.hpp"
#include "store/administration_statements.hpp"

namespace florin::store {

Administration::Administration(boost::asio::any_io_executor executor, std::string conninfo, Secret pepper)
    : state_(new State{.log = ChangeLog(std::move(executor), std::move(conninfo), prepare_administration_statements),
                       .pepper = std::move(pepper)}) {}

Administration::~Administration() = default;

Task<Checked<std::optional<std::string>>> Administration::replayed(Author author, Deadline deadline) {
    CO_TRY(known, co_await state_->log.replayed(std::move(author), deadline));
    co_return known ? std::optional(std::move(known->details)) : std::nullopt;
}

Task<Checked<bool>> Administration::record(Decree decree, Author author, Deadline deadline) {
    if (co_await state_->log.write("record", state_->log.entry_of(decree, author), deadline)) co_return true;
    CO_TRY(subject, co_await state_->log.replayed_subject(std::move(author), deadline));
    FLORIN_ASSERT(subject.has_value());
    co_return false;
}

Task<Slice<AdminAuditRow>> Administration::list_changes(OwnerFilter filter, Cut cut, Deadline deadline) {
    const auto rows = co_await state_->log.page("list_changes", cut, filter, deadline);
    std::vector<AdminAuditRow> changes;
    for (int i = 0; i < rows.size(); ++i) changes.push_back(audit_row_of(rows[i]));
    co_return slice_of(std::move(changes), cut.limit);
}

}  // namespace florin::store
