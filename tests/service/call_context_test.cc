#include "service/call_context.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace switchback {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The other end goes once it has taken `lines_` pieces.
class LeavingResponder final : public Responder {
 public:
  explicit LeavingResponder(int lines) : lines_(lines) {}
  void Send(HttpResponse /*response*/) override { sent_ = true; }
  void Begin(HttpResponse /*head*/) override {}
  [[nodiscard]] bool Write(std::string /*bytes*/) override { return lines_-- > 0; }
  void End(bool whole) override { whole_ = whole; }
  [[nodiscard]] std::shared_ptr<PushStream> Detach() override { return nullptr; }

  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] bool sent() const { return sent_; }

 private:
  int lines_;
  bool whole_ = true;
  bool sent_ = false;
};

class LongCallTest : public ::testing::Test {
 protected:
  // Of a call whose work would go on for `time`; returns for how long it did.
  milliseconds RunFor(milliseconds time, LeavingResponder& responder,
                      CallContext::IfNobodyListens nobody) {
    CallContext call(*store_, request_, responder, {}, SystemClock());
    milliseconds ran{0};
    call.SendLong(
        [&](const Progress& progress, const CallContext::Say&) -> Result<wire::Json> {
          const auto begun = steady_clock::now();
          const auto passed = [&] {
            return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun);
          };
          for (; ran < time; ran = passed()) {
            progress(1, 2);
            std::this_thread::sleep_for(milliseconds(1));
          }
          return wire::Json::object();
        },
        nobody);
    return ran;
  }

  std::unique_ptr<Store> store_ = *Store::CreateInMemory({"test", {}});
  HttpRequest request_;
};

TEST_F(LongCallTest, WhatOnlyReadsEndsWhenNobodyListens) {
  LeavingResponder responder(1);
  EXPECT_LT(RunFor(milliseconds(60'000), responder, CallContext::IfNobodyListens::kEnd),
            milliseconds(20'000));
  EXPECT_FALSE(responder.whole());
  EXPECT_FALSE(responder.sent());
}

TEST_F(LongCallTest, WhatChangesGoesOn) {
  LeavingResponder responder(0);
  EXPECT_GE(RunFor(milliseconds(3'500), responder, CallContext::IfNobodyListens::kGoOn),
            milliseconds(3'500));
  EXPECT_FALSE(responder.whole());
}

TEST_F(LongCallTest, WithListenersItRunsToItsEnd) {
  LeavingResponder responder(1'000);
  EXPECT_GE(RunFor(milliseconds(2'500), responder, CallContext::IfNobodyListens::kEnd),
            milliseconds(2'500));
  EXPECT_TRUE(responder.whole());
}

}  // namespace
}  // namespace switchback
