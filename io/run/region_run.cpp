#include "io/run/region_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/errors.hpp"
#include "io/folder.hpp"
#include "io/run/finish_run.hpp"
#include "io/run/open_run.hpp"
#include "io/run/run_folder.hpp"
#include "io/run/run_log.hpp"
#include "io/run/run_metrics.hpp"
#include "io/run/shard_pace.hpp"
#include "solver/batch/together.hpp"

namespace headroom {
namespace {

std::string host_name() {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

class RegionMember {
public:
    RegionMember(const RunPlan& plan, const CaseOutline& outline, const RegionRun& run, Team& team)
        : plan_(plan), outline_(outline), run_(run), team_(team), folder_(run.folder) {}

    RegionOutcome go() {
        if (together(team_, [&] { open(); }) != StepFate::well) return outcome_;
        share_done();
        if (together(team_, [&] { begin(); }) != StepFate::well) return outcome_;
        team_.begin(shards_.size());
        const StepFate worked = together(team_, [&] { work(); });
        metrics_.reset();
        outcome_.stopped = worked == StepFate::stopped;
        if (worked == StepFate::well) together(team_, [&] { finish(); });
        if (worked != StepFate::well && is_first())
            outcome_.done = find_done(folder_, read_journals(folder_, plan_.kind), PartCheck::size);
        return outcome_;
    }

private:
    bool is_sliced() const { return run_.slice.count > 1; }
    bool is_first() const { return team_.rank() == 0; }

    /// Nodes of one job may have other processors, or a copy of the case that is not the same.
    void require_alike() {
        const std::string own = fmt::format("{} kernels, case {}", plan_.note("simd"), plan_.note("case_digest"));
        std::vector<char> bytes(own.begin(), own.end());
        bytes.resize(128);
        team_.share(bytes);
        const std::string first = bytes.data();
        if (own != first)
            throw UsageError(
                fmt::format("the processes of this run differ: the first one has {}, another one {}; "
                            "HEADROOM_SIMD names kernels that all of them have",
                            first, own));
    }

    void open() {
        require_alike();
        if (is_first()) {
            make_folder(folder_.path());
            lock_.emplace(folder_, is_sliced());
            outcome_.done = open_run(folder_, plan_, outline_, run_.resume || is_sliced(), !is_sliced());
            outcome_.kept = outcome_.done.size();
        }
    }

    void begin() {
        metrics_.emplace(folder_.metrics(writer()));
        log_.emplace(folder_.log(writer()));
        shards_ = shards_left();
        if (run_.begun) run_.begun(items_left());
        log_->tell("begin", {{"verb", plan_.traits().name},
                             {"case", plan_.case_path},
                             {"host", host_name()},
                             {"process", getpid()},
                             {"rank", team_.rank()},
                             {"ranks", team_.size()},
                             {"slice", fmt::format("{}/{}", run_.slice.index, run_.slice.count)},
                             {"shards", plan_.shards.size()},
                             {"shards_left", shards_.size()}});
    }

    void work() {
        try {
            work_off_shards();
            log_->tell("end", nlohmann::ordered_json::object());
        } catch (const Stopped&) {
            log_->tell("stopped", nlohmann::ordered_json::object());
            throw;
        } catch (const std::exception& fault) {
            log_->tell("failed", {{"reason", fault.what()}});
            throw;
        }
    }

    void work_off_shards() {
        const ShardLoad load{.plan = plan_,
                             .folder = folder_,
                             .task = run_.task,
                             .shards = shards_,
                             .writer = writer(),
                             .strict = run_.strict,
                             .overlap = run_.overlap,
                             .watch = {.solved =
                                           [&](std::int64_t items) {
                                               metrics_->count_items(items);
                                               if (run_.watch.solved) run_.watch.solved(items);
                                           },
                                       .stop = run_.watch.stop}};
        work_off(load, team_, *metrics_, *log_);
    }

    int writer() const { return is_sliced() ? run_.slice.index : team_.rank(); }

    /// What the first member found done is done for all, so that they count the same shards; so is what it learned from
    /// them about the others, so that all take these in the same order.
    void share_done() {
        std::vector<char> is_done(plan_.shards.size());
        for (const auto& [shard, record] : outcome_.done) is_done[shard] = 1;
        team_.share(is_done);
        is_done_ = std::move(is_done);
        std::vector<double> weight = shard_seconds(plan_, outcome_.done);
        if (weight.empty())
            for (const Shard& shard : plan_.shards) weight.push_back(shard.cost);
        std::vector<char> bytes(weight.size() * sizeof(double));
        std::memcpy(bytes.data(), weight.data(), bytes.size());
        team_.share(bytes);
        std::memcpy(weight.data(), bytes.data(), bytes.size());
        weight_ = std::move(weight);
    }

    std::int64_t items_left() const {
        std::int64_t items = 0;
        for (const std::size_t shard : shards_) items += plan_.shards[shard].feeder_count * plan_.step_count;
        return items;
    }

    std::vector<std::size_t> shards_left() const {
        std::vector<std::size_t> left;
        for (std::size_t shard = 0; shard < plan_.shards.size(); ++shard)
            if (is_done_[shard] == 0
                && shard % static_cast<std::size_t>(run_.slice.count) == static_cast<std::size_t>(run_.slice.index))
                left.push_back(shard);
        std::ranges::stable_sort(left, [&](std::size_t a, std::size_t b) { return weight_[a] > weight_[b]; });
        return left;
    }

    void finish() {
        if (!is_first()) return;
        outcome_.done = find_done(folder_, read_journals(folder_, plan_.kind), PartCheck::digest);
        outcome_.complete = outcome_.done.size() == plan_.shards.size();
        if (outcome_.complete) finish_run(folder_, plan_, outline_, outcome_.done);
    }

    const RunPlan& plan_;
    const CaseOutline& outline_;
    const RegionRun& run_;
    Team& team_;
    RunFolder folder_;
    std::optional<RunLock> lock_;
    std::optional<RunMetrics> metrics_;
    std::optional<RunLog> log_;
    std::vector<char> is_done_;        ///< [#shard] before this run
    std::vector<double> weight_;       ///< [#shard] expected work: seconds, or where none is known the plan's cost
    std::vector<std::size_t> shards_;  ///< to be done, as the team counts them
    RegionOutcome outcome_;
};

}  // namespace

RegionOutcome run_region(const RunPlan& plan, const CaseOutline& outline, const RegionRun& run, Team& team) {
    return RegionMember(plan, outline, run, team).go();
}

}  // namespace headroom
