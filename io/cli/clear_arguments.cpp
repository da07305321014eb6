#include <CLI/CLI.hpp>
#include <cstdint>
#include <initializer_list>
#include <memory>

#include "io/cli/market_names.hpp"
#include "io/cli/option_kinds.hpp"
#include "io/cli/question_arguments.hpp"
#include "io/cli/question_names.hpp"
#include "io/cli/region_arguments.hpp"
#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

namespace {

struct Pending {
    PendingQuestion envelope;
    bool rescan = true, network = true;
};

/// The first of these options that was given must not be.
void refuse(const CLI::App& verb, std::initializer_list<const char*> options, const char* reason) {
    for (const char* option : options)
        if (verb.count(option) > 0) throw UsageError(fmt::format("{}: {}", option, reason));
}

void settle(const CLI::App& verb, ClearOptions& options, const Pending& pending) {
    ClearingQuestion& question = options.question;
    if (question.mechanism == Mechanism::continuous)
        refuse(verb, {"--balance", "--pay-as-bid", "--gap", "--node-max"},
               "is of auctions; add --mechanism auction or leave it out");
    else
        refuse(verb, {"--rescan", "--two-price"}, "is of the continuous market; leave out --mechanism auction, or it");
    if (!options.envelope_path.empty())
        refuse(verb,
               {"--flow", "--linearisation", "--policy", "--reference", "--direction", "--reactive", "--contain",
                "--insecure-base", "--monitor", "--dust"},
               "the envelopes of --envelopes were made with options of their own; leave it out");
    settle_question(options.policy, pending.envelope, question.envelope);
    options.secure_asked = verb.count("--secure") > 0;
    if (question.secure == Secure::ac) {
        refuse(verb, {"--compare"},
               "ways to share the network are compared on linear rows; leave it out, or --secure ac");
        if (!pending.network)
            throw UsageError("--network: off leaves out the limits that --secure ac holds; leave out one of them");
    }
    if (options.envelope_path.empty()) question.envelope.secure = question.secure;
    if (question.envelope.secure == Secure::ac && question.envelope.flow != FlowModel::lin_dist3_flow)
        throw UsageError("--secure: ac starts from lin-dist3-flow; leave out --flow");
    if (question.market == MarketKind::set_point_exchange) {
        refuse(verb, {"--envelopes", "--policy", "--reference", "--direction", "--contain", "--insecure-base"},
               "a set-point exchange starts from the forecast and has no envelopes; leave it out");
        refuse(verb, {"--balance"}, "a set-point exchange always is balanced; leave it out");
        refuse(verb, {"--secure", "--compare"}, "is of limits of envelopes, which a set-point exchange has not");
        refuse(verb, {"--reactive"}, "a set-point exchange trades active power; leave it out");
    }
    question.continuous.rescan = pending.rescan;
    question.continuous.network = question.auction.rules.network = pending.network;
}

void add_market(CLI::App& verb, ClearOptions& options, Pending& pending) {
    ClearingQuestion& question = options.question;
    add_choice(verb, "--market", question.market, market_names, "what is traded: limits of envelopes, or set-points");
    add_choice(verb, "--mechanism", question.mechanism, mechanism_names,
               "how: orders one by one as they arrive, or all at once");
    verb.add_option("--envelopes", options.envelope_path,
                    "result of allocate for the same case: limits before the market; allocated first if not given")
        ->type_name("RESULT");
    verb.add_option("--orders", options.order_path, "CSV file of orders, in place of those of the case")
        ->type_name("CSV");
    add_choice(verb, "--secure", question.secure, secure_names,
               "what limits hold in after the market; that of the envelopes if not given");
    verb.add_flag("--compare", options.compare,
                  "beside it: static limits, the envelopes, both mechanisms, a central dispatch");
    add_choice(verb, "--network", pending.network, on_off, "off: as if there were no network, for comparisons");
    add_choice(verb, "--rescan", pending.rescan, on_off,
               "continuous: look at the resting book again after every trade");
    verb.add_flag("--two-price", question.continuous.two_price,
                  "continuous: each side at its own price, the difference to the operator");
    verb.add_flag("--balance", question.auction.rules.balance, "auction: bought = sold, of each limit and step");
    verb.add_flag("--pay-as-bid", question.auction.pay_as_bid, "auction: accepted orders trade at their own prices");
    verb.add_option("--gap", question.auction.integer.gap_relative, "auction: share of the welfare left unproven")
        ->default_str("1e-9")
        ->type_name("G")
        ->check(number_within(0.0, 0.999999));
    verb.add_option("--node-max", question.auction.integer.node_max, "auction: most linear programs of one search")
        ->capture_default_str()
        ->type_name("N")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}).description(""));
}

}  // namespace

Settle add_clear(CLI::App& app, ClearOptions& options) {
    CLI::App& verb = *app.add_subcommand("clear", "Clear the orders of a case on a market in limits or set-points");
    verb.add_option("CASE", options.case_path, "case file")->required()->type_name("");
    verb.add_option("-o,--output", options.result_path, "clearing file to write, or folder of parts")
        ->required()
        ->type_name("RESULT");
    const auto pending = std::make_shared<Pending>();
    add_market(verb, options, *pending);
    add_question(verb, options.question.envelope, options.policy, pending->envelope);
    verb.add_option("--series", options.series, "series of the case to use; that of the envelopes, or the first")
        ->type_name("NAME");
    add_threads(verb, options.threads);
    const std::function<void()> settle_region = add_region(verb, options.region, options.result_path);
    verb.add_flag("--strict", options.strict, "end with an error if any feeder is invalid");
    verb.add_flag("--json", options.json, "summary for machines on standard output");
    verb.add_flag("--dry-run", options.dry_run, "say what would be done, and stop");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [pending, settle_region, &verb, &options] {
        settle(verb, options, *pending);
        settle_region();
    };
}

}  // namespace headroom::cli
