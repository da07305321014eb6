#include "formulations/state/network_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

#include "formulations/network/feeder_parts.hpp"
#include "formulations/state/feeder_state.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

// Feeders made ready at a time: enough for any number of threads, little enough to bound memory for any region.
constexpr std::size_t block_feeders = 64;

/// What a region's power flows fill, block by block of feeders.
class NetworkState {
public:
    NetworkState(const Region& region, const SeriesSet& series, const TerminalTable& terminals, const StateRun& run)
        : region_(region), series_(series), terminals_(terminals), run_(run) {
        result_.resize(series.step_count(), region.feeder_count());
        if (run.keep) check_memory();
    }

    StateResult solve(const std::vector<std::string>& faults) {
        result_.feeder_fault = faults;
        for (std::size_t first = 0; first < region_.feeder_count();) {
            const std::size_t end = block_end(first);
            solve_block(first, end);
            first = end;
        }
        return std::move(result_);
    }

private:
    using Parts = FeederParts<FeederState>;

    std::uint64_t bytes(std::size_t first, std::size_t end) const {
        return StateBlock::bytes(series_.step_count(),
                                 terminals_.first_of(region_, end) - terminals_.first_of(region_, first),
                                 region_.feeder.branch_offset[end] - region_.feeder.branch_offset[first]);
    }

    void check_memory() const {
        constexpr double bytes_per_gigabyte = 1e9;
        for (std::size_t f = 0; f < region_.feeder_count(); ++f)
            if (const std::uint64_t needed = bytes(f, f + 1); needed > run_.feeder_bytes)
                throw std::invalid_argument(fmt::format(
                    "voltages and currents of feeder '{}' in {} steps would take {:.1f} GB, of {:.1f} GB at most: "
                    "choose a series of fewer steps",
                    region_.feeder.id[f], series_.step_count(), static_cast<double>(needed) / bytes_per_gigabyte,
                    static_cast<double>(run_.feeder_bytes) / bytes_per_gigabyte));
    }

    /// At least one feeder, and as many more as fit.
    std::size_t block_end(std::size_t first) const {
        std::size_t end = first + 1;
        while (end < region_.feeder_count() && end - first < block_feeders
               && (!run_.keep || bytes(first, end + 1) <= run_.block_bytes))
            ++end;
        return end;
    }

    void solve_block(std::size_t first, std::size_t end) {
        Parts parts;
        parts.prepare(region_, series_, static_cast<std::int64_t>(first), end - first, run_.threads,
                      result_.feeder_fault, [&](std::int64_t feeder, const TapRun& run) {
                          return std::make_unique<FeederState>(region_, feeder, series_, run, terminals_,
                                                               run_.settings);
                      });
        std::vector<std::size_t> first_row;
        for (std::size_t k = 0; k < end - first; ++k) {
            first_row.push_back(result_.rows.size());
            const FeederState* feeder = parts.first_of(k);
            if (feeder == nullptr) continue;
            result_.rows.add(static_cast<std::int64_t>(first + k), feeder->limits());
            result_.idle_customers[first + k] = feeder->idle_customers();
        }
        std::optional<StateBlock> block;
        if (run_.keep) block = empty_block(first, end);
        solve_parts(parts, first_row, block ? &*block : nullptr);
        if (block) run_.keep(*block);
    }

    StateBlock empty_block(std::size_t first, std::size_t end) const {
        StateBlock block{.step_count = series_.step_count(),
                         .first_terminal = terminals_.first_of(region_, first),
                         .terminal_count = terminals_.first_of(region_, end) - terminals_.first_of(region_, first),
                         .first_branch = region_.feeder.branch_offset[first],
                         .branch_count = region_.feeder.branch_offset[end] - region_.feeder.branch_offset[first],
                         .voltage = {},
                         .angle = {},
                         .current = {}};
        const auto terminals = block.step_count * static_cast<std::size_t>(block.terminal_count),
                   branches = block.step_count * static_cast<std::size_t>(block.branch_count);
        block.voltage.assign(terminals, not_given);
        block.angle.assign(terminals, not_given);
        block.current.assign(branches * conductor_count, not_given);
        return block;
    }

    void solve_parts(const Parts& parts, const std::vector<std::size_t>& first_row, StateBlock* block) {
        struct Pack {
            const Parts::Part& part;
            std::size_t first_step;
        };
        std::vector<Pack> packs;
        for (const Parts::Part& part : parts.all())
            for (std::size_t step = part.run.first; step < part.run.end; step += lane_count)
                packs.push_back({part, step});
        std::vector<PartWorkspace<FeederState>> workers(static_cast<std::size_t>(thread_count(run_.threads)));
        run_batch(static_cast<int>(packs.size()), run_.threads, [&](int item, int number) {
            const auto& [part, first] = packs[static_cast<std::size_t>(item)];
            if (part.ready)
                part.ready->solve_steps(first, workers[static_cast<std::size_t>(number)].of(*part.ready),
                                        {result_, first_row[part.feeder], block});
            if (run_.finished)
                run_.finished(static_cast<std::int64_t>(std::min<std::size_t>(lane_count, part.run.end - first)));
        });
    }

    const Region& region_;
    const SeriesSet& series_;
    const TerminalTable& terminals_;
    const StateRun& run_;
    StateResult result_;
};

}  // namespace

StateResult network_state(const Region& region, const SeriesSet& series, const TerminalTable& terminals,
                          const std::vector<std::string>& faults, const StateRun& run) {
    return NetworkState(region, series, terminals, run).solve(faults);
}

}  // namespace headroom
