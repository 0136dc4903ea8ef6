// What the commands that manage merchants and keys share: who they act as, and how they read and print.
#pragma once

#include <boost/json/array.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "store/administration.hpp"
#include "store/administration_json.hpp"
#include "store/webhook_endpoint_rows.hpp"

namespace florin::cli {

inline const Milliseconds kPatience(10'000);

// "cli:" and the operating system's user: the actor in the audit log.
store::Author this_user();

// For looking and changing; making keys takes the pepper too.
store::Administration open_administration(boost::asio::any_io_executor executor, const config::Config& config);
store::Administration open_with_pepper(boost::asio::any_io_executor executor, const config::Config& config);

// Throw UsageError.
MerchantId parse_merchant(const std::string& text);
KeyId parse_key(const std::string& text);
std::string parse_name(std::string text);

// What --merchant leaves over, everybody's where it is empty. Refused (not_found) where there is no such merchant: an
// empty list would say that it has nothing.
Task<Checked<store::OwnerFilter>> owner_filter(store::Administration& administration, std::string merchant);
inline constexpr std::string_view kLookAtMerchants = "florin merchants list";

// The refusal's sentence; where something was not found, also where to look.
int print_refusal(const Refusal& refusal, std::string_view where_to_look);

// One line for people, defined beside its commands.
std::string to_text(const store::MerchantRow& row);
std::string to_text(const store::KeyRow& row);
std::string to_text(const store::AdminAuditRow& row);
std::string to_text(const store::WebhookEndpointRow& row);

template <class Row>
void print_row(const Row& row, bool json) {
    if (json) {
        print_json(to_json(row));
    } else {
        std::cout << to_text(row) << '\n';
    }
}

// All rows of a list that comes in pages; `page_of` awaits the page behind a cut, `uuid_of` is the cursor of a row.
template <class PageOf, class UuidOf>
Task<int> print_pages(PageOf page_of, UuidOf uuid_of, bool json) {
    store::Cut cut{.limit = 100};
    boost::json::array data;
    for (bool has_more = true; has_more;) {
        const auto page = co_await page_of(cut);
        for (const auto& row : page.rows) {
            cut.starting_after = uuid_of(row);
            if (json) {
                data.push_back(to_json(row));
            } else {
                std::cout << to_text(row) << '\n';
            }
        }
        has_more = page.has_more;
    }
    if (json) print_json({{"data", std::move(data)}});
    co_return kDone;
}

}  // namespace florin::cli
