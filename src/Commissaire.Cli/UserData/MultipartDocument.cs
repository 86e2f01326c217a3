using Commissaire.Invocation;
using MimeKit;

namespace Commissaire.UserData;

/// <summary>
/// User-data as a MIME document. cloud-init takes its parts in their order, and a handler only gets what follows it: so it comes first.
/// </summary>
internal static class MultipartDocument
{
    /// <summary>The cloud-config that is used when none is given.</summary>
    public const string CloudConfig = "#cloud-config\nfinal_message: \"Finished booting\"\n";

    /// <summary>Writes it.</summary>
    public static string Write(HostSettings settings, string cloudConfig)
    {
        var document = new Multipart("mixed")
        {
            Part("part-handler", "part-handler.py", Resources.Text("part-handler.py")),
            Part("cloud-config", "cloud-init.txt", cloudConfig),
            Part("x-commissaire-host", "commissaire-host.json", settings.ToJson()),
        };
        // By this line cloud-init knows a document of several parts.
        document.Headers.Add(HeaderId.MimeVersion, "1.0");
        using var text = new MemoryStream();
        document.WriteTo(new FormatOptions { NewLineFormat = NewLineFormat.Unix }, text);
        return System.Text.Encoding.ASCII.GetString(text.ToArray());
    }

    private static TextPart Part(string subtype, string name, string text)
    {
        var part = new TextPart(subtype) { ContentTransferEncoding = ContentEncoding.Base64 };
        part.SetText("utf-8", text);
        part.ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = name };
        part.Headers.Add(HeaderId.MimeVersion, "1.0");
        return part;
    }
}
