#include "io/import/opendss/parallel_lines.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>

#include <Eigen/LU>

namespace headroom::opendss {
namespace {

/// A line as it stands in its branch, which runs from the first line's first bus to its second.
struct Member {
    const LineModel* line;
    Eigen::MatrixXd incidence;  ///< C: [conductor of the line, conductor of the branch]
    Eigen::MatrixXcd y;         ///< inv(Z), S
};

/// Lines that run between the same two buses.
struct Bundle {
    std::vector<std::pair<int, int>> conductors;  ///< nodes at both ends
    std::vector<Member> members;
};

std::vector<std::pair<int, int>> conductors(const LineModel& line, const std::string& first_bus) {
    const bool turned = line.from.bus != first_bus;
    std::vector<std::pair<int, int>> result;
    for (std::size_t k = 0; k < line.from.nodes.size(); ++k)
        result.push_back(turned ? std::pair(line.to.nodes[k], line.from.nodes[k])
                                : std::pair(line.from.nodes[k], line.to.nodes[k]));
    return result;
}

std::optional<Eigen::MatrixXcd> admittance(const LineModel& line) {
    const Eigen::FullPivLU<Eigen::MatrixXcd> impedance(line.z * line.length);
    if (!impedance.isInvertible()) return std::nullopt;
    return impedance.inverse();
}

/// False where the line has no impedance to share currents by.
bool add(Bundle& bundle, const LineModel& line) {
    const auto y = admittance(line);
    if (!y) return false;
    const LineModel& first = bundle.members.empty() ? line : *bundle.members.front().line;
    const auto own = conductors(line, first.from.bus);
    for (const auto& conductor : own)
        if (std::ranges::find(bundle.conductors, conductor) == bundle.conductors.end())
            bundle.conductors.push_back(conductor);
    bundle.members.push_back({&line, {}, *y});
    return true;
}

bool is_simple(const Bundle& bundle) {
    return bundle.members.size() == 1 && bundle.conductors.size() == bundle.members.front().line->from.nodes.size();
}

void set_incidence(Bundle& bundle) {
    const auto columns = static_cast<Eigen::Index>(bundle.conductors.size());
    for (Member& member : bundle.members) {
        const auto own = conductors(*member.line, bundle.members.front().line->from.bus);
        member.incidence = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(own.size()), columns);
        for (std::size_t k = 0; k < own.size(); ++k)
            member.incidence(static_cast<Eigen::Index>(k),
                             std::ranges::find(bundle.conductors, own[k]) - bundle.conductors.begin()) = 1.0;
    }
}

double joint_rating(const Bundle& bundle, const Eigen::MatrixXcd& z) {
    double least = std::numeric_limits<double>::infinity();
    for (const Member& member : bundle.members) {
        const double rating = member.line->rating_current;
        if (!(rating > 0.0)) continue;
        least = std::min(least, rating / (member.y * member.incidence * z).cwiseAbs().rowwise().sum().maxCoeff());
    }
    return std::isfinite(least) ? least : std::numeric_limits<double>::quiet_NaN();
}

std::string joint_name(const Bundle& bundle) {
    std::string name = bundle.members.front().line->name;
    for (std::size_t k = 1; k < bundle.members.size(); ++k)
        if (name.size() + bundle.members[k].line->name.size() < 60)  // ids of case files are short
            name.append("+").append(bundle.members[k].line->name);
    return name;
}

LineModel branch(Bundle& bundle) {
    set_incidence(bundle);
    LineModel result = *bundle.members.front().line;
    const auto count = static_cast<Eigen::Index>(bundle.conductors.size());
    Eigen::MatrixXcd y = Eigen::MatrixXcd::Zero(count, count);
    Eigen::MatrixXd b = Eigen::MatrixXd::Zero(count, count);
    for (const Member& member : bundle.members) {
        y += member.incidence.transpose() * member.y * member.incidence;
        b += member.incidence.transpose() * member.line->b * member.incidence * member.line->length;
        result.is_switch = result.is_switch && member.line->is_switch;
    }
    const Eigen::MatrixXcd z = y.inverse();
    result.z = z / result.length;
    result.b = b / result.length;
    result.rating_current = joint_rating(bundle, z);
    result.name = joint_name(bundle);
    if (bundle.members.size() > 1) result.code = result.name;
    result.from.nodes.clear();
    result.to.nodes.clear();
    for (const auto& [from, to] : bundle.conductors) {
        result.from.nodes.push_back(from);
        result.to.nodes.push_back(to);
    }
    return result;
}

std::string key_of_buses(const LineModel& line) {
    return std::min(line.from.bus, line.to.bus) + " " + std::max(line.from.bus, line.to.bus);
}

}  // namespace

std::vector<LineModel> parallel_joined(const std::vector<LineModel>& lines, ImportReport& report) {
    std::vector<Bundle> bundles;
    std::vector<std::pair<const LineModel*, std::size_t>> order;  // a line on its own, or a bundle
    std::unordered_map<std::string, std::size_t> places;
    for (const LineModel& line : lines) {
        const auto place = line.closed ? places.find(key_of_buses(line)) : places.end();
        Bundle fresh;
        if (place != places.end() && add(bundles[place->second], line)) {
            report.understand("line beside another (one branch with it)", line.where.text());
        } else if (place == places.end() && line.closed && line.from.bus != line.to.bus && add(fresh, line)) {
            places[key_of_buses(line)] = bundles.size();
            order.emplace_back(nullptr, bundles.size());
            bundles.push_back(std::move(fresh));
        } else {
            order.emplace_back(&line, 0);
        }
    }
    std::vector<LineModel> result;
    for (const auto& [line, bundle] : order)
        result.push_back(line                         ? *line
                         : is_simple(bundles[bundle]) ? *bundles[bundle].members.front().line
                                                      : branch(bundles[bundle]));
    return result;
}

}  // namespace headroom::opendss
