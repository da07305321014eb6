#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace headroom {

/// Tells how far a long computation is: one redrawn line on a terminal, else one line per tenth of the work.
class Progress {
public:
    using Sink = std::function<void(std::string_view)>;

    /// Writes to standard error; without a terminal only once the work has taken two seconds.
    Progress(std::string what, std::int64_t total);
    /// @param total     work items in all, >= 0; may be a guess: what is done beyond it is not told
    /// @param terminal  redraw one line
    /// @param silence   no plain lines before
    Progress(std::string what, std::int64_t total, bool terminal, Sink sink, std::chrono::milliseconds silence = {});
    /// Removes the redrawn line, so that what is printed next starts in column 0.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Counts `count` more items as done; from any thread.
    void tick(std::int64_t count = 1);

private:
    using Clock = std::chrono::steady_clock;

    void redraw(std::int64_t done, Clock::time_point now);
    void print_tenths(std::int64_t done, Clock::time_point now);
    std::string remaining(std::int64_t done, Clock::time_point now) const;

    const std::string what_;
    const std::int64_t total_;
    const bool terminal_;
    const Sink sink_;
    const std::chrono::milliseconds silence_;
    const Clock::time_point start_;
    std::atomic<std::int64_t> done_{0};
    std::mutex output_;  ///< guards the sink and what follows
    std::int64_t tenths_printed_ = 0;
    Clock::time_point last_redraw_{};
    bool line_open_ = false;
};

}  // namespace headroom
