#include "formulations/secure/row_pack.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headroom {
namespace {

constexpr std::int32_t ac_side = 118;  // RowPrice::side of a row that was linearised in AC
constexpr double full_row = 1e-7;      // room, in the row's unit, that counts as none
constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t slot(std::size_t index, std::size_t lane) { return index * lane_count + lane; }

}  // namespace

RowPack::RowPack(const SecureFeeder& feeder, const SecureSettings& settings, std::size_t first_step)
    : feeder_(feeder),
      linear_(feeder.linear()),
      settings_(settings),
      first_step_(first_step),
      count_(std::min<std::size_t>(lane_count, linear_.step_count() - first_step)),
      base_(linear_.workspace()),
      base_room_(feeder.limit().size() * lane_count, infinity),
      plan_(feeder.rows()),
      work_(linear_.workspace(plan_.rows)),
      kept_(linear_.workspace(PackingRows{.limit_count = plan_.rows.limit_count, .column = {}, .value = {}})) {
    linear_.load_pack(first_step_, base_);
    for (Lane& lane : lanes_) lane.replaced.assign(feeder.limit().size(), 0);
}

void RowPack::set_base(std::size_t lane, std::span<const double> excess) {
    for (std::size_t r = 0; r < feeder_.limit().size(); ++r)
        base_room_[slot(r, lane)] =
            std::max(corrected_room(lane, r, excess[static_cast<std::size_t>(feeder_.limit()[r])]), 0.0);
}

/// Voltages have the same unknowns in both models, so their room moves by what the base cases differ. Powers do not:
/// only a room that is missing in the linear model alone is given back.
double RowPack::corrected_room(std::size_t lane, std::size_t row, double excess) const {
    const WatchedLimits& limits = feeder_.ac().limits();
    const auto limit = static_cast<std::size_t>(feeder_.limit()[row]);
    const int linear_row = feeder_.linear_row()[row];
    const double room = base_.rows.room[slot(static_cast<std::size_t>(linear_row), lane)];
    if (!limits.is_voltage(limit)) return room < 0 ? -excess : room;
    const double base = 1 / std::abs(limits.slope(limit));
    const double linear = linear_.rows().base_value(base_.rows, linear_row, static_cast<int>(lane)) / base;
    const double ac = limits.value(limit, excess) / base;
    return room + (limits.slope(limit) > 0 ? 1 : -1) * (linear * linear - ac * ac);
}

void RowPack::make_plan() {
    PackingRows rows = feeder_.rows();
    limit_of_row_.assign(feeder_.limit().begin(), feeder_.limit().end());
    room_ = base_room_;
    for (std::size_t lane = 0; lane < count_; ++lane)
        for (std::size_t r = 0; r < lanes_[lane].replaced.size(); ++r)
            if (lanes_[lane].replaced[r] != 0) room_[slot(r, lane)] = infinity;
    for (std::size_t lane = 0; lane < count_; ++lane) append_ac_rows(lane, rows);
    plan_ = FillingPlan(std::move(rows));
    for (int r = static_cast<int>(feeder_.limit().size()); r < plan_.rows.row_count(); ++r)
        plan_.first_rows.push_back(r);
}

void RowPack::append_ac_rows(std::size_t lane, PackingRows& rows) {
    std::vector<double> cap;
    for (std::size_t c = 0; c < linear_.cap().size(); ++c) cap.push_back(base_.cap[slot(c, lane)]);
    lanes_[lane].first_row = rows.row_count();
    lanes_[lane].solved_rows = lanes_[lane].rows.size();
    for (const AcRow& row : lanes_[lane].rows) {
        const SplitAcRow parts = split(row, feeder_.columns(), feeder_.no_limits(), cap, linear_.question().dust);
        for (const auto& [column, value] : parts.entries) {
            rows.column.push_back(column);
            rows.value.push_back(value);
        }
        rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
        limit_of_row_.push_back(row.limit);
        room_.resize(room_.size() + lane_count, infinity);
        room_[room_.size() - lane_count + lane] = std::max(parts.room, 0.0);
    }
}

void RowPack::solve(const std::array<bool, lane_count>& live) {
    make_plan();
    work_ = linear_.workspace(plan_.rows);
    work_.rows.room = room_;
    work_.start = base_.start;
    work_.cap = base_.cap;
    work_.reference = base_.reference;
    work_.over_cap = base_.over_cap;
    for (std::size_t lane = 0; lane < lane_count; ++lane) work_.live[lane] = live[lane] ? 1.0 : 0.0;
    multiply(plan_, work_.start.data(), work_.product.data(), work_.filling.sums);
    for (std::size_t lane = 0; lane < lane_count; ++lane)
        if (live[lane]) contain_forecast(lane);
    if (is_concave(linear_.question().policy)) {
        concave_.emplace(linear_, plan_, settings_.single_solver);
        concave_->solve_pack(first_step_, work_);
    } else {
        linear_.fill_pack(plan_, work_);
    }
    multiply(plan_, work_.limit.data(), work_.product.data(), work_.filling.sums);
}

void RowPack::contain_forecast(std::size_t lane) {
    Lane& at = lanes_[lane];
    at.too_full.clear();
    at.linear_too_full = false;
    for (const int row : linear_.scale_starts(plan_.rows, lane, work_)) {
        const std::size_t place = slot(static_cast<std::size_t>(row), lane);
        const double passed = work_.product[place] - work_.rows.room[place];
        const std::int32_t limit = limit_of_row_[static_cast<std::size_t>(row)];
        at.linear_too_full = at.linear_too_full || row < static_cast<int>(feeder_.limit().size());
        const auto listed = std::find_if(at.too_full.begin(), at.too_full.end(),
                                         [&](const auto& other) { return other.first == limit; });
        if (listed == at.too_full.end()) {
            at.too_full.emplace_back(limit, passed);
        } else {
            listed->second = std::max(listed->second, passed);
        }
    }
}

EnvelopeBox RowPack::box(std::size_t lane, double factor) const {
    std::vector<double> limit;
    for (std::size_t c = 0; c < linear_.cap().size(); ++c) limit.push_back(limit_at(slot(c, lane), factor));
    return box_of_limits(feeder_.columns(), feeder_.no_limits(), limit);
}

/// kW or kvar, `factor` of the way from the start.
double RowPack::limit_at(std::size_t place, double factor) const {
    if (factor == 1.0) return work_.limit[place];
    return work_.start[place] + factor * (work_.limit[place] - work_.start[place]);
}

double RowPack::room_left(std::size_t lane, std::size_t row) const {
    return base_room_[slot(row, lane)] - work_.product[slot(row, lane)];
}

/// Of a row of the plan; without end where the lane has no such row.
double RowPack::plan_room_left(std::size_t lane, std::size_t row) const {
    return room_[slot(row, lane)] - work_.product[slot(row, lane)];
}

std::int32_t RowPack::stopped_by(std::size_t lane, std::size_t column) const {
    const int stop = work_.stop[slot(column, lane)];
    return stop < 0 ? -1 : limit_of_row_[static_cast<std::size_t>(stop)];
}

std::vector<std::int32_t> RowPack::full_limits(std::size_t lane) const {
    std::vector<std::int32_t> full;
    for (std::size_t r = 0; r < limit_of_row_.size(); ++r)
        if (plan_room_left(lane, r) <= full_row) full.push_back(limit_of_row_[r]);
    return full;
}

std::vector<std::size_t> RowPack::tight_ac_rows(std::size_t lane, double room) const {
    std::vector<std::size_t> tight;
    for (std::size_t k = 0; k < lanes_[lane].solved_rows; ++k)
        if (plan_room_left(lane, static_cast<std::size_t>(lanes_[lane].first_row) + k) <= room) tight.push_back(k);
    return tight;
}

void RowPack::add(std::size_t lane, AcRow row, bool keep) {
    for (std::size_t r = 0; r < feeder_.limit().size(); ++r)
        if (feeder_.limit()[r] == row.limit) lanes_[lane].replaced[r] = 1;
    std::vector<AcRow>& rows = lanes_[lane].rows;
    const auto same = std::find_if(rows.begin(), rows.end(), [&](const AcRow& other) {
        return !keep && other.limit == row.limit && other.share == row.share;
    });
    if (same == rows.end()) {
        rows.push_back(std::move(row));
    } else {
        *same = std::move(row);
    }
}

void RowPack::keep(std::size_t lane, double factor) {
    for (std::size_t c = 0; c < linear_.cap().size(); ++c) {
        const std::size_t at = slot(c, lane);
        const int stop = work_.stop[at];
        kept_.limit[at] = limit_at(at, factor);
        kept_.stop[at] = stop < 0 ? stop : limit_of_row_[static_cast<std::size_t>(stop)];
    }
    for (const auto array :
         {&FeederAllocation::Workspace::level, &FeederAllocation::Workspace::row_violation,
          &FeederAllocation::Workspace::bound_violation, &FeederAllocation::Workspace::bottleneck_gap})
        (kept_.*array)[lane] = (work_.*array)[lane];
    kept_.rounds[lane] = work_.rounds[lane];
    kept_.over_cap[lane] = work_.over_cap[lane];
    if (concave_) keep_proof(lane);
}

void RowPack::keep_proof(std::size_t lane) {
    Lane& at = lanes_[lane];
    at.proof = concave_->proof(first_step_ + lane);
    at.price_place.clear();
    for (const auto& price : at.proof.prices) {
        const auto row = static_cast<std::size_t>(price.row);
        const bool linear = row < feeder_.linear_row().size();
        at.price_place.emplace_back(feeder_.ac().limits().in_rows(static_cast<std::size_t>(limit_of_row_[row])),
                                    linear ? linear_.rows().side_of_row(feeder_.linear_row()[row]) : ac_side);
    }
}

bool RowPack::certify(std::size_t lane, std::size_t item, EnvelopeResult& result) const {
    if (!concave_) return linear_.certify(lane, item, kept_, result);
    ConcaveAllocation::store(lanes_[lane].proof, item, result);
    return lanes_[lane].proof.holds;
}

void RowPack::publish(std::size_t lane, ItemStatus status, std::int32_t row_offset, EnvelopeResult& result) const {
    std::vector<std::int32_t> table_limit;
    for (std::size_t l = 0; l < feeder_.ac().limits().size(); ++l)
        table_limit.push_back(feeder_.ac().limits().in_rows(l));
    linear_.publish(lane, first_step_ + lane, status, row_offset, table_limit, kept_, result);
}

void RowPack::publish_prices(std::size_t lane, std::int32_t row_offset, std::vector<RowPrice>& prices) const {
    const Lane& at = lanes_[lane];
    for (std::size_t k = 0; k < at.price_place.size(); ++k)
        prices.push_back({static_cast<std::int32_t>(first_step_ + lane), static_cast<std::int32_t>(linear_.feeder()),
                          row_offset + at.price_place[k].first, at.price_place[k].second, at.proof.prices[k].price,
                          at.proof.prices[k].tie_price});
}

}  // namespace headroom
