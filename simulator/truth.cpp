#include "simulator/truth.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/assert.hpp"
#include "simulator/mix.hpp"
#include "simulator/truth_records.hpp"

namespace florin::simulator {
namespace {

template <class List, class Value>
void forget(List& list, const Value& value) {
    list.erase(std::remove(list.begin(), list.end(), value), list.end());
}

}  // namespace

void Truth::open(const std::string& directory) {
    log_.open(directory, [this](Reader reader) { replay(reader); });
}

// The same steps as when it happened, in the same order, so that stored answers keep their bytes.
void Truth::replay(Reader reader) {
    while (!reader.is_done()) {
        switch (static_cast<RecordKind>(reader.number<std::uint8_t>())) {
            case RecordKind::intent:
                put(read_intent(reader));
                break;
            case RecordKind::answer: {
                std::string intent_id;
                auto answer = read_answer(reader, intent_id);
                if (!intent_id.empty()) answer.intent = find(intent_id);
                remember(std::move(answer));
                break;
            }
            case RecordKind::clock:
                clock_offset_us_ = reader.number<std::int64_t>();
                break;
            default:
                throw std::runtime_error("the truth log holds a record of an unknown kind");
        }
    }
}

void Truth::put(Intent&& intent) {
    Intent* known = find(intent.id);
    if (known == nullptr) return note(insert(std::move(intent)));
    begin_change(*known, false);
    intent.listed_refunds = known->listed_refunds;
    *known = std::move(intent);
    note(*known);
}

Intent& Truth::insert(Intent&& intent) {
    Intent& added = intents_.emplace_back(std::move(intent));
    FLORIN_ASSERT(by_id_.emplace(mix(added.id), &added).second);
    return added;
}

// What changed is found by its references again, and its new refunds are listed.
void Truth::note(const Intent& intent) {
    index_.note(intent);
    for (auto& listed = intent.listed_refunds; listed < intent.refunds.size(); ++listed) {
        const auto created = intent.refunds[listed].created_us;
        const auto last = refunds_.empty() ? created : refunds_.back().created_us;
        refunds_.push_back({&intent, static_cast<std::int16_t>(listed), std::max(created, last)});
    }
}

std::vector<const Intent*> Truth::find_named(std::string_view reference) const {
    auto named = index_.find(reference);
    std::string id(reference);
    for (const auto prefix : {kChargePrefix, kRefundPrefix}) {
        if (auto parts = split_id(reference, prefix)) id = std::move(parts->first);
    }
    const auto found = by_id_.find(mix(id));
    if (found != by_id_.end() && found->second->id == id) named.push_back(found->second);
    return named;
}

Intent* Truth::find(std::string_view id) {
    const auto found = by_id_.find(mix(id));
    if (found == by_id_.end() || found->second->id != id) return nullptr;
    return found->second;
}

StoredAnswer* Truth::find_answer(std::string_view key) {
    const auto found = by_key_.find(mix(key));
    if (found == by_key_.end()) return nullptr;
    FLORIN_ASSERT(found->second->key == key);
    return found->second;
}

void Truth::begin() {
    FLORIN_ASSERT(!in_frame_);
    in_frame_ = true;
    log_.begin_frame();
}

void Truth::commit() {
    FLORIN_ASSERT(in_frame_);
    in_frame_ = false;
    log_.end_frame();
}

Intent& Truth::add(Intent&& intent) {
    Intent& added = insert(std::move(intent));
    before_ = {};
    changed(added);
    return added;
}

void Truth::begin_change(Intent& intent, bool keep_before) {
    for (StoredAnswer* answer : intent.answers) {
        render_object(answer->body, intent, answer->refund, answer->expand);
        answer->intent = nullptr;
    }
    intent.answers.clear();
    if (tells()) before_ = told_of(intent);
    if (keep_before) {
        intent.before = std::make_shared<const Intent>(intent);
    } else {
        intent.before.reset();
    }
}

void Truth::changed(const Intent& intent) {
    note(intent);
    auto out = log_.writer();
    write_record(out, intent);
    if (tells()) on_change(before_, intent);
}

void Truth::store(StoredAnswer&& answer) {
    auto out = log_.writer();
    write_record(out, answer);
    remember(std::move(answer));
}

void Truth::remember(StoredAnswer&& answer) {
    auto& kept = by_key_[mix(answer.key)];
    if (kept == nullptr) {
        kept = &answers_.emplace_back(std::move(answer));
    } else {  // the key's life had ended
        FLORIN_ASSERT(kept->key == answer.key);
        if (kept->intent != nullptr) forget(kept->intent->answers, kept);
        *kept = std::move(answer);
    }
    if (kept->intent != nullptr) kept->intent->answers.push_back(kept);
}

void Truth::set_clock_offset(std::int64_t offset_us) {
    clock_offset_us_ = offset_us;
    auto out = log_.writer();
    write_clock(out, offset_us);
}

}  // namespace florin::simulator
