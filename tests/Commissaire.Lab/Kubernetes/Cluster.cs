using Commissaire.Lab.Kubernetes.Controllers;
using Commissaire.Lab.Kubernetes.Objects;
using Commissaire.Lab.Kubernetes.Server;
using Microsoft.AspNetCore.Http;

namespace Commissaire.Lab.Kubernetes;

/// <summary>The parts of a cluster, wired together.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly ControllerLoop loop;
    private readonly ApiServer api;
    private readonly TokenCleaner tokens;

    public Cluster(LabKubernetesOptions options, Authority authority, Func<bool> up)
    {
        Time = new Time(options.Speed, options.Clock);
        Store = new Store(Time);
        Access = new Access(authority, Store, options);
        Nodes = new NodeController(Store, Time);
        Workloads = new Workloads(Store, Nodes);
        Budgets = new BudgetController(Store, Time, Workloads);
        tokens = new TokenCleaner(Store, Time);
        var deletes = new Deletes(Store, Time);
        Pods = new PodController(Store, Time, deletes, Nodes);
        api = new ApiServer(Store, Time, Access, deletes, Traffic, options);
        loop = new ControllerLoop(
            Store,
            Time,
            options.ControllerLag,
            up,
            Nodes.Reconcile,
            Workloads.Reconcile,
            Pods.Reconcile,
            Budgets.Reconcile,
            tokens.Reconcile);
    }

    public Time Time { get; }

    public Store Store { get; }

    public Access Access { get; }

    public Traffic Traffic { get; } = new();

    public NodeController Nodes { get; }

    public PodController Pods { get; }

    public Workloads Workloads { get; }

    public BudgetController Budgets { get; }

    public Task Handle(HttpContext context) => api.Handle(context);

    public ValueTask DisposeAsync() => loop.DisposeAsync();
}
