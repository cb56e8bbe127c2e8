#include "service/calls.h"
#include "switchback/backup.h"

namespace switchback {

Result<void> AnswerPrune(CallContext& call) {
  const Result<PrunePolicy> policy = call.Body<PrunePolicy>("policy");
  if (!policy) return std::unexpected(policy.error());
  const Result<CommitOptions> options = call.BodyOptions();
  if (!options) return std::unexpected(options.error());
  call.SendLong([&](const Progress& progress, const CallContext::Say& say) -> Result<wire::Json> {
    const auto tell = [&](const PrunedId& id) { say({{"pruned", wire::ToJson(id)}}); };
    const auto report = call.store().Prune(*policy, *options, progress, tell);
    if (!report) return std::unexpected(report.error());
    return wire::ToJson(*report);
  });
  return {};
}

Result<void> AnswerVerify(CallContext& call) {
  call.SendLong(
      [&](const Progress& progress, const CallContext::Say&) -> Result<wire::Json> {
        const auto report = call.store().Verify(progress);
        if (!report) return std::unexpected(report.error());
        return wire::ToJson(*report);
      },
      CallContext::IfNobodyListens::kEnd);
  return {};
}

Result<void> AnswerProbe(CallContext& call) {
  call.SendLong([&](const Progress&, const CallContext::Say&) -> Result<wire::Json> {
    const auto report = call.store().Probe();
    if (!report) return std::unexpected(report.error());
    return wire::ToJson(*report);
  });
  return {};
}

Result<void> AnswerStats(CallContext& call) {
  if (auto known = call.OnlyParameters({}); !known) return known;
  const auto stats = call.store().Stats();
  if (!stats) return std::unexpected(stats.error());
  call.SendJson(wire::ToJson(*stats));
  return {};
}

Result<void> AnswerCompact(CallContext& call) {
  call.SendLong([&](const Progress&, const CallContext::Say&) -> Result<wire::Json> {
    if (Result<void> done = call.store().Compact(); !done) return std::unexpected(done.error());
    return wire::Json::object();
  });
  return {};
}

Result<void> AnswerBackup(CallContext& call) {
  const Result<std::string> folder = call.BodyText("folder");
  if (!folder) return std::unexpected(folder.error());
  if (!folder->starts_with('/')) {
    return Fail(ErrorCode::kInvalidArgument,
                "folder: expected an absolute path, of the machine that serves the store");
  }
  const Result<CommitOptions> options = call.BodyOptions();
  if (!options) return std::unexpected(options.error());
  call.SendLong([&](const Progress& progress, const CallContext::Say&) -> Result<wire::Json> {
    const auto made = call.store().CreateBackup(*folder, *options, progress);
    if (!made) return std::unexpected(made.error());
    return wire::ToJson(*made);
  });
  return {};
}

Result<void> AnswerDropCheckpoints(CallContext& call) {
  const Result<bool> remake = call.BodyFlag("remake");
  if (!remake) return std::unexpected(remake.error());
  if (Result<void> dropped = call.store().DropCheckpoints(*remake); !dropped) return dropped;
  call.SendJson(wire::Json::object());
  return {};
}

}  // namespace switchback
