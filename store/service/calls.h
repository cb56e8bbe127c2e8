// What the calls do, once they are authorised. Each answers, or returns an error to be sent.
#pragma once

#include "service/call_context.h"

namespace switchback {

using CallHandler = Result<void> (*)(CallContext& call);

// -- Lists and the table now and then (reading_calls.cc)
Result<void> AnswerStore(CallContext& call);
Result<void> AnswerListRead(CallContext& call);
Result<void> AnswerListContains(CallContext& call);
Result<void> AnswerResolve(CallContext& call);
Result<void> AnswerDiff(CallContext& call);
Result<void> AnswerTable(CallContext& call);
Result<void> AnswerTableDiff(CallContext& call);
Result<void> AnswerSnapshots(CallContext& call);
Result<void> AnswerBookmark(CallContext& call);

// -- Who changed what (history_calls.cc)
Result<void> AnswerListHistory(CallContext& call);
Result<void> AnswerListLives(CallContext& call);
Result<void> AnswerVersion(CallContext& call);
Result<void> AnswerVersionSummary(CallContext& call);
Result<void> AnswerBlame(CallContext& call);
Result<void> AnswerLog(CallContext& call);
Result<void> AnswerRecords(CallContext& call);
Result<void> AnswerRevision(CallContext& call);
Result<void> AnswerRevisionChanges(CallContext& call);
Result<void> AnswerNetChanges(CallContext& call);
Result<void> AnswerWhoHas(CallContext& call);
Result<void> AnswerWhoEverHad(CallContext& call);

// -- Writing (writing_calls.cc)
Result<void> AnswerCommit(CallContext& call);
Result<void> AnswerListReplace(CallContext& call);
Result<void> AnswerListDelete(CallContext& call);
Result<void> AnswerRestore(CallContext& call);
Result<void> AnswerRestoreTable(CallContext& call);
Result<void> AnswerRevert(CallContext& call);
Result<void> AnswerApplyTable(CallContext& call);
Result<void> AnswerSync(CallContext& call);
Result<void> AnswerSnapshotCreate(CallContext& call);
Result<void> AnswerSnapshotDelete(CallContext& call);

// -- Care (care_calls.cc)
Result<void> AnswerPrune(CallContext& call);
Result<void> AnswerVerify(CallContext& call);
Result<void> AnswerProbe(CallContext& call);
Result<void> AnswerStats(CallContext& call);
Result<void> AnswerCompact(CallContext& call);
Result<void> AnswerBackup(CallContext& call);
Result<void> AnswerDropCheckpoints(CallContext& call);

}  // namespace switchback
