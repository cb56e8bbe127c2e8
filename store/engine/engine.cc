// What an engine does that can't do the thing in question.
#include "engine/engine.h"

#include "engine/backup_folder.h"

namespace switchback {

Result<std::unique_ptr<EngineBackup>> Engine::NewBackup(const std::string& /*folder*/) {
  return Fail(ErrorCode::kInvalidArgument,
              "only a store in a folder that is open for writing can be backed up");
}

}  // namespace switchback
