#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "io/import/opendss/lexer.hpp"

namespace headroom::opendss {

/// The right-hand side of `property=value`, read as whatever the property wants. Every reader throws InputError with
/// file, line and property when the text is something else; numbers are finite.
struct Value {
    std::string text;
    bool quoted = false;
    Location where;
    std::string_view property;  ///< for messages

    double number() const;  ///< plain, or reverse Polish when quoted: (8 1000 /)
    int integer(int least, int most) const;
    bool boolean() const;                 ///< yes, true, no, false and their beginnings
    std::string name() const;             ///< lower case
    std::vector<double> numbers() const;  ///< [1 2 3], commas or blanks
    std::vector<Value> items() const;     ///< [a, b c]
    /// Rows divided by |. Only a lower triangle is needed; where both triangles are given, the lower one counts, as in
    /// OpenDSS, which stores each element to both places in reading order. What neither gives is zero, as there.
    /// @param incomplete  becomes true where an element of the lower triangle is not given
    Eigen::MatrixXd symmetric_matrix(int order, bool& incomplete) const;
};

/// A bus with the nodes of its conductors: "671.1.3" -> {"671", {1, 3}}. Node 0 is ground.
struct BusRef {
    std::string bus;  ///< lower case
    std::vector<int> nodes;
};

/// Nodes that are not written are filled in as OpenDSS does: conductor k < phases on node k + 1, all others grounded.
BusRef bus_ref(const Value& value, int phases, int conductors);

/// Reverse Polish arithmetic of OpenDSS: + - * / ^ sqrt sqr inv ln exp log10 sin cos tan asin acos atan atan2 pi swap
/// rollup rolldn; angles in degrees.
double evaluate_rpn(std::string_view text, const Location& where);

}  // namespace headroom::opendss
