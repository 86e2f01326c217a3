using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Commissaire.UserData;

/// <summary>Renders user-data as a MIME document: a part handler, a cloud-config, and the settings for the handler.</summary>
internal static partial class MultipartDocument
{
    public const string DefaultCloudConfig = "#cloud-config\nfinal_message: \"Finished booting\"\n";

    public static string Render(EnrolmentSettings settings, string cloudConfig)
    {
        // cloud-init reads parts in order and gives a handler only the parts after it: the handler comes first.
        var document = new Multipart("mixed")
        {
            Handler(),
            Part("cloud-config", "cloud-init.txt", cloudConfig),
            Part("x-commissaire-host", "commissaire-host.json", settings.ToJson()),
        };
        // cloud-init recognizes a multipart document by this header.
        document.Headers.Add(HeaderId.MimeVersion, "1.0");
        using var text = new MemoryStream();
        document.WriteTo(new FormatOptions { NewLineFormat = NewLineFormat.Unix }, text);
        return Encoding.ASCII.GetString(text.ToArray());
    }

    // The largest part by far: without comments and base64 it leaves room for a cloud-config below the limit of EC2.
    private static TextPart Handler()
    {
        var part = Part("part-handler", "part-handler.py", Insignificant().Replace(EmbeddedFiles.ReadText("part-handler.py"), ""));
        part.ContentTransferEncoding = ContentEncoding.SevenBit;
        return part;
    }

    private static TextPart Part(string subtype, string name, string text)
    {
        var part = new TextPart(subtype) { ContentTransferEncoding = ContentEncoding.Base64 };
        part.SetText("utf-8", text);
        part.ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = name };
        part.Headers.Add(HeaderId.MimeVersion, "1.0");
        return part;
    }

    // Comments, documentation strings and empty lines of Python.
    [GeneratedRegex(@"^[ ]*(?:""""""[^""]*""""""|#(?!!)[^\n]*)?\n", RegexOptions.Multiline)]
    private static partial Regex Insignificant();
}
