#include "io/run/run_metrics.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

#include "io/clock.hpp"
#include "io/errors.hpp"
#include "io/run/text_file.hpp"

namespace headroom {
namespace {

constexpr auto beat_interval = std::chrono::seconds(5);

std::int64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::int64_t total = 0, resident = 0;
    return statm >> total >> resident ? resident * sysconf(_SC_PAGESIZE) : 0;
}

/// Shows every figure with its name, kind and meaning.
template <class Figures, class Visit> void visit_figures(Figures& figures, Visit visit) {
    visit("headroom_items_done_total", "counter", "items (feeder and step) solved", figures.items_done);
    visit("headroom_items_written_total", "counter", "items whose parts are on disk", figures.items_written);
    visit("headroom_shards_done_total", "counter", "part files written", figures.shards_done);
    visit("headroom_read_seconds_total", "counter", "reading shards", figures.read_s);
    visit("headroom_solve_seconds_total", "counter", "solving shards", figures.solve_s);
    visit("headroom_write_seconds_total", "counter", "writing parts", figures.write_s);
    visit("headroom_started_timestamp_seconds", "gauge", "start of the process, Unix time", figures.started);
    visit("headroom_heard_timestamp_seconds", "gauge", "when this file was written, Unix time", figures.heard);
    visit("headroom_resident_bytes", "gauge", "memory in use", figures.resident_bytes);
    visit("headroom_at_work", "gauge", "1 until the process ends in order", figures.at_work);
}

}  // namespace

RunMetrics::RunMetrics(std::filesystem::path file) : file_(std::move(file)) {
    figures_.started = unix_time();
    write();
    heart_ = std::jthread([this](const std::stop_token& stop) {
        std::unique_lock lock(guard_);
        while (!wake_.wait_for(lock, stop, beat_interval, [&stop] { return stop.stop_requested(); })) {
            lock.unlock();
            beat();
            lock.lock();
        }
    });
}

RunMetrics::~RunMetrics() {
    heart_.request_stop();
    heart_.join();
    figures_.at_work = 0;
    beat();
}

void RunMetrics::count_shard(std::int64_t items, double read_s, double solve_s, double write_s) {
    const std::lock_guard lock(guard_);
    ++figures_.shards_done;
    figures_.items_written += items;
    figures_.read_s += read_s;
    figures_.solve_s += solve_s;
    figures_.write_s += write_s;
}

/// A disk that refuses figures will refuse results too, and that is where it is said.
void RunMetrics::beat() {
    try {
        write();
    } catch (const OutputError&) {
        return;
    }
}

void RunMetrics::write() {
    RunFigures now;
    {
        const std::lock_guard lock(guard_);
        now = figures_;
    }
    now.items_done = items_done_;
    now.heard = unix_time();
    now.resident_bytes = resident_bytes();
    std::string text;
    visit_figures(now, [&](const char* name, const char* kind, const char* help, const auto& value) {
        text += fmt::format("# HELP {} {}\n# TYPE {} {}\n{} {}\n", name, help, name, kind, name, value);
    });
    write_text_file(file_, text);
}

std::optional<RunFigures> read_metrics(const std::filesystem::path& file) {
    RunFigures figures;
    int found = 0;
    std::istringstream lines(read_text_file(file));
    for (std::string line; std::getline(lines, line);) {
        visit_figures(figures, [&](std::string_view name, const char*, const char*, auto& value) {
            if (!line.starts_with(name) || line.size() <= name.size() + 1 || line[name.size()] != ' ') return;
            const char* const first = line.data() + name.size() + 1;
            if (std::from_chars(first, line.data() + line.size(), value).ec == std::errc()) ++found;
        });
    }
    int asked = 0;
    visit_figures(figures, [&](auto&&...) { ++asked; });
    if (found != asked) return {};
    return figures;
}

}  // namespace headroom
