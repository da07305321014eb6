#include "io/result/forecast_run_info.hpp"

namespace headroom {

RunNotes notes_of(const ForecastRunInfo& run) {
    return {{"options", run.options}, {"case_name", run.case_name}, {"case_digest", run.case_digest},
            {"series", run.series},   {"version", run.version},     {"simd", run.simd}};
}

ForecastRunInfo read_forecast_run(const ResultReader& page) {
    return {.options = page.note("options"),
            .case_name = page.note("case_name"),
            .case_digest = page.note("case_digest"),
            .series = page.note("series"),
            .version = page.note("version"),
            .simd = page.note("simd")};
}

}  // namespace headroom
