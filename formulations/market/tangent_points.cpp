#include "formulations/market/tangent_points.hpp"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

constexpr std::size_t side_by_side = 32;  // points whose voltages are kept at once

}  // namespace

std::vector<std::optional<TangentPoints::Point>> TangentPoints::at(std::span<const AcTangent> tangents,
                                                                   std::int32_t first_row) {
    std::vector<std::optional<Point>> points(tangents.size());
    for (std::size_t first = 0; first < tangents.size(); first += side_by_side) {
        const std::size_t count = std::min(side_by_side, tangents.size() - first);
        solve(tangents.subspan(first, count), first_row, std::span(points).subspan(first, count));
    }
    return points;
}

/// The powers and coefficients of a tangent by coordinate.
std::optional<TangentPoints::Point> TangentPoints::named(const AcTangent& tangent) const {
    const std::span<const EnvelopeCoordinate> coordinates = ac_.coordinates();
    Point point{std::vector<double>(coordinates.size(), 0.0), std::vector<double>(coordinates.size(), 0.0), 0, {}};
    for (const AcTangent::Power& power : tangent.powers) {
        const auto found = std::ranges::find_if(coordinates, [&](const EnvelopeCoordinate& coordinate) {
            return coordinate.customer == power.customer - first_customer_ && coordinate.kind == power.kind;
        });
        if (found == coordinates.end()) return std::nullopt;
        const auto k = static_cast<std::size_t>(found - coordinates.begin());
        if (point.power[k] != 0 || point.coefficient[k] != 0) return std::nullopt;
        point.power[k] = power.power;
        point.coefficient[k] = power.coefficient;
    }
    return point;
}

/// Of the two directions of a branch the one in which power flows; -1: nothing of the limit is watched.
std::int32_t TangentPoints::watched(std::span<const double> excess, std::int32_t limit) const {
    std::int32_t worst = -1;
    for (std::size_t l = 0; l < ac_.limits().size(); ++l)
        if (ac_.limits().in_rows(l) == limit && (worst < 0 || excess[l] > excess[static_cast<std::size_t>(worst)]))
            worst = static_cast<std::int32_t>(l);
    return worst;
}

/// Every tangent has a box of one point.
void TangentPoints::solve(std::span<const AcTangent> tangents, std::int32_t first_row,
                          std::span<std::optional<Point>> points) {
    std::vector<AcBase> bases;
    for (const AcTangent& tangent : tangents)
        bases.push_back(ac_base(ac_, series_, static_cast<std::size_t>(tangent.step), allocation_.question()));
    EnvelopePoints flows(ac_, bases);
    std::vector<int> number(tangents.size(), -1);
    const std::vector<double> lower_ends(ac_.coordinates().size(), 0.0);
    for (std::size_t k = 0; k < tangents.size(); ++k) {
        points[k] = named(tangents[k]);
        if (!points[k]) continue;
        flows.set_box(static_cast<int>(k), {points[k]->power, points[k]->power});
        number[k] = flows.add(static_cast<int>(k), lower_ends);
    }
    flows.solve();
    std::vector<EnvelopePoints::GradientRequest> requests;
    std::vector<std::size_t> of_request;
    for (std::size_t k = 0; k < tangents.size(); ++k) {
        if (number[k] < 0) continue;
        const std::int32_t limit = flows.converged(number[k])
                                       ? watched(flows.excess(number[k]), tangents[k].row - first_row)
                                       : std::int32_t{-1};
        if (limit < 0) {
            points[k].reset();
            continue;
        }
        points[k]->excess = flows.excess(number[k])[static_cast<std::size_t>(limit)];
        requests.push_back({number[k], limit});
        of_request.push_back(k);
    }
    std::vector<double> gradients, room;
    flows.gradients(requests, gradients);
    for (std::size_t r = 0; r < requests.size(); ++r) {
        const std::size_t k = of_request[r], size = flows.gradient_size();
        const std::span<const double> slope =
            flows.slopes(static_cast<int>(k), std::span<const double>(gradients).subspan(r * size, size), room);
        if (std::ranges::any_of(slope, [](double value) { return std::isnan(value); }))
            points[k].reset();
        else
            points[k]->slope.assign(slope.begin(), slope.end());
    }
}

}  // namespace headroom
