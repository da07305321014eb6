#pragma once

#include <span>
#include <string>
#include <unordered_map>

#include "io/import/opendss/lexer.hpp"

namespace headroom::opendss {

/// What `var @name=value` sets and `@name` stands for in the lines after it.
class ScriptVariables {
public:
    /// `@name=value ...`. Without any it only lists them in OpenDSS.
    void assign(std::span<const Parameter> parameters, const Location& where);

    /// Puts values in the places of names: a whole value, a value up to its first dot (`@bus.1.2`), and words inside
    /// quotes. Throws InputError where a name has no value.
    void replace_in(Parameter& parameter, const Location& where) const;

private:
    const Parameter& value(std::string_view name, const Location& where) const;

    std::unordered_map<std::string, Parameter> values_;  ///< by name in lower case, with its '@'
};

}  // namespace headroom::opendss
