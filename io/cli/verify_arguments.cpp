#include <algorithm>
#include <cctype>
#include <CLI/CLI.hpp>

#include "io/cli/option_kinds.hpp"
#include "io/cli/verb_arguments.hpp"
#include "io/errors.hpp"

namespace headroom::cli {

namespace {

constexpr std::size_t head_digits = 64;

void settle(VerifyOptions& options) {
    if (options.head.empty()) return;
    const auto is_digit = [](unsigned char c) { return std::isxdigit(c) != 0; };
    if (options.head.size() != head_digits || !std::ranges::all_of(options.head, is_digit))
        throw UsageError("--head: '" + options.head + "' is no head of a chain: 64 hexadecimal digits");
    std::ranges::transform(options.head, options.head.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
}

}  // namespace

Settle add_verify(CLI::App& app, VerifyOptions& options) {
    CLI::App& verb = *app.add_subcommand(
        "verify",
        "Judge a clearing from its file and its case alone: orders, chain, security, rules, money, optimality");
    verb.add_option("RESULT", options.result_path, "clearing file, or folder of a run of clear")
        ->required()
        ->type_name("");
    verb.add_option("--case", options.case_path, "the case it was computed from")->required()->type_name("CASE");
    verb.add_option("--orders", options.order_path,
                    "the CSV file that orders came from, where they are not those of the case")
        ->type_name("CSV");
    verb.add_option("--head", options.head, "head of the chain over the trades, as it was printed or noted")
        ->type_name("HEX");
    add_threads(verb, options.threads);
    verb.add_flag("--json", options.json, "findings for machines on standard output");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [&options] { settle(options); };
}

}  // namespace headroom::cli
