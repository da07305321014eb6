#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace headroom {

/// A note on a dataset or group: text, or numbers of one type.
struct Attribute {
    using Value = std::variant<std::string, std::vector<std::int8_t>, std::vector<std::uint8_t>,
                               std::vector<std::int32_t>, std::vector<std::int64_t>, std::vector<double>>;
    std::string name;
    Value value;
};

using Attributes = std::vector<Attribute>;

}  // namespace headroom
