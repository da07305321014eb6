#include "io/run/shard_pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "formulations/network/validate.hpp"
#include "io/case/case_file.hpp"
#include "io/clock.hpp"
#include "io/errors.hpp"
#include "io/result/envelope_file.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

/// A shard on its way from station to station.
struct Load {
    std::size_t shard = 0;
    Region region;
    std::vector<std::string> faults;
    EnvelopeResult result;
    double read_s = 0, solve_s = 0;
};

template <class Task> auto start(bool beside, Task task) {
    return std::async(beside ? std::launch::async : std::launch::deferred, std::move(task));
}

class ShardPipeline {
public:
    ShardPipeline(const ShardWork& work, Team& team, RunMetrics& metrics)
        : work_(work), team_(team), metrics_(metrics) {}

    void run() {
        std::future<std::unique_ptr<Load>> next = read_next();
        while (next.valid()) {
            std::unique_ptr<Load> load = next.get();
            next = {};
            if (work_.overlap) next = read_next();
            solve(*load);
            if (writing_.valid()) writing_.get();
            writing_ = start(work_.overlap, [this, load = std::move(load)] { write(*load); });
            if (work_.overlap) continue;
            writing_.get();
            next = read_next();
        }
        if (writing_.valid()) writing_.get();
        if (is_stopped()) throw Stopped();
    }

private:
    bool is_stopped() const { return work_.stop != nullptr && *work_.stop; }

    /// Takes a shard, if there is one, and begins to read it.
    std::future<std::unique_ptr<Load>> read_next() {
        if (is_stopped()) return {};
        const std::optional<std::size_t> taken = team_.take();
        if (!taken) return {};
        return start(work_.overlap, [this, shard = work_.shards[*taken]] { return read(shard); });
    }

    std::unique_ptr<Load> read(std::size_t shard) const {
        const auto begin = Clock::now();
        auto load = std::make_unique<Load>();
        load->shard = shard;
        const Shard& range = work_.plan.shards[shard];
        RowOrigin origin;
        load->region = read_case(work_.plan.case_path,
                                 {.series = work_.plan.info.series,
                                  .orders = false,
                                  .feeder_first = static_cast<std::size_t>(range.first_feeder),
                                  .feeder_count = static_cast<std::size_t>(range.feeder_count)},
                                 origin);
        load->faults = faults(load->region, origin);
        load->read_s = seconds_since(begin);
        return load;
    }

    /// [#feeder] the first fault of each; one of the file, or any where the case must be whole, ends the run.
    std::vector<std::string> faults(const Region& region, const RowOrigin& origin) const {
        std::vector<Fault> found = validate(region);
        origin.restore(found);
        const auto ends_the_run = [&](const Fault& fault) { return fault.feeder < 0 || work_.strict; };
        if (std::ranges::any_of(found, ends_the_run))
            throw InputError(work_.plan.case_path + ": " + summarise(found), messages(found));
        return first_faults(found, region.feeder_count());
    }

    void solve(Load& load) const {
        const auto begin = Clock::now();
        load.result = work_.solve(load.region, load.region.series.front(), load.faults);
        load.solve_s = seconds_since(begin);
    }

    void write(const Load& load) const {
        const auto begin = Clock::now();
        const std::filesystem::path path = work_.folder.part(load.shard);
        write_envelopes(load.result, load.region, load.region.series.front(), work_.plan.info, path);
        ShardRecord record = record_of(load.shard, path, load.result);
        record.read_s = load.read_s;
        record.solve_s = load.solve_s;
        record.write_s = seconds_since(begin);
        append_record(work_.folder.journal(work_.writer), record);
        metrics_.count_shard(record.summary.items, record.read_s, record.solve_s, record.write_s);
    }

    const ShardWork& work_;
    Team& team_;
    RunMetrics& metrics_;
    std::future<void> writing_;
};

}  // namespace

void work_off(const ShardWork& work, Team& team, RunMetrics& metrics) { ShardPipeline(work, team, metrics).run(); }

}  // namespace headroom
