#include "io/cli/allocation_run.hpp"

#include <fmt/format.h>

#include <algorithm>
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
std::string other_options(const AllocateOptions& options, const PolicyTable& policies) {
    std::vector<std::string> words = option_words(options.question);
    if (!policies.digest.empty()) words.push_back("--policies " + policies.digest);
    if (options.solver != SolverChoice::lanes)
        words.push_back(fmt::format("--solver {}", name_of(solver_names, options.solver)));
    std::ranges::sort(words);
    return fmt::format("{}", fmt::join(words, " "));
}

EnvelopeResult allocate_once(const Region& region, const SeriesSet& series, const AllocateOptions& options,
                             const PolicyTable& policies, const std::vector<std::string>& faults, const Watch& watch) {
    AllocationRun run;
    run.threads = options.threads;
    run.single_solver = single_solver(options.solver);
    run.secure.corners = options.corners;
    run.row_values = options.row_values;
    run.is_part = watch.is_part;
    run.finished = watch.solved;
    run.stop = watch.stop;
    try {
        return allocate(region, series, options.question, policies.sharing, faults, run);
    } catch (const std::invalid_argument& fault) {
        throw InputError(options.case_path + ": " + fault.what());
    }
}

/// The same question under the policy that cares for nothing but the sum.
std::vector<double> fairness_prices(const EnvelopeResult& result, const Region& region, const SeriesSet& series,
                                    const AllocateOptions& options, PolicyTable policies,
                                    const std::vector<std::string>& faults, const Watch& watch) {
    AllocateOptions total = options;
    total.question.policy = Policy::total;
    for (Sharing& sharing : policies.sharing) sharing.policy = Policy::total;
    total.row_values = false;
    const Watch silent{.solved = {}, .stop = watch.stop, .is_part = watch.is_part};
    return price_of_fairness(result, allocate_once(region, series, total, policies, faults, silent),
                             customer_feeder(region));
}

}  // namespace

RunInfo run_info(const AllocateOptions& options, const PolicyTable& policies, const std::string& case_name,
                 const std::string& series) {
    const AllocationQuestion& question = options.question;
    const bool differ = !policies.digest.empty();
    return {.flow = std::string(name_of(flow_names, question.flow)),
            .policy = differ ? std::string(per_feeder) : options.policy,
            .direction = direction_name(question),
            .reference = differ ? std::string(per_feeder) : reference_name(question),
            .case_name = case_name,
            .case_digest = file_digest(options.case_path),
            .series = series,
            .version = HEADROOM_VERSION,
            .simd = std::string(simd_level_name(simd_level())),
            .options = other_options(options, policies)};
}

EnvelopeResult solve(const Region& region, const SeriesSet& series, const AllocateOptions& options,
                     const PolicyTable& policies, const std::vector<std::string>& faults, const Watch& watch) {
    EnvelopeResult result = allocate_once(region, series, options, policies, faults, watch);
    if (options.price_of_fairness)
        result.price_of_fairness = fairness_prices(result, region, series, options, policies, faults, watch);
    return result;
}

}  // namespace headroom::cli
