#include "service/call_context.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <mutex>
#include <system_error>

#include "service/error_response.h"
#include "switchback/service.h"
#include "wire/status.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kLinesBytes = size_t{64} << 10;  // that are sent together
constexpr milliseconds kLinesPatience{100};       // that the first of them waits for others
constexpr milliseconds kTellEvery{1000};

std::unexpected<Error> Bad(std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message));
}

std::optional<uint64_t> ParseNumber(std::string_view text) {
  constexpr size_t kMostDigits = 19;
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  return value;
}

std::string ThisHost() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

// What a client says of itself; only printable ASCII, and not too long, goes into the journal.
std::string Claimed(std::string_view text) {
  constexpr size_t kMostBytes = 64;
  std::string claimed;
  for (const char c : text.substr(0, kMostBytes)) {
    if (c > ' ' && c < 0x7f) claimed += c;
  }
  return claimed;
}

// Leaves work that nobody waits for.
struct NobodyListens {};

Result<wire::Json> ReportOf(std::future<Result<wire::Json>>& done) {
  try {
    return done.get();
  } catch (const NobodyListens&) {
    return Fail(ErrorCode::kHeld, "nobody waits for it any more");
  }
}

}  // namespace

Result<BusinessId> CallContext::PathId() const {
  return BusinessId::Parse(segments_.empty() ? "" : segments_.front());
}

Result<uint64_t> CallContext::PathNumber(size_t place) const {
  const std::string text = place < segments_.size() ? segments_[place] : "";
  if (const auto number = ParseNumber(text)) return *number;
  return Bad(fmt::format("the path: expected a whole number, found '{}'", text.substr(0, 40)));
}

std::optional<std::string> CallContext::Text(const std::string& name) const {
  const auto found = request_.query.find(name);
  if (found == request_.query.end()) return std::nullopt;
  return found->second;
}

Result<std::optional<uint64_t>> CallContext::Number(const std::string& name) const {
  const std::optional<std::string> text = Text(name);
  if (!text) return std::nullopt;
  if (const auto number = ParseNumber(*text)) return number;
  return Bad(fmt::format("{}: expected a whole number, found '{}'", name, text->substr(0, 40)));
}

Result<bool> CallContext::Flag(const std::string& name) const {
  const std::string text = Text(name).value_or("0");
  if (text == "0" || text == "1") return text == "1";
  return Bad(fmt::format("{}: expected 0 or 1, found '{}'", name, Claimed(text)));
}

Result<uint64_t> CallContext::NeededNumber(const std::string& name) const {
  const Result<std::optional<uint64_t>> number = Number(name);
  if (!number) return std::unexpected(number.error());
  if (*number) return **number;
  return Bad(fmt::format("the parameter '{}' is missing", name));
}

Result<std::string> CallContext::NeededText(const std::string& name) const {
  if (std::optional<std::string> text = Text(name)) return *std::move(text);
  return Bad(fmt::format("the parameter '{}' is missing", name));
}

Result<BusinessId> CallContext::NeededId(const std::string& name) const {
  const Result<std::string> text = NeededText(name);
  if (!text) return std::unexpected(text.error());
  return BusinessId::Parse(*text);
}

Result<std::vector<BusinessId>> CallContext::Ids() const {
  std::vector<BusinessId> ids;
  const auto [begin, end] = request_.query.equal_range("id");
  for (auto it = begin; it != end; ++it) {
    Result<BusinessId> id = BusinessId::Parse(it->second);
    if (!id) return std::unexpected(id.error());
    ids.push_back(*std::move(id));
  }
  return ids;
}

Result<void> CallContext::OnlyParameters(std::initializer_list<std::string_view> known) const {
  for (const auto& [name, value] : request_.query) {
    if (name != "id" && request_.query.count(name) > 1) {
      return Bad(fmt::format("the parameter '{}' stands more than once", Claimed(name)));
    }
    if (std::ranges::find(known, name) != known.end()) continue;
    return Bad(fmt::format("unknown parameter '{}'; this call takes: {}", Claimed(name),
                           fmt::join(known, ", ")));
  }
  return {};
}

Result<void> CallContext::ReadBody(const std::vector<std::string>& known) {
  if (request_.body.empty()) {
    body_ = wire::Json::object();
    return {};
  }
  Result<wire::Json> body = wire::ParseJson(request_.body);
  if (!body) return std::unexpected(body.error());
  if (!body->is_object()) return Bad("the body: expected a JSON object");
  for (const auto& [key, value] : body->items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    return Bad(fmt::format("the body has an unknown key '{}'; this call takes: {}", Claimed(key),
                           fmt::join(known, ", ")));
  }
  body_ = *std::move(body);
  return {};
}

Result<bool> CallContext::BodyFlag(const std::string& key) const {
  const auto found = body_.find(key);
  if (found == body_.end()) return false;
  if (found->is_boolean()) return found->get<bool>();
  return Bad(fmt::format("{}: expected true or false", key));
}

Result<std::string> CallContext::BodyText(const std::string& key) const {
  const auto found = body_.find(key);
  if (found != body_.end() && found->is_string()) return found->get<std::string>();
  return Bad(fmt::format("{}: expected a text", key));
}

Result<uint64_t> CallContext::BodyNumber(const std::string& key) const {
  const auto found = body_.find(key);
  if (found != body_.end() && found->is_number_unsigned()) return found->get<uint64_t>();
  return Bad(fmt::format("{}: expected a whole number", key));
}

Result<CommitOptions> CallContext::BodyOptions() const {
  Result<CommitOptions> options;
  if (const auto found = body_.find("options"); found != body_.end()) {
    options = wire::FromJson<CommitOptions>(*found, "options");
  }
  if (options) SetOrigin(*options);
  return options;
}

Origin CallerOrigin(const Identity& identity, const Peer& peer) {
  Origin origin;
  const bool has_name = identity.kind == Identity::Kind::kUnixUser && !identity.user.empty();
  origin.user = has_name ? identity.user : identity.name;
  origin.host = peer.transport == Transport::kUnix ? ThisHost() : peer.address;
  return origin;
}

void CallContext::SetOrigin(CommitOptions& options) const {
  Origin origin = CallerOrigin(identity_, request_.peer);
  const std::string_view agent = request_.Header("user-agent");
  const size_t slash = agent.find('/');
  origin.program = Claimed(agent.substr(0, slash));
  if (slash != std::string_view::npos) {
    const std::string_view version = agent.substr(slash + 1);
    origin.program_version = Claimed(version.substr(0, version.find(' ')));
  }
  options.origin = std::move(origin);
}

Result<std::unique_ptr<View>> CallContext::OpenView() {
  const Result<std::optional<uint64_t>> at = Number("view");
  if (!at) return std::unexpected(at.error());
  auto view = *at ? store_.NewViewAt(Revision{**at}) : store_.NewView();
  if (view) AddHeader("Switchback-Revision", fmt::to_string((*view)->revision().value));
  return view;
}

HttpResponse CallContext::Head(std::string type, unsigned status) {
  status_ = status;
  return {status, std::move(type), std::move(headers_), {}};
}

void CallContext::SendBytes(std::string type, std::string body, unsigned status) {
  HttpResponse response = Head(std::move(type), status);
  bytes_ = body.size();
  response.body = std::move(body);
  responder_.Send(std::move(response));
}

void CallContext::SendJson(const wire::Json& json, unsigned status) {
  SendBytes("application/json", wire::Dump(json) + '\n', status);
}

void CallContext::SendError(const Error& error, std::optional<unsigned> status) {
  reason_ = ErrorCodeName(error.code);
  status_ = status.value_or(wire::HttpStatus(error.code));
  HttpResponse response = ErrorResponse(error, status_);
  bytes_ = response.body.size();
  responder_.Send(std::move(response));
}

void CallContext::BeginLines(bool closes) {
  HttpResponse head = Head("application/x-ndjson", 200);
  head.closes = closes;
  responder_.Begin(std::move(head));
  flushed_ = steady_clock::now();
}

void CallContext::WriteLine(const wire::Json& json) {
  if (json.contains("error")) reason_ = json["error"].value("reason", "");
  lines_ += wire::Dump(json);
  lines_ += '\n';
  if (lines_.size() >= kLinesBytes || steady_clock::now() - flushed_ >= kLinesPatience) {
    FlushLines();
  }
}

void CallContext::FlushLines() {
  flushed_ = steady_clock::now();
  std::string lines = std::exchange(lines_, {});
  if (gone_) return;
  bytes_ += lines.size();
  gone_ = !responder_.Write(std::move(lines));
}

void CallContext::EndLines() {
  if (!lines_.empty()) FlushLines();
  if (gone_) reason_ = "cut";
  responder_.End(!gone_);
}

void CallContext::SendLong(const LongWork& work, IfNobodyListens nobody) {
  std::atomic<bool> ends = false;
  std::mutex mutex;  // of the next two
  std::vector<wire::Json> said;
  std::pair<uint64_t, uint64_t> far{0, 0};
  const Progress progress = [&](uint64_t done, uint64_t total) {
    if (ends) throw NobodyListens();
    const std::scoped_lock lock(mutex);
    far = {done, total};
  };
  const Say say = [&](wire::Json line) {
    const std::scoped_lock lock(mutex);
    said.push_back(std::move(line));
  };
  std::future<Result<wire::Json>> done;
  try {
    done = std::async(std::launch::async, [&] { return work(progress, say); });
  } catch (const std::system_error& error) {
    return SendError(
        {ErrorCode::kHeld, fmt::format("no thread for it: {}: try again", error.what()), {}, 0});
  }
  bool begun = false;
  const auto tell = [&](bool last) {
    const std::scoped_lock lock(mutex);
    if (!begun && last && said.empty()) return;
    if (!begun) BeginLines();
    begun = true;
    for (const wire::Json& line : std::exchange(said, {})) WriteLine(line);
    if (!last) WriteLine({{"progress", {{"done", far.first}, {"total", far.second}}}});
    FlushLines();
  };
  while (done.wait_for(kTellEvery) != std::future_status::ready) {
    tell(/*last=*/false);
    if (gone_ && nobody == IfNobodyListens::kEnd) ends = true;
  }
  tell(/*last=*/true);
  const Result<wire::Json> report = ReportOf(done);
  if (!report && !begun) return SendError(report.error());
  if (!begun) BeginLines();
  if (report) {
    WriteLine({{"report", *report}});
  } else {
    WriteLine({{"error", wire::ToJson(report.error())}});
  }
  EndLines();
}

}  // namespace switchback
