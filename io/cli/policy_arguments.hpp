#pragma once

#include <optional>
#include <string>

#include "formulations/envelope/question.hpp"

namespace headroom::cli {

/// The words of --policy, "alpha=A" among them, for the help.
std::string policy_words();

/// "max-min", "alpha=2", ...: the number of alpha is 0 or more, alpha=1 is proportional and alpha=0 is total. Any other
/// text is a UsageError.
void set_policy(const std::string& text, AllocationQuestion& question);

/// What limits are compared with: "absolute:KW" with KW > 0, the name of a customer column, or, if not given, what the
/// policy usually takes. A reference that the policy has no use for is a UsageError.    @pre the policy is set
void set_reference(const std::optional<std::string>& text, AllocationQuestion& question);

/// Whether the answer depends on the reference.
bool uses_reference(Policy policy);

}  // namespace headroom::cli
