#include "io/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "io/report/terminal.hpp"

namespace headroom {

namespace {

constexpr std::int64_t bar_width = 30;
constexpr auto redraw_interval = std::chrono::milliseconds(100);
constexpr std::string_view erase_line = "\r\033[K";

void write_to_stderr(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

}  // namespace

Progress::Progress(std::string what, std::int64_t total)
    : Progress(std::move(what), total, stderr_is_terminal(), write_to_stderr, std::chrono::seconds(2)) {}

Progress::Progress(std::string what, std::int64_t total, bool terminal, Sink sink, std::chrono::milliseconds silence)
    : what_(std::move(what)),
      total_(total),
      terminal_(terminal),
      sink_(std::move(sink)),
      silence_(silence),
      start_(Clock::now()) {}

Progress::~Progress() {
    if (line_open_) sink_(erase_line);
}

void Progress::tick(std::int64_t count) {
    const std::int64_t all = done_.fetch_add(count, std::memory_order_relaxed) + count;
    if (total_ <= 0) return;
    const std::int64_t done = std::min(all, total_);
    const Clock::time_point now = Clock::now();
    // A thread that finds another one writing goes back to its work, except where a line must not get lost.
    if (terminal_) {
        if (const std::unique_lock lock(output_, std::try_to_lock); lock) redraw(done, now);
    } else if (done * 10 / total_ != (done - count) * 10 / total_) {
        const std::lock_guard lock(output_);
        print_tenths(done, now);
    }
}

void Progress::redraw(std::int64_t done, Clock::time_point now) {
    if (line_open_ && now - last_redraw_ < redraw_interval) return;
    const auto filled = static_cast<std::size_t>(std::min(bar_width, bar_width * done / total_));
    const std::string bar = std::string(filled, '#') + std::string(bar_width - filled, '.');
    sink_(fmt::format("{}{} [{}] {:3} %{}", erase_line, what_, bar, 100 * done / total_, remaining(done, now)));
    line_open_ = true;
    last_redraw_ = now;
}

void Progress::print_tenths(std::int64_t done, Clock::time_point now) {
    const std::int64_t tenths = done * 10 / total_;
    // Threads may arrive here out of order: never go back.
    if (tenths <= tenths_printed_ || now - start_ < silence_) return;
    tenths_printed_ = tenths;
    sink_(fmt::format("{}: {} % ({} of {}){}\n", what_, 10 * tenths, done, total_, remaining(done, now)));
}

std::string Progress::remaining(std::int64_t done, Clock::time_point now) const {
    const double elapsed_s = std::chrono::duration<double>(now - start_).count();
    if (done >= total_ || elapsed_s < 1.0) return "";
    const double left_s = elapsed_s * static_cast<double>(total_ - done) / static_cast<double>(done);
    return left_s < 120 ? fmt::format(", {:.0f} s left", left_s) : fmt::format(", {:.0f} min left", left_s / 60);
}

}  // namespace headroom
