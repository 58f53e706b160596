/** Each asks `catalog __complete`, and runs nothing of what it is answered. */
const bash = String.raw`
_catalog() {
  local paths candidate
  COMPREPLY=()
  {
    IFS= read -r paths
    while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done
  } < <(command catalog __complete bash "$COMP_WORDBREAKS" "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  case $paths in
    files) compopt -o default 2>/dev/null ;;
    directories) compopt -o dirnames 2>/dev/null ;;
  esac
}
complete -F _catalog catalog
`;

const zsh = String.raw`
#compdef catalog
_catalog() {
  local paths line
  local -a texts shown
  {
    IFS= read -r paths
    while IFS= read -r line; do
      texts+=("\${line%%$'\t'*}")
      shown+=("\${line/$'\t'/  -- }")
    done
  } < <(command catalog __complete words "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
  (( $#texts )) && compadd -l -d shown -a -- texts
  [[ $paths == words ]] && return
  [[ $PREFIX == --*=* ]] && compset -P '*='
  if [[ $paths == directories ]]; then _files -/; else _files; fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _catalog "$@"; else compdef _catalog catalog; fi
`;

const fish = String.raw`
function __catalog_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l plain (string unescape -- $typed 2>/dev/null; or string trim -l -c '\'"' -- $typed)
    set -l answer (command catalog __complete words $words[2..-1] "$plain" 2>/dev/null)
    set -q answer[1]; or return
    printf '%s\n' $answer[2..-1]
    set -l option (string match -r -- '^--[^=]*=' $plain)
    set -l path (string replace -r -- '^--[^=]*=' '' $plain)
    switch $answer[1]
        case files
            __fish_complete_path "$path" | string replace -r -- '^' "$option"
        case directories
            __fish_complete_directories "$path" | string replace -r -- '^' "$option"
    end
end
complete -c catalog -f -a '(__catalog_complete)'
`;

export const scripts = { bash: plain(bash), zsh: plain(zsh), fish: plain(fish) } as const;

/** Without what a template needs: the blank line before it, and the marks that keep a dollar from being ours. */
function plain(script: string): string {
  return script.replaceAll('\\${', '${').trim();
}
