#include "io/run/run_index.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/hdf5/notes.hpp"
#include "io/hdf5/time_axis.hpp"
#include "io/result/result_page.hpp"
#include "io/result/result_reader.hpp"
#include "io/result/root_notes.hpp"
#include "io/result/row_table.hpp"
#include "io/result/schema.hpp"
#include "io/result/trade_chain.hpp"

namespace headroom {
namespace {

using namespace result_axis;

constexpr const char* parts = "/parts";

/// Adds what one part says of its feeders and customers.
void add_part(const std::filesystem::path& path, const RunKindTraits& kind, std::size_t feeder_total, RunIndex& index) {
    const Hdf5Reader reader(path);
    const ResultReader page(reader);
    const ResultFrame frame = read_frame(reader, page);
    const std::size_t count = frame.feeder_id.size(), steps = frame.start.size(),
                      first = static_cast<std::size_t>(index.part_first_feeder.back());
    const auto append = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
    if (kind.has_customers) {
        CustomerTable customers = read_customers(page, static_cast<std::int32_t>(count) - 1);
        for (std::int32_t& feeder : customers.feeder) feeder += static_cast<std::int32_t>(first);
        append(index.customer.id, customers.id);
        append(index.customer.feeder, customers.feeder);
        append(index.customer.active, customers.active);
    }
    if (kind.has_trades) index.part_chain_head.push_back(page.note("chain_head"));
    append(index.feeder_fault, frame.feeder_fault);
    if (page.has("/feeder/policy")) index.asked.append(read_feeder_questions(page, count));
    index.feeder_part.insert(index.feeder_part.end(), count,
                             static_cast<std::int32_t>(index.part_first_feeder.size()) - 1);
    const auto status =
        page.values<std::int8_t>(fmt::format("{}/status", kind.status_group), {steps, count}, 0,
                                 static_cast<std::int8_t>(split_words(kind.status_meanings).size() - 1));
    for (std::size_t step = 0; step < steps; ++step)
        std::copy_n(status.begin() + static_cast<std::ptrdiff_t>(step * count), count,
                    index.status.begin() + static_cast<std::ptrdiff_t>(step * feeder_total + first));
}

void write_parts(const ResultPage& page, const RunIndex& index, const RunKindTraits& kind) {
    page.group("/part", "files of results, in the order of the feeders");
    page.text("/part/name", parts, "name of the file in this folder", index.part_name);
    page.text("/part/digest", parts, "XXH64 of the file", index.part_digest);
    page.column("/part/bytes", parts, describe("size of the file", "1"), index.part_bytes);
    page.column("/part/first_feeder", parts, describe("row of /feeder of its first feeder", "1"),
                index.part_first_feeder);
    if (kind.has_customers)
        page.column("/part/first_customer", parts, describe("row of /customer of its first customer", "1"),
                    index.part_first_customer);
    if (!index.part_chain_head.empty())
        page.text("/part/chain_head", parts, "head of the chain over its trades", index.part_chain_head);
}

Attributes page_notes(const RunIndex& index, const RunPlan& plan) {
    Attributes notes = root_notes(index_schema::name, index_schema::version, plan.notes);
    notes.push_back({"kind", std::string(plan.traits().name)});
    if (!index.part_chain_head.empty()) notes.push_back({"chain_head", index.chain_head()});
    return notes;
}

void write_customers(const ResultPage& page, const CustomerTable& customer) {
    page.group("/customer", "customers in the order of the case");
    page.text("/customer/id", customers, "identifier of the customer, unique within its feeder", customer.id);
    page.column("/customer/feeder", customers, describe("row of /feeder", "1"), customer.feeder);
}

void write_things(const ResultPage& page, const RunIndex& index, const RunKindTraits& kind) {
    write_feeders(page, index.feeder_id, index.feeder_fault);
    write_feeder_questions(page, index.asked);
    page.column("/feeder/part", feeders, describe("row of /part", "1"), index.feeder_part);
    if (kind.has_customers) write_customers(page, index.customer);
    page.group(std::string(kind.status_group), kind.status_group_text);
    Attributes notes = describe(kind.status_text);
    add_counting_flags<std::int8_t>(notes, kind.status_meanings);
    page.series(fmt::format("{}/status", kind.status_group), feeders, std::move(notes), index.status);
}

}  // namespace

std::string RunIndex::chain_head() const { return head_of_parts(part_chain_head); }

RunIndex make_index(const RunFolder& folder, const RunPlan& plan, const CaseOutline& outline,
                    const std::map<std::size_t, ShardRecord>& done) {
    RunIndex index;
    index.start = outline.start;
    index.end = outline.end;
    index.feeder_id = outline.feeder_id;
    index.status.resize(outline.step_count() * outline.feeder_count());
    for (std::size_t shard = 0; shard < plan.shards.size(); ++shard) {
        const ShardRecord& record = done.at(shard);
        index.part_name.push_back(RunFolder::part_name(shard));
        index.part_digest.push_back(record.digest);
        index.part_bytes.push_back(static_cast<std::int64_t>(record.bytes));
        index.part_first_feeder.push_back(plan.shards[shard].first_feeder);
        index.part_first_customer.push_back(static_cast<std::int64_t>(index.customer.id.size()));
        add_part(folder.part(shard), plan.traits(), outline.feeder_count(), index);
    }
    return index;
}

void write_index(const RunIndex& index, const RunPlan& plan, const std::filesystem::path& path) {
    const std::uint64_t bytes =
        index.status.size() + result_schema::id_bytes_max * (index.customer.id.size() + index.feeder_id.size());
    Hdf5Writer writer(path, bytes);
    writer.annotate("/", page_notes(index, plan));
    writer.dimension("/bound", 2);
    writer.dimension(parts, index.part_name.size());
    writer.dimension(feeders, index.feeder_id.size());
    writer.dimension(customers, index.customer.id.size());
    write_time_axis(writer, "", index.start, index.end);
    const ResultPage page{writer};
    write_parts(page, index, plan.traits());
    write_things(page, index, plan.traits());
    writer.commit();
}

}  // namespace headroom
