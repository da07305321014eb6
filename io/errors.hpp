#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace headroom {

/// The user asked for something that cannot be meant: unknown option, contradicting values. Exit code 2.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A file given to us is damaged, hostile or wrong; nothing was solved. Exit code 3.
class InputError : public std::runtime_error {
public:
    explicit InputError(const std::string& what, std::vector<std::string> faults = {})
        : std::runtime_error(what), faults_(std::move(faults)) {}

    /// One line per broken rule, complete; what() shows the first few.
    const std::vector<std::string>& faults() const { return faults_; }

private:
    std::vector<std::string> faults_;
};

/// A result could not be written completely; no file of that name was left behind or changed. Exit code 5.
class OutputError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace headroom
