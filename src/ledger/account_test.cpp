#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "ledger/journal.hpp"

namespace florin::ledger {
namespace {

const MerchantId kMerchant = *MerchantId::parse("mer_0195f000-0000-7000-8014-000000000002");

TEST(Account, paths_begin_with_the_mode_and_end_with_the_currency) {
    EXPECT_EQ(psp_receivable({"stripe", "main", true}, kJpy).path, "live:psp:stripe:main:receivable:JPY");
    EXPECT_EQ(psp_fees({"stripe", "main", true}, kJpy).path, "live:psp:stripe:main:fees:JPY");
    EXPECT_EQ(platform_fees(true, kUsd).path, "live:platform:fees:USD");
    EXPECT_EQ(merchant_payable(kMerchant, true, kUsd).merchant, kMerchant);
    EXPECT_TRUE(merchant_payable(kMerchant, true, kUsd).path.starts_with("live:merchant:mer_"));
    EXPECT_FALSE(platform_fees(true, kUsd).merchant);
}

TEST(Account, its_id_is_uuid_version_8_of_the_paths_digest) {
    const Account account = platform_fees(true, kUsd);
    EXPECT_TRUE(to_hex(sha256(account.path)).starts_with("564f0c20f8c7fd5646aaac7e6a3e1cce"));
    EXPECT_EQ(to_string(account.id()), "564f0c20-f8c7-8d56-86aa-ac7e6a3e1cce");
    EXPECT_NE(account.id(), platform_fees(false, kUsd).id());
}

TEST(Account, a_stored_path_leads_back_to_its_account) {
    for (const bool live : {false, true}) {
        const PspAccount psp{"stripe", "eu-1", live};
        for (const Currency currency : Currency::all()) {
            for (const Account& account :
                 {psp_receivable(psp, currency), psp_fees(psp, currency), psp_authorized(psp, currency),
                  merchant_payable(kMerchant, live, currency), merchant_authorized(kMerchant, live, currency),
                  platform_fees(live, currency)}) {
                const auto parsed = parse_account(account.path);
                ASSERT_TRUE(parsed) << account.path;
                EXPECT_EQ(parsed->path, account.path);
                EXPECT_EQ(parsed->live, live);
                EXPECT_EQ(parsed->currency, currency);
                EXPECT_EQ(parsed->merchant, account.merchant);
            }
        }
    }
}

TEST(Account, what_is_no_path_of_ours_is_none) {
    const std::string merchant = to_string(kMerchant);
    for (const std::string& path : std::vector<std::string>{"",
                                                            "live",
                                                            ":::",
                                                            "live:platform:fees",
                                                            "live:platform:fees:usd",
                                                            "live:platform:fees:XXX",
                                                            "prod:platform:fees:USD",
                                                            "live:platform:payable:USD",
                                                            "live:platform:fees:USD:",
                                                            "live:bank:clearing:USD",
                                                            "live:psp:stripe:main:payable:USD",
                                                            "live:psp::main:fees:USD",
                                                            "live:psp:stripe::fees:USD",
                                                            "live:psp:stripe:fees:USD",
                                                            "live:psp:stripe:a:b:fees:USD",
                                                            "live:merchant:" + merchant + ":fees:USD",
                                                            "live:merchant:" + merchant + ":payable",
                                                            "live:merchant:mer_1:payable:USD",
                                                            "live:merchant:" + merchant + ":payable:USD:USD",
                                                            "live:psp:stripe:main:fees:USD:x",
                                                            "a:b:c:d:e:f:g:h"}) {
        EXPECT_FALSE(parse_account(path)) << path;
    }
}

}  // namespace
}  // namespace florin::ledger
