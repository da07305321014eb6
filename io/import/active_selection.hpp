#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace headroom {

/// Which customers are active: "all", "none", "ids:FILE" or "1,3/5" (positions among every five). Throws UsageError,
/// InputError.
class ActiveSelection {
public:
    explicit ActiveSelection(std::string_view text);

    /// @param position  number of the customer among those that the words and patterns count, from 0; negative: not
    /// counted
    bool contains(std::string_view id, std::int64_t position) const;

    /// Ids of the file that no customer had are a mistake of the file's.
    void require_all_used(const std::unordered_set<std::string>& ids) const;

private:
    enum class Kind { all, none, ids, pattern } kind_ = Kind::all;
    std::string file_;
    std::unordered_set<std::string> ids_;
    std::vector<std::int64_t> positions_;  ///< from 0
    std::int64_t period_ = 1;
};

}  // namespace headroom
