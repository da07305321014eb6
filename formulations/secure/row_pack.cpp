#include "formulations/secure/row_pack.hpp"

#include <algorithm>
#include <cmath>

#include "solver/numbers.hpp"

namespace headroom {
namespace {

constexpr double full_row = 1e-7;  // room, in the row's unit, that counts as none

std::size_t slot_of(std::size_t index, std::size_t lane) { return index * lane_count + lane; }

PackingRows no_rows(const SecureFeeder& feeder) {
    return {.limit_count = feeder.rows().limit_count, .column = {}, .value = {}};
}

}  // namespace

RowPack::RowPack(const SecureFeeder& feeder, const SecureSettings& settings, std::size_t first_step,
                 std::span<const AcBase> bases, FeederAllocation::Workspace& scratch)
    : feeder_(feeder),
      linear_(feeder.linear()),
      settings_(settings),
      first_step_(first_step),
      count_(std::min<std::size_t>(lane_count, linear_.run().end - first_step)),
      linear_value_(feeder.limit().size() * lane_count, 0.0),
      base_room_(feeder.limit().size() * lane_count, infinity),
      corrected_(base_room_),
      used_(feeder.limit().size() * lane_count, 0.0),
      plan_(no_rows(feeder)),
      work_(linear_.workspace(plan_.rows)),
      kept_(linear_.workspace(plan_.rows)) {
    load(scratch);
    for (Lane& lane : lanes_) lane.replaced.assign(feeder.limit().size(), 0);
    for (std::size_t lane = 0; lane < count_; ++lane) lanes_[lane].no_limits = feeder.no_limits(bases[lane]);
}

/// What is needed later of the linear base cases.
void RowPack::load(FeederAllocation::Workspace& scratch) {
    linear_.load_pack(first_step_, feeder_.linear_row(), scratch);
    start_ = scratch.start;
    cap_ = scratch.cap;
    reference_ = scratch.reference;
    over_cap_ = scratch.over_cap;
    for (std::size_t r = 0; r < feeder_.limit().size(); ++r) {
        const int row = feeder_.linear_row()[r];
        const double* room = scratch.rows.room.data() + slot_of(static_cast<std::size_t>(row), 0);
        linear_room_.insert(linear_room_.end(), room, room + lane_count);
        if (!feeder_.ac().limits().is_voltage(static_cast<std::size_t>(feeder_.limit()[r]))) continue;
        for (std::size_t lane = 0; lane < lane_count; ++lane)
            linear_value_[slot_of(r, lane)] =
                feeder_.has_errors() ? linear_.rows().value_with(scratch.rows, row, static_cast<int>(lane), 0)
                                     : linear_.rows().base_value(scratch.rows, row, static_cast<int>(lane));
    }
    used_by_caps_ = used_;
    multiply(feeder_.plan(), cap_.data(), used_by_caps_.data(), work_.filling.sums);
}

void RowPack::set_base(std::size_t lane, std::span<const double> excess) {
    for (std::size_t r = 0; r < feeder_.limit().size(); ++r)
        base_room_[slot_of(r, lane)] =
            std::max(corrected_room(lane, r, excess[static_cast<std::size_t>(feeder_.limit()[r])]), 0.0);
    corrected_ = base_room_;
}

void RowPack::correct(std::size_t lane, double slack, std::span<const double> worst,
                      std::span<const double> allowance) {
    const WatchedLimits& limits = feeder_.ac().limits();
    for (std::size_t r = 0; r < feeder_.limit().size(); ++r) {
        const auto limit = static_cast<std::size_t>(feeder_.limit()[r]);
        const std::size_t place = slot_of(r, lane);
        if (lanes_[lane].replaced[r] != 0 || !limits.is_voltage(limit) || room_left(lane, r) > slack) continue;
        const double base = 1 / std::abs(limits.slope(limit));
        const double held = limits.value(limit, allowance[limit]) / base, ac = limits.value(limit, worst[limit]) / base;
        const double left = (limits.slope(limit) > 0 ? 1 : -1) * (held * held - ac * ac);
        corrected_[place] = std::max(used_[place] + left, 0.0);
    }
}

/// Voltages have the same unknowns in both models, so their room moves by what the base cases differ. Powers do not:
/// only a room that is missing in the linear model alone is given back.
double RowPack::corrected_room(std::size_t lane, std::size_t row, double excess) const {
    const WatchedLimits& limits = feeder_.ac().limits();
    const auto limit = static_cast<std::size_t>(feeder_.limit()[row]);
    const double room = linear_room_[slot_of(row, lane)];
    if (!limits.is_voltage(limit)) return room < 0 ? -excess : room;
    const double base = 1 / std::abs(limits.slope(limit));
    const double linear = linear_value_[slot_of(row, lane)] / base;
    const double ac = limits.value(limit, excess) / base;
    return room + (limits.slope(limit) > 0 ? 1 : -1) * (linear * linear - ac * ac);
}

void RowPack::make_plan(const std::array<bool, lane_count>& live) {
    PackingRows rows = no_rows(feeder_);
    limit_of_row_.clear();
    plan_linear_.clear();
    room_.clear();
    missing_room_.clear();
    append_linear_rows(live, rows);
    for (std::size_t lane = 0; lane < count_; ++lane) append_ac_rows(lane, rows);
    plan_ = FillingPlan(std::move(rows));
    for (int r = static_cast<int>(plan_linear_.size()); r < plan_.rows.row_count(); ++r) plan_.first_rows.push_back(r);
}

void RowPack::append_linear_rows(const std::array<bool, lane_count>& live, PackingRows& rows) {
    const PackingRows& all = feeder_.rows();
    for (std::size_t r = 0; r < feeder_.limit().size(); ++r) {
        const auto in_play = [&](std::size_t lane) {
            return live[lane] && lanes_[lane].replaced[r] == 0
                   && !(used_by_caps_[slot_of(r, lane)]
                        < std::min(base_room_[slot_of(r, lane)], corrected_[slot_of(r, lane)]) - 10 * full_row);
        };
        std::array<bool, lane_count> wanted{};
        for (std::size_t lane = 0; lane < count_; ++lane) wanted[lane] = in_play(lane);
        if (std::find(wanted.begin(), wanted.end(), true) == wanted.end()) continue;
        plan_linear_.push_back(static_cast<std::int32_t>(r));
        limit_of_row_.push_back(feeder_.limit()[r]);
        rows.column.insert(rows.column.end(), all.column.begin() + all.start[r], all.column.begin() + all.start[r + 1]);
        rows.value.insert(rows.value.end(), all.value.begin() + all.start[r], all.value.begin() + all.start[r + 1]);
        rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
        for (std::size_t lane = 0; lane < lane_count; ++lane)
            room_.push_back(wanted[lane] ? corrected_[slot_of(r, lane)] : infinity);
        missing_room_.push_back(0.0);
    }
}

void RowPack::append_ac_rows(std::size_t lane, PackingRows& rows) {
    const std::vector<double> cap = linear_.connection_caps(first_step_ + lane);
    lanes_[lane].first_row = rows.row_count();
    lanes_[lane].solved_rows = lanes_[lane].rows.size();
    for (const AcRow& row : lanes_[lane].rows) {
        const SplitAcRow parts = split(row, feeder_.columns(), no_limits(lane), cap, linear_.question().dust);
        for (const auto& [column, value] : parts.entries) {
            rows.column.push_back(column);
            rows.value.push_back(value);
        }
        rows.start.push_back(static_cast<std::int32_t>(rows.column.size()));
        limit_of_row_.push_back(row.limit);
        room_.resize(room_.size() + lane_count, infinity);
        room_[room_.size() - lane_count + lane] = std::max(parts.room, 0.0);
        missing_room_.push_back(std::max(-parts.room, 0.0));
    }
}

void RowPack::solve(const std::array<bool, lane_count>& live) {
    make_plan(live);
    work_ = linear_.workspace(plan_.rows);
    work_.rows.room = room_;
    work_.start = start_;
    work_.cap = cap_;
    work_.reference = reference_;
    work_.over_cap = over_cap_;
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
    multiply(feeder_.plan(), work_.limit.data(), used_.data(), work_.filling.sums);
}

void RowPack::contain_forecast(std::size_t lane) {
    Lane& at = lanes_[lane];
    at.too_full.clear();
    at.linear_too_full = false;
    for (const int row : linear_.scale_starts(plan_.rows, lane, work_)) {
        const std::size_t place = slot_of(static_cast<std::size_t>(row), lane);
        const bool is_linear = row < static_cast<int>(plan_linear_.size());
        const double full = is_linear ? 0.0 : at.rows[static_cast<std::size_t>(row - at.first_row)].full;
        const double missing = missing_room_[static_cast<std::size_t>(row)];
        const double passed = full + missing + work_.product[place] - work_.rows.room[place];
        const std::int32_t limit = limit_of_row_[static_cast<std::size_t>(row)];
        at.linear_too_full = at.linear_too_full || is_linear;
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
    for (std::size_t c = 0; c < linear_.cap().size(); ++c) limit.push_back(limit_at(slot_of(c, lane), factor));
    return box_of_limits(feeder_.columns(), no_limits(lane), limit);
}

/// kW or kvar, `factor` of the way from the start.
double RowPack::limit_at(std::size_t place, double factor) const {
    if (factor == 1.0) return work_.limit[place];
    return work_.start[place] + factor * (work_.limit[place] - work_.start[place]);
}

double RowPack::room_left(std::size_t lane, std::size_t row) const {
    return base_room_[slot_of(row, lane)] - used_[slot_of(row, lane)];
}

/// Of a row of the plan; without end where the lane has no such row.
double RowPack::plan_room_left(std::size_t lane, std::size_t row) const {
    return room_[slot_of(row, lane)] - work_.product[slot_of(row, lane)];
}

std::int32_t RowPack::stopped_by(std::size_t lane, std::size_t column) const {
    const int stop = work_.stop[slot_of(column, lane)];
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
        const std::size_t at = slot_of(c, lane);
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
        const std::int32_t side = row < plan_linear_.size()
                                      ? linear_.rows().side_of_row(feeder_.linear_row()[plan_linear_[row]])
                                      : at.rows[row - static_cast<std::size_t>(at.first_row)].side;
        at.price_place.emplace_back(feeder_.ac().limits().in_rows(static_cast<std::size_t>(limit_of_row_[row])), side);
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
