// The HOLDER file in the engine's folder: which process has it open for writing, for the message
// that a second one gets. The lock itself is RocksDB's, on the file LOCK; this one is only a note.
#pragma once

#include <string>

namespace switchback {

// Written by the holder once it has the lock, removed when it closes; lives as long as the engine.
// A holder that was killed leaves it behind: it counts only while LOCK is held.
class HolderNote {
 public:
  explicit HolderNote(const std::string& folder);  // writes it; a failure is not an error
  ~HolderNote();
  HolderNote(const HolderNote&) = delete;
  HolderNote& operator=(const HolderNote&) = delete;

 private:
  const std::string path_;
};

// "process 1234 on host-a": who holds the lock of `folder`, as far as can be told: the kernel's
// word on LOCK first, the note's for the host. `held_here`: by this process. REQUIRES: unless
// held_here, no thread of this process has `folder` open for writing or gets it meanwhile (closing
// a file drops this process's own locks on it).
[[nodiscard]] std::string DescribeHolder(const std::string& folder, bool held_here);

}  // namespace switchback
