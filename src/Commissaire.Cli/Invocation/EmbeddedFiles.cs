namespace Commissaire.Invocation;

/// <summary>The scripts embedded in the program.</summary>
internal static class EmbeddedFiles
{
    public static string ReadText(string name)
    {
        using var reader = new StreamReader(typeof(EmbeddedFiles).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
