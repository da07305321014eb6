#include "io/cli/allocation_run.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "formulations/envelope/allocation.hpp"
#include "io/cli/question_names.hpp"
#include "io/cli/question_text.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "io/report/fairness_summary.hpp"
#include "io/result/customer_table.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

namespace {

/// Options that differ from their defaults, sorted.
std::string other_options(const AllocateOptions& options) {
    std::string text = option_text(options.question);
    if (options.solver != SolverChoice::lanes)
        text += fmt::format("{}--solver {}", text.empty() ? "" : " ", name_of(solver_names, options.solver));
    return text;
}

EnvelopeResult allocate_once(const Region& region, const SeriesSet& series, const AllocateOptions& options,
                             const std::vector<std::string>& faults, const Watch& watch) {
    AllocationRun run;
    run.threads = options.threads;
    run.single_solver = single_solver(options.solver);
    run.row_values = options.row_values;
    run.is_part = watch.is_part;
    run.finished = watch.solved;
    run.stop = watch.stop;
    try {
        return allocate(region, series, options.question, faults, run);
    } catch (const std::invalid_argument& fault) {
        throw InputError(options.case_path + ": " + fault.what());
    }
}

/// The same question under the policy that cares for nothing but the sum.
std::vector<double> fairness_prices(const EnvelopeResult& result, const Region& region, const SeriesSet& series,
                                    const AllocateOptions& options, const std::vector<std::string>& faults,
                                    const Watch& watch) {
    AllocateOptions total = options;
    total.question.policy = Policy::total;
    total.row_values = false;
    const Watch silent{.solved = {}, .stop = watch.stop, .is_part = watch.is_part};
    return price_of_fairness(result, allocate_once(region, series, total, faults, silent), customer_feeder(region));
}

}  // namespace

RunInfo run_info(const AllocateOptions& options, const std::string& case_name, const std::string& series) {
    const AllocationQuestion& question = options.question;
    return {.flow = std::string(name_of(flow_names, question.flow)),
            .policy = options.policy,
            .direction = direction_name(question),
            .reference = reference_name(question),
            .case_name = case_name,
            .case_digest = file_digest(options.case_path),
            .series = series,
            .version = HEADROOM_VERSION,
            .simd = std::string(simd_level_name(simd_level())),
            .options = other_options(options)};
}

EnvelopeResult solve(const Region& region, const SeriesSet& series, const AllocateOptions& options,
                     const std::vector<std::string>& faults, const Watch& watch) {
    EnvelopeResult result = allocate_once(region, series, options, faults, watch);
    if (options.price_of_fairness)
        result.price_of_fairness = fairness_prices(result, region, series, options, faults, watch);
    return result;
}

}  // namespace headroom::cli
