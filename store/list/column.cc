// Column and AttributeTable: the storage under EndpointList.

#include <algorithm>

#include "switchback/endpoint_list.h"

namespace switchback {

template <typename T>
void Column<T>::Spread(size_t more) {
  values_.reserve(std::max(reserve_, size_ + more));
  values_.assign(size_, constant_);
}

template <typename T>
void Column<T>::AppendRun(T value, size_t count) {
  if (count == 0) return;
  if (values_.empty()) {
    if (size_ == 0) constant_ = value;
    if (value == constant_) {
      size_ += count;
      return;
    }
    Spread(count);
  }
  values_.insert(values_.end(), count, value);
  size_ += count;
}

template <typename T>
void Column<T>::AppendValues(const T* values, size_t count) {
  if (count == 0) return;
  if (values_.empty()) {
    if (size_ == 0) constant_ = values[0];
    const T constant = constant_;
    if (std::all_of(values, values + count, [constant](T value) { return value == constant; })) {
      size_ += count;
      return;
    }
    if (size_ == 0) {
      values_.reserve(std::max(reserve_, count));
    } else {
      Spread(count);
    }
  }
  values_.insert(values_.end(), values, values + count);
  size_ += count;
}

template <typename T>
void Column<T>::AppendRange(const Column& from, size_t begin, size_t end) {
  if (from.is_constant()) return AppendRun(from.constant_, end - begin);
  AppendValues(from.values_.data() + begin, end - begin);
}

template class Column<uint8_t>;
template class Column<uint16_t>;
template class Column<uint32_t>;
template class Column<uint64_t>;

uint32_t AttributeTable::Append(std::string_view text) {
  bytes_.append(text).push_back('\0');
  starts_.push_back(bytes_.size());
  return size() - 1;
}

}  // namespace switchback
