using System.Net;
using System.Net.Sockets;
using Akka.Hosting;
using Akka.Serialization;
using Commissaire.Clusters;
using Commissaire.Configuration;
using Commissaire.ContainerManagers;
using Commissaire.Contracts;
using Commissaire.Events;
using Commissaire.Networks;
using Commissaire.OpenApi;
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

/// <summary>Builds and runs the server.</summary>
internal static class ServerHost
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Builds a server without starting it. Prints the password of the first user. Optional parameters are for tests.</summary>
    /// <exception cref="StartupException">The server cannot start; the message names the reason.</exception>
    public static WebApplication Build(
        ServerSettings settings, TextWriter console, Action<WebApplicationBuilder>? configure = null,
        Action<AkkaConfigurationBuilder>? configureAkka = null, Func<ExtendedActorSystem, Serializer>? wire = null)
    {
        var connections = new ConnectionLimit(ConnectionLimit.From(settings.MaxConnections, ConnectionLimit.OpenFiles()));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddServerLog(settings.Debug);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = JsonBody.MaxSize;
            kestrel.Listen(settings.ListenInterface, settings.ListenPort, listen =>
            {
                connections.Count(kestrel, listen);
                ListenWithTls(listen, settings);
            });
        });

        var database = Database.Open(settings);
        try
        {
            return Build(builder, database, settings, console, configure, configureAkka, wire);
        }
        catch (Exception e)
        {
            database.Dispose();
            throw Remoting.ExplainBindFailure(e, settings.Processes) is { } portInUse ? portInUse
                : Database.IsDatabaseError(e) ? new DatabaseUnavailableException($"database: it cannot be used: {e.Message}") : e;
        }
    }

    private static WebApplication Build(
        WebApplicationBuilder builder, Database database, ServerSettings settings, TextWriter console,
        Action<WebApplicationBuilder>? configure, Action<AkkaConfigurationBuilder>? configureAkka,
        Func<ExtendedActorSystem, Serializer>? wire)
    {
        builder.Services.AddSingleton(_ => database);
        var keyFile = settings.KeyFile ?? Path.Combine(settings.DataDirectory, "secret.keys");
        string?[] warnings =
        [
            PrivateFile.WarningOf("key_file", keyFile),
            PrivateFile.WarningOfDirectory(settings.DataDirectory),
            File.Exists(keyFile) && database.IsEmpty()
                ? $"The database is empty, but the key file '{keyFile}' exists. If this is not a new installation, stop the server and "
                    + "restore its database."
                : null,
        ];
        var keys = database.WithStartupLock(() => SecretKeys.Load(keyFile, createIfMissing: !SecretStore.HasAny(database)));
        builder.Services.AddSingleton(keys);
        if (database.IsShared)
        {
            InstallationKey.RecordOrVerify(database, keys, keyFile);
        }

        builder.Services.AddTelemetry();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<GroupCommit>();
        builder.Services.AddSingleton<EntityDirectory>();
        builder.Services.AddSingleton<SecretStore>();
        builder.Services.AddSingleton<HostDirectory>();
        builder.Services.AddSingleton(settings.KeyExchanges);
        builder.Services.AddSingleton<IRemoteShell, SshShell>();
        builder.Services.AddSingleton(new HostSettings(settings.Bootstrap, settings.Watch));
        builder.Services.AddSingleton<ChangeLog>();
        builder.Services.AddSingleton<HostServices>();
        builder.Services.AddSingleton<HostPlanner>();
        builder.Services.AddSingleton<HostRegistrar>();
        builder.Services.AddSingleton<HistoryReader>();
        builder.Services.AddSingleton<EventStream>();
        builder.Services.AddSingleton<TokenDirectory>();
        builder.Services.AddSingleton<RunControl>();
        builder.Services.AddSingleton<RunPlanner>();
        builder.Services.AddSingleton<RunStarter>();
        builder.Services.AddHealth();
        using (var startup = LoggerFactory.Create(l => l.AddServerLog(settings.Debug)))
        {
            var log = startup.CreateLogger("Commissaire.Configuration");
            foreach (var warning in settings.Warnings.Concat(warnings.OfType<string>()))
            {
                log.ConfigurationWarning(warning);
            }

            builder.Services.AddAuthentication(settings, database, log);
        }

        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(o =>
        {
            // The OpenAPI document and the event stream use these options: they must be those of every other body.
            o.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default);
            o.SerializerOptions.PropertyNamingPolicy = ContractsJson.Default.Options.PropertyNamingPolicy;
            o.SerializerOptions.NumberHandling = ContractsJson.Default.Options.NumberHandling;
        });
        builder.Services.AddApiDocument(settings);
        builder.Services.AddAkka("commissaire", akka =>
        {
            akka
                .AddHoconFile(Path.Combine(AppContext.BaseDirectory, "hocon", "persistence.conf"), HoconAddMode.Prepend)
                .AddHoconFile(Path.Combine(AppContext.BaseDirectory, "hocon", $"{database.Name}.conf"), HoconAddMode.Prepend)
                .AddHoconFile(Path.Combine(AppContext.BaseDirectory, "hocon", "commissaire.conf"), HoconAddMode.Prepend)
                .ConfigureLoggers(l =>
                {
                    // Akka prints to standard output after its loggers have stopped: the level applies there too.
                    l.LogLevel = settings.Debug ? Akka.Event.LogLevel.InfoLevel : Akka.Event.LogLevel.WarningLevel;
                    l.ClearLoggers().AddLoggerFactory();
                })
                .WithJournal(database)
                .WithWireSerializer(wire)
                .WithHosts()
                .WithClusters()
                .WithNetworks()
                .WithContainerManagers()
                .WithRuns()
                .WithTokens()
                .WithEntityWaker();
            if (database.IsShared)
            {
                var tls = settings.Processes.Tls ?? ProcessCertificates.Issue(keys, TimeProvider.System.GetUtcNow());
                akka.WithProcesses(settings.Processes, tls);
            }
            else
            {
                akka.WithOneProcess();
            }

            configureAkka?.Invoke(akka);
        });
        builder.Services.AddSingleton<RestartRequest>();
        builder.Services.AddSingleton<ClusterMembership>();
        if (database.IsShared)
        {
            builder.Services.AddSingleton(settings.Processes);
            builder.Services.AddSingleton<ProcessDirectory>();
            builder.Services.AddHostedService<ClusterFormation>();
        }

        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseHttpPipeline(settings);
        app.MapHealth();
        app.MapMetrics(settings.MetricsAnonymous);
        app.MapApiDocument();
        app.MapDocs();
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
        app.Lifetime.ApplicationStarted.Register(() => StartupReport.Write(app, settings, database.Name, console));
        return app;
    }

    /// <summary>Runs a server until it stops or leaves the cluster of processes.</summary>
    /// <returns>Whether to start again.</returns>
    /// <exception cref="StartupException">The server cannot listen on its address.</exception>
    public static async Task<bool> Run(WebApplication app, ServerSettings settings, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(CancellationToken.None);
        }
        catch (Exception e) when (Remoting.ExplainBindFailure(e, settings.Processes) is { } portInUse)
        {
            throw portInUse;
        }
        catch (Exception e) when (e.GetBaseException() is SocketException reason)
        {
            var endpoint = new IPEndPoint(settings.ListenInterface, settings.ListenPort);
            throw new StartupException($"Cannot listen on {endpoint}: {reason.Message}. Give another --listen-interface or --listen-port.");
        }

        await app.WaitForShutdownAsync(ct);
        return app.Services.GetRequiredService<RestartRequest>().IsRequested;
    }

    private static void ListenWithTls(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listen, ServerSettings settings)
    {
        if (settings.TlsPemFile is not { } pem)
        {
            return;
        }

        var (certificate, intermediates) = Certificates.LoadWithKey("tls_pemfile", pem);
        var authorities = settings.TlsClientVerifyFile is { } verify ? Certificates.LoadAuthorities("tls_clientverifyfile", verify) : null;
        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ServerCertificateChain = intermediates;
            https.ClientCertificateMode =
                authorities is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation =
                (offered, sent, _) => authorities is not null && Certificates.VerifyClient(offered, sent, authorities);
        });
    }
}
