#include "io/run/finish_run.hpp"

#include <fmt/format.h>

#include "io/csv_text.hpp"
#include "io/hdf5/notes.hpp"
#include "io/run/run_index.hpp"
#include "io/run/text_file.hpp"

namespace headroom {
namespace {

/// Feeders that are not solved in every step, one line for each and status.
std::string report_text(const RunIndex& index, const RunKindTraits& kind) {
    const std::vector<std::string> names = split_words(kind.status_meanings);
    const std::size_t feeders = index.feeder_id.size(), steps = index.start.size();
    std::string text = "feeder,status,steps,first_step,reason\n";
    for (std::size_t feeder = 0; feeder < feeders; ++feeder)
        for (std::size_t status = 1; status < names.size(); ++status) {
            std::size_t count = 0, first = 0;
            for (std::size_t step = 0; step < steps; ++step) {
                if (index.status[step * feeders + feeder] != static_cast<std::int8_t>(status)) continue;
                if (count++ == 0) first = step;
            }
            if (count > 0)
                text += fmt::format("{},{},{},{},{}\n", csv_text(index.feeder_id[feeder]), names[status], count, first,
                                    csv_text(index.feeder_fault[feeder]));
        }
    return text;
}

}  // namespace

void finish_run(const RunFolder& folder, const RunPlan& plan, const CaseOutline& outline,
                const std::map<std::size_t, ShardRecord>& done) {
    const RunIndex index = make_index(folder, plan, outline, done);
    write_text_file(folder.report(), report_text(index, plan.traits()));
    write_index(index, plan, folder.index());
}

}  // namespace headroom
