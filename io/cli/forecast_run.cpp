#include "io/cli/forecast_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

#include "io/cli/question_names.hpp"
#include "io/digest.hpp"
#include "io/errors.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

ForecastRunInfo run_info(const CongestionOptions& options, const std::string& case_name, const std::string& series) {
    const CongestionQuestion& question = options.question;
    return {
        .options = fmt::format("--common-share {} --generation-sigma {} --load-sigma {} --monitor {} --quantiles {} "
                               "--samples {} --seed {}",
                               question.uncertainty.common_share, question.uncertainty.generation_sigma,
                               question.uncertainty.load_sigma, name_of(monitoring_names, question.monitoring),
                               fmt::join(question.quantiles, ","), question.samples, question.seed),
        .case_name = case_name,
        .case_digest = file_digest(options.case_path),
        .series = series,
        .version = HEADROOM_VERSION,
        .simd = std::string(simd_level_name(simd_level()))};
}

CongestionResult forecast(const CongestionOptions& options, const Region& region,
                          const std::vector<std::string>& faults, const CongestionRun& run) {
    try {
        return forecast_congestion(region, region.series.front(), options.question, faults, run);
    } catch (const std::invalid_argument& fault) {
        throw InputError(options.case_path + ": " + fault.what());
    }
}

}  // namespace headroom::cli
