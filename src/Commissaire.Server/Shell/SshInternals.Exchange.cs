using System.Net.Sockets;
using System.Reflection;
using Renci.SshNet;

namespace Commissaire.Shell;

// SSH.NET drops the text that comes instead of an identification. Its exchange is replaced in its factory of parts.
internal static partial class SshInternals
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly FieldInfo Factory = typeof(BaseClient).GetField("_serviceFactory", Hidden)!;
    private static readonly FieldInfo FactoryOfSession = TypeOf("Renci.SshNet.Session").GetField("_serviceFactory", Hidden)!;
    private static readonly Type Exchange = TypeOf("Renci.SshNet.Connection.IProtocolVersionExchange");
    private static readonly Type Identification = TypeOf("Renci.SshNet.Connection.SshIdentification");

    /// <summary>Exchanges the identifications of a client that has not connected with <paramref name="words"/>.</summary>
    public static void ExchangeWith(this BaseClient client, FirstWords words)
    {
        var exchange = (ExchangeProxy)DispatchProxy.Create(Exchange, typeof(ExchangeProxy));
        exchange.Words = words;
        var factory = (FactoryProxy)DispatchProxy.Create(Factory.FieldType, typeof(FactoryProxy));
        (factory.Real, factory.Exchange) = (Factory.GetValue(client)!, exchange);
        Factory.SetValue(client, factory);
    }

    private static Type TypeOf(string name) => typeof(SshClient).Assembly.GetType(name, throwOnError: true)!;

    /// <summary>The factory, with another exchange.</summary>
    internal class FactoryProxy : DispatchProxy
    {
        public object Real { get; set; } = null!;

        public object Exchange { get; set; } = null!;

        protected override object? Invoke(MethodInfo? method, object?[]? args)
        {
            if (method!.ReturnType == SshInternals.Exchange)
            {
                return Exchange;
            }

            var made = method.Invoke(Real, BindingFlags.DoNotWrapExceptions, null, args, null);
            if (method.Name == "CreateSession")
            {
                // The factory gives itself to the session.
                FactoryOfSession.SetValue(made, this);
            }

            return made;
        }
    }

    /// <summary>The exchange of <see cref="FirstWords"/>, in the types of SSH.NET.</summary>
    internal class ExchangeProxy : DispatchProxy
    {
        public FirstWords Words { get; set; } = null!;

        protected override object? Invoke(MethodInfo? method, object?[]? args) =>
            args is [string version, Socket socket, CancellationToken ct]
                ? typeof(ExchangeProxy).GetMethod(nameof(Run), Hidden)!.MakeGenericMethod(Identification)
                    .Invoke(this, BindingFlags.DoNotWrapExceptions, null, [version, socket, ct], null)
                : throw new NotSupportedException($"{method!.Name} with these arguments is not used.");

        private async Task<T> Run<T>(string version, Socket socket, CancellationToken ct)
        {
            var (protocol, software, comments) = await Words.Exchange(version, socket, ct);
            return (T)Activator.CreateInstance(typeof(T), Hidden, null, [protocol, software, comments], null)!;
        }
    }
}
