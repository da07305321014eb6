#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace headroom {

/// A feeder as its source calls it.
struct NamedFeeder {
    std::string id;
    std::filesystem::path source;  ///< place of the source
};

/// [#feeder] identifiers that are unique in a region. A feeder whose name no other has keeps it. Feeders of one name
/// get in front of it the folders in which their sources lie, joined by dots, without those that all of them have in
/// common at the beginning and at the end; where these are equal too, the name of the source itself; and where that
/// does not help either or the identifier would be too long, a number (UniqueNames).
std::vector<std::string> unique_feeder_ids(const std::vector<NamedFeeder>& feeders);

}  // namespace headroom
