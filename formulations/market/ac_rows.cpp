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
          ac_(region, static_cast<std::int64_t>(allocation.feeder()), allocation.rows()),
          columns_(columns_of(ac_.coordinates(), allocation.rows().columns())),
          ranges_(adversarial_ranges(allocation.rows(), ac_.coordinates(), columns_)) {}

    void run() {
        market_.step_rows.assign(market_.step_count, market_.rows);
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
            points.set_box(static_cast<int>(k), box_of_limits(columns_, ranges_, levels(first + k)));
            add_starts(first + k, static_cast<int>(k), points);
        }
        search.search(lanes, near);
        search.add_doubtful_flips(lanes, near);
        search.search(lanes, near);
        require_gradients(lanes, points, search);
        for (const int lane : lanes) replace_rows(first + static_cast<std::size_t>(lane), lane, points, search);
    }

    /// All up, all down, and the corners that linear rows with little left name.
    void add_starts(std::size_t step, int lane, EnvelopePoints& points) const {
        for (const double share : {0.0, 1.0}) points.add(lane, std::vector<double>(columns_.size(), share));
        const PackingRows& rows = allocation_.rows().rows();
        for (int r = 0; r < rows.row_count(); ++r) {
            if (market_.rest_of(step)[r] / market_.rows.scale(r) > 2 * near) continue;
            const auto limit = static_cast<std::size_t>(allocation_.rows().limit_of_row(r));
            points.add_with_reactive_ends(lane,
                                          worst_corner(rows, r, columns_, allocation_.rows().limits()[limit].kind));
        }
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

    /// A customer who stands where its slope does not send it moves the worst value with neither of its limits.
    bool linearise(int lane, std::size_t limit, const EnvelopePoints& points, const WorstPoints& search,
                   AcRow& row) const {
        const int point = search.point(lane, static_cast<std::int32_t>(limit));
        const std::span<const double> slope = search.gradient(point, static_cast<std::int32_t>(limit));
        if (!points.converged(point) || std::ranges::any_of(slope, [](double s) { return std::isnan(s); }))
            return false;
        const std::vector<double> x = points.injections(point);
        row.limit = static_cast<std::int32_t>(limit);
        row.share.assign(points.share(point).begin(), points.share(point).end());
        row.slope.assign(slope.begin(), slope.end());
        row.room = -points.excess(point)[limit];
        for (std::size_t k = 0; k < x.size(); ++k) {
            if (row.share[k] != (slope[k] > 0 ? 1.0 : 0.0) && points.box(lane).width(k) > 0) row.slope[k] = 0;
            row.room += row.slope[k] * x[k];
        }
        return true;
    }

    void replace_rows(std::size_t step, int lane, const EnvelopePoints& points, const WorstPoints& search) {
        const PackingRows& linear = allocation_.rows().rows();
        std::vector<std::vector<std::pair<std::int32_t, double>>> entries(static_cast<std::size_t>(linear.row_count()));
        std::vector<double> room(entries.size(), 0.0);
        std::vector<char> is_ac(entries.size(), 0);
        for (int r = 0; r < linear.row_count(); ++r)
            for (int e = linear.start[r]; e < linear.start[r + 1]; ++e)
                entries[static_cast<std::size_t>(r)].emplace_back(linear.column[e], linear.value[e]);
        for (std::size_t l = 0; l < ac_.limits().size(); ++l) {
            AcRow row{};
            if (!is_wanted(lane, l, search) || !linearise(lane, l, points, search, row)) continue;
            const SplitAcRow halves = split(row, columns_, ranges_, allocation_.cap(), allocation_.question().dust);
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
