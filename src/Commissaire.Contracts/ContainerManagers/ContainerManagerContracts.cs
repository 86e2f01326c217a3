using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commissaire.Contracts.ContainerManagers;

/// <summary>A container manager.</summary>
/// <param name="Name">The name of the container manager.</param>
/// <param name="Type"><c>openshift</c>, <c>kubernetes</c> or <c>trivial</c>.</param>
/// <param name="Options">The options of the type. Secret options, such as <c>token</c>, read back as <c>***</c>.</param>
/// <example>
/// {"name": "k8s", "type": "kubernetes", "options": {"server_url": "https://k8s.example.com:6443", "token": "***"}, "reachable": true,
/// "last_error": ""}
/// </example>
public sealed record ContainerManagerResource(
    string Name, [property: AllowedValues("openshift", "kubernetes", "trivial")] string Type, JsonElement Options)
{
    /// <summary>Whether the API server answered the last request. Absent for type <c>trivial</c> and before the first request.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Reachable { get; init; }

    /// <summary>The error of the last request to the API server; empty if it succeeded. Absent when <c>reachable</c> is absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastError { get; init; }
}

/// <summary>The body of <c>PUT /api/v0/containermanager/{name}</c>. Every field is optional.</summary>
/// <example>{"type": "kubernetes", "options": {"server_url": "https://k8s.example.com:6443", "token": "TOKEN"}}</example>
public sealed record PutContainerManagerRequest
{
    /// <summary>The name of the container manager. Must equal the name in the path.</summary>
    public string? Name { get; init; }

    /// <summary><c>openshift</c> (default), <c>kubernetes</c> or <c>trivial</c>.</summary>
    [AllowedValues("openshift", "kubernetes", "trivial")]
    [DefaultValue("openshift")]
    public string? Type { get; init; }

    /// <summary>The options of the type, such as <c>server_url</c> and <c>token</c>. Default: none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}

/// <summary>
/// The options of a container manager. Types <c>openshift</c> and <c>kubernetes</c> need an URL with credentials, or a
/// <c>kubeconfig</c>. Unknown options are rejected.
/// </summary>
public sealed record ContainerManagerOptions
{
    /// <summary>The URL of the API, without credentials in it. Not for type <c>trivial</c>.</summary>
    public string? ServerUrl { get; init; }

    /// <summary>Another name for <c>server_url</c>. Not for type <c>trivial</c>.</summary>
    public string? Apiserver { get; init; }

    /// <summary>A bearer token. It is stored encrypted, and reads back as <c>***</c>. Not for type <c>trivial</c>.</summary>
    public string? Token { get; init; }

    /// <summary>Instead of a token: a client certificate, as the path of a PEM file on the server. Not for type <c>trivial</c>.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>The key of the client certificate, as the path of a PEM file on the server. Not for type <c>trivial</c>.</summary>
    public string? CertificateKeyPath { get; init; }

    /// <summary>
    /// The authority of the API: PEM text, or the path of a PEM file on the server. Default: the authorities of the server's machine. Not
    /// for type <c>trivial</c>.
    /// </summary>
    public string? Ca { get; init; }

    /// <summary>
    /// Whether to accept any certificate of the API: anybody between the server and the API can then read the credentials. Not for type
    /// <c>trivial</c>.
    /// </summary>
    [DefaultValue(false)]
    public bool? InsecureSkipTlsVerify { get; init; }

    /// <summary>The path of a kubeconfig on the server, instead of an URL and credentials. Not for type <c>trivial</c>.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The context of the kubeconfig. Default: its current context. Not for type <c>trivial</c>.</summary>
    public string? Context { get; init; }

    /// <summary>
    /// How hosts become nodes. <c>kubeadm</c>: with containerd, kubelet and <c>kubeadm join</c>; needs <c>ca</c>, or a kubeconfig that has
    /// it. Default: without Commissaire. Only for type <c>kubernetes</c>.
    /// </summary>
    [AllowedValues("kubeadm")]
    public string? Join { get; init; }

    /// <summary>How long draining a node pretends to take, in seconds. Default 0. Only for type <c>trivial</c>.</summary>
    public double? DrainSeconds { get; init; }
}
