#include "postgres/connection.hpp"

#include <string>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "postgres/session.hpp"

namespace florin::postgres {
namespace {

constexpr int kBinary = 1;

// What every session of Florin pins, whatever the server, the database, the role or PGOPTIONS say. remote_apply is
// stronger than on and stays. No timeout of the server may end a commit: that would be acknowledged and lost, or lost
// and unknown.
constexpr const char* kPinSettings = R"(
    SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                          WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
           set_config('statement_timeout', '0', false),
           set_config('idle_session_timeout', '0', false),
           set_config('idle_in_transaction_session_timeout', '0', false),
           set_config('client_connection_check_interval', '0', false)
)";

// libpq's view of Params: parallel arrays that point into it.
struct Arguments {
    explicit Arguments(const Params& params) {
        for (const auto& value : params.values()) {
            types.push_back(value.oid);
            values.push_back(value.null ? nullptr : value.bytes.data());
            lengths.push_back(static_cast<int>(value.bytes.size()));
            formats.push_back(kBinary);
        }
    }
    int count() const { return static_cast<int>(values.size()); }

    std::vector<::Oid> types;
    std::vector<const char*> values;
    std::vector<int> lengths, formats;
};

// Keys of a connection string win over `fallback_application_name`, so an operator may tell processes apart.
std::string with_defaults(const std::string& conninfo) {
    PQconninfoOption* options = PQconninfoParse(conninfo.c_str(), nullptr);
    // libpq's own message would quote the text, password included.
    if (!options) {
        throw ConnectionLost(
            "the database URL is not valid: it has the form postgresql://user:password@host:port/name");
    }
    std::string out;
    auto append = [&out](const char* key, const char* value) {
        out.append(key).append("='");
        for (; *value; ++value) {
            if (*value == '\'' || *value == '\\') out.push_back('\\');
            out.push_back(*value);
        }
        out.append("' ");
    };
    for (auto* option = options; option->keyword; ++option) {
        const std::string_view keyword = option->keyword;
        if (!option->val || keyword == "client_encoding" || keyword == "fallback_application_name") continue;
        append(option->keyword, option->val);
    }
    PQconninfoFree(options);
    append("client_encoding", "UTF8");
    append("fallback_application_name", "florin");
    return out;
}

}  // namespace

struct Connection::State {
    std::shared_ptr<Session> session;

    // Refused before anything is sent: a lost connection, or a deadline that has passed.
    void check(Deadline deadline) const {
        if (!session->is_usable()) throw ConnectionLost("the database connection is closed");
        if (deadline.passed()) {
            session->close();
            throw ConnectionLost("the deadline passed before the statement was sent");
        }
    }
};

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::~Connection() {
    state_->session->close();
}

Task<std::unique_ptr<Connection>> Connection::open(boost::asio::any_io_executor executor, std::string conninfo,
                                                   Deadline deadline) {
    auto state = std::make_unique<State>();
    state->session = std::make_shared<Session>(executor);
    co_await state->session->connect(with_defaults(conninfo), deadline);
    std::unique_ptr<Connection> connection(new Connection(std::move(state)));
    Params none;
    auto pinned = co_await connection->query(kPinSettings, std::move(none), deadline);
    const auto commit = pinned[0].text(0);
    if (commit != "on" && commit != "remote_apply") throw ConnectionLost("synchronous_commit cannot be turned on");
    co_return connection;
}

Task<void> Connection::run(std::string sql, Deadline deadline) {
    state_->check(deadline);
    Session::Exchange exchange(*state_->session, deadline);
    co_await exchange.finish(PQsendQuery(state_->session->native(), sql.c_str()), sql);
}

Task<void> Connection::prepare(std::string name, std::string sql, Deadline deadline) {
    state_->check(deadline);
    Session::Exchange exchange(*state_->session, deadline);
    co_await exchange.finish(PQsendPrepare(state_->session->native(), name.c_str(), sql.c_str(), 0, nullptr), sql);
}

Task<Rows> Connection::execute(std::string name, Params params, Deadline deadline) {
    state_->check(deadline);
    Session::Exchange exchange(*state_->session, deadline);
    const Arguments arguments(params);
    auto result = co_await exchange.finish(
        PQsendQueryPrepared(state_->session->native(), name.c_str(), arguments.count(), arguments.values.data(),
                            arguments.lengths.data(), arguments.formats.data(), kBinary),
        {}, name);
    co_return Rows(result.release());
}

Task<Rows> Connection::query(std::string sql, Params params, Deadline deadline) {
    state_->check(deadline);
    Session::Exchange exchange(*state_->session, deadline);
    const Arguments arguments(params);
    auto result = co_await exchange.finish(
        PQsendQueryParams(state_->session->native(), sql.c_str(), arguments.count(), arguments.types.data(),
                          arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), kBinary),
        sql);
    co_return Rows(result.release());
}

bool Connection::is_usable() const {
    return state_->session->is_usable();
}
int Connection::backend_pid() const {
    return is_usable() ? PQbackendPID(state_->session->native()) : 0;
}

}  // namespace florin::postgres
