#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace headroom {

/// Gives out identifiers that are all different and not too long (id_bytes_max).
class UniqueNames {
public:
    /// The name itself where it is free and short enough; else its beginning and "#2", "#3", ...: the first that is
    /// free. Linear in all, however many ask for the same name.
    std::string take(const std::string& wanted);

private:
    std::unordered_set<std::string> taken_;
    std::unordered_map<std::string, std::int64_t> next_;  ///< by name wanted: the number to try next
};

/// The longest beginning of a text of at most so many bytes that cuts no UTF-8 character in two.
std::string_view beginning(std::string_view text, std::size_t bytes_max);

}  // namespace headroom
