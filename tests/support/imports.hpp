#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "io/errors.hpp"

namespace headroom::test {

/// What an import says when it refuses; "" when it does not.
template <class Import> std::string refusal_of(Import import) {
    try {
        import();
        return "";
    } catch (const InputError& error) {
        return error.what();
    }
}

/// Where an id stands; -1: nowhere.
inline int row(const std::vector<std::string>& ids, const std::string& id) {
    const auto found = std::find(ids.begin(), ids.end(), id);
    return found == ids.end() ? -1 : static_cast<int>(found - ids.begin());
}

}  // namespace headroom::test
