namespace Commissaire.Lab.Machine;

/// <summary>Parses file modes as <c>ls</c> prints them.</summary>
internal static class UnixMode
{
    /// <summary>Nine letters; <c>t</c> last means sticky and executable.</summary>
    public static UnixFileMode Parse(string letters)
    {
        var mode = letters.Aggregate(0, (bits, letter) => (bits << 1) | (letter is '-' ? 0 : 1));
        return (UnixFileMode)mode | (letters[^1] is 't' ? UnixFileMode.StickyBit : UnixFileMode.None);
    }
}
