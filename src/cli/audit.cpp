// florin audit: who changed which merchant, key or operation. The same rows as GET /api/v1/admin/audit.
#include <fmt/format.h>

#include "cli/administration.hpp"

namespace florin::cli {
namespace {

Task<int> list(boost::asio::any_io_executor executor, config::Config config, std::string merchant, bool json) {
    auto administration = open_administration(executor, config);
    const auto filter = co_await owner_filter(administration, std::move(merchant));
    if (!filter) co_return print_refusal(filter.error(), kLookAtMerchants);
    const auto page_of = [&administration, &filter](store::Cut cut) {
        return administration.list_changes(*filter, cut, Deadline::after(kPatience));
    };
    co_return co_await print_pages(page_of, [](const store::AdminAuditRow& row) { return row.id.uuid(); }, json);
}

}  // namespace

std::string to_text(const store::AdminAuditRow& row) {
    return fmt::format("{}  {:<20} {:<18} {}  {}", format_time(row.at), row.actor, row.action, row.subject,
                       row.details);
}

void add_audit(CLI::App& app, Shell& shell) {
    auto merchant = std::make_shared<std::string>();
    auto* command =
        add_command(app, shell,
                    {"audit", "Who changed which merchant, key or operation, the newest change first",
                     "  florin audit --config florin.toml | head\n"
                     "  florin audit --config florin.toml --merchant mer_... --json",
                     "Each line: when, who (key_... by the API, cli:USER by a command on the server), what, to what, "
                     "and how. The log\n"
                     "is append-only; what happened to a payment itself is in GET /api/v1/payments/{id}/audit."},
                    [&shell, merchant] {
                        return on_loop([&shell, merchant](auto executor) {
                            return list(executor, shell.config(), *merchant, shell.json);
                        });
                    });
    command->add_option("--merchant", *merchant, "Only what belongs to this merchant");
}

}  // namespace florin::cli
