// One connection: reads a request, hands it on, sends the answer, and so on. Everything of a
// session but the calls of Responder and PushStream runs on its connection's strand.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "service/connection.h"
#include "service/http.h"
#include "switchback/error.h"

namespace switchback {

struct SessionLimits {
  uint32_t header_bytes = 0;
  uint64_t body_bytes = 0;
  std::chrono::milliseconds header_timeout{};  // to get a whole header, once its time has begun
  std::chrono::milliseconds idle_timeout{};    // between two requests
  std::chrono::milliseconds io_timeout{};      // to get a whole body; to send a piece
  size_t push_bytes = 0;                       // that may wait to be pushed
};

class HttpSession;

// What a session asks of the server.
struct SessionHost {
  using Admitted = std::function<void(std::optional<HttpResponse> refusal)>;

  SessionLimits limits;
  // Of a large body: whether it is worth reading. Calls `done` on some thread, unless it returns
  // false: too many requests are under way.
  std::function<bool(HttpRequest head, Admitted done)> admit;
  // Bytes of bodies, before they are read. False: all connections together hold as many as they
  // may.
  std::function<bool(const Peer& peer, uint64_t bytes)> reserve;
  std::function<void(uint64_t bytes)> release;
  // Hands a request to a thread, which answers by the session. False: too many are under way.
  std::function<bool(std::shared_ptr<HttpSession>, HttpRequest)> dispatch;
  std::function<bool()> stopping;
  std::function<void()> malformed;
  // What was answered without a request being handed on.
  std::function<void(const Peer& peer, const Error& error, unsigned status)> refused;
  std::function<void()> timed_out;
  std::function<void(HttpSession*)> ended;
};

// As Beast's string_body, but it takes memory for what has come, not for what is announced.
struct GrowingBody {
  using value_type = std::string;
  class reader {
   public:
    template <bool is_request, typename Fields>
    reader(boost::beast::http::header<is_request, Fields>& /*head*/, value_type& body)
        : body_(body) {}
    void init(const boost::optional<uint64_t>& /*length*/, SystemError& error) { error = {}; }
    template <typename Buffers>
    size_t put(const Buffers& buffers, SystemError& error) {
      error = {};
      const size_t before = body_.size();
      for (auto at = boost::asio::buffer_sequence_begin(buffers);
           at != boost::asio::buffer_sequence_end(buffers); ++at) {
        const boost::asio::const_buffer piece = *at;
        body_.append(static_cast<const char*>(piece.data()), piece.size());
      }
      return body_.size() - before;
    }
    void finish(SystemError& error) { error = {}; }

   private:
    value_type& body_;
  };
};

class HttpSession final : public Responder,
                          public PushStream,
                          public std::enable_shared_from_this<HttpSession> {
 public:
  // `host` outlives it.
  HttpSession(std::unique_ptr<Connection> connection, Peer peer, const SessionHost& host);
  ~HttpSession() override;

  // From any thread.
  void Start();
  // Closes it: at once, or once the answer under way is sent.
  void Close(bool at_once);

  // -- Responder
  void Send(HttpResponse response) override;
  void Begin(HttpResponse head) override;
  bool Write(std::string bytes) override;
  void End(bool whole) override;
  std::shared_ptr<PushStream> Detach() override;

  // -- PushStream
  bool Push(const std::shared_ptr<const std::string>& line) override;
  void End(std::string last) override;
  bool closed() const override;
  void OnClosed(std::function<void()> call) override;

 private:
  using Parser = boost::beast::http::request_parser<GrowingBody>;

  void Guard(const std::function<void()>& work);
  // Runs `work` on the strand, within Guard.
  void Post(std::function<void()> work);
  [[nodiscard]] bool KeepsAlive() const;
  void Handshake();
  void NoHandshake(SystemError error);

  // -- Reading (http_session.cc)
  void Read(std::chrono::milliseconds patience);
  void ReadMore();
  void Parse();
  void ReadHeader();
  [[nodiscard]] unsigned StatusOfBody() const;
  [[nodiscard]] bool Charge();
  void Discharge();
  [[nodiscard]] bool TakeHead();
  void AskForAdmission();
  void Admitted(std::optional<HttpResponse> refusal);
  void GoOnWithBody();
  void HandOn();
  void Refuse(SystemError error);
  void Refuse(unsigned status);
  void Refuse(unsigned status, const char* why);
  void RefuseBusy(const char* why);

  // -- Writing (http_session_writes.cc)
  void WriteAnswer(const std::shared_ptr<HttpResponse>& response);
  void Answered(SystemError error);
  void Drain(uint64_t most);
  void WriteLastChunk();
  bool WriteAndWait(std::function<std::shared_ptr<const Outgoing>()> make);
  void Wrote(SystemError error);
  void Enqueue(const std::shared_ptr<const std::string>& line);
  void PushNext();
  void Pushed(SystemError error, size_t bytes);
  void NoticeEnd();
  void Drop();

  const std::unique_ptr<Connection> connection_;
  Peer peer_;
  const SessionHost& host_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  HttpRequest request_;   // the one that is being read, from its head alone: no trailer adds to it
  uint64_t charged_ = 0;  // bytes of the body that were reserved
  bool header_read_ = false;   // of the request that is being read
  bool keep_alive_ = false;    // as that one asked
  bool without_body_ = false;  // it was a HEAD
  bool busy_ = false;          // a request is being answered
  bool last_request_ = false;  // no other is read
  bool pushing_ = false;
  bool push_under_way_ = false;
  char unread_ = 0;
  std::function<void()> on_closed_;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable sent_;
  bool written_ = false;  // the piece of a stream
  uint64_t answers_ = 0;  // that were written whole, or not at all
  std::atomic<bool> failed_ = false;
  bool ended_ = false;
  size_t waiting_bytes_ = 0;
  bool push_full_ = false;  // more came than may wait
  std::deque<std::shared_ptr<const std::string>> waiting_;
};

}  // namespace switchback
