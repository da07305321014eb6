#include "formulations/market/ac_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "formulations/envelope/feeder_allocation.hpp"
#include "formulations/secure/ac_row.hpp"
#include "formulations/secure/worst_points.hpp"

namespace headroom {
namespace {

constexpr double watt_per_kilowatt = 1000.0;
constexpr double near = 0.02;  // per unit: voltages this close to their limit are linearised
constexpr double infinity = std::numeric_limits<double>::infinity();

/// One feeder's steps, eight at a time.
class Linearisation {
public:
    Linearisation(const Region& region, const SeriesSet& series, const FeederAllocation& allocation,
                  const std::array<std::vector<double>, position_kind_count>& limits, FeederMarket& market)
        : region_(region),
          series_(series),
          allocation_(allocation),
          limits_(limits),
          market_(market),
          ac_(region, static_cast<std::int64_t>(allocation.feeder()), allocation.rows(), {},
              {.errors = errors_of_points(allocation.question().errors)}),
          columns_(columns_of(ac_.coordinates(), allocation.rows().columns())),
          ranges_(adversarial_ranges(allocation.rows(), ac_.coordinates(), columns_)) {}

    void run() {
        market_.step_rows.assign(market_.step_count, market_.rows);
        market_.is_ac.assign(market_.step_count * static_cast<std::size_t>(market_.rows.row_count()), 0);
        for (std::size_t first = 0; first < market_.step_count; first += lane_count) linearise_pack(first);
    }

private:
    std::vector<double> levels(std::size_t step) const {
        std::vector<double> level;
        for (const LimitColumn& column : allocation_.rows().columns()) {
            const auto customer =
                static_cast<std::size_t>(allocation_.rows().active()[static_cast<std::size_t>(column.active)]);
            level.push_back(limits_[static_cast<std::size_t>(column.kind)][step * region_.customer_count() + customer]
                            / watt_per_kilowatt);
        }
        return level;
    }

    void linearise_pack(std::size_t first) {
        const std::size_t count = std::min<std::size_t>(lane_count, market_.step_count - first);
        std::vector<AcBase> bases;
        for (std::size_t k = 0; k < count; ++k)
            bases.push_back(ac_base(ac_, series_, first + k, allocation_.question()));
        EnvelopePoints points(ac_, bases);
        WorstPoints search(ac_, points, count);
        std::vector<int> lanes;
        for (std::size_t k = 0; k < count; ++k) {
            if (market_.open[first + k] == 0) continue;
            lanes.push_back(static_cast<int>(k));
            points.set_box(static_cast<int>(k), box_of_limits(columns_, ranges(bases[k]), levels(first + k)));
            add_search_starts(points, static_cast<int>(k), allocation_.rows(), columns_, 2 * near,
                              [&](int r) { return market_.rest_of(first + k)[r] / market_.rows.scale(r); });
        }
        search.search(lanes, near);
        search.add_doubtful_flips(lanes, near);
        search.search(lanes, near);
        require_gradients(lanes, points, search);
        for (const int lane : lanes) {
            const auto k = static_cast<std::size_t>(lane);
            replace_rows(first + k, lane, ranges(bases[k]), points, search);
        }
    }

    /// What nobody's limits bound: adversarial reactive power, and errors of the forecasts of a step.
    EnvelopeBox ranges(const AcBase& base) const {
        EnvelopeBox box = ranges_;
        set_error_ranges(ac_.coordinates(), ac_.errors(), base, box);
        return box;
    }

    bool is_wanted(int lane, std::size_t limit, const WorstPoints& search) const {
        const auto l = static_cast<std::int32_t>(limit);
        return ac_.limits().is_voltage(limit) && search.excess(lane, l) >= -near && search.point(lane, l) >= 0;
    }

    void require_gradients(const std::vector<int>& lanes, EnvelopePoints& points, WorstPoints& search) const {
        std::vector<EnvelopePoints::GradientRequest> requests;
        for (const int lane : lanes)
            for (std::size_t l = 0; l < ac_.limits().size(); ++l)
                if (is_wanted(lane, l, search))
                    requests.push_back(
                        {search.point(lane, static_cast<std::int32_t>(l)), static_cast<std::int32_t>(l)});
        points.solve();
        search.require_gradients(requests);
    }

    void replace_rows(std::size_t step, int lane, const EnvelopeBox& ranges, const EnvelopePoints& points,
                      const WorstPoints& search) {
        const PackingRows& linear = allocation_.rows().rows();
        std::vector<std::vector<std::pair<std::int32_t, double>>> entries(static_cast<std::size_t>(linear.row_count()));
        std::vector<double> room(entries.size(), 0.0);
        std::vector<char> is_ac(entries.size(), 0);
        for (int r = 0; r < linear.row_count(); ++r)
            for (int e = linear.start[r]; e < linear.start[r + 1]; ++e)
                entries[static_cast<std::size_t>(r)].emplace_back(linear.column[e], linear.value[e]);
        for (std::size_t l = 0; l < ac_.limits().size(); ++l) {
            if (!is_wanted(lane, l, search)) continue;
            const auto limit = static_cast<std::int32_t>(l);
            const int point = search.point(lane, limit);
            const auto row = linearised(points, point, limit, search.gradient(point, limit));
            if (!row) continue;
            const SplitAcRow halves = split(*row, columns_, ranges, allocation_.cap(), allocation_.question().dust);
            bool placed = false;
            for (int r = 0; r < linear.row_count(); ++r) {
                if (allocation_.rows().limit_of_row(r) != ac_.limits().in_rows(l)) continue;
                const auto at = static_cast<std::size_t>(r);
                is_ac[at] = 1;
                entries[at].clear();
                if (!placed) entries[at] = halves.entries;
                room[at] = placed ? infinity : halves.room;
                placed = true;
            }
        }
        store(step, entries, room, is_ac);
    }

    void store(std::size_t step, const std::vector<std::vector<std::pair<std::int32_t, double>>>& entries,
               const std::vector<double>& room, const std::vector<char>& is_ac) {
        PackingRows rows;
        rows.limit_count = allocation_.rows().rows().limit_count;
        for (const auto& row : entries) {
            for (const auto& [column, value] : row) {
                rows.column.push_back(column);
                rows.value.push_back(value);
            }
            rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
        }
        double* rest = market_.rest.data() + step * market_.rows.rest_size();
        const MarketRows made = MarketRows::of_rows(rows);
        std::vector<double> level, used(entries.size());
        for (int p = 0; p < made.position_count(); ++p) level.push_back(market_.at(step, p).level);
        made.multiply(level, used);
        for (std::size_t r = 0; r < entries.size(); ++r) {
            const int row = static_cast<int>(r);
            rest[r] = is_ac[r] != 0 ? room[r] * made.scale(row) - used[r]
                                    : rest[r] / market_.rows.scale(row) * made.scale(row);
        }
        std::ranges::copy(is_ac, market_.is_ac.begin() + static_cast<std::ptrdiff_t>(step * is_ac.size()));
        market_.step_rows[step] = made;
    }

    const Region& region_;
    const SeriesSet& series_;
    const FeederAllocation& allocation_;
    const std::array<std::vector<double>, position_kind_count>& limits_;
    FeederMarket& market_;
    AcFeeder ac_;
    std::vector<CoordinateColumns> columns_;
    EnvelopeBox ranges_;
};

}  // namespace

void linearise_in_ac(const Region& region, const SeriesSet& series, const FeederAllocation& allocation,
                     const std::array<std::vector<double>, position_kind_count>& limits, FeederMarket& market) {
    Linearisation(region, series, allocation, limits, market).run();
}

}  // namespace headroom
