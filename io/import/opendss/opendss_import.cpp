#include "io/import/opendss/opendss_import.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "io/errors.hpp"
#include "io/import/opendss/build_series.hpp"
#include "io/import/opendss/script.hpp"
#include "io/import/unsupplied.hpp"

namespace headroom {
namespace {

using namespace opendss;

void check(const OpenDssOptions& o) {
    const auto positive = [](double value) { return std::isfinite(value) && value > 0.0; };
    o.NetworkOptions::check();
    if (o.customer_voltage
        && (!positive(o.customer_voltage->first) || !positive(o.customer_voltage->second)
            || o.customer_voltage->first >= o.customer_voltage->second))
        throw UsageError("the voltage band of customers needs 0 < min < max");
    if (o.source_pu && !positive(*o.source_pu)) throw UsageError("the source voltage must be positive");
    if (o.horizon < 0) throw UsageError("the horizon must not be negative");
    for (const std::int64_t step : o.steps)
        if (step < 1 || std::ranges::count(o.steps, step) != 1)
            throw UsageError("steps must be positive and different");
    if (!(o.default_frequency >= 1.0 && o.default_frequency <= 1000.0))
        throw UsageError("the default frequency must lie in [1, 1000] Hz");
}

/// A SwtControl that holds its line open has the last word.
void apply_switch_controls(Circuit& circuit, ImportReport& report) {
    for (const Element& element : circuit.elements) {
        if (element.class_name != "swtcontrol" || !element.enabled) continue;
        Element* target = nullptr;
        std::string state;
        for (const Value& value : element.assignments) {
            const std::string word = value.name();
            if (value.property == "switchedobj") {
                const std::size_t dot = word.find('.');
                if (dot != std::string::npos) target = circuit.find(word.substr(0, dot), word.substr(dot + 1));
                if (!target) fail(value.where, fmt::format("there is no {}", word));
            } else if (value.property == "action" || value.property == "state") {
                state = word;
            }
        }
        if (target && !state.empty()) target->open = state.front() == 'o';
        report.understand("swtcontrol", element.where.text());
    }
}

}  // namespace

std::string series_name(std::int64_t step_seconds) {
    switch (step_seconds) {
        case 60: return "minute";
        case 900: return "quarter_hour";
        case 1800: return "half_hour";
        case 3600: return "hour";
        default: return fmt::format("{}s", step_seconds);
    }
}

Imported import_opendss(const std::filesystem::path& master, const OpenDssOptions& options) {
    check(options);
    Imported result;
    ImportReport& report = result.report;
    const SourceFiles files(master);
    Circuit circuit = run_script(files, options.default_frequency, report);
    apply_switch_controls(circuit, report);
    const InverterControls inverters =
        options.inverter_curves ? inverter_controls(circuit, report) : InverterControls{};
    if (!options.inverter_curves) report.note("PVSystems keep their pf or kvar: curves of InvControls are left out");
    const Models models{source_model(circuit, report),
                        line_models(circuit, report),
                        transformer_units(circuit, report),
                        shunt_models(circuit, report),
                        inverters,
                        customer_models(circuit, inverters, report)};
    result.region = build_network(circuit, models, options, report);
    make_unsupplied_passive(result.region, report);
    LoadShapes shapes(circuit, files, options.profile_folder, report);
    build_series(result.region, models, options, shapes, report);
    return result;
}

}  // namespace headroom
