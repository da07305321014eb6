#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

namespace headroom {

/// Figures of one process of a run at one moment.
struct RunFigures {
    std::int64_t items_done = 0;     ///< items (feeder and step) solved by this process, those of a shard at work too
    std::int64_t items_written = 0;  ///< of these, those whose parts are on disk
    std::int64_t shards_done = 0;    ///< part files it wrote
    double read_s = 0, solve_s = 0, write_s = 0;
    double started = 0, heard = 0;  ///< Unix time
    std::int64_t resident_bytes = 0;
    std::int32_t at_work = 1;  ///< 0: the process ended in order
};

/// Keeps the figures of a process in a Prometheus text file, which is replaced every few seconds.
class RunMetrics {
public:
    explicit RunMetrics(std::filesystem::path file);
    RunMetrics(const RunMetrics&) = delete;
    RunMetrics& operator=(const RunMetrics&) = delete;
    ~RunMetrics();

    void count_items(std::int64_t items) { items_done_ += items; }
    void count_shard(std::int64_t items, double read_s, double solve_s, double write_s);

private:
    void beat();
    void write();

    std::filesystem::path file_;
    std::atomic<std::int64_t> items_done_{0};
    std::mutex guard_;  ///< of what follows
    RunFigures figures_;
    std::condition_variable_any wake_;
    std::jthread heart_;
};

/// @return nothing where the file is none of ours
std::optional<RunFigures> read_metrics(const std::filesystem::path& file);

}  // namespace headroom
