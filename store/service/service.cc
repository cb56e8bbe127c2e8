#include "switchback/service.h"

#include <utility>

#include "service/dispatcher.h"
#include "service/http_server.h"
#include "service/service_config.h"

namespace switchback {
namespace {

constexpr std::chrono::hours kAnyTime{24};

}  // namespace

class Service::Impl {
 public:
  Impl(const ServiceOptions& options, std::unique_ptr<Dispatcher> dispatcher)
      : socket_(options.socket), dispatcher_(std::move(dispatcher)) {}

  Result<void> Listen(const ServiceOptions& options) {
    Dispatcher* const dispatcher = dispatcher_.get();
    auto server = HttpServer::Start(
        options,
        {.admit = [dispatcher](const HttpRequest& head) { return dispatcher->Admit(head); },
         .is_quick = Dispatcher::IsHealth,
         .handle = [dispatcher](const HttpRequest& request,
                                Responder& responder) { dispatcher->Handle(request, responder); },
         .note_refused = [dispatcher](
                             const Peer& peer, const Error& error,
                             unsigned status) { dispatcher->NoteRefused(peer, error, status); }},
        dispatcher->counts());
    if (!server) return std::unexpected(std::move(server.error()));
    server_ = *std::move(server);
    return {};
  }

  void Stop(std::chrono::milliseconds patience) {
    dispatcher_->Stop();
    if (server_) server_->Stop(patience);
  }

  [[nodiscard]] const HttpServer& server() const { return *server_; }
  [[nodiscard]] const std::string& socket() const { return socket_; }

 private:
  const std::string socket_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<HttpServer> server_;
};

Result<std::unique_ptr<Service>> Service::Start(Store& store, const ServiceOptions& options) {
  if (Result<void> checked = CheckServiceOptions(options); !checked) {
    return std::unexpected(std::move(checked.error()));
  }
  auto dispatcher = Dispatcher::Make(store, options);
  if (!dispatcher) return std::unexpected(std::move(dispatcher.error()));
  auto impl = std::make_unique<Impl>(options, *std::move(dispatcher));
  if (Result<void> listens = impl->Listen(options); !listens) {
    impl->Stop(std::chrono::milliseconds(0));
    return std::unexpected(std::move(listens.error()));
  }
  return std::unique_ptr<Service>(new Service(std::move(impl)));
}

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Service::~Service() {
  impl_->Stop(kAnyTime);
}

void Service::Stop(std::chrono::milliseconds patience) {
  impl_->Stop(patience);
}

uint16_t Service::tls_port() const {
  return impl_->server().tls_port();
}

uint16_t Service::loopback_port() const {
  return impl_->server().loopback_port();
}

const std::string& Service::socket() const {
  return impl_->socket();
}

}  // namespace switchback
