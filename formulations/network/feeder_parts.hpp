#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formulations/network/feeder_tree.hpp"
#include "formulations/network/tap_runs.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {

/// Some feeders of a region made ready, each once for every run of steps in which its taps stand still.
/// @tparam Ready  what a feeder is made ready as
template <class Ready> class FeederParts {
public:
    struct Part {
        std::size_t feeder;  ///< counted from the first
        TapRun run;
        std::unique_ptr<Ready> ready;  ///< null: the feeder is invalid
    };

    /// Makes feeders [first, first + count) ready in place of those before.
    /// @param faults  [#feeder of the region] in: "" for those to be made ready; out: why others could not be
    /// @param make    make(feeder, run), a unique_ptr; may throw InvalidFeeder
    template <class Make>
    void prepare(const Region& region, const SeriesSet& series, std::int64_t first, std::size_t count, int threads,
                 std::vector<std::string>& faults, const Make& make, const std::atomic<bool>* stop = nullptr) {
        parts_.clear();
        first_part_.clear();
        const TapRun whole{0, series.step_count(), {}};
        for (std::size_t k = 0; k < count; ++k) {
            first_part_.push_back(parts_.size());
            const std::int64_t feeder = first + static_cast<std::int64_t>(k);
            const bool sound = faults[static_cast<std::size_t>(feeder)].empty();
            for (const TapRun& run : sound ? tap_runs(region, feeder, series) : std::vector{whole})
                parts_.push_back({k, run, nullptr});
        }
        std::vector<std::string> reason(parts_.size());
        run_batch(
            static_cast<int>(parts_.size()), threads,
            [&](int item, int) {
                const auto p = static_cast<std::size_t>(item);
                const std::int64_t feeder = first + static_cast<std::int64_t>(parts_[p].feeder);
                if (!faults[static_cast<std::size_t>(feeder)].empty()) return;
                try {
                    parts_[p].ready = make(feeder, parts_[p].run);
                } catch (const InvalidFeeder& fault) {
                    reason[p] = fault.what();
                }
            },
            1, stop);
        for (std::size_t p = 0; p < parts_.size(); ++p)
            if (!reason[p].empty()) faults[static_cast<std::size_t>(first) + parts_[p].feeder] = reason[p];
        for (Part& part : parts_)
            if (!faults[static_cast<std::size_t>(first) + part.feeder].empty()) part.ready.reset();
    }

    /// By feeder, and by step.
    const std::vector<Part>& all() const { return parts_; }
    /// A feeder in its first steps; null: invalid.
    const Ready* first_of(std::size_t feeder) const { return parts_[first_part_[feeder]].ready.get(); }

private:
    std::vector<Part> parts_;
    std::vector<std::size_t> first_part_;  ///< [#feeder]
};

/// The work arrays of one thread: those of the part that it is at, kept until it comes to another.
template <class Ready> class PartWorkspace {
public:
    typename Ready::Workspace& of(const Ready& part) {
        if (at_ != &part) {
            work_.reset();
            work_.emplace(part.workspace());
            at_ = &part;
        }
        return *work_;
    }

private:
    const Ready* at_ = nullptr;
    std::optional<typename Ready::Workspace> work_;
};

}  // namespace headroom
