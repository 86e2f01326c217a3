# Bash completion for commctl. Install: source <(commctl completion bash)
_commctl() {
    local line=${COMP_LINE:0:COMP_POINT} candidate
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ $candidate == "$2"* ]] && COMPREPLY+=("$candidate")
    done < <("$1" "[suggest:${#line}]" "$line" 2>/dev/null)
}
complete -o default -F _commctl commctl
