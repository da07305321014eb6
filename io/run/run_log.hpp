#pragma once

#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace headroom {

/// What happens to one process of a run, one JSON object per line with its time: for machines that watch it. Unlike the
/// journal nothing hangs on it, and no line is synced.
class RunLog {
public:
    /// Goes on behind what is there.    @throws OutputError
    explicit RunLog(const std::filesystem::path& file);

    /// From any thread. A line that the disk refuses is lost: the parts then fail, too, and say so.
    /// @param fields  an object
    void tell(std::string_view event, nlohmann::ordered_json fields);

private:
    std::mutex guard_;
    std::ofstream file_;
};

}  // namespace headroom
