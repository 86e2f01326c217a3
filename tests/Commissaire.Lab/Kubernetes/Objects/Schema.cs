using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Lab.Kubernetes.Objects;

/// <summary>
/// The fields of objects in Kubernetes 1.34. Like the real server, decoding rejects a value of another type, and drops, warns about or
/// rejects an unknown field, as the client requests.
/// </summary>
internal static class Schema
{
    private static readonly Dictionary<string, Dictionary<string, string>> Types = Text()
        .Replace("\\\n", "", StringComparison.Ordinal)
        .Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(
            words => words[0], words => words[1..].Select(word => word.Split(':')).ToDictionary(word => word[0], word => word[1]));

    /// <summary>Removes unknown fields and nulls, and returns the unknown fields.</summary>
    /// <exception cref="FormatException">A value has another type.</exception>
    public static List<string> Decode(string type, JsonObject value)
    {
        var unknown = new List<string>();
        Walk(type, value, "", unknown);
        return unknown;
    }

    private static void Walk(string type, JsonObject value, string path, List<string> unknown)
    {
        foreach (var (name, field) in value.ToList())
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (!Types[type].TryGetValue(name, out var fieldType))
            {
                unknown.Add($"unknown field \"{at}\"");
                value.Remove(name);
            }
            else if (field is null)
            {
                value.Remove(name);
            }
            else
            {
                Check(fieldType, field, at, unknown);
            }
        }
    }

    private static void Check(string type, JsonNode value, string path, List<string> unknown)
    {
        var shape = type.Split('/');
        switch (shape[0])
        {
            case "any":
                return;
            case "map":
                foreach (var (key, item) in value as JsonObject ?? throw Wrong(value, path, "map[string]string"))
                {
                    Check(shape[1], item ?? throw Wrong(item, $"{path}.{key}", shape[1]), $"{path}.{key}", unknown);
                }

                return;
            case "list":
                foreach (var (index, item) in (value as JsonArray ?? throw Wrong(value, path, $"[]{shape[1]}")).Index())
                {
                    Check(shape[1], item ?? throw Wrong(item, $"{path}[{index}]", shape[1]), $"{path}[{index}]", unknown);
                }

                return;
            case "string" or "time" or "bytes" or "bool" or "int":
                CheckValue(type, value, path);
                return;
            default:
                Walk(type, value as JsonObject ?? throw Wrong(value, path, $"v1.{type}"), path, unknown);
                return;
        }
    }

    private static void CheckValue(string type, JsonNode value, string path)
    {
        var kind = value.GetValueKind();
        var fits = type switch
        {
            "bool" => kind is JsonValueKind.True or JsonValueKind.False,
            "int" => kind is JsonValueKind.Number && value.Number() is not null,
            _ => kind is JsonValueKind.String,
        };
        if (!fits)
        {
            throw Wrong(value, path, type switch { "bytes" => "[]uint8", "int" => "int64", "time" => "v1.Time", _ => type });
        }

        if (type is "bytes" && !Convert.TryFromBase64String(value.GetValue<string>(), new byte[value.GetValue<string>().Length], out _))
        {
            throw new FormatException("illegal base64 data at input byte 0");
        }

        if (type is "time" && !DateTime.TryParse(value.GetValue<string>(), CultureInfo.InvariantCulture, out _))
        {
            throw new FormatException($"parsing time \"{value.GetValue<string>()}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse");
        }
    }

    private static FormatException Wrong(JsonNode? value, string path, string type)
    {
        var found = value?.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Array => "array",
            null => "null",
            _ => "object",
        };
        return new FormatException($"json: cannot unmarshal {found} into Go struct field .{path} of type {type}");
    }

    private static string Text() => """
        Node apiVersion:string kind:string metadata:ObjectMeta spec:NodeSpec status:NodeStatus
        Secret apiVersion:string data:map/bytes immutable:bool kind:string metadata:ObjectMeta stringData:map/string type:string
        Eviction apiVersion:string deleteOptions:DeleteOptions kind:string metadata:ObjectMeta
        DeleteOptions apiVersion:string dryRun:list/string gracePeriodSeconds:int ignoreStoreReadErrorWithClusterBreakingPotential:bool \
            kind:string orphanDependents:bool preconditions:Preconditions propagationPolicy:string
        ObjectMeta annotations:map/string creationTimestamp:time deletionGracePeriodSeconds:int deletionTimestamp:time \
            finalizers:list/string generateName:string generation:int labels:map/string managedFields:list/ManagedFieldsEntry name:string \
            namespace:string ownerReferences:list/OwnerReference resourceVersion:string selfLink:string uid:string
        NodeSpec configSource:NodeConfigSource externalID:string podCIDR:string podCIDRs:list/string providerID:string taints:list/Taint \
            unschedulable:bool
        NodeStatus addresses:list/NodeAddress allocatable:map/any capacity:map/any conditions:list/NodeCondition config:NodeConfigStatus \
            daemonEndpoints:NodeDaemonEndpoints features:NodeFeatures images:list/ContainerImage nodeInfo:NodeSystemInfo phase:string \
            runtimeHandlers:list/NodeRuntimeHandler volumesAttached:list/AttachedVolume volumesInUse:list/string
        Preconditions resourceVersion:string uid:string
        ManagedFieldsEntry apiVersion:string fieldsType:string fieldsV1:any manager:string operation:string subresource:string time:time
        OwnerReference apiVersion:string blockOwnerDeletion:bool controller:bool kind:string name:string uid:string
        NodeConfigSource configMap:ConfigMapNodeConfigSource
        Taint effect:string key:string timeAdded:time value:string
        NodeAddress address:string type:string
        NodeCondition lastHeartbeatTime:time lastTransitionTime:time message:string reason:string status:string type:string
        NodeConfigStatus active:NodeConfigSource assigned:NodeConfigSource error:string lastKnownGood:NodeConfigSource
        NodeDaemonEndpoints kubeletEndpoint:DaemonEndpoint
        NodeFeatures supplementalGroupsPolicy:bool
        ContainerImage names:list/string sizeBytes:int
        NodeSystemInfo architecture:string bootID:string containerRuntimeVersion:string kernelVersion:string kubeProxyVersion:string \
            kubeletVersion:string machineID:string operatingSystem:string osImage:string runningInUserNamespace:bool swap:NodeSwapStatus \
            systemUUID:string
        NodeRuntimeHandler features:NodeRuntimeHandlerFeatures name:string
        AttachedVolume devicePath:string name:string
        ConfigMapNodeConfigSource kubeletConfigKey:string name:string namespace:string resourceVersion:string uid:string
        DaemonEndpoint Port:int
        NodeSwapStatus capacity:int
        NodeRuntimeHandlerFeatures recursiveReadOnlyMounts:bool userNamespaces:bool
        """;
}
