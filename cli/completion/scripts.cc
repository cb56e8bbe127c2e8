#include "cli/completion/scripts.h"

namespace switchback::cli {

// Bash splits words at : = and @ as well, and replaces only what is behind the last of them; an @
// itself it replaces too.
std::string_view BashCompletion() {
  return R"script(# Completion of switchback for bash 4.4 and newer: source <(switchback completion bash)
# shellcheck shell=bash
_switchback() {
  local program=${1/#\~\//$HOME/} rest=${COMP_LINE:0:COMP_POINT} typed=() lines=() cut="" line i
  COMPREPLY=()
  if [[ ${COMP_WORDS[COMP_CWORD - 1]} == [\<\>]* ]]; then
    compopt -o default 2>/dev/null
    return
  fi
  type -P "$program" >/dev/null || program=switchback
  # The words up to the cursor, put together again where no blank is between them.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    [[ $i == 0 || $rest == [[:blank:]]* ]] && typed+=("")
    rest=${rest#"${rest%%[![:blank:]]*}"}
    line=$rest
    ((i == COMP_CWORD)) || line=${COMP_WORDS[i]}
    typed[-1]+=$line
    rest=${rest#"$line"}
  done
  [[ ${typed[-1]} == [\"\']* ]] || cut=${typed[-1]%"${typed[-1]##*["$COMP_WORDBREAKS"]}"}
  cut=${cut%@}
  mapfile -t lines < <("$program" complete -- "${typed[@]:1}" 2>/dev/null)
  for line in "${lines[@]:1}"; do
    line=${line%%$'\t'*}
    COMPREPLY+=("${line#"$cut"}")
  done
  [[ ${lines[0]} != *open* ]] || compopt -o nospace 2>/dev/null
  [[ ${lines[0]} != *files* ]] || compopt -o default 2>/dev/null
  [[ ${lines[0]} != *folders* ]] || compopt -o dirnames 2>/dev/null
}
complete -o nosort -F _switchback switchback
)script";
}

std::string_view ZshCompletion() {
  return R"script(#compdef switchback
# Completion of switchback for zsh, behind compinit: source <(switchback completion zsh)
_switchback() {
  local program=${(Q)words[1]} line about width
  local -a lines values shown space
  program=${program/#\~\//$HOME/}
  (( $+commands[$program] )) || [[ -x $program ]] || program=switchback
  lines=("${(@f)$("$program" complete -- "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
  values=("${(@)lines[2,-1]%%$'\t'*}")
  width=${#${(O@)values//?/x}[1]}
  for line in "${(@)lines[2,-1]}"; do
    [[ $line == *$'\t'* ]] && about=${line#*$'\t'} || about=
    shown+=("${(r:width:)${line%%$'\t'*}}  $about")
  done
  [[ $lines[1] == *open* ]] && space=(-S '')
  if [[ $lines[1] == *about* ]]; then
    compadd -V switchback -l -d shown "$space[@]" -a -- values
  elif (( $#values )); then
    compadd -V switchback "$space[@]" -a -- values
  fi
  if [[ $lines[1] == *(files|folders)* ]]; then
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    if [[ $lines[1] == *files* ]]; then _files; else _files -/; fi
  fi
}
if [[ $funcstack[1] == _switchback ]]; then
  _switchback "$@"
else
  compdef _switchback switchback
fi
)script";
}

}  // namespace switchback::cli
