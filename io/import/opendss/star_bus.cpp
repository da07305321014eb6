#include "io/import/opendss/star_bus.hpp"

#include <algorithm>
#include <array>

namespace headroom::opendss {
namespace {

struct StarBus {
    const BankMember* first;
    std::array<bool, 3> taken{};
};

bool contains(const std::vector<std::string>& buses, const std::string& bus) {
    return std::ranges::find(buses, bus) != buses.end();
}

/// Whether a member runs between buses that the star joins anyway.
bool beside(const StarBus& star, const BankMember& member) {
    const BankMember& first = *star.first;
    if (first.phases != 1 || member.phases != 1 || member.from != first.from) return false;
    if (std::ranges::all_of(star.taken, [](bool taken) { return taken; })) return false;
    return std::ranges::all_of(member.to, [&](const std::string& bus) { return contains(first.to, bus); })
           && (member.to.size() == 1
               || std::ranges::all_of(first.to, [&](const std::string& bus) { return contains(member.to, bus); }));
}

/// The unit's own phase, or the first that is free.
StarPlace take_place(StarBus& star, const BankMember& member) {
    int node = member.phase_node;
    if (node < 1 || node > 3 || star.taken[static_cast<std::size_t>(node - 1)])
        node = static_cast<int>(std::ranges::find(star.taken, false) - star.taken.begin()) + 1;
    star.taken[static_cast<std::size_t>(node - 1)] = true;
    return {star.first->name + "_star", node, star.first->voltage};
}

}  // namespace

std::vector<std::optional<StarPlace>> star_places(const std::vector<BankMember>& members) {
    std::vector<StarBus> stars;
    std::vector<std::optional<StarPlace>> places(members.size());
    const auto place = [&](std::size_t k, bool may_found) {
        auto star = std::ranges::find_if(stars, [&](const StarBus& s) { return beside(s, members[k]); });
        if (star == stars.end() && !may_found) return;
        if (star == stars.end()) star = stars.insert(stars.end(), {&members[k]});
        places[k] = take_place(*star, members[k]);
    };
    for (std::size_t k = 0; k < members.size(); ++k)
        if (members[k].to.size() == 2) place(k, true);
    for (std::size_t k = 0; k < members.size(); ++k)
        if (members[k].to.size() == 1) place(k, false);
    return places;
}

}  // namespace headroom::opendss
