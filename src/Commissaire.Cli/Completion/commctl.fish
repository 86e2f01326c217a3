# Fish completion for commctl. Install: commctl completion fish > ~/.config/fish/completions/commctl.fish
function __commctl_suggest
    set -l line (commandline -cp)
    commctl "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
end
complete -c commctl -a '(__commctl_suggest)'
