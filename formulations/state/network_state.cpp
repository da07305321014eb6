#include "formulations/state/network_state.hpp"

#include <fmt/format.h>

#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>

#include "formulations/network/feeder_tree.hpp"
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
        for (std::size_t first = 0; first < region_.feeder_count();) {
            const std::size_t end = block_end(first);
            solve_block(first, end, faults);
            first = end;
        }
        return std::move(result_);
    }

private:
    using Feeders = std::vector<std::unique_ptr<FeederState>>;  ///< null: invalid

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

    void solve_block(std::size_t first, std::size_t end, const std::vector<std::string>& faults) {
        const Feeders feeders = prepare(first, end, faults);
        std::vector<std::size_t> first_row;
        for (std::size_t k = 0; k < feeders.size(); ++k) {
            first_row.push_back(result_.rows.size());
            if (!feeders[k]) continue;
            result_.rows.add(static_cast<std::int64_t>(first + k), feeders[k]->limits());
            result_.idle_customers[first + k] = feeders[k]->idle_customers();
        }
        std::optional<StateBlock> block;
        if (run_.keep) block = empty_block(first, end);
        solve_feeders(feeders, first_row, block ? &*block : nullptr);
        if (block) run_.keep(*block);
    }

    Feeders prepare(std::size_t first, std::size_t end, const std::vector<std::string>& faults) {
        Feeders feeders(end - first);
        run_batch(static_cast<int>(feeders.size()), run_.threads, [&](int item, int) {
            const auto k = static_cast<std::size_t>(item);
            std::string& reason = result_.feeder_fault[first + k];
            reason = faults[first + k];
            if (!reason.empty()) return;
            try {
                feeders[k] = std::make_unique<FeederState>(region_, static_cast<std::int64_t>(first + k), series_,
                                                           terminals_, run_.settings);
            } catch (const InvalidFeeder& fault) {
                reason = fault.what();
            }
        });
        return feeders;
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

    void solve_feeders(const Feeders& feeders, const std::vector<std::size_t>& first_row, StateBlock* block) {
        struct Worker {
            std::size_t feeder = std::numeric_limits<std::size_t>::max();
            std::optional<FeederState::Workspace> work;
        };
        const std::size_t steps = series_.step_count(), groups = (steps + lane_count - 1) / lane_count;
        std::vector<Worker> workers(static_cast<std::size_t>(thread_count(run_.threads)));
        run_batch(static_cast<int>(feeders.size() * groups), run_.threads, [&](int item, int number) {
            const std::size_t k = static_cast<std::size_t>(item) / groups,
                              first = static_cast<std::size_t>(item) % groups * lane_count;
            if (feeders[k]) {
                Worker& worker = workers[static_cast<std::size_t>(number)];
                if (worker.feeder != k) {
                    worker.work.reset();
                    worker.work.emplace(feeders[k]->workspace());
                    worker.feeder = k;
                }
                feeders[k]->solve_steps(first, *worker.work, {result_, first_row[k], block});
            }
            if (run_.finished)
                run_.finished(static_cast<std::int64_t>(std::min<std::size_t>(lane_count, steps - first)));
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
