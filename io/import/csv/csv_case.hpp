#pragma once

#include <filesystem>

#include "io/import/import_report.hpp"

namespace headroom {

/// Reads a region from a folder of CSV files: feeder.csv, bus.csv, branch.csv, customer.csv and, where needed,
/// line_code.csv, transformer.csv, shunt.csv, volt_var.csv, order.csv, region.csv; series/<name>/time.csv with
/// p_forecast_kw.csv and, optionally, q_forecast_kvar.csv, slack_voltage_v.csv, slack_angle_degree.csv,
/// price_per_mwh.csv, one row per step, one column per customer or feeder ("feeder/customer"; the feeder may be left
/// out where there is one). References are by id. The page csv.md lists the columns; unknown ones are errors.
/// @throws InputError with file, line and column.
Imported import_csv(const std::filesystem::path& folder);

/// Writes what import_csv reads; reading it back gives the same bits. The folder is made; files in it are replaced.
/// @throws OutputError
void export_csv(const Region& region, const std::filesystem::path& folder);

}  // namespace headroom
