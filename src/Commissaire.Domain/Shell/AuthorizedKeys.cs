namespace Commissaire.Shell;

/// <summary>Changes the public keys that may log in as a user: <c>authorized_keys</c> (sshd(8), AUTHORIZED_KEYS FILE FORMAT).</summary>
public static class AuthorizedKeys
{
    /// <summary>The deadline of a command.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    // The new line gets the options of the old one, such as from="…". It is appended: a command that is killed leaves the rest as it was.
    private const string AddScript = """
        for file in "$HOME/.ssh/authorized_keys" "$HOME/.ssh/authorized_keys2"; do
          line="$(grep -v '^[[:space:]]*#' "$file" 2>/dev/null | grep -F -m 1 -e "$1")" || continue
          ! grep -qF -e "$2" "$file" || exit 0
          before="${line%%"$1"*}" && before="${before% }" && options="${before%"${before##* }"}"
          [ -z "$(tail -c 1 "$file")" ] || echo >> "$file" || exit
          printf '%s%s %s\n' "$options" "$2" commissaire >> "$file" || exit
          exit 0
        done
        echo "the key in use is not in authorized_keys below $HOME/.ssh: install a new key by the means that installed this one" >&2
        exit 1
        """;

    // The file is replaced as a whole, and never left without a key.
    private const string RemoveScript = """
        for file in "$HOME/.ssh/authorized_keys" "$HOME/.ssh/authorized_keys2"; do
          [ -f "$file" ] || continue
          file="$(readlink -f "$file")" && next="$file.commissaire" && cp -p "$file" "$next" || exit
          for key do
            grep -vF -e "$key" "$next" > "$next.less"
            [ $? -le 1 ] && cat "$next.less" > "$next" && rm -f "$next.less" || exit
          done
          if cmp -s "$file" "$next"; then rm -f "$next"; continue; fi
          if ! grep -q '^[[:space:]]*[^#[:space:]]' "$next"; then
            rm -f "$next"; echo "no key would be left in $file" >&2; exit 1
          fi
          mv -f "$next" "$file" || exit
        done
        """;

    /// <summary>
    /// Adds a public key (type and base64) beside the one in use (base64). Running it twice is harmless. Fails if the key in use is not in
    /// the file of the user.
    /// </summary>
    public static ShellCommand Add(string inUse, string added) =>
        ShellCommand.Script(AddScript, inUse, added) with { AsLoginUser = true, Interactive = true };

    /// <summary>Removes public keys (base64). Running it twice is harmless.</summary>
    public static ShellCommand Remove(params IEnumerable<string> keys) =>
        ShellCommand.Script(RemoveScript, [.. keys]) with { AsLoginUser = true, Interactive = true };
}
