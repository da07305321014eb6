#include "io/import/csv/csv_labels.hpp"

#include <charconv>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace headroom::csv {
namespace {

/// "7", but not "07" or "+7": those are names.
std::optional<std::int32_t> plain_number(std::string_view label) {
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), number);
    if (error != std::errc{} || end != label.data() + label.size() || label.front() == '-') return std::nullopt;
    if (label.front() == '0' && label.size() > 1) return std::nullopt;
    return number;
}

}  // namespace

std::vector<std::int32_t> label_numbers(const std::vector<std::string_view>& labels) {
    std::unordered_map<std::string_view, std::int32_t> number_of;
    std::unordered_set<std::int32_t> taken;
    for (const std::string_view label : labels)
        if (const auto number = plain_number(label)) {
            number_of.try_emplace(label, *number);
            taken.insert(*number);
        }
    number_of.try_emplace("", -1);
    std::int32_t next = 0;
    std::vector<std::int32_t> numbers;
    for (const std::string_view label : labels) {
        const auto [found, is_new] = number_of.try_emplace(label, 0);
        if (is_new) {
            while (taken.contains(next)) ++next;
            found->second = next++;
        }
        numbers.push_back(found->second);
    }
    return numbers;
}

}  // namespace headroom::csv
