using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Commissaire.Lab.Kubernetes.Server;

namespace Commissaire.Lab.Kubernetes.Objects;

/// <summary>Validates the names, labels and annotations of an object.</summary>
internal static partial class Validation
{
    private const string NotSubdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
        + "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string NotLabelValue = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
        + "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        + "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string NotKey = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    public static void Check(Kind kind, JsonObject checkedObject)
    {
        var name = checkedObject.Name();
        if (name.Length == 0)
        {
            throw Errors.Invalid(kind, "", "metadata.name", "Required value", "name or generateName is required");
        }

        if (name.Length > 253 || !Subdomain().IsMatch(name))
        {
            throw Invalid("metadata.name", name, NotSubdomain);
        }

        foreach (var (key, value) in checkedObject.Texts("metadata", "labels"))
        {
            CheckKey("metadata.labels", key, key);
            if (value.Length > 63)
            {
                throw Invalid("metadata.labels", value, "must be no more than 63 bytes");
            }

            if (!LabelValue().IsMatch(value))
            {
                throw Invalid("metadata.labels", value, NotLabelValue);
            }
        }

        foreach (var key in checkedObject.Texts("metadata", "annotations").Keys)
        {
            // The real server ignores the case of annotation keys here.
            CheckKey("metadata.annotations", key, key.ToLowerInvariant());
        }

        void CheckKey(string field, string key, string judged)
        {
            var slash = judged.IndexOf('/', StringComparison.Ordinal);
            var (prefix, rest) = slash < 0 ? ("a", judged) : (judged[..slash], judged[(slash + 1)..]);
            if (!Subdomain().IsMatch(prefix) || rest.Length is 0 or > 63 || !LabelValue().IsMatch(rest))
            {
                throw Invalid(field, key, NotKey);
            }
        }

        RefusedException Invalid(string field, string value, string why) =>
            Errors.Invalid(kind, name, field, "Invalid value", $"\"{value}\": {why}");
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z")]
    private static partial Regex LabelValue();
}
