#include "io/cli/policy_arguments.hpp"

#include <cmath>

#include "io/cli/option_kinds.hpp"
#include "io/cli/question_names.hpp"

namespace headroom::cli {

namespace {

/// Beyond it powers of limits of unlike sizes leave the range in which the solver can weigh them against each other
/// (allocation.md, `alpha=A`).
constexpr double alpha_max = 10;

void set_alpha(const std::string& text, AllocationQuestion& question) {
    const auto equals = text.find('=');
    const double alpha = equals == std::string::npos ? std::nan("") : parse_number(text.substr(equals + 1));
    if (!(alpha >= 0) || !std::isfinite(alpha)) {
        throw UsageError(fmt::format("--policy: '{}' is not alpha=A with a number A, 0 or more", text));
    }
    if (alpha > alpha_max)
        throw UsageError(
            fmt::format("--policy: '{}': A is at most {:g}; what large A comes near is max-min, take that instead",
                        text, alpha_max));
    question.alpha = alpha;
    if (alpha == 1) question.policy = Policy::proportional;
    if (alpha == 0) question.policy = Policy::total;
}

/// "absolute:KW" with KW > 0, or the name of a customer column.
void parse_reference(const std::string& text, AllocationQuestion& question) {
    const auto colon = text.find(':');
    question.reference = chosen("--reference", text.substr(0, colon), reference_names);
    const bool absolute = question.reference == Reference::absolute;
    if (!absolute && colon == std::string::npos) return;
    if (absolute && colon != std::string::npos) question.reference_kw = parse_number(text.substr(colon + 1));
    if (!absolute || colon == std::string::npos || !(question.reference_kw > 0)
        || !std::isfinite(question.reference_kw)) {
        throw UsageError(fmt::format("--reference: '{}' is neither absolute:KW with KW > 0 nor a column's name", text));
    }
}

void refuse_useless_reference(Policy policy) {
    if (policy == Policy::equal_curtailment) {
        throw UsageError("--reference: equal-curtailment always compares with the customer's request");
    }
    if (policy == Policy::kalai_smorodinsky) {
        throw UsageError("--reference: kalai-smorodinsky compares every limit with what it could have alone");
    }
    if (!uses_reference(policy)) {
        throw UsageError(fmt::format("--reference: the limits of {} do not depend on any",
                                     policy == Policy::weighted ? "weighted" : "proportional (alpha=1)"));
    }
}

}  // namespace

std::string policy_words() {
    std::vector<std::string> words = names_in(policy_names);
    for (std::string& word : words) {
        if (word == name_of(policy_names, Policy::alpha)) word += "=A";
    }
    return fmt::format("{}", fmt::join(words, "|"));
}

void set_policy(const std::string& text, AllocationQuestion& question) {
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals);
    question.policy = chosen("--policy", name, policy_names);
    if (question.policy == Policy::alpha) {
        set_alpha(text, question);
    } else if (equals != std::string::npos) {
        throw UsageError(fmt::format("--policy: '{}': only alpha takes a number, {} does not", text, name));
    }
}

void set_reference(const std::optional<std::string>& text, AllocationQuestion& question) {
    if (text) {
        refuse_useless_reference(question.policy);
        parse_reference(*text, question);
        if (question.policy == Policy::quadratic && question.reference == Reference::weight) {
            throw UsageError("--reference: quadratic compares limits with a power; a weight is none");
        }
    } else if (question.policy == Policy::equal_curtailment || question.policy == Policy::quadratic) {
        question.reference = Reference::request;
    }
}

bool uses_reference(Policy policy) {
    switch (policy) {
        case Policy::kalai_smorodinsky:
        case Policy::proportional:
        case Policy::weighted: return false;
        default: return true;
    }
}

}  // namespace headroom::cli
