#include "solver/packing/summed_filling.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "solver/numbers.hpp"
#include "solver/packing/nested_product.hpp"
#include "solver/packing/row_writer.hpp"

namespace headroom {
namespace {

constexpr double exceeded_share = 1e-13;  // of what a row carries: rounding, as in the filling kernel

/// One pack on its way: the rows in play, for which lanes, and what the lanes have.
class SummedPack {
public:
    SummedPack(const SummedRows& rows, FillingRule rule, const FillingPack& pack)
        : rows_(rows), rule_(rule), pack_(pack), writer_(rows.nested) {
        const auto limits = static_cast<std::size_t>(rows.nested.limit_count) * lane_count;
        limit_.resize(limits);
        stop_.resize(limits);
        product_.resize(static_cast<std::size_t>(rows.nested.row_count()) * lane_count);
        std::fill_n(pack.limit, limits, 0.0);
        std::fill_n(pack.stop, limits, stopped_with_others);
        std::fill_n(pack.level, lane_count, 0.0);
        std::fill_n(pack.rounds, lane_count, 0);
        for (std::size_t lane = 0; lane < lane_count; ++lane) open_[lane] = pack.live[lane] > 0 ? 1.0 : 0.0;
    }

    void put_in_play(std::int32_t row, const RowEntries& entries) { played_.emplace(row, Played{entries, all_lanes}); }

    void run() {
        while (std::any_of(open_.begin(), open_.end(), [](double lane) { return lane > 0; })) {
            fill_rows_in_play();
            multiply(rows_.nested, limit_.data(), product_.data(), sums_);
            for (std::size_t lane = 0; lane < lane_count; ++lane)
                if (open_[lane] > 0 && (rounds_[lane] < 0 || !add_exceeded(lane))) close(lane);
        }
    }

private:
    static constexpr unsigned all_lanes = 0xff;
    struct Played {
        RowEntries entries;
        unsigned lanes;  ///< bits of the lanes that look at it
    };

    /// The pack over the rows in play alone. Rows keep their order whoever brought them in, and have no end in lanes
    /// that do not look at them: a lane's answer is its own.
    void fill_rows_in_play() {
        PackingRows rows{rows_.nested.limit_count, {0}, {}, {}};
        LaneArray room;
        for (const auto& [row, played] : played_) {
            for (const auto& [column, value] : played.entries) {
                rows.column.push_back(column);
                rows.value.push_back(value);
            }
            rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
            for (std::size_t lane = 0; lane < lane_count; ++lane)
                room.push_back((played.lanes >> lane & 1) != 0
                                   ? pack_.room[static_cast<std::size_t>(row) * lane_count + lane]
                                   : infinity);
        }
        FillingPlan plan(PackingRows{rows.limit_count, {0}, {}, {}});  // all rows are in play, none is looked for
        plan.rows = std::move(rows);
        for (int r = 0; r < plan.rows.row_count(); ++r) plan.first_rows.push_back(r);
        FillingWorkspace work(plan.rows);
        FillingPack small = pack_;
        small.room = room.data();
        small.live = open_.data();
        small.limit = limit_.data();
        small.stop = stop_.data();
        small.level = level_.data();
        small.rounds = rounds_.data();
        headroom::fill(plan, rule_, small, work);
    }

    struct Exceeded {
        double share;  ///< of what the row carries
        std::int32_t row;
    };

    /// Brings the rows that the lane's answer exceeds most into play for it. @return false: it fits all rows
    bool add_exceeded(std::size_t lane) {
        std::vector<Exceeded> exceeded;
        for (std::int32_t r = 0; r < rows_.nested.row_count(); ++r) {
            const std::size_t slot = static_cast<std::size_t>(r) * lane_count + lane;
            const double used = product_[slot], over = used - pack_.room[slot];
            if (over > exceeded_share * used && !looks_at(lane, r)) exceeded.push_back({over / used, r});
        }
        if (exceeded.empty()) return false;
        const std::size_t count = std::min(exceeded.size(), next_[lane]);
        next_[lane] *= 2;
        std::partial_sort(exceeded.begin(), exceeded.begin() + static_cast<std::ptrdiff_t>(count), exceeded.end(),
                          [](const Exceeded& a, const Exceeded& b) {
                              return a.share != b.share ? a.share > b.share : a.row < b.row;
                          });
        for (std::size_t k = 0; k < count; ++k) {
            auto found = played_.find(exceeded[k].row);
            if (found == played_.end())
                found =
                    played_.emplace(exceeded[k].row, Played{writer_.row(exceeded[k].row, rounding_of_sums), 0}).first;
            found->second.lanes |= 1u << lane;
        }
        return true;
    }
    bool looks_at(std::size_t lane, std::int32_t row) const {
        const auto found = played_.find(row);
        return found != played_.end() && (found->second.lanes >> lane & 1) != 0;
    }

    /// The lane has its answer, or has given up.
    void close(std::size_t lane) {
        std::vector<std::int32_t> row_in_play;
        for (const auto& [row, played] : played_) row_in_play.push_back(row);
        for (std::size_t k = lane; k < limit_.size(); k += lane_count) {
            pack_.limit[k] = limit_[k];
            pack_.stop[k] = stop_[k] < 0 ? stop_[k] : row_in_play[static_cast<std::size_t>(stop_[k])];
        }
        pack_.level[lane] = level_[lane];
        pack_.rounds[lane] = rounds_[lane];
        open_[lane] = 0;
    }

    const SummedRows& rows_;
    FillingRule rule_;
    const FillingPack& pack_;
    RowWriter writer_;
    std::map<std::int32_t, Played> played_;
    alignas(64) std::array<double, lane_count> open_{}, level_{};
    std::array<int, lane_count> rounds_{};
    std::array<std::size_t, lane_count> next_{1, 1, 1, 1, 1, 1, 1, 1};  // rows that a lane may bring in next
    LaneArray limit_, product_, sums_;
    std::vector<int> stop_;
};

}  // namespace

void SummedFilling::fill(FillingRule rule, const FillingPack& pack) const {
    SummedPack summed(*rows_, rule, pack);
    for (std::size_t k = 0; k < first_rows_.size(); ++k) summed.put_in_play(first_rows_[k], first_entries_[k]);
    summed.run();
}

void SummedFilling::learn_first_rows(FillingRule rule, const FillingPack& sample) {
    first_rows_.clear();
    first_entries_.clear();
    fill(rule, sample);
    std::vector<char> stops(static_cast<std::size_t>(rows_->nested.row_count()), 0);
    for (int k = 0; k < rows_->nested.limit_count * lane_count; ++k)
        if (sample.live[k % lane_count] != 0 && sample.stop[k] >= 0)
            stops[static_cast<std::size_t>(sample.stop[k])] = 1;
    RowWriter writer(rows_->nested);
    for (std::size_t r = 0; r < stops.size(); ++r) {
        if (stops[r] == 0) continue;
        first_rows_.push_back(static_cast<std::int32_t>(r));
        first_entries_.push_back(writer.row(static_cast<int>(r), rounding_of_sums));
    }
}

}  // namespace headroom
