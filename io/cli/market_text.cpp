#include "io/cli/market_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include "io/cli/market_names.hpp"
#include "io/cli/option_kinds.hpp"
#include "io/cli/question_names.hpp"
#include "io/cli/question_text.hpp"
#include "io/errors.hpp"

namespace headroom::cli {

namespace {

[[noreturn]] void refuse(const std::string& path, const char* attribute, const std::string& text) {
    throw InputError(fmt::format("{}: /: attribute {}: '{}' is none of a clearing", path, attribute, text));
}

template <class Table>
auto meaning(const std::string& path, const char* attribute, const std::string& word, const Table& table) {
    for (const auto& [name, value] : table)
        if (name == word) return value;
    refuse(path, attribute, word);
}

/// The number behind an option.
double next_number(std::istringstream& words, const std::string& path, double lowest, double highest) {
    std::string word;
    words >> word;
    const double value = parse_number(word);
    if (!(value >= lowest && value <= highest)) refuse(path, "options", word);
    return value;
}

void require_off(std::istringstream& words, const std::string& path) {
    std::string word;
    words >> word;
    if (word != "off") refuse(path, "options", word);
}

void read_options(const std::string& text, const std::string& path, ClearingQuestion& question) {
    std::istringstream words(text);
    for (std::string option; words >> option;) {
        if (option == "--balance") {
            question.auction.rules.balance = true;
        } else if (option == "--gap") {
            question.auction.integer.gap_relative = next_number(words, path, 0, 1);
        } else if (option == "--network") {
            require_off(words, path);
            question.continuous.network = question.auction.rules.network = false;
        } else if (option == "--node-max") {
            question.auction.integer.node_max = std::llround(next_number(words, path, 1, 1e9));
        } else if (option == "--pay-as-bid") {
            question.auction.pay_as_bid = true;
        } else if (option == "--rescan") {
            require_off(words, path);
            question.continuous.rescan = false;
        } else if (option == "--secure") {
            std::string word;
            words >> word;
            question.secure = meaning(path, "options", word, secure_names);
        } else if (option == "--two-price") {
            question.continuous.two_price = true;
        } else {
            refuse(path, "options", option);
        }
    }
}

}  // namespace

std::string option_text(const ClearingQuestion& question) {
    const IntegerSettings usual;
    const IntegerSettings& integer = question.auction.integer;
    std::string text;
    const auto add = [&text](const std::string& option) { text += (text.empty() ? "" : " ") + option; };
    if (question.auction.rules.balance) add("--balance");
    if (integer.gap_relative != usual.gap_relative) add(fmt::format("--gap {}", integer.gap_relative));
    if (!question.continuous.network) add("--network off");
    if (integer.node_max != usual.node_max) add(fmt::format("--node-max {}", integer.node_max));
    if (question.auction.pay_as_bid) add("--pay-as-bid");
    if (!question.continuous.rescan) add("--rescan off");
    if (question.secure != Secure::linear) add(fmt::format("--secure {}", name_of(secure_names, question.secure)));
    if (question.continuous.two_price) add("--two-price");
    return text;
}

ClearingQuestion question_of(const ClearingRunInfo& info, const std::string& path) {
    ClearingQuestion question;
    question.market = meaning(path, "market", info.market, market_names);
    question.mechanism = meaning(path, "mechanism", info.mechanism, mechanism_names);
    read_options(info.options, path, question);
    RunInfo run = info.envelopes;
    if (question.market == MarketKind::set_point_exchange) run.direction = "both";  // says "none": it has no envelopes
    question.envelope = question_of(run, path);
    if (question.market == MarketKind::set_point_exchange && question.envelope.errors.any())
        refuse(path, "envelope_options", run.options);
    return question;
}

}  // namespace headroom::cli
