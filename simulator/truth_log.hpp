// The durable log below the truth: one append-only file `truth.log`.
//
//   file    "FLORINT2", then frames
//   frame   u32 length of the payload, u64 checksum (mix) of the payload, payload; all little-endian
//   payload one or more records that belong together: what one request changed is one frame, so that a torn write loses
//           or keeps it whole (a charge without its idempotency key would be charged again by a repeat)
//   record  u8 kind, then its fields (truth_records.cpp); strings are u32 length and bytes
//
// Frames are collected in memory and written with one write and one fdatasync by flush(), before any answer that
// depends on them leaves. Behind the last frame stand zeros, written ahead. At start the file is read up to the first
// frame that is short or does not fit its checksum; the rest is the reserve or the torn tail of a crash, and is cut
// off.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>

namespace florin::simulator {

class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    template <class T>
        requires std::is_integral_v<T>
    void number(T value) {
        out_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void flag(bool value) { number(static_cast<std::uint8_t>(value)); }
    void text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        out_.append(value);
    }

private:
    std::string& out_;
};

// Throws std::runtime_error when the payload is shorter than it says.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    template <class T>
        requires std::is_integral_v<T>
    T number() {
        T value{};
        take(sizeof value).copy(reinterpret_cast<char*>(&value), sizeof value);
        return value;
    }
    bool flag() { return number<std::uint8_t>() != 0; }
    std::string text() { return std::string(take(number<std::uint32_t>())); }
    bool is_done() const { return bytes_.empty(); }

private:
    std::string_view take(std::size_t count);
    std::string_view bytes_;
};

class TruthLog {
public:
    TruthLog() = default;
    ~TruthLog();
    TruthLog(const TruthLog&) = delete;
    TruthLog& operator=(const TruthLog&) = delete;

    // Opens or creates the file below that directory and hands every whole frame to `replay`.
    // Throws std::system_error, also when another simulator has it open.
    void open(const std::string& directory, const std::function<void(Reader)>& replay);

    // What is written between begin_frame and end_frame survives together or not at all.
    void begin_frame();
    Writer writer() { return Writer(pending_); }
    void end_frame();
    bool is_dirty() const { return !pending_.empty(); }
    void flush();

private:
    void write_at(std::size_t offset, std::string_view bytes) const;

    int file_ = -1;
    std::size_t end_ = 0;       // of the last frame
    std::size_t reserved_ = 0;  // of the file
    std::string pending_;
    std::size_t frame_began_ = 0;
};

}  // namespace florin::simulator
