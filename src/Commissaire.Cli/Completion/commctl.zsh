#compdef commctl
# Zsh completion for commctl. Install: commctl completion zsh > "${fpath[1]}/_commctl"
_commctl() {
    local line=${BUFFER[1,CURSOR]}
    local -a candidates
    candidates=("${(@f)$(commctl "[suggest:${#line}]" "$line" 2>/dev/null)}")
    compadd -- "${candidates[@]}" || _files
}
if [ "$funcstack[1]" = "_commctl" ]; then
    _commctl "$@"
else
    compdef _commctl commctl
fi
