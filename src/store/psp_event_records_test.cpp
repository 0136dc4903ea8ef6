// What an operator sees of events of PSPs, and the way back of those that are parked or handled.
#include "store/psp_event_records.hpp"

#include <gmock/gmock.h>

#include "base/hash.hpp"
#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PspEventRecordsTest : public StoreTest {
protected:
    PspEventRecordsTest() { query("delete from open_psp_events"); }

    std::string keep(const std::string& name) {
        const auto now = SystemClock().now();
        const std::string event = "evt_" + name + tail_;
        wait(store().psp_events().keep({.id = PspEventId::make(now, Bucket{}, false),
                                        .account = account_,
                                        .event = event,
                                        .type = "charge.captured",
                                        .created = now,
                                        .body = "body of " + name,
                                        .received = now},
                                       soon()));
        return event;
    }
    template <class End>
    std::string ended(const std::string& name, End end) {
        auto event = keep(name);
        const auto taken = wait(store().psp_events().take(account_, Milliseconds(45'000), 10, soon()));
        for (const auto& one : taken.events) {
            if (one.event != event) continue;
            std::vector<EventEnd> ends{{one.event, one.generation, end}};
            EXPECT_EQ(wait(store().psp_events().finish(account_, std::move(ends), soon())), 1U);
        }
        return event;
    }
    static std::vector<std::string> states(const std::vector<EventRecord>& records) {
        std::vector<std::string> out;
        for (const auto& record : records) out.push_back(record.event + " " + std::string(to_string(record.state)));
        return out;
    }
    EventRecord find(const std::string& id) {
        auto found = wait(records_.find(id, soon()));
        EXPECT_THAT(found, SizeIs(1));
        return found.empty() ? EventRecord{} : found.front();
    }

    ledger::PspAccount account_{"stripe", "records", false};
    std::string tail_ = random_token(8);
    PspEventRecords records_{loop_.get_executor(), urls().application};
    WallTime begin_ = SystemClock().now();
};

TEST_F(PspEventRecordsTest, a_list_shows_what_is_not_handled_or_all_since_a_time) {
    const auto handled = ended("handled", Handled{"settled"});
    const auto parked = ended("parked", Parked{"unknown payment"});
    const auto waiting = keep("waiting");
    const auto list = [&](EventFilter filter) { return wait(records_.list(filter, soon())); };
    EXPECT_THAT(states(list({}).records), ElementsAre(parked + " parked", waiting + " waiting"));
    EXPECT_THAT(states(list({.only_parked = true}).records), ElementsAre(parked + " parked"));
    EXPECT_THAT(states(list({.since = begin_}).records),
                ElementsAre(waiting + " waiting", parked + " parked", handled + " handled"));
    EXPECT_THAT(states(list({.since = begin_, .only_parked = true}).records), ElementsAre(parked + " parked"));
    EXPECT_THAT(list({.since = SystemClock().now() + std::chrono::seconds(5)}).records, IsEmpty());
    for (const auto since : {std::optional<WallTime>(), std::optional(begin_)}) {
        const auto all = list({.since = since}).records.size();
        for (std::size_t limit = 1; limit <= all; ++limit) {
            const auto page = list({.since = since, .limit = static_cast<int>(limit)});
            EXPECT_THAT(page.records, SizeIs(limit));
            EXPECT_EQ(page.has_more, limit < all);
        }
    }
}

TEST_F(PspEventRecordsTest, one_is_found_by_either_id_with_its_body_and_what_was_done) {
    const auto found = find(ended("1", Handled{"settled captured"}));
    EXPECT_EQ(found.why, "settled captured");
    EXPECT_EQ(found.body, "body of 1");
    EXPECT_EQ(find(to_string(found.id)).event, found.event);
    EXPECT_THAT(wait(records_.find("evt_nobody", soon())), IsEmpty());
    EXPECT_THAT(wait(records_.find("pev_01920000-0000-7000-8000-000000000001", soon())), IsEmpty());
}

TEST_F(PspEventRecordsTest, parked_and_handled_ones_come_back_once_with_an_audit_row) {
    for (const auto& event : {ended("parked", Parked{"unknown payment"}), ended("handled", Handled{"no change"})}) {
        const auto record = find(event);
        EXPECT_TRUE(wait(records_.replay(record, {.actor = "cli:ada"}, soon())));
        EXPECT_FALSE(wait(records_.replay(record, {.actor = "cli:ada"}, soon()))) << "it waits already";
        EXPECT_EQ(to_string(find(event).state), "waiting");
        const auto taken = wait(store().psp_events().take(account_, Milliseconds(45'000), 10, soon()));
        ASSERT_THAT(taken.events, SizeIs(1)) << "a handled one too";
        EXPECT_EQ(taken.events[0].event, event);
        EXPECT_EQ(taken.events[0].tries, 1);
        std::vector<EventEnd> ends{{event, taken.events[0].generation, Handled{"settled"}}};
        EXPECT_EQ(wait(store().psp_events().finish(account_, std::move(ends), soon())), 1U);
        EXPECT_EQ(to_string(find(event).state), "handled");
        EXPECT_EQ(count("select count(*) from admin_audit_log where action = 'psp_event.replay' and actor = 'cli:ada' "
                        "and subject = '" +
                        event + "' and not live"),
                  1);
    }
}

}  // namespace
}  // namespace florin::store::test
