#include "postgres/process.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace florin::postgres {
namespace {

// What a program prints that is started with `name` set.
std::string printed_with(const char* name, const char* value) {
    char path[] = "/tmp/florin-process-XXXXXX";
    const Descriptor file(::mkstemp(path));
    ::setenv(name, value, 1);
    Command command;
    command.arguments = {"/usr/bin/env"};
    command.user = {::geteuid(), ::getegid(), "self"};
    command.working_directory = "/";
    command.output = path;
    const int status = wait_for_exit(spawn_process(command));
    ::unsetenv(name);
    std::ifstream stream(path);
    std::string text(std::istreambuf_iterator<char>(stream), {});
    ::unlink(path);
    EXPECT_EQ(status, 0) << text;
    return text;
}

TEST(Process, children_get_no_secret_of_ours) {
    for (const char* name : {"FLORIN_PEPPER", "FLORIN_STRIPE_LIVE_KEY", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD"}) {
        const auto environment = printed_with(name, "hush");
        EXPECT_FALSE(environment.contains("hush")) << name;
        EXPECT_TRUE(environment.contains("PATH=")) << environment;
    }
    EXPECT_TRUE(printed_with("LC_FLORIN", "visible").contains("LC_FLORIN=visible"));
}

}  // namespace
}  // namespace florin::postgres
