// The words for operations, as `log` prints them. An operation byte from disk that this library
// does not know is "unknown", never a crash.
#include "switchback/options.h"

namespace switchback {

std::string_view OperationName(Operation operation) {
  switch (operation) {
    case Operation::kSet:
      return "set";
    case Operation::kEdit:
      return "edit";
    case Operation::kApply:
      return "apply";
    case Operation::kDelete:
      return "delete";
    case Operation::kRestore:
      return "restore";
    case Operation::kRestoreAll:
      return "restore-all";
    case Operation::kRevert:
      return "revert";
    case Operation::kImport:
      return "import";
    case Operation::kApplyTable:
      return "apply-table";
    case Operation::kBackOut:
      return "back-out";
    case Operation::kPromote:
      return "promote";
    case Operation::kApplyPlan:
      return "apply-plan";
    case Operation::kSnapshotCreate:
      return "snapshot-create";
    case Operation::kSnapshotDelete:
      return "snapshot-delete";
    case Operation::kPrune:
      return "prune";
    case Operation::kRefusal:
      return "refusal";
    case Operation::kPolicy:
      return "policy";
    case Operation::kPlan:
      return "plan";
    case Operation::kApproval:
      return "approval";
    case Operation::kFreeze:
      return "freeze";
    case Operation::kUnfreeze:
      return "unfreeze";
    case Operation::kConfirm:
      return "confirm";
    case Operation::kStage:
      return "stage";
    case Operation::kStageAbort:
      return "stage-abort";
    case Operation::kBackupCreate:
      return "backup-create";
  }
  return "unknown";
}

}  // namespace switchback
