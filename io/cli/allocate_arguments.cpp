#include <CLI/CLI.hpp>
#include <memory>

#include "io/cli/error_arguments.hpp"
#include "io/cli/option_kinds.hpp"
#include "io/cli/question_arguments.hpp"
#include "io/cli/question_names.hpp"
#include "io/cli/region_arguments.hpp"
#include "io/cli/verb_arguments.hpp"

namespace headroom::cli {

namespace {

/// Limits that hold at aligned corners alone are shown and judged, and never become a file.
void require_output(const AllocateOptions& options) {
    if (options.corners == Corners::search) {
        if (options.result_path.empty()) throw UsageError("--output is required; see 'headroom allocate --help'");
        return;
    }
    if (options.question.secure != Secure::ac)
        throw UsageError("--corners: aligned is of --secure ac; add it, or leave out --corners");
    if (!options.result_path.empty())
        throw UsageError("--corners: limits of aligned corners are a diagnostic and never written; leave out -o");
    if (options.row_values) throw UsageError("--row-values: are written to a result, which --corners aligned has not");
    if (!options.region.is_default())
        throw UsageError(
            "--resume, --shard, --shard-size and --memory are of runs into a folder, not of --corners aligned");
}

void settle(AllocateOptions& options, const PendingQuestion& pending) {
    AllocationQuestion& question = options.question;
    settle_question(options.policy, pending, question);
    const bool has_one_policy = options.policies_path.empty();
    if (options.solver != SolverChoice::lanes && !is_concave(question.policy) && has_one_policy)
        throw UsageError(fmt::format("--solver: policy {} needs no solver", options.policy));
    if (question.secure == Secure::ac && question.flow != FlowModel::lin_dist3_flow)
        throw UsageError("--secure: ac starts from lin-dist3-flow; leave out --flow");
    require_output(options);
    if (question.secure == Secure::ac && options.price_of_fairness)
        throw UsageError("--price-of-fairness compares linear envelopes; leave out --secure ac");
    check_errors(question);
    // The envelope of what is added to the forecast starts at nothing added.
    if (question.basis == Basis::added) question.contain = Contain::zero;
}

}  // namespace

Settle add_allocate(CLI::App& app, AllocateOptions& options) {
    CLI::App& verb = *app.add_subcommand("allocate", "Compute the operating envelopes of a case");
    verb.add_option("CASE", options.case_path, "case file")->required()->type_name("");
    verb.add_option("-o,--output", options.result_path,
                    "result file to write, or folder of parts (a folder, or ending in '/'); required but for --corners "
                    "aligned")
        ->type_name("RESULT");
    const auto pending = std::make_shared<PendingQuestion>();
    add_question(verb, options.question, options.policy, *pending);
    verb.add_option("--policies", options.policies_path,
                    "CSV file: feeders (* and ? allowed) with a policy, and perhaps a reference, of their own")
        ->type_name("CSV");
    add_choice(verb, "--secure", options.question.secure, secure_names,
               "what envelopes are secure in: the linear rows, or the nonlinear AC power flow");
    add_choice(verb, "--corners", options.corners, corner_names,
               "of --secure ac: those that a search finds; or all exports and all imports alone, a diagnostic that is "
               "never written: what it misses is told instead");
    add_choice(verb, "--basis", options.question.basis, basis_names,
               "bound the net injection, or what is added to the forecast");
    add_errors(verb, options.question.errors);
    verb.add_option("--series", options.series, "series of the case to use; the first if not given")->type_name("NAME");
    add_choice(verb, "--solver", options.solver, solver_names,
               "who solves concave policies; ipopt is a slow second opinion");
    add_threads(verb, options.threads);
    const std::function<void()> settle_region = add_region(verb, options.region, options.result_path);
    verb.add_flag("--strict", options.strict, "end with an error if any feeder is invalid");
    verb.add_flag("--row-values", options.row_values, "store how far every network limit is used");
    verb.add_flag("--price-of-fairness", options.price_of_fairness,
                  "solve under policy total too, and store what the policy gives up of its sum");
    verb.add_flag("--json", options.json, "summary for machines on standard output");
    verb.add_flag("--dry-run", options.dry_run, "say what would be done, and stop");
    verb.add_flag("--quiet", options.quiet, "errors only");
    return [pending, settle_region, &options] {
        settle(options, *pending);
        settle_region();
    };
}

}  // namespace headroom::cli
