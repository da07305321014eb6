#pragma once

#include <span>
#include <string_view>

namespace headroom::opendss {

enum class ClassTreatment {
    imported,  ///< becomes part of the region
    ignored,   ///< meters, controls, curves: no part of the network at a given instant
    refused,   ///< part of the network that a region cannot hold: leaving it out would give wrong answers
    unknown,   ///< no class of OpenDSS
};

ClassTreatment treatment(std::string_view class_name);

/// Properties of an imported class in the order OpenDSS counts them, lower case: the order gives bare values their
/// meaning.
std::span<const std::string_view> properties(std::string_view class_name);

/// Position of a property by its name or, as OpenDSS allows, by the beginning of its name (first match); -1: none.
int find_property(std::span<const std::string_view> names, std::string_view name);

}  // namespace headroom::opendss
