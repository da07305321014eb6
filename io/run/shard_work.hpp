#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "formulations/network/region.hpp"
#include "io/run/part_file.hpp"

namespace headroom {

/// Who looks on while a shard is solved.
struct ShardWatch {
    std::function<void(std::int64_t items)> solved;  ///< from any thread
    const std::atomic<bool>* stop = nullptr;         ///< once true, Stopped is to be thrown
};

/// The feeders of one shard on their way from the case to a part file.
class ShardWork {
public:
    virtual ~ShardWork() = default;
    virtual void solve(const ShardWatch& watch) = 0;
    /// Writes the part, complete or not at all.
    /// @return what reading it back would give
    virtual PartFile write(const std::filesystem::path& path) = 0;
};

/// Feeders of a shard, mostly all of them, as read from the case.
struct ShardInput {
    std::size_t shard = 0;
    std::int64_t first_feeder = 0;    ///< row in the case
    Region region;                    ///< of its feeders, with the one series of the run
    std::vector<std::string> faults;  ///< [#feeder] "" or why it must not be solved
};

/// What a run does with each shard.
struct ShardTask {
    bool orders = false;  ///< orders of the case are read
    /// Takes up a shard, or some of its feeders, and reads what else it needs, while another one is solved.
    std::function<std::unique_ptr<ShardWork>(ShardInput)> begin;
};

}  // namespace headroom
