#pragma once

#include <cstdint>

namespace headroom {

/// What a packing row looks at.
struct RowName {
    std::int32_t limit;  ///< of SecurityRows::limits()
    std::int32_t side;   ///< as SecurityRows::side_of_row() has it, or of a row linearised in AC (ac_side)
};

}  // namespace headroom
