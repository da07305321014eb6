#pragma once

#include "formulations/flow/linear_network.hpp"
#include "formulations/flow/row_errors.hpp"

namespace headroom {

/// How the room is shared (allocation.md). The first three fill the rows without a solver, as does kalai_smorodinsky;
/// the others maximise a concave sum.
enum class Policy {
    max_min,
    equal,
    equal_curtailment,
    kalai_smorodinsky,
    proportional,  ///< sum of log(limit)
    weighted,      ///< sum of weight log(limit)
    alpha,         ///< sum of (limit / reference)^(1-alpha) / (1-alpha)
    total,         ///< sum of limits; of equal sums the one with the smallest squares in reference units
    quadratic,     ///< smallest sum of squared shortfalls below the reference (usually the request)
};

/// Whether a policy needs the convex solver; the others fill the rows.
inline bool is_concave(Policy policy) { return policy >= Policy::proportional; }
enum class Reference { absolute, cap, weight, request, nameplate };
enum class Contain { forecast, zero };
enum class Basis { net, added };
enum class InsecureBase { nan, no_worse };
/// What a reactive range means: the worst Q of it at any time, or limits of Q that are shared like those of P.
enum class Reactive { adversarial, joint };

/// What envelopes are secure in: the linear rows, or the AC power flow (formulations/secure/secure_allocation.md).
enum class Secure { linear, ac };

/// Which line stands for the AC power flow in linearised_ac (formulations/secure/linearised_ac.md): its derivative, or
/// one step of its fixed point, with the currents of loads held.
enum class LinearisedBy { tangent, fixed_point };

/// What is asked of every feeder and step. DEFINITIONS.md of the project gives each word's meaning in full.
struct AllocationQuestion {
    FlowModel flow = FlowModel::lin_dist3_flow;
    Policy policy = Policy::max_min;
    double alpha = 1;                               ///< of Policy::alpha; > 0 and not 1 (total, proportional)
    Reference reference = Reference::absolute;      ///< the unit in which limits are compared
    double reference_kw = 1.0;                      ///< of Reference::absolute; > 0
    bool export_asked = true, import_asked = true;  ///< a direction not asked for contains the forecast only
    Contain contain = Contain::forecast;
    Basis basis = Basis::net;  ///< net: the envelope bounds the net injection; added: what comes on top
    InsecureBase insecure_base = InsecureBase::nan;
    Reactive reactive = Reactive::adversarial;
    Monitoring monitoring = Monitoring::customers;
    Secure secure = Secure::linear;
    LinearisedBy linearisation = LinearisedBy::tangent;  ///< of FlowModel::linearised_ac
    RowErrors errors = {};  ///< in spite of which envelopes hold; in Secure::ac those of forecasts in a box
    double dust = 1e-9;     ///< in [0, 1): entries below this share of their row's largest
};

/// How the room of one feeder is shared, where not all of a region share theirs alike. Where limits hold does not
/// depend on it.
struct Sharing {
    Policy policy = Policy::max_min;
    double alpha = 1;
    Reference reference = Reference::absolute;
    double reference_kw = 1.0;

    bool operator==(const Sharing&) const = default;
};

inline Sharing sharing_of(const AllocationQuestion& question) {
    return {question.policy, question.alpha, question.reference, question.reference_kw};
}

inline AllocationQuestion with(AllocationQuestion question, const Sharing& sharing) {
    question.policy = sharing.policy;
    question.alpha = sharing.alpha;
    question.reference = sharing.reference;
    question.reference_kw = sharing.reference_kw;
    return question;
}

}  // namespace headroom
