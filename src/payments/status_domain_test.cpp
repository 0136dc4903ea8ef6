// The database's domain of status changes and the diagram of the docs say exactly what the table of status.hpp says.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "payments/status.hpp"

namespace florin::payments {
namespace {

std::set<std::string> words_in(const std::string& text) {
    const std::regex word("'([a-z_]+>[a-z_]+)'");
    std::set<std::string> words;
    for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at) words.insert((*at)[1]);
    return words;
}

std::string file_text(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::filesystem::path root() {
    return FLORIN_SOURCE_DIR;
}

// The last definition of the domain in the numbered migrations.
std::string domain_definition() {
    const auto folder = root() / "db/migrations";
    std::set<std::filesystem::path> migrations;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) migrations.insert(entry.path());
    std::string definition;
    for (const auto& path : migrations) {
        const std::string text = file_text(path);
        const auto begin = text.rfind("domain status_change ");
        if (begin != std::string::npos) definition = text.substr(begin, text.find(';', begin) - begin);
    }
    return definition;
}

TEST(StatusDomain, it_has_exactly_the_words_of_the_table) {
    const auto words = words_in(domain_definition());
    EXPECT_EQ(words, words_in(status_change_domain()));
    EXPECT_EQ(words.size(), kStatusChanges.size());
}

TEST(StatusDomain, the_diagram_of_the_architecture_page_is_printed_from_the_table) {
    EXPECT_NE(file_text(root() / "ARCHITECTURE.md").find("```mermaid\n" + status_diagram() + "```\n"),
              std::string::npos)
        << "paste this into ARCHITECTURE.md:\n"
        << status_diagram();
}

}  // namespace
}  // namespace florin::payments
