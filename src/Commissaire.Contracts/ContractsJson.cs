using System.Text.Json.Serialization;
using Commissaire.Contracts.Clusters;
using Commissaire.Contracts.ContainerManagers;
using Commissaire.Contracts.Events;
using Commissaire.Contracts.Hosts;
using Commissaire.Contracts.Networks;
using Commissaire.Contracts.Processes;
using Commissaire.Contracts.Runs;
using Commissaire.Contracts.Tokens;

namespace Commissaire.Contracts;

/// <summary>Serializes every request and response body: snake_case names, fields in declaration order.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HostResource))]
[JsonSerializable(typeof(RegisterHostRequest))]
[JsonSerializable(typeof(AcceptHostKeyRequest))]
[JsonSerializable(typeof(ChangeCredentialsRequest))]
[JsonSerializable(typeof(CredentialsResource))]
[JsonSerializable(typeof(HostStatusResource))]
[JsonSerializable(typeof(HostPlanResource))]
[JsonSerializable(typeof(ReleaseHostRequest))]
[JsonSerializable(typeof(RotateKeyRequest))]
[JsonSerializable(typeof(ReleasedHostResource))]
[JsonSerializable(typeof(RunPlanResource))]
[JsonSerializable(typeof(IReadOnlyList<NodeDepartureResource>))]
[JsonSerializable(typeof(IReadOnlyList<HistoryEntry>))]
[JsonSerializable(typeof(ClusterResource))]
[JsonSerializable(typeof(ClusterSummary))]
[JsonSerializable(typeof(ClusterMembers))]
[JsonSerializable(typeof(PutClusterRequest))]
[JsonSerializable(typeof(ReplaceMembersRequest))]
[JsonSerializable(typeof(NetworkResource))]
[JsonSerializable(typeof(PutNetworkRequest))]
[JsonSerializable(typeof(NetworkOptions))]
[JsonSerializable(typeof(ContainerManagerResource))]
[JsonSerializable(typeof(PutContainerManagerRequest))]
[JsonSerializable(typeof(ContainerManagerOptions))]
[JsonSerializable(typeof(StartRunRequest))]
[JsonSerializable(typeof(RunResource))]
[JsonSerializable(typeof(IReadOnlyList<RunSummary>))]
[JsonSerializable(typeof(StreamedEvent))]
[JsonSerializable(typeof(CreateTokenRequest))]
[JsonSerializable(typeof(CreatedTokenResource))]
[JsonSerializable(typeof(IReadOnlyList<TokenResource>))]
[JsonSerializable(typeof(IReadOnlyList<ProcessResource>))]
[JsonSerializable(typeof(ProblemResource))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<HostResource>))]
public sealed partial class ContractsJson : JsonSerializerContext;
