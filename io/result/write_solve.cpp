#include "io/result/write_solve.hpp"

#include <type_traits>

#include "io/report/fairness_summary.hpp"
#include "io/result/schema.hpp"

namespace headroom {

void write_solve(const ResultPage& page, const EnvelopeResult& result) {
    page.group("/solve", "what the limits of each feeder and step are worth");
    Attributes notes = describe("worth of the limits");
    add_counting_flags<std::int8_t>(notes, result_schema::status_meanings);
    page.series("/solve/status", result_axis::feeders, std::move(notes), result.status);
    page.series("/solve/level", result_axis::feeders,
                describe_float("last common level, in units of the reference", "1"), result.level);
    page.series("/solve/rounds", result_axis::feeders, describe("rounds of filling", "1"), result.rounds);
    page.series("/solve/forecast_over_cap", result_axis::feeders,
                describe("limits whose forecast was cut at the connection cap", "1"), result.forecast_over_cap);
    page.series("/solve/certificate_row_violation", result_axis::feeders,
                describe_float("largest excess over a row, in W of its most sensitive limit; not above 0: inside", "W"),
                result.certificate_row_violation);
    page.series("/solve/certificate_bottleneck_gap", result_axis::feeders,
                describe_float("largest room left to a limit that nothing holds; 0: none", "W"),
                result.certificate_bottleneck_gap);
    page.series("/solve/certificate_gap", result_axis::feeders,
                describe_float("duality gap of a concave policy over 1 + |objective|; NaN for other policies", "1"),
                result.certificate_gap);
    page.series("/solve/objective", result_axis::feeders,
                describe_float("what a concave policy minimises, powers in kW; NaN for other policies", "1"),
                result.objective);
    page.series("/solve/iterations", result_axis::feeders,
                describe("iterations of the interior-point method; 0 for policies that fill", "1"), result.iterations);
    page.series("/solve/tie_multiplier", result_axis::feeders,
                describe_float("price of the sum, in kW, in the tie-break of policy total; 0 for other policies", "1"),
                result.tie_multiplier);
}

void write_secure(const ResultPage& page, const EnvelopeResult& result) {
    if (result.secure.empty()) return;
    const auto column = [&](const char* path, Attributes notes, auto member) {
        std::vector<std::decay_t<decltype(result.secure.front().*member)>> values;
        for (const SecureOutcome& outcome : result.secure) values.push_back(outcome.*member);
        page.series(path, result_axis::feeders, std::move(notes), values);
    };
    page.group("/secure", "what it took to make each feeder and step secure in the AC power flow");
    column("/secure/rounds", describe("linear solves", "1"), &SecureOutcome::rounds);
    column("/secure/flows", describe("power flows", "1"), &SecureOutcome::flows);
    column("/secure/gradients", describe("gradients of limits at their worst points", "1"), &SecureOutcome::gradients);
    column("/secure/flips", describe("points beyond the rows' corners that worsened a limit", "1"),
           &SecureOutcome::flips);
    column("/secure/factor",
           describe_float("what is left of the way from the start after shrinking; 1: nothing was shrunk", "1"),
           &SecureOutcome::factor);
    column("/secure/worst_excess",
           describe_float("largest excess over a limit at the points searched, per unit of voltage or rating", "1"),
           &SecureOutcome::worst_excess);
    column("/secure/loosest_hold",
           describe_float("largest room in AC of a row that stops a limit, per unit of voltage or rating", "1"),
           &SecureOutcome::loosest_hold);
}

void write_fairness(const ResultPage& page, const EnvelopeResult& result,
                    std::span<const std::int32_t> customer_feeder) {
    const ItemFairness fairness = item_fairness(result, customer_feeder);
    page.group("/fairness", "how evenly each feeder and step is shared, over the limits asked for in both directions");
    page.series("/fairness/jain", result_axis::feeders,
                describe_float("Jain index (sum x)^2 / (n sum x^2) of the limits; NaN: unsolved", "1"), fairness.jain);
    page.series("/fairness/minimum", result_axis::feeders, describe_float("smallest limit; NaN: unsolved", "W"),
                fairness.minimum);
    if (result.price_of_fairness.empty()) return;
    page.series("/fairness/price", result_axis::feeders,
                describe_float("1 - sum of limits / largest sum, that of policy total; NaN: unsolved", "1"),
                result.price_of_fairness);
}

void write_prices(const ResultPage& page, const EnvelopeResult& result) {
    page.group("/price",
               "what more room in a row would be worth under a concave policy; rows without a price left out");
    std::vector<std::int32_t> step, feeder, row, side;
    std::vector<double> price, tie_price;
    for (const RowPrice& p : result.prices) {
        step.push_back(p.step);
        feeder.push_back(p.feeder);
        row.push_back(p.row);
        side.push_back(p.side);
        price.push_back(p.price);
        tie_price.push_back(p.tie_price);
    }
    const char* const axis = result_axis::prices;
    page.column("/price/step", axis, describe("row of /time", "1"), step);
    page.column("/price/feeder", axis, describe("row of /feeder", "1"), feeder);
    page.column("/price/row", axis, describe("row of /row", "1"), row);
    page.column("/price/side", axis,
                describe("side of the row: 0 voltage or forward, 1 backward, 2 + k side k of the circle's polygon; "
                         "100 more: with its smallest entries; 118 linearised in AC",
                         "1"),
                side);
    page.column("/price/price", axis, describe_float("gain of the objective per row unit of room", "1"), price);
    page.column("/price/tie_price", axis,
                describe_float("the same of the tie-break of policy total; 0 for other policies", "1"), tie_price);
}

}  // namespace headroom
