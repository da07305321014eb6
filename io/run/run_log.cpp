#include "io/run/run_log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "io/errors.hpp"

namespace headroom {

RunLog::RunLog(const std::filesystem::path& file) : file_(file, std::ios::app) {
    if (!file_) throw OutputError(fmt::format("cannot write '{}'", file.string()));
}

void RunLog::tell(std::string_view event, nlohmann::ordered_json fields) {
    using Json = nlohmann::ordered_json;
    const auto now = std::chrono::system_clock::now();
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
    Json line{{"time", fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(now), milliseconds)}, {"event", event}};
    line.update(std::move(fields));
    const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    const std::lock_guard lock(guard_);
    file_ << text << std::flush;
}

}  // namespace headroom
