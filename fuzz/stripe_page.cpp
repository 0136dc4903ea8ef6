// One page of Stripe's lists: every item that is let through has an id of its kind, and a page that promises more says
// where the next begins.
#include "fuzz/property.hpp"
#include "psp/json_fields.hpp"
#include "psp/stripe/decode.hpp"
#include "psp/stripe/encode.hpp"

namespace florin::fuzz {
namespace {

void check(const http::ClientAnswer& wire, bool refunds) {
    const auto page = psp::stripe::decode_page(wire, refunds);
    if (!page) {
        must(!page.error().empty() && json::is_utf8(page.error()), "a refusal says why");
        return;
    }
    must(wire.status == 200, "only an answer that succeeded is a page");
    for (const auto& item : page->data) {
        const auto id = psp::find_text(item.as_object(), "id").value_or("");
        must(refunds ? psp::stripe::is_refund_id(id) : psp::stripe::is_intent_id(id), "an item has an id of its kind");
    }
    must(!page->has_more || !page->last_id.empty(), "a page that promises more says where");
    must(page->data.empty() == page->last_id.empty(), "the last id is that of an item");
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin;
    http::ClientAnswer wire{.status = 200, .headers = {{"content-type", "application/json"}}, .body = {}};
    wire.body = fuzz::text_of(data, size);
    for (const int status : {200, 404}) {
        wire.status = status;
        for (const bool refunds : {false, true}) fuzz::check(wire, refunds);
    }
    return 0;
}
