#pragma once

#include "formulations/flow/linear_network.hpp"

namespace headroom {

enum class Policy { max_min, equal, equal_curtailment };
enum class Reference { absolute, cap, weight, request, nameplate };
enum class Contain { forecast, zero };
enum class Basis { net, added };
enum class InsecureBase { nan, no_worse };

/// What is asked of every feeder and step. DEFINITIONS.md of the project gives each word's meaning in full.
struct AllocationQuestion {
    FlowModel flow = FlowModel::lin_dist3_flow;
    Policy policy = Policy::max_min;
    Reference reference = Reference::absolute;      ///< the unit in which limits are compared
    double reference_kw = 1.0;                      ///< of Reference::absolute; > 0
    bool export_asked = true, import_asked = true;  ///< a direction not asked for contains the forecast only
    Contain contain = Contain::forecast;
    Basis basis = Basis::net;  ///< net: the envelope bounds the net injection; added: what comes on top
    InsecureBase insecure_base = InsecureBase::nan;
    Monitoring monitoring = Monitoring::customers;
    double dust = 1e-9;  ///< in [0, 1): entries below this share of their row's largest
};

}  // namespace headroom
