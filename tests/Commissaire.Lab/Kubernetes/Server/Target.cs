using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>The target of a path.</summary>
internal sealed record Target(string Path, Kind? Kind, string Namespace = "", string Name = "", string Subresource = "")
{
    public static Target Parse(string path)
    {
        var segments = path.Trim('/').Split('/');
        var (group, version, rest) = segments switch
        {
            ["api", var v, .. var r] => ("", v, r),
            ["apis", var g, var v, .. var r] => (g, v, r),
            _ => ("", "", []),
        };
        return rest switch
        {
            ["namespaces", var ns, var resource, .. var named] => Of(ns, resource, named),
            [var resource, .. var named] => Of("", resource, named),
            _ => new Target(path, null),
        };

        Target Of(string ns, string resource, string[] named)
        {
            var kind = Kind.All.FirstOrDefault(each => each.Resource == resource && each.Group == group && each.Version == version);
            var fits = kind is not null && named.Length <= 2
                && (kind.Namespaced ? ns.Length > 0 || named.Length == 0 : ns.Length == 0);
            return fits
                ? new Target(path, kind, ns, named.ElementAtOrDefault(0) ?? "", named.ElementAtOrDefault(1) ?? "")
                : new Target(path, null);
        }
    }
}
