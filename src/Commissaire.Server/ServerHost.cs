using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Hosting;
using Akka.Serialization;
using Commissaire.Clusters;
using Commissaire.Configuration;
using Commissaire.ContainerManagers;
using Commissaire.Contracts;
using Commissaire.Events;
using Commissaire.Hosts;
using Commissaire.Http;
using Commissaire.Networks;
using Commissaire.Processes;
using Commissaire.Runs;
using Commissaire.Security;
using Commissaire.Shell;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Commissaire.Tokens;
using Commissaire.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Commissaire;

/// <summary>Puts the server together.</summary>
internal static class ServerHost
{
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(10);

    /// <summary>A server that has not been started.</summary>
    /// <param name="settings">What the operator set.</param>
    /// <param name="console">Where the first user's password is said.</param>
    /// <param name="configure">What a test sets up differently.</param>
    /// <param name="configureAkka">What a test sets up differently among the actors.</param>
    /// <param name="wire">How another version would write; this version's way if null.</param>
    /// <exception cref="StartupException">It cannot be started; the message says why.</exception>
    public static WebApplication Build(
        ServerSettings settings, TextWriter console, Action<WebApplicationBuilder>? configure = null, Action<AkkaConfigurationBuilder>? configureAkka = null,
        Func<ExtendedActorSystem, Serializer>? wire = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddServerLog(settings.Debug);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeToStop);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Body.MaxSize;
            kestrel.Listen(settings.ListenInterface, settings.ListenPort, listen => ListenWithTls(listen, settings));
        });

        var database = Database.Open(settings);
        try
        {
            return Build(builder, database, settings, console, configure, configureAkka, wire);
        }
        catch (Exception e)
        {
            database.Dispose();
            throw Remoting.CannotListen(e, settings.Processes) is { } taken ? taken
                : Database.IsTrouble(e) ? new DatabaseUnavailableException($"database: it cannot be used: {e.Message}") : e;
        }
    }

    private static WebApplication Build(
        WebApplicationBuilder builder, Database database, ServerSettings settings, TextWriter console, Action<WebApplicationBuilder>? configure,
        Action<AkkaConfigurationBuilder>? configureAkka, Func<ExtendedActorSystem, Serializer>? wire)
    {
        builder.Services.AddSingleton(_ => database);
        var keyFile = settings.KeyFile ?? Path.Combine(settings.DataDirectory, "secret.keys");
        var keys = database.WithStartupLock(() => SecretKeys.Load(keyFile, mayCreate: !SecretStore.HasAny(database)));
        builder.Services.AddSingleton(keys);
        if (database.IsShared)
        {
            KeyInUse.Agree(database, keys, keyFile);
        }

        builder.Services.AddTelemetry();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<GroupCommit>();
        builder.Services.AddSingleton<EntityDirectory>();
        builder.Services.AddSingleton<SecretStore>();
        builder.Services.AddSingleton<HostDirectory>();
        builder.Services.AddSingleton<IRemoteShell, SshShell>();
        builder.Services.AddSingleton(settings.Bootstrap);
        builder.Services.AddSingleton(settings.Watch);
        builder.Services.AddSingleton<HostWork>();
        builder.Services.AddSingleton<HostRegistrar>();
        builder.Services.AddSingleton<Histories>();
        builder.Services.AddSingleton<EventStream>();
        builder.Services.AddSingleton<TokenDirectory>();
        builder.Services.AddSingleton<RunControl>();
        builder.Services.AddSingleton<RunStarter>();
        builder.Services.AddSingleton(new ForwardedFor(settings.TrustedProxies));
        using (var early = LoggerFactory.Create(l => l.AddServerLog(settings.Debug)))
        {
            var log = early.CreateLogger("Commissaire.Configuration");
            foreach (var warning in settings.Warnings)
            {
                log.ConfigurationWarning(warning);
            }

            builder.Services.AddAuthentication(settings, database, console, log);
        }

        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default));
        builder.Services.AddOpenApi("v1");
        builder.Services.AddAkka("commissaire", akka =>
        {
            akka
                .AddHoconFile(Path.Combine(AppContext.BaseDirectory, "hocon", "persistence.conf"), HoconAddMode.Prepend)
                .AddHoconFile(Path.Combine(AppContext.BaseDirectory, "hocon", $"{database.Name}.conf"), HoconAddMode.Prepend)
                .AddHoconFile(Path.Combine(AppContext.BaseDirectory, "hocon", "commissaire.conf"), HoconAddMode.Prepend)
                .ConfigureLoggers(l =>
                {
                    // Set here and not only in the log: what Akka says once its loggers have gone, it prints by itself.
                    l.LogLevel = settings.Debug ? Akka.Event.LogLevel.InfoLevel : Akka.Event.LogLevel.WarningLevel;
                    l.ClearLoggers().AddLoggerFactory();
                })
                .WithJournal(database)
                .WithWire(wire)
                .WithProcesses(settings.Processes, database.IsShared)
                .WithHosts()
                .WithClusters()
                .WithNetworks()
                .WithContainerManagers()
                .WithRuns()
                .WithTokens()
                .WithEntityWaker();
            if (!database.IsShared)
            {
                akka.AddStartup((system, _) => Akka.Cluster.Cluster.Get(system).Join(Akka.Cluster.Cluster.Get(system).SelfAddress));
            }

            configureAkka?.Invoke(akka);
        });
        builder.Services.AddSingleton<RestartRequest>();
        builder.Services.AddSingleton<ClusterMembership>();
        if (database.IsShared)
        {
            builder.Services.AddSingleton(settings.Processes);
            builder.Services.AddSingleton<ProcessDirectory>();
            builder.Services.AddHostedService<SelfClustering>();
        }

        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseContract(settings.MetricsAnonymous);
        app.MapHealth();
        app.MapMetrics();
        app.MapOpenApi();
        var api = app.MapGroup("/api/v0");
        api.MapClusters();
        api.MapMembers();
        api.MapHosts();
        api.MapNetworks();
        api.MapContainerManagers();
        api.MapRuns();
        api.MapEvents();
        api.MapTokens();
        api.MapProcesses();
        return app;
    }

    /// <summary>Starts a server, and waits until it is told to stop, or has lost its place among the other processes.</summary>
    /// <returns>Whether it is to start anew.</returns>
    /// <exception cref="StartupException">It cannot listen where it should.</exception>
    public static async Task<bool> Run(WebApplication app, ServerSettings settings, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(CancellationToken.None);
        }
        catch (Exception e) when (Remoting.CannotListen(e, settings.Processes) is { } taken)
        {
            throw taken;
        }
        catch (Exception e) when (e.GetBaseException() is SocketException because)
        {
            throw new StartupException($"Cannot listen on {new IPEndPoint(settings.ListenInterface, settings.ListenPort)}: {because.Message}. Give another --listen-interface or --listen-port.");
        }

        await app.WaitForShutdownAsync(ct);
        return app.Services.GetRequiredService<RestartRequest>().Wanted;
    }

    private static void ListenWithTls(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listen, ServerSettings settings)
    {
        if (settings.TlsPemFile is not { } pem)
        {
            return;
        }

        var (certificate, intermediates) = Certificates.Own("tls_pemfile", pem);
        var authorities = settings.TlsClientVerifyFile is { } verify ? Certificates.Authorities("tls_clientverifyfile", verify) : null;
        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ServerCertificateChain = intermediates;
            https.ClientCertificateMode = authorities is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (offered, sent, _) => authorities is not null && Certificates.Verifies(offered, sent, authorities);
        });
    }
}
