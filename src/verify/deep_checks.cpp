#include "verify/deep_checks.hpp"

#include <array>

namespace florin::verify {

const std::string_view kDeepTables =
#include "verify/deep/tables.sql"
    ;
const std::string_view kDeepBooks =
#include "verify/deep/books.sql"
    ;
const std::string_view kDeepCounts =
#include "verify/deep/counts.sql"
    ;
const std::string_view kDeepOpen =
#include "verify/deep/open.sql"
    ;

namespace {

constexpr auto kDeepChecks = std::to_array<DeepCheck>({
    {
        "charged_twice",
        "of each payment at most one charge stands at the PSP",
        "Give the shopper one of them back in the PSP's dashboard, keep the one that the books name, and report a bug.",
#include "verify/deep/charged_twice.sql"
    },
    {
        "refunded_twice",
        "each operation gave back once",
        "Money left twice for one request: compare with the books, settle it with the merchant, and report a bug.",
#include "verify/deep/refunded_twice.sql"
    },
    {
        "failed_but_charged",
        "what the books call failed is not charged, and cannot be any more",
        "Send the PSP's event again (florin psp-events replay) or cancel or refund the charge in the PSP's dashboard.",
#include "verify/deep/failed_but_charged.sql"
    },
    {
        "unknown_charge",
        "each charge that names us is in the books",
        "Find out whether another installation uses this account, or a database was restored; never book it by hand.",
#include "verify/deep/unknown_charge.sql"
    },
    {
        "late_charge",
        "each late charge that was compensated is given back",
        "Look at the compensating operation (florin operations show); return what stands in the PSP's dashboard.",
#include "verify/deep/late_charge.sql"
    },
    {
        "asked",
        "each object at the PSP is of the amount and currency that were asked for",
        "The PSP shows another amount than Florin sent: stop refunds of this payment and ask the PSP.",
#include "verify/deep/asked.sql"
    },
    {
        "captured",
        "the same was captured there and here",
        "Look for captures made in the PSP's dashboard; what was captured there too much is refunded there.",
#include "verify/deep/captured.sql"
    },
    {
        "held",
        "the same is held there and here",
        "Look for a release in the PSP's dashboard; void the payment if nothing is held there any more.",
#include "verify/deep/held.sql"
    },
    {
        "refunded",
        "the same was given back there and here",
        "A refund was made or taken back outside of Florin: compare the payment's refunds with the PSP's dashboard.",
#include "verify/deep/refunded.sql"
    },
    {
        "missing",
        "each payment that the books know at the PSP is listed there",
        "Check that the key is of the right account and that --since is not older than what the PSP still lists.",
#include "verify/deep/missing.sql"
    },
    {
        "unread",
        "each account that took payments of the time was read",
        "Set the account's key for this command too: FLORIN_STRIPE_LIVE_KEY (live) or FLORIN_STRIPE_TEST_KEY (test).",
#include "verify/deep/unread.sql"
    },
    {
        "unreadable",
        "each object of ours can be read",
        "The PSP's answer has another form than this release knows: compare it with the PSP's documentation.",
#include "verify/deep/unreadable.sql"
    },
    {
        "conserved",
        "per currency, PSP, payments and ledger sum to the same",
        "The other findings name the payments; if there are none, run florin verify, which recomputes the ledger.",
#include "verify/deep/conserved.sql"
    },
});

constexpr auto kAckChecks = std::to_array<DeepCheck>({
    {
        "ack_lost",
        "each acknowledged payment is in the books",
        "An answer left before it was durable, or the database went back in time: compare with the last backup.",
#include "verify/deep/ack_lost.sql"
    },
    {
        "ack_bytes",
        "each acknowledged answer is stored as it was sent",
        "A repeat of this key would be answered otherwise than the first: compare the two, and report a bug.",
#include "verify/deep/ack_bytes.sql"
    },
    {
        "ack_differs",
        "one key was answered in one way",
        "Two answers left for one key: the stored one holds; tell the merchant, and report a bug.",
#include "verify/deep/ack_differs.sql"
    },
});

}  // namespace

std::span<const DeepCheck> deep_checks() {
    return kDeepChecks;
}

std::span<const DeepCheck> ack_checks() {
    return kAckChecks;
}

}  // namespace florin::verify
