// Answers that no client should believe or choke on: what a broken proxy, a confused PSP or an attacker sends.
#pragma once

#include "simulator/faults.hpp"
#include "simulator/http_message.hpp"

namespace florin::simulator {

// Changes an answer on its way, as the action says; nothing for actions that are about something else.
void spoil(const Fault& fault, Answer& answer);
void fill_html(Answer& answer, int status, std::string_view title);

}  // namespace florin::simulator
