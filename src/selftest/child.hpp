// The programs that a selftest starts, kills and starts again. They die with us.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace florin::selftest {

struct Program {
    std::vector<std::string> arguments;  // the path first
    std::vector<std::string> settings;   // NAME=value; of our own environment all but FLORIN_… is inherited
    std::filesystem::path output;        // appended to
};

class Child {
public:
    explicit Child(Program program) : program_(std::move(program)) {}
    ~Child() { kill(); }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void start();  // throws std::runtime_error
    bool is_alive();
    // It was started and is gone, and nobody here killed it.
    bool ended_by_itself() { return !is_alive() && is_meant_to_live_; }
    void kill();              // SIGKILL, and waits for the end
    int wait();               // for the end by itself: the exit status, 128 + signal
    void ask_to_end() const;  // SIGTERM
    const Program& program() const { return program_; }

private:
    Program program_;
    pid_t pid_ = -1;
    bool is_meant_to_live_ = false;
};

struct Finished {
    int status = 0;
    std::string output;  // what it wrote to standard output
};
// Runs it to its end. Standard error goes to the program's output file.
Finished run(const Program& program);

}  // namespace florin::selftest
