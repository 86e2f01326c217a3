using System.Text.RegularExpressions;
using Commissaire.Server.Tests.Running;
using k8s;
using k8s.Models;
using YamlDotNet.Core;

namespace Commissaire.Server.Tests.Deploy;

/// <summary>Checks the Kubernetes manifests: known fields, existing files, working probes and minimal privileges.</summary>
[Collection(OneServer.Name)]
public sealed partial class ManifestTests(SharedServer shared)
{
    private static readonly Dictionary<string, Type> Others = new()
    {
        ["kustomize.config.k8s.io/v1beta1/Kustomization"] = typeof(Kustomization),
        ["kustomize.config.k8s.io/v1alpha1/Component"] = typeof(Kustomization),
        ["cert-manager.io/v1/Certificate"] = typeof(Dictionary<string, object>),
        ["cert-manager.io/v1/Issuer"] = typeof(Dictionary<string, object>),
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(Dictionary<string, object>),
    };

    private static readonly string[] Paths =
    [
        .. DeployFiles.Under("kubernetes").Where(f => f.EndsWith(".yaml", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(DeployFiles.Root, f)),
    ];

    public static TheoryData<string> All => [.. Paths];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_field_is_known(string file) => Assert.NotEmpty(Read(file));

    [Fact]
    public void An_unknown_field_fails()
    {
        var misspelt = DeployFiles.Text("kubernetes/base/statefulset.yaml")
            .Replace("periodSeconds", "periodSecond", StringComparison.Ordinal);
        Assert.ThrowsAny<YamlException>(() => KubernetesYaml.LoadAllFromString(misspelt, Others, strict: true));
    }

    [Fact]
    public void Files_of_a_kustomization_exist()
    {
        foreach (var file in Paths.Where(f => Path.GetFileName(f) == "kustomization.yaml"))
        {
            var kustomization = Assert.IsType<Kustomization>(Assert.Single(Read(file)));
            var directory = Path.Combine(DeployFiles.Root, Path.GetDirectoryName(file)!);
            Assert.All(
                [.. kustomization.Resources, .. kustomization.Components, .. kustomization.ConfigMapGenerator.SelectMany(g => g.Files),
                    .. kustomization.Patches.Select(p => p.Path).OfType<string>()],
                named => Assert.True(Path.Exists(Path.Combine(directory, named)), $"{file} names {named}"));
        }
    }

    [Fact]
    public async Task Probes_need_no_credentials()
    {
        var pod = Read("kubernetes/base/statefulset.yaml").OfType<V1StatefulSet>().Single().Spec.Template.Spec;
        var container = Assert.Single(pod.Containers);
        foreach (var probe in new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe })
        {
            Assert.Contains(container.Ports, p => p.Name == probe.HttpGet.Port.Value);
            Assert.Equal("200 ok", (await shared.Server.Send($"GET ~{probe.HttpGet.Path}", null, null)).ToString());
        }
    }

    [Theory]
    [InlineData("kubernetes/base/statefulset.yaml")]
    [InlineData("kubernetes/overlays/trial/postgresql.yaml")]
    public void Pods_have_minimal_privileges(string file)
    {
        var pod = Read(file).OfType<V1StatefulSet>().Single().Spec.Template.Spec;
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        var rights = Assert.Single(pod.Containers).SecurityContext;
        Assert.True(rights.ReadOnlyRootFilesystem);
        Assert.False(rights.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], rights.Capabilities.Drop);
    }

    [Fact]
    public void Configured_files_are_mounted()
    {
        var text = string.Concat(Paths.Append("kubernetes/base/commissaire.conf").Select(f => DeployFiles.Text(f)));
        var mounted = Mounted().Matches(text).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.All(ReadFromEtc().Matches(text).Select(m => m.Groups[1].Value), file => Assert.Contains(file, mounted));
    }

    private static List<object> Read(string file) => KubernetesYaml.LoadAllFromString(DeployFiles.Text(file), Others, strict: true);

    [GeneratedRegex(@"\bpath: ([\w-]+\.?\w+)")]
    private static partial Regex Mounted();

    [GeneratedRegex(@"/etc/commissaire/([\w.-]+)")]
    private static partial Regex ReadFromEtc();
}
