#include "io/result/order_differences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>

#include "formulations/units.hpp"
#include "formulations/network/region_columns.hpp"
#include "io/case/case_columns.hpp"
#include "io/hdf5/notes.hpp"
#include "io/import/csv/csv_moment.hpp"

namespace headroom {
namespace {

constexpr std::int32_t nowhere = -2;  // -1 is a parent that there is not

/// What every column of /order is called and counts in, in the order of columns_of().
std::vector<ColumnNote> order_notes() {
    std::vector<ColumnNote> notes;
    const OrderColumns none;
    visit_columns(none, [&notes](const ColumnNote& note, const auto&...) { notes.push_back(note); });
    return notes;
}

template <class T> bool is_same(const T& a, const T& b) {
    if constexpr (std::is_same_v<T, double>) return a == b || (std::isnan(a) && std::isnan(b));
    return a == b;
}

class Comparison {
public:
    Comparison(const Region& cleared, const GivenOrders& given)
        : cleared_(cleared), given_(given), match_(cleared.order_count(), nowhere), taken_(given.order.size(), 0) {}

    std::vector<std::string> differences() && {
        for (std::size_t feeder = 0; feeder < cleared_.feeder_count(); ++feeder) {
            begin(feeder);
            match();
        }
        for (std::size_t feeder = 0; feeder < cleared_.feeder_count(); ++feeder) {
            begin(feeder);
            compare_columns();
            name_those_left_out();
            compare_sequence();
        }
        return std::move(found_);
    }

private:
    void begin(std::size_t feeder) {
        feeder_ = feeder;
        const auto range = [feeder](const std::vector<std::int64_t>& offset) {
            return std::pair(static_cast<std::size_t>(offset[feeder]), static_cast<std::size_t>(offset[feeder + 1]));
        };
        std::tie(first_, last_) = range(cleared_.feeder.order_offset);
        std::tie(given_first_, given_last_) = range(given_.offset);
    }

    /// By id; of as many orders those left over by where they stand, so that an id that was changed is called so.
    void match() {
        std::unordered_map<std::string_view, std::size_t> row;
        for (std::size_t g = given_first_; g < given_last_; ++g) row.emplace(given_.order.id[g], g);
        for (std::size_t k = first_; k < last_; ++k)
            if (const auto at = row.find(cleared_.order.id[k]); at != row.end()) take(k, at->second);
        if (last_ - first_ != given_last_ - given_first_) return;
        for (std::size_t k = first_; k < last_; ++k)
            if (match_[k] == nowhere) take(k, given_first_ + (k - first_));
    }

    void take(std::size_t k, std::size_t g) {
        if (taken_[g] != 0) return;
        taken_[g] = 1;
        match_[k] = static_cast<std::int32_t>(g);
    }

    void compare_columns() {
        static const std::vector<ColumnNote> notes = order_notes();
        for (std::size_t k = first_; k < last_; ++k) {
            if (match_[k] == nowhere) {
                say(cleared_.order.id[k], fmt::format("is none of {}", given_.source));
                continue;
            }
            const auto g = static_cast<std::size_t>(match_[k]);
            auto note = notes.begin();
            each_pair(cleared_.order, given_.order,
                      [&](const auto& own, const auto& other) { compare(*note++, k, g, own, other); });
        }
    }

    template <class T>
    void compare(const ColumnNote& note, std::size_t k, std::size_t g, const std::vector<T>& own,
                 const std::vector<T>& other) {
        const bool is_parent = note.name == "parent";
        if constexpr (std::is_same_v<T, std::int32_t>) {
            const std::int32_t parent = own[k] < 0 ? own[k] : match_[static_cast<std::size_t>(own[k])];
            if (is_parent ? parent == other[g] : own[k] == other[g]) return;
        } else if (is_same(own[k], other[g])) {
            return;
        }
        const std::string stands = text_of(note, own[k], is_parent ? cleared_.order.id : cleared_.customer.id),
                          should = text_of(note, other[g], is_parent ? given_.order.id : cleared_.customer.id);
        say(cleared_.order.id[k], fmt::format("{} is {}, in {} it is {}", note.name, stands, given_.place(g), should));
    }

    /// A value for people. @param ids  of what the column refers to, where it does
    template <class T>
    static std::string text_of(const ColumnNote& note, const T& value, const std::vector<std::string>& ids) {
        if constexpr (std::is_same_v<T, std::string>) {
            return fmt::format("'{}'", value);
        } else if constexpr (std::is_same_v<T, double>) {
            return note.units == "W" ? fmt::format("{} kW", value / watt_per_kilowatt) : fmt::format("{}", value);
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
            return value == OrderColumns::never ? "never" : csv::moment_text(value);
        } else {
            const auto number = static_cast<std::int32_t>(value);
            if (number < 0) return "none";
            if (note.name == "customer" || note.name == "parent")
                return fmt::format("'{}'", ids[static_cast<std::size_t>(number)]);
            const std::vector<std::string> words = split_words(note.values);
            return static_cast<std::size_t>(number) < words.size() ? words[static_cast<std::size_t>(number)]
                                                                   : fmt::format("{}", number);
        }
    }

    void name_those_left_out() {
        for (std::size_t g = given_first_; g < given_last_; ++g)
            if (taken_[g] == 0)
                say(given_.order.id[g], fmt::format("of {} is not among those that were cleared", given_.place(g)));
    }

    /// Of orders that arrive at once the first row is the first to trade.
    void compare_sequence() {
        std::int32_t latest = nowhere;
        for (std::size_t k = first_; k < last_; ++k) {
            if (match_[k] == nowhere) continue;
            if (match_[k] < latest)
                return say(cleared_.order.id[k],
                           fmt::format("stands behind '{}', before it in {}",
                                       given_.order.id[static_cast<std::size_t>(latest)], given_.source));
            latest = match_[k];
        }
    }

    void say(const std::string& order, const std::string& what) {
        found_.push_back(fmt::format("order '{}' of feeder '{}': {}", order, cleared_.feeder.id[feeder_], what));
    }

    const Region& cleared_;
    const GivenOrders& given_;
    std::vector<std::int32_t> match_;  ///< [#order of the clearing] which of the given ones
    std::vector<char> taken_;          ///< [#given order]
    std::size_t feeder_ = 0, first_ = 0, last_ = 0, given_first_ = 0, given_last_ = 0;
    std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> order_differences(const Region& cleared, const GivenOrders& given) {
    return Comparison(cleared, given).differences();
}

}  // namespace headroom
