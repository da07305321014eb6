#include "io/run/run_index.hpp"

#include <algorithm>

#include "io/hdf5/time_axis.hpp"
#include "io/result/result_page.hpp"
#include "io/result/result_reader.hpp"
#include "io/result/root_notes.hpp"
#include "io/result/row_table.hpp"
#include "io/result/schema.hpp"
#include "io/result/write_solve.hpp"

namespace headroom {
namespace {

using namespace result_axis;

constexpr const char* parts = "/parts";

/// Adds what one part says of its feeders and customers.
void add_part(const std::filesystem::path& path, std::size_t feeder_total, RunIndex& index) {
    const Hdf5Reader reader(path);
    const ResultReader page(reader);
    const ResultFrame frame = read_frame(reader, page);
    const std::size_t count = frame.feeder_id.size(), steps = frame.start.size(),
                      first = static_cast<std::size_t>(index.part_first_feeder.back());
    CustomerTable customers = read_customers(page, static_cast<std::int32_t>(count) - 1);
    for (std::int32_t& feeder : customers.feeder) feeder += static_cast<std::int32_t>(first);
    const auto append = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
    append(index.customer.id, customers.id);
    append(index.customer.feeder, customers.feeder);
    append(index.customer.active, customers.active);
    append(index.feeder_fault, frame.feeder_fault);
    index.feeder_part.insert(index.feeder_part.end(), count,
                             static_cast<std::int32_t>(index.part_first_feeder.size()) - 1);
    const auto status =
        page.values<ItemStatus>("/solve/status", {steps, count}, ItemStatus::solved, ItemStatus::ac_shrunk);
    for (std::size_t step = 0; step < steps; ++step)
        std::copy_n(status.begin() + static_cast<std::ptrdiff_t>(step * count), count,
                    index.status.begin() + static_cast<std::ptrdiff_t>(step * feeder_total + first));
}

void write_parts(const ResultPage& page, const RunIndex& index) {
    page.group("/part", "files of results, in the order of the feeders");
    page.text("/part/name", parts, "name of the file in this folder", index.part_name);
    page.text("/part/digest", parts, "XXH64 of the file", index.part_digest);
    page.column("/part/bytes", parts, describe("size of the file", "1"), index.part_bytes);
    page.column("/part/first_feeder", parts, describe("row of /feeder of its first feeder", "1"),
                index.part_first_feeder);
    page.column("/part/first_customer", parts, describe("row of /customer of its first customer", "1"),
                index.part_first_customer);
}

void write_things(const ResultPage& page, const RunIndex& index) {
    write_feeders(page, index.feeder_id, index.feeder_fault);
    page.column("/feeder/part", feeders, describe("row of /part", "1"), index.feeder_part);
    page.group("/customer", "customers in the order of the case");
    page.text("/customer/id", customers, "identifier of the customer, unique within its feeder", index.customer.id);
    page.column("/customer/feeder", customers, describe("row of /feeder", "1"), index.customer.feeder);
    write_status(page, index.status);
}

}  // namespace

RunIndex make_index(const RunFolder& folder, const RunPlan& plan, const CaseOutline& outline,
                    const std::map<std::size_t, ShardRecord>& done) {
    RunIndex index;
    index.start = outline.start;
    index.end = outline.end;
    index.feeder_id = outline.feeder_id;
    index.status.assign(outline.step_count() * outline.feeder_count(), ItemStatus::uncertified);
    for (std::size_t shard = 0; shard < plan.shards.size(); ++shard) {
        const ShardRecord& record = done.at(shard);
        index.part_name.push_back(RunFolder::part_name(shard));
        index.part_digest.push_back(record.digest);
        index.part_bytes.push_back(static_cast<std::int64_t>(record.bytes));
        index.part_first_feeder.push_back(plan.shards[shard].first_feeder);
        index.part_first_customer.push_back(static_cast<std::int64_t>(index.customer.id.size()));
        add_part(folder.part(shard), outline.feeder_count(), index);
    }
    return index;
}

void write_index(const RunIndex& index, const RunInfo& info, const std::filesystem::path& path) {
    const std::uint64_t bytes =
        index.status.size() + result_schema::id_bytes_max * (index.customer.id.size() + index.feeder_id.size());
    Hdf5Writer writer(path, bytes);
    writer.annotate("/", question_notes(index_schema::name, index_schema::version, info));
    writer.dimension("/bound", 2);
    writer.dimension(parts, index.part_name.size());
    writer.dimension(feeders, index.feeder_id.size());
    writer.dimension(customers, index.customer.id.size());
    write_time_axis(writer, "", index.start, index.end);
    const ResultPage page{writer};
    write_parts(page, index);
    write_things(page, index);
    writer.commit();
}

}  // namespace headroom
