#include "io/cli/question_arguments.hpp"

#include <array>

#include "io/cli/option_kinds.hpp"
#include "io/cli/policy_arguments.hpp"
#include "io/cli/question_names.hpp"

namespace headroom::cli {

namespace {

constexpr auto direction_names = std::to_array<Choice<Direction>>(
    {{"export", Direction::export_only}, {"import", Direction::import_only}, {"both", Direction::both}});

}  // namespace

void add_question(CLI::App& verb, AllocationQuestion& question, std::string& policy, PendingQuestion& pending) {
    add_choice(verb, "--flow", question.flow, flow_names, "how the physics is written");
    add_choice(verb, "--linearisation", question.linearisation, linearisation_names,
               "of --flow linearised-ac: the exact derivative, or one step of the power flow's fixed point");
    verb.add_option("--policy", policy, "how the room is shared")->type_name(policy_words())->capture_default_str();
    verb.add_option("--reference", pending.reference,
                    "the unit in which limits are compared: a number of kW or a customer column; quadratic: request")
        ->type_name("absolute:KW|cap|weight|request|nameplate")
        ->default_str("absolute:1");
    add_choice(verb, "--direction", pending.direction, direction_names, "limits to compute");
    add_choice(verb, "--reactive", question.reactive, reactive_names,
               "reactive ranges: at their worst in every envelope, or with limits of their own");
    add_choice(verb, "--contain", question.contain, contain_names, "what every envelope holds at least");
    add_choice(verb, "--insecure-base", question.insecure_base, insecure_base_names,
               "limits of a feeder whose base case is insecure");
    add_choice(verb, "--monitor", question.monitoring, monitoring_names, "buses whose voltage is held");
    verb.add_option("--dust", question.dust, "coefficients below this share of their row's largest freeze nobody")
        ->default_str("1e-9")
        ->type_name("R")
        ->check(number_within(0.0, 0.999999));
}

void settle_question(const std::string& policy, const PendingQuestion& pending, AllocationQuestion& question) {
    set_policy(policy, question);
    set_reference(pending.reference, question);
    if (question.reactive == Reactive::joint && question.flow == FlowModel::dc)
        throw UsageError("--reactive: joint needs a flow model with reactive power, which dc has not");
    if (question.linearisation != LinearisedBy::tangent && question.flow != FlowModel::linearised_ac)
        throw UsageError("--linearisation is of --flow linearised-ac, which is not given");
    question.export_asked = pending.direction != Direction::import_only;
    question.import_asked = pending.direction != Direction::export_only;
}

}  // namespace headroom::cli
