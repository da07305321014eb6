#include <array>
#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "io/cli/error_arguments.hpp"
#include "io/cli/option_kinds.hpp"
#include "io/cli/policy_arguments.hpp"
#include "io/cli/question_names.hpp"
#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

namespace {

enum class Direction : std::int8_t { export_only, import_only, both };
constexpr auto direction_names = std::to_array<Choice<Direction>>(
    {{"export", Direction::export_only}, {"import", Direction::import_only}, {"both", Direction::both}});

/// Values that become part of the question only when all are known.
struct Pending {
    std::optional<std::string> reference;
    Direction direction = Direction::both;
};

void settle(AllocateOptions& options, const Pending& pending) {
    AllocationQuestion& question = options.question;
    set_policy(options.policy, question);
    set_reference(pending.reference, question);
    if (options.solver != SolverChoice::lanes && !is_concave(question.policy))
        throw UsageError(fmt::format("--solver: policy {} needs no solver", options.policy));
    if (question.reactive == Reactive::joint && question.flow == FlowModel::dc)
        throw UsageError("--reactive: joint needs a flow model with reactive power, which dc has not");
    if (question.secure == Secure::ac && question.flow != FlowModel::lin_dist3_flow)
        throw UsageError("--secure: ac starts from lin-dist3-flow; leave out --flow");
    if (question.secure == Secure::ac && options.price_of_fairness)
        throw UsageError("--price-of-fairness compares linear envelopes; leave out --secure ac");
    check_errors(question);
    question.export_asked = pending.direction != Direction::import_only;
    question.import_asked = pending.direction != Direction::export_only;
    // The envelope of what is added to the forecast starts at nothing added.
    if (question.basis == Basis::added) question.contain = Contain::zero;
}

void add_question(CLI::App& verb, AllocateOptions& options, Pending& pending) {
    AllocationQuestion& question = options.question;
    add_choice(verb, "--flow", question.flow, flow_names, "how the physics is written");
    verb.add_option("--policy", options.policy, "how the room is shared")
        ->type_name(policy_words())
        ->capture_default_str();
    verb.add_option("--reference", pending.reference,
                    "the unit in which limits are compared: a number of kW or a customer column; quadratic: request")
        ->type_name("absolute:KW|cap|weight|request|nameplate")
        ->default_str("absolute:1");
    add_choice(verb, "--direction", pending.direction, direction_names, "limits to compute");
    add_choice(verb, "--reactive", question.reactive, reactive_names,
               "reactive ranges: at their worst in every envelope, or with limits of their own");
    add_choice(verb, "--secure", question.secure, secure_names,
               "what envelopes are secure in: the linear rows, or the nonlinear AC power flow");
    add_choice(verb, "--contain", question.contain, contain_names, "what every envelope holds at least");
    add_choice(verb, "--basis", question.basis, basis_names,
               "bound the net injection, or what is added to the forecast");
    add_choice(verb, "--insecure-base", question.insecure_base, insecure_base_names,
               "limits of a feeder whose base case is insecure");
    add_choice(verb, "--monitor", question.monitoring, monitoring_names, "buses whose voltage is held");
    add_errors(verb, question.errors);
    verb.add_option("--dust", question.dust, "coefficients below this share of their row's largest freeze nobody")
        ->default_str("1e-9")
        ->type_name("R")
        ->check(CLI::Range(0.0, 0.999999).description(""));
}

}  // namespace

Settle add_allocate(CLI::App& app, AllocateOptions& options) {
    CLI::App& verb = *app.add_subcommand("allocate", "Compute the operating envelopes of a case");
    verb.add_option("CASE", options.case_path, "case file")->required()->type_name("");
    verb.add_option("-o,--output", options.result_path, "result file to write")->required()->type_name("RESULT");
    const auto pending = std::make_shared<Pending>();
    add_question(verb, options, *pending);
    verb.add_option("--series", options.series, "series of the case to use; the first if not given")->type_name("NAME");
    add_choice(verb, "--solver", options.solver, solver_names,
               "who solves concave policies; ipopt is a slow second opinion");
    verb.add_option("--threads", options.threads, "threads; 0 is one per processor")
        ->capture_default_str()
        ->type_name("N")
        ->check(CLI::Range(0, 4096).description(""));
    verb.add_flag("--strict", options.strict, "end with an error if any feeder is invalid");
    verb.add_flag("--row-values", options.row_values, "store how far every network limit is used");
    verb.add_flag("--price-of-fairness", options.price_of_fairness,
                  "solve under policy total too, and store what the policy gives up of its sum");
    verb.add_flag("--json", options.json, "summary for machines on standard output");
    verb.add_flag("--dry-run", options.dry_run, "say what would be done, and stop");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [pending, &options] { settle(options, *pending); };
}

}  // namespace headroom::cli
