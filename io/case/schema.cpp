#include "io/case/schema.hpp"

#include <algorithm>

namespace headroom::case_schema {

bool is_series_name(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= id_bytes_max && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace headroom::case_schema
