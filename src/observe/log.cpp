#include "observe/log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/json.hpp"
#include "observe/batched_log.hpp"

namespace florin::observe {
namespace {

constexpr std::size_t kLongestText = 200;
constexpr std::size_t kLongestBatch = std::size_t{64} * 1024;

std::atomic<Level> lowest_level{Level::info};

std::string_view to_string(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
    }
    return "error";
}

// Texts from outside may be long and need not be UTF-8; a log line is short and always valid JSON.
void append_text(std::string& line, std::string_view text) {
    if (text.size() <= kLongestText && json::is_utf8(text)) return json::append_string(line, text);
    std::string shown(text.substr(0, kLongestText));
    const bool is_cut = shown.size() < text.size();
    // A cut may have split one character.
    for (int i = 0; is_cut && i < 3 && !json::is_utf8(shown); ++i) shown.pop_back();
    if (!json::is_utf8(shown)) {
        for (char& c : shown) c = (c & 0x80) != 0 ? '?' : c;
    }
    if (is_cut) shown += "…";
    json::append_string(line, shown);
}

struct ValueWriter {
    std::string& line;
    void operator()(std::string_view text) const { append_text(line, text); }
    void operator()(std::int64_t number) const { fmt::format_to(std::back_inserter(line), "{}", number); }
    void operator()(bool value) const { line += value ? "true" : "false"; }
};

// Whole lines in one write, so that those of several processes on one terminal stay whole.
void write_lines(std::string_view lines) {
    while (!lines.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, lines.data(), lines.size());
        if (written <= 0 && errno != EINTR) return;  // nobody reads: the payment matters more than its log line
        if (written > 0) lines.remove_prefix(static_cast<std::size_t>(written));
    }
}

// Of the thread that has a BatchedLog.
struct Batch {
    std::function<void()> later;
    std::string lines;
};
thread_local std::optional<Batch> batch;

void write_batched(Level level, const std::string& line) {
    const bool is_first = batch->lines.empty();
    batch->lines += line;
    if (level >= Level::warning || batch->lines.size() >= kLongestBatch) return BatchedLog::flush();
    if (is_first) batch->later();
}

}  // namespace

void set_log_level(Level level) {
    lowest_level.store(level, std::memory_order_relaxed);
}

bool is_logged(Level level) {
    return level >= lowest_level.load(std::memory_order_relaxed);
}

std::string render_line(WallTime time, Level level, std::string_view event, std::span<const Field> fields) {
    std::string line;
    line.reserve(256);
    fmt::format_to(std::back_inserter(line), R"({{"time":"{}","level":"{}","event":)", format_time(time),
                   to_string(level));
    append_text(line, event);
    for (const Field& field : fields) {
        line += ',';
        append_text(line, field.name);
        line += ':';
        std::visit(ValueWriter{line}, field.value);
    }
    line += "}\n";
    return line;
}

void log(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (!is_logged(level)) return;
    const auto line = render_line(SystemClock().now(), level, event, fields);
    batch ? write_batched(level, line) : write_lines(line);
}

BatchedLog::BatchedLog(std::function<void()> later) {
    FLORIN_ASSERT(!batch);
    batch.emplace(std::move(later));
}

BatchedLog::~BatchedLog() {
    flush();
    batch.reset();
}

void BatchedLog::flush() {
    if (!batch) return;
    write_lines(batch->lines);
    batch->lines.clear();
}

}  // namespace florin::observe
