// What a session sends: answers, streams that a handler writes, and lines that are pushed.
#include <exception>
#include <utility>

#include "service/http_head.h"
#include "service/http_session.h"
#include "wire/status.h"

namespace switchback {
namespace {

constexpr size_t kLargeAnswerBytes = size_t{16} << 10;
constexpr size_t kDrainBytes = size_t{64} << 10;  // at once; below what a session's buffer takes

std::shared_ptr<Outgoing> Chunk(const std::shared_ptr<const std::string>& bytes) {
  return std::make_shared<Outgoing>(Outgoing{ChunkHead(bytes->size()), bytes, "\r\n"});
}

}  // namespace

// Somebody may wait for what is begun here: where memory runs out they are told that it failed.
void HttpSession::Guard(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception&) {
    Drop();
  }
}

void HttpSession::Post(std::function<void()> work) {
  connection_->Post([self = shared_from_this(), work = std::move(work)] { self->Guard(work); });
}

bool HttpSession::KeepsAlive() const {
  return !last_request_ && keep_alive_ && !host_.stopping();
}

void HttpSession::Send(HttpResponse response) {
  auto shared = std::make_shared<HttpResponse>(std::move(response));
  const bool waits = shared->body.size() > kLargeAnswerBytes;
  std::unique_lock lock(mutex_);
  const uint64_t before = answers_;
  Post([this, shared] { WriteAnswer(shared); });
  // Who does not take it holds a thread of those that it may have, not memory without bound.
  if (waits) sent_.wait(lock, [&] { return answers_ != before || failed_; });
}

void HttpSession::WriteAnswer(const std::shared_ptr<HttpResponse>& response) {
  if (response->closes) last_request_ = true;
  if (without_body_) response->body.clear();  // to HEAD
  const bool has_body = response->status != 304 && response->status != 204;
  const Framing framing = has_body ? Framing::kLength : Framing::kNone;
  auto message = std::make_shared<Outgoing>();
  message->before = HttpHead(*response, framing, KeepsAlive());
  if (has_body) message->shared = {response, &response->body};
  connection_->ExpireAfter(host_.limits.io_timeout);
  connection_->Write(
      message, [self = shared_from_this()](SystemError error, size_t) { self->Answered(error); });
}

void HttpSession::Answered(SystemError error) {
  {
    const std::scoped_lock lock(mutex_);
    ++answers_;
    sent_.notify_all();
  }
  busy_ = false;
  Discharge();
  if (!error && parser_ && !parser_->is_done()) {
    connection_->CloseWrites();
    connection_->ExpireAfter(host_.limits.header_timeout);
    return Drain(host_.limits.body_bytes);
  }
  if (error || !KeepsAlive()) return Drop();
  Read(host_.limits.idle_timeout);
}

// Who still sends what was refused would not hear why if the connection broke: it is read and
// forgotten, for a while.
void HttpSession::Drain(uint64_t most) {
  buffer_.clear();
  connection_->ReadSome(buffer_.prepare(kDrainBytes),
                        [self = shared_from_this(), most](SystemError error, size_t bytes) {
                          if (error || bytes >= most) return self->Drop();
                          self->Drain(most - bytes);
                        });
}

void HttpSession::Begin(HttpResponse head) {
  WriteAndWait([this, head = std::move(head)] {
    if (head.closes) last_request_ = true;
    return std::make_shared<Outgoing>(Outgoing{HttpHead(head, Framing::kChunked, KeepsAlive())});
  });
}

bool HttpSession::Write(std::string bytes) {
  if (bytes.empty()) return !failed_;
  const auto shared = std::make_shared<const std::string>(std::move(bytes));
  return WriteAndWait([shared] { return Chunk(shared); });
}

void HttpSession::End(bool whole) {
  Post([this, whole] {
    if (!whole || failed_) return Drop();
    WriteLastChunk();
  });
}

void HttpSession::WriteLastChunk() {
  connection_->ExpireAfter(host_.limits.io_timeout);
  connection_->Write(std::make_shared<Outgoing>(Outgoing{kLastChunk}),
                     [self = shared_from_this()](SystemError error, size_t) {
                       if (self->pushing_) return self->Drop();
                       self->Answered(error);
                     });
}

// Writes on the strand what `make` makes there, and waits for it. False: the other end is gone.
bool HttpSession::WriteAndWait(std::function<std::shared_ptr<const Outgoing>()> make) {
  if (failed_) return false;
  std::unique_lock lock(mutex_);
  written_ = false;
  Post([this, make = std::move(make)] {
    connection_->ExpireAfter(host_.limits.io_timeout);
    connection_->Write(
        make(), [self = shared_from_this()](SystemError error, size_t) { self->Wrote(error); });
  });
  sent_.wait(lock, [this] { return written_; });
  return !failed_;
}

void HttpSession::Wrote(SystemError error) {
  connection_->NeverExpire();
  const std::scoped_lock lock(mutex_);
  if (error) failed_ = true;
  written_ = true;
  sent_.notify_all();
}

// -- Pushing

std::shared_ptr<PushStream> HttpSession::Detach() {
  Post([this] {
    pushing_ = true;
    parser_.reset();  // thousands may wait like this, for long
    buffer_.clear();
    buffer_.shrink_to_fit();
    Discharge();
    connection_->NeverExpire();
    NoticeEnd();
    PushNext();
  });
  return shared_from_this();
}

bool HttpSession::Push(const std::shared_ptr<const std::string>& line) {
  const std::scoped_lock lock(mutex_);
  // Never again: a shorter line behind one that was left out would hide that.
  push_full_ = push_full_ || waiting_bytes_ + line->size() > host_.limits.push_bytes;
  if (failed_ || ended_ || push_full_) return false;
  Enqueue(line);
  return true;
}

void HttpSession::End(std::string last) {
  const std::scoped_lock lock(mutex_);
  if (ended_) return;
  Enqueue(std::make_shared<const std::string>(std::move(last)));
  ended_ = true;
}

bool HttpSession::closed() const {
  const std::scoped_lock lock(mutex_);
  return failed_ || ended_;
}

// REQUIRES: mutex_ is held.
void HttpSession::Enqueue(const std::shared_ptr<const std::string>& line) {
  waiting_bytes_ += line->size();
  if (!line->empty()) waiting_.push_back(line);
  Post([this] { PushNext(); });
}

void HttpSession::PushNext() {
  if (!pushing_ || push_under_way_) return;
  std::shared_ptr<const std::string> line;
  bool ends = false;
  {
    const std::scoped_lock lock(mutex_);
    if (failed_) return;
    ends = waiting_.empty() && ended_;
    if (!waiting_.empty()) {
      line = std::move(waiting_.front());
      waiting_.pop_front();
    }
  }
  if (!line && !ends) return;
  push_under_way_ = true;
  if (ends) return WriteLastChunk();
  connection_->ExpireAfter(host_.limits.io_timeout);
  connection_->Write(Chunk(line), [self = shared_from_this(), size = line->size()](
                                      SystemError error, size_t) { self->Pushed(error, size); });
}

void HttpSession::Pushed(SystemError error, size_t bytes) {
  push_under_way_ = false;
  if (error) return Drop();
  connection_->NeverExpire();
  {
    const std::scoped_lock lock(mutex_);
    waiting_bytes_ -= bytes;
  }
  Guard([this] { PushNext(); });
}

// Nothing is read from a stream that pushes but its end.
void HttpSession::NoticeEnd() {
  connection_->ReadSome(boost::asio::buffer(&unread_, 1),
                        [self = shared_from_this()](SystemError error, size_t) {
                          if (error != boost::beast::error::timeout) self->Drop();
                        });
}

void HttpSession::Drop() {
  {
    const std::scoped_lock lock(mutex_);
    failed_ = true;
    written_ = true;
    sent_.notify_all();
  }
  connection_->Close();
  // Not under the lock: who is told may look at this.
  if (const auto call = std::exchange(on_closed_, nullptr)) call();
}

void HttpSession::OnClosed(std::function<void()> call) {
  Post([this, call = std::move(call)] {
    if (failed_) return call();
    on_closed_ = call;
  });
}

}  // namespace switchback
