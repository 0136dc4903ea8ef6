// `florin verify --deep`: what each PSP says that it holds, took and gave back, compared with the books, payment by
// payment and in sums; and, where clients kept a list of the answers that they got, each of those with what is stored.
//
// The PSP's lists are read page by page into temporary tables of the connection, so that memory does not grow with
// them, and then compared by SQL in one snapshot that is younger than the lists: a charge that a list shows is in the
// books by then, or it never was. What is open, or changed since the lists were begun, is counted and not compared.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "postgres/connection.hpp"
#include "psp/psp.hpp"

namespace florin::verify {

struct DeepAccount {
    psp::Psp* psp = nullptr;
    bool live = false;
};

struct DeepOptions {
    WallTime since;                               // what was begun before it is not looked at
    std::optional<std::filesystem::path> acks{};  // one JSON object per line: key, status, body_sha256, payment_id
    int pages_per_second = 10;                    // of a PSP's lists, at most
    std::function<void(std::string)> progress{};
};

struct DeepFinding {
    std::string check;   // "charged_twice", …
    std::string row;     // ids
    std::string detail;  // the amounts on both sides
    std::string advice;  // what to do
};

struct DeepReport {
    std::vector<DeepFinding> findings;                          // at most 100 per check
    std::vector<std::pair<std::string, std::int64_t>> counted;  // what was looked at
    std::vector<std::pair<std::string, std::string>> open;      // payment and operations that nobody knows the end of
};

// Throws std::runtime_error when a list cannot be read to its end or the file of answers is not what it should be.
Task<DeepReport> verify_deep(postgres::Connection& connection, std::vector<DeepAccount> accounts, DeepOptions options,
                             Deadline deadline);

}  // namespace florin::verify
