#pragma once

#include <vector>

#include "io/import/opendss/line_model.hpp"
#include "io/import/opendss/load_model.hpp"
#include "io/import/opendss/opendss_import.hpp"
#include "io/import/opendss/shunt_model.hpp"
#include "io/import/opendss/source_model.hpp"
#include "io/import/opendss/transformer_model.hpp"

namespace headroom::opendss {

/// A circuit, interpreted class by class.
struct Models {
    SourceModel source;
    std::vector<LineModel> lines;
    std::vector<TransformerUnit> units;
    std::vector<ShuntModel> shunts;
    InverterControls inverters;
    std::vector<CustomerModel> customers;
};

/// The columns of the network (everything but the series). Row k of /customer is models.customers[k]. Throws
/// InputError.
Region build_network(const Circuit& circuit, const Models& models, const OpenDssOptions& options, ImportReport& report);

}  // namespace headroom::opendss
