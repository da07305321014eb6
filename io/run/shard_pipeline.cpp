#include "io/run/shard_pipeline.hpp"

#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "io/clock.hpp"
#include "io/run/shard_input.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

/// A shard on its way from station to station.
struct Parcel {
    std::size_t shard = 0;
    std::unique_ptr<ShardWork> work;
    double read_s = 0, solve_s = 0;
};

template <class Task> auto start(bool beside, Task task) {
    return std::async(beside ? std::launch::async : std::launch::deferred, std::move(task));
}

class ShardPipeline {
public:
    ShardPipeline(const ShardLoad& load, Team& team, RunMetrics& metrics, RunLog& log)
        : load_(load), team_(team), metrics_(metrics), log_(log) {}

    void run() {
        std::future<std::unique_ptr<Parcel>> next = read_next();
        while (next.valid()) {
            std::unique_ptr<Parcel> parcel = next.get();
            next = {};
            if (load_.overlap) next = read_next();
            solve(*parcel);
            if (writing_.valid()) writing_.get();
            writing_ = start(load_.overlap, [this, parcel = std::move(parcel)] { write(*parcel); });
            if (load_.overlap) continue;
            writing_.get();
            next = read_next();
        }
        if (writing_.valid()) writing_.get();
        if (is_stopped()) throw Stopped();
    }

private:
    bool is_stopped() const { return load_.watch.stop != nullptr && *load_.watch.stop; }

    /// Takes a shard, if there is one, and begins to read it.
    std::future<std::unique_ptr<Parcel>> read_next() {
        if (is_stopped()) return {};
        const std::optional<std::size_t> taken = team_.take();
        if (!taken) return {};
        return start(load_.overlap, [this, shard = load_.shards[*taken]] { return read(shard); });
    }

    std::unique_ptr<Parcel> read(std::size_t shard) const {
        const auto begin = Clock::now();
        const Shard& range = load_.plan.shards[shard];
        ShardInput input = read_feeders(load_.plan, load_.task, range.first_feeder, range.feeder_count, load_.strict);
        input.shard = shard;
        auto parcel = std::make_unique<Parcel>();
        parcel->shard = shard;
        parcel->work = load_.task.begin(std::move(input));
        parcel->read_s = seconds_since(begin);
        log_.tell("read", {{"shard", shard}, {"feeders", range.feeder_count}, {"seconds", parcel->read_s}});
        return parcel;
    }

    void solve(Parcel& parcel) const {
        const auto begin = Clock::now();
        parcel.work->solve(load_.watch);
        parcel.solve_s = seconds_since(begin);
        log_.tell("solved", {{"shard", parcel.shard}, {"seconds", parcel.solve_s}});
    }

    void write(const Parcel& parcel) const {
        const auto begin = Clock::now();
        const std::filesystem::path path = load_.folder.part(parcel.shard);
        const PartFile part = parcel.work->write(path);
        ShardRecord record = record_of(parcel.shard, path, part);
        record.read_s = parcel.read_s;
        record.solve_s = parcel.solve_s;
        record.write_s = seconds_since(begin);
        append_record(load_.folder.journal(load_.writer), record);
        metrics_.count_shard(item_count(record.summary), record.read_s, record.solve_s, record.write_s);
        tell_of(part, record);
    }

    void tell_of(const PartFile& part, const ShardRecord& record) const {
        for (std::size_t feeder = 0; feeder < part.feeder_id.size(); ++feeder)
            if (!part.feeder_fault[feeder].empty())
                log_.tell("feeder_fault", {{"feeder", part.feeder_id[feeder]}, {"reason", part.feeder_fault[feeder]}});
        log_.tell("written", {{"shard", record.shard},
                              {"part", RunFolder::part_name(record.shard)},
                              {"bytes", record.bytes},
                              {"items", item_count(record.summary)},
                              {"all_solved", is_whole(record.summary)},
                              {"seconds", record.write_s}});
    }

    const ShardLoad& load_;
    Team& team_;
    RunMetrics& metrics_;
    RunLog& log_;
    std::future<void> writing_;
};

}  // namespace

void work_off(const ShardLoad& load, Team& team, RunMetrics& metrics, RunLog& log) {
    ShardPipeline(load, team, metrics, log).run();
}

}  // namespace headroom
